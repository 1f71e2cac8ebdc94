"""Which styles of a workbook show a number as a date or time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from commission_opt.spreadsheet.archive import Archive
from commission_opt.spreadsheet.xml import Attributes, parse

_BUILT_IN = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_CODE = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DATE_LETTER = re.compile(r"[dmyhs]", re.IGNORECASE)


def date_styles(archive: Archive, part: str) -> frozenset[int]:
    """Return the numbers of the cell styles that show dates or times."""
    formats: dict[int, str] = {}
    styles: list[int] = []
    inside = {"cellXfs": False}

    def start(name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            formats[_int(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside["cellXfs"] = True
        elif name == "xf" and inside["cellXfs"]:
            styles.append(_int(attributes.get("numFmtId")))

    def end(name: str) -> None:
        if name == "cellXfs":
            inside["cellXfs"] = False

    parse(archive, part, start, end, lambda _: None)
    return frozenset(i for i, number in enumerate(styles) if _is_date(number, formats.get(number)))


def _int(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _is_date(number: int, code: str | None) -> bool:
    if code is None:
        return number in _BUILT_IN
    return bool(_DATE_LETTER.search(_NOT_CODE.sub("", code.replace("General", ""))))


def date_text(number: str, *, date1904: bool) -> str:
    """Return the date or time that a number is shown as, in ISO form; the number if it is none."""
    start = datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30)
    try:
        moment = start + timedelta(days=float(number))
    except (ValueError, OverflowError):
        return number
    return (
        moment.date().isoformat()
        if float(number).is_integer()
        else moment.isoformat(" ", "minutes")
    )
