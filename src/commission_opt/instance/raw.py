"""Files as they are written: text tables with the line each row stands on."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from commission_opt.errors import InputError, Problem
from commission_opt.instance.schema import SETTINGS, TABLES

SETTINGS_FILE = "instance.toml"
DESCRIPTOR_FILE = "datapackage.json"
_TABLE_FILES = frozenset(table.file for table in TABLES.values())


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


def read_files(folder: Path) -> dict[str, bytes]:
    """Read the files of an instance, once, as they are.

    Raises
    ------
    InputError
        If the folder is missing, cannot be read or holds no ``instance.toml``.
    """
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise InputError([Problem("error", str(folder), None, None, f"the instance {what}")])
    if not (folder / SETTINGS_FILE).is_file():
        message = f"there is no {SETTINGS_FILE} in {folder}; an instance needs one"
        raise InputError([Problem("error", SETTINGS_FILE, None, None, message)])
    names = sorted({*_TABLE_FILES, SETTINGS_FILE, DESCRIPTOR_FILE})
    try:
        return {n: (folder / n).read_bytes() for n in names if (folder / n).is_file()}
    except OSError as error:
        file = Path(str(error.filename)).name
        message = f"cannot be read: {error.strerror}"
        raise InputError([Problem("error", file, None, None, message)]) from error


def check_file_names(folder: Path) -> list[Problem]:
    """Report CSV files that are no table of an instance."""
    message = f"no such table; the tables are {', '.join(TABLES)}"
    return [
        Problem("error", path.name, None, None, message)
        for path in sorted(folder.iterdir())
        if path.suffix.lower() == ".csv" and path.name not in _TABLE_FILES
    ]


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
    text, problems = decode(file, content)
    if problems:
        return RawTable(name, (), (), (), tuple(problems))
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
        return RawTable(name, (), (), (), tuple(problems))
    if not records:
        problems.append(Problem("error", file, 1, None, "is empty; a header row is needed"))
        return RawTable(name, (), (), (), tuple(problems))
    header_line, header = records[0][0], tuple(_fit(records[0][1], 1))
    body = [(line, _fit(cells, len(header))) for line, cells in records[1:]]
    for line, cells in body:
        if len(cells) != len(header):
            message = f"has {len(cells)} cells where the header has {len(header)}"
            if len(cells) > len(header):
                message += "; a cell with a comma in it must stand in quotation marks"
            problems.append(Problem("error", file, line, None, message))
    kept = [(line, tuple(cells)) for line, cells in body if len(cells) == len(header)]
    rows, lines = tuple(cells for _, cells in kept), tuple(line for line, _ in kept)
    return RawTable(name, header, rows, lines, tuple(problems), header_line)


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
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return {}, [Problem("error", SETTINGS_FILE, None, None, f"is not valid TOML: {error}")]
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
