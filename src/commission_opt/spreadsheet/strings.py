"""Text of cells: shared strings, rich text, and escaped characters."""

from __future__ import annotations

import re

from commission_opt.spreadsheet.archive import Archive
from commission_opt.spreadsheet.xml import Attributes, parse

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """Undo the escapes for characters that XML cannot hold: ``_x000D_`` is a carriage return.

    ``_x005F_`` is the underscore that keeps ``_x000D_`` typed by a user from being read so.
    """
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shared_strings(archive: Archive, part: str) -> list[str]:
    """Read the table of strings that cells refer to.

    Text in phonetic guides (``rPh``) is not the cell's.
    """
    strings: list[str] = []
    pieces: list[str] = []
    state = {"phonetic": False, "text": False}

    def start(name: str, _: Attributes) -> None:
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            state["phonetic"] = True
        elif name == "t":
            state["text"] = not state["phonetic"]

    def end(name: str) -> None:
        if name == "si":
            strings.append(unescape("".join(pieces)))
        elif name == "rPh":
            state["phonetic"] = False
        elif name == "t":
            state["text"] = False

    def text(piece: str) -> None:
        if state["text"]:
            pieces.append(piece)

    parse(archive, part, start, end, text)
    return strings
