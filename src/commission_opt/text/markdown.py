"""Markdown tables that nothing in a cell can break."""

from __future__ import annotations

from collections.abc import Sequence

_ESCAPED = str.maketrans({"|": "\\|", "\n": "<br>", "<": "&lt;", ">": "&gt;"})


def table(header: Sequence[str], rows: Sequence[Sequence[str]], texts: Sequence[int] = (0,)) -> str:
    """Return a Markdown table; all but the columns that hold texts are aligned to the right."""
    rule = ["---" if i in texts else "---:" for i in range(len(header))]
    lines = [_line(header), "| " + " | ".join(rule) + " |", *(_line(row) for row in rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"


def escaped(text: str) -> str:
    """Return text that a Markdown reader shows as it is, on one line."""
    return text.translate(_ESCAPED)
