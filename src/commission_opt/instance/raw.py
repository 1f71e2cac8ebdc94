"""Files as they are written: text tables with the line each row stands on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from commission_opt.errors import Problem
from commission_opt.files.toml.read import load_toml
from commission_opt.instance import shape
from commission_opt.instance.files import SETTINGS_FILE
from commission_opt.instance.schema import SETTINGS
from commission_opt.text.counts import plural


@dataclass(frozen=True)
class RawTable:
    """A CSV file as text.

    Parameters
    ----------
    name : str
        Name of the table.
    header : tuple of str
        Column names as written.
    rows : tuple of tuple of str
        Cells, each row as long as the header.
    lines : tuple of int
        Line of the file on which each row starts, the first being line 1.
    problems : tuple of Problem
        What kept rows, or the whole file, from being read.
    header_line : int
        Line of the header; more than 1 only where blank lines come first.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    problems: tuple[Problem, ...]
    header_line: int = 1


def decode(file: str, content: bytes) -> tuple[str, list[Problem]]:
    """Turn UTF-8 bytes, with or without a byte order mark, into text."""
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        form = "as “CSV UTF-8”" if file.endswith(".csv") else "in UTF-8"
        message = f"is not UTF-8; save the file {form}"
        return "", [Problem("error", file, line, None, message)]


def parse_csv(name: str, content: bytes) -> RawTable:
    """Split a CSV file into cells; blank lines are skipped but counted."""
    file = f"{name}.csv"
    strange = shape.no_text(file, content)
    text, problems = ("", [strange]) if strange else decode(file, content)
    if not problems and (foreign := shape.foreign_separator(name, text)):
        problems = [foreign]
    if problems:
        return _unread(name, problems)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"cannot be read as CSV ({error}); look for a quotation mark without its pair"
        problems.append(Problem("error", file, line, None, message))
        return _unread(name, problems)
    if not records:
        problems.append(Problem("error", file, 1, None, "is empty; a header row is needed"))
        return _unread(name, problems)
    if below := shape.headings_below(name, records):
        return _unread(name, [below])
    header_line, header = records[0][0], tuple(_fit(records[0][1], 1))
    body = [(line, _fit(cells, len(header))) for line, cells in records[1:]]
    longer = [line for line, cells in body if len(cells) > len(header)]
    if many := shape.longer_rows(name, longer, len(header), len(body)):
        return _unread(name, [many])
    for line, cells in body:
        if len(cells) != len(header):
            message = f"has {plural(len(cells), 'cell')} where the header has {len(header)}"
            if len(cells) > len(header):
                message += "; a cell with a comma in it must stand in quotation marks"
            problems.append(Problem("error", file, line, None, message))
    kept = [(line, tuple(cells)) for line, cells in body if len(cells) == len(header)]
    rows, lines = tuple(cells for _, cells in kept), tuple(line for line, _ in kept)
    return RawTable(name, header, rows, lines, tuple(problems), header_line)


def _unread(name: str, problems: Sequence[Problem]) -> RawTable:
    return RawTable(name, (), (), (), tuple(problems))


def _fit(cells: list[str], width: int) -> list[str]:
    """Drop the empty cells that spreadsheets leave at the end of a row."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return cells


def parse_settings(content: bytes) -> tuple[dict[str, object], list[Problem]]:
    """Read and check ``instance.toml``."""
    text, problems = decode(SETTINGS_FILE, content)
    if problems:
        return {}, problems
    try:
        values = load_toml(text)
    except ValueError as error:
        return {}, [Problem.of_file(SETTINGS_FILE, f"is not valid TOML: {error}")]
    return values, list(_check_settings(values))


def _check_settings(values: Mapping[str, object]) -> Iterator[Problem]:
    def error(key: str, message: str) -> Problem:
        return Problem("error", SETTINGS_FILE, None, key, message)

    for key, (kind, help_) in SETTINGS.items():
        if key not in values:
            yield error(key, f"is missing; it holds the {help_}")
        elif not isinstance(values[key], kind) or isinstance(values[key], bool):
            expected = "a whole number" if kind is int else "text"
            yield error(key, f"{values[key]!r} is not {expected}")
    for key in values.keys() - SETTINGS.keys() - {"sources"}:
        yield error(key, f"is not a key of {SETTINGS_FILE}; the keys are {', '.join(SETTINGS)}")
    if not isinstance(values.get("sources", {}), dict):
        yield error("sources", "must be a table, [sources]")
    name = values.get("name")
    if isinstance(name, str) and not is_plain_name(name):
        yield error("name", f"{name!r} must be made of letters, digits, “-”, “_” and “.”")
    first_year, horizon = values.get("first_year"), values.get("horizon")
    if type(first_year) is int and not 1900 <= first_year <= 2300:
        yield error("first_year", f"{first_year} is not between 1900 and 2300")
    if type(horizon) is int and not 1 <= horizon <= 100:
        yield error("horizon", f"{horizon} is not between 1 and 100 years")


def is_plain_name(name: str) -> bool:
    """Say whether a name can safely be part of a file name everywhere."""
    return (
        bool(name)
        and name[0].isalnum()
        and name.isascii()
        and all(c.isalnum() or c in "-_." for c in name)
        and not name.endswith(".")
    )
