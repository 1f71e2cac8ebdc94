"""CSV as the program writes it: commas, line feeds, quotation marks only where needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_TO_QUOTE = re.compile('[,"\r\n]')


def csv_line(cells: Sequence[str]) -> str:
    """Return one line, without its end."""
    if len(cells) == 1 and not cells[0]:
        return '""'  # else the line would be blank, and no row
    return ",".join(map(_quoted, cells))


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a whole file."""
    lines = [csv_line(header), *map(csv_line, rows), ""]
    return "\n".join(lines).encode()


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _TO_QUOTE.search(cell) else cell
