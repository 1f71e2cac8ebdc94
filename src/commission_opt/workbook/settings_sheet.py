"""The sheet ``instance``: the keys of ``instance.toml``, one a row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from commission_opt.errors import Problem
from commission_opt.files.spreadsheet.cells import Sheet
from commission_opt.files.toml.read import load_toml
from commission_opt.workbook.layout import SETTINGS_SHEET, SOURCES, number_of, plain
from commission_opt.workbook.table_sheet import unusable

HEADINGS = ("key", "value", "help")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
Pairs = dict[str, str | float]


@dataclass(frozen=True)
class Settings:
    """The settings on their sheet: what ``instance.toml`` would hold, and the row of each key."""

    content: bytes
    rows: Mapping[str, int]
    problems: tuple[Problem, ...]


def flatten(settings: Mapping[str, object]) -> Pairs:
    """Return settings as keys and values of the sheet; ``[sources]`` as ``sources.…``."""
    pairs: Pairs = {}
    for key, value in settings.items():
        if key == "sources" and isinstance(value, dict):
            pairs |= {f"{SOURCES}{name}": _value(of) for name, of in value.items()}
        else:
            pairs[key] = _value(value)
    return pairs


def _value(value: object) -> str | float:
    """Return what a cell can hold of a value; only sources may be more than text or a number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = number_of(repr(value))
        return repr(value) if number is None else number
    return str(value)


def read_settings(sheet: Sheet, original: str) -> Settings:
    """Read the sheet of settings.

    ``original``, the text of ``instance.toml`` before, is used if the sheet still says the same.
    """
    problems = [
        _error("the cells are merged; unmerge them", f"{SETTINGS_SHEET}!{area}")
        for area in sheet.merged
    ]
    pairs: Pairs = {}
    rows: dict[str, int] = {}
    for row, cells in sheet.rows.items():
        for cell in cells:
            place = f"{SETTINGS_SHEET}!{xl_col_to_name(cell.column)}{row}"
            if cell.column >= len(HEADINGS):
                problems.append(_error("stands where nothing is read; empty the cell", place))
            elif cell.column < 2 and cell.kind == "date":
                message = f"is a date, {cell.text}; format the cell as text and type it again"
                problems.append(_error(message, place))
            elif cell.column < 2 and cell.kind not in ("text", "number"):
                problems.append(_error(unusable(cell), place))
        said = {cell.column: cell for cell in cells if cell.kind in ("text", "number")}
        key = said[0].text if 0 in said else ""
        if row == 1 and key == HEADINGS[0]:
            continue
        if not key and 1 in said:
            problems.append(_error("is a value without a key", f"{SETTINGS_SHEET}!B{row}"))
        elif key in rows:
            message = f"repeats the key of row {rows[key]}"
            problems.append(_error(message, f"{SETTINGS_SHEET}!A{row}"))
        elif key:
            rows[key] = row
            if 1 in said:
                number = number_of(said[1].text) if said[1].kind == "number" else None
                pairs[key] = said[1].text if number is None else number
    content = original if _says(original, pairs) else _toml(pairs)
    return Settings(content.encode(), rows, tuple(problems))


def _error(message: str, place: str) -> Problem:
    return Problem("error", SETTINGS_SHEET, None, None, message, place)


def _says(original: str, pairs: Pairs) -> bool:
    """Say whether a text of ``instance.toml`` holds what the sheet does."""
    try:
        before = flatten(load_toml(original.removeprefix("\ufeff")))
    except ValueError:
        return False
    return {k: v for k, v in before.items() if v != ""} == pairs


def _toml(pairs: Pairs) -> str:
    lines = list(_lines({k: v for k, v in pairs.items() if not k.startswith(SOURCES)}))
    sources = {k.removeprefix(SOURCES): v for k, v in pairs.items() if k.startswith(SOURCES)}
    if sources:
        lines += ["", "[sources]", *_lines(sources)]
    return "\n".join(lines) + "\n"


def _lines(pairs: Pairs) -> Iterator[str]:
    for key, value in pairs.items():
        name = key if _BARE.fullmatch(key) else _quoted(key)
        yield f"{name} = {_quoted(value) if isinstance(value, str) else plain(value)}"


def _quoted(text: str) -> str:
    # A JSON string is a TOML one too, but for the DEL character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
