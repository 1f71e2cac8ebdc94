"""Files of results: one JSON row a run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeVar

from commission_opt.bench.row_check import parse, wrong_keys
from commission_opt.errors import InputError, Problem
from commission_opt.files.folder import check_file
from commission_opt.files.refusal import writing

FORMAT = 1
Row = dict[str, Any]
Key = TypeVar("Key")


@contextmanager
def new_results(path: Path, *, force: bool) -> Iterator[TextIO]:
    """Give a file to write rows to; those that are there when a run is killed are kept.

    Raises
    ------
    UsageError
        If it exists and ``force`` is not given, or cannot be written.
    """
    with writing(path):
        check_file(path, force=force)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yield file


def write_row(file: TextIO, row: Row) -> None:
    """Write a row, at once."""
    file.write(row_text(row))
    file.flush()


def row_text(row: Row) -> str:
    """Return the line of a row."""
    return json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"


def read_results(paths: Iterable[Path]) -> list[Row]:
    """Read the rows of some files; keys that are null are left out.

    Raises
    ------
    InputError
        If a file cannot be read or is empty, and for every line that is no row, or whose values
        nothing can be concluded from.
    """
    rows: list[Row] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            lines = path.read_text("utf-8").split("\n")  # a text may hold other ends of lines
        except (OSError, UnicodeDecodeError) as error:
            problems.append(_wrong(path, None, f"cannot be read: {error}"))
            continue
        written = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
        for number, line in written:
            row, found = _row(path, number, line)
            rows.append(row)
            problems += found
        if not written:
            message = "has no rows; make some with `commission-opt bench run`"
            problems.append(_wrong(path, None, message))
    if problems:
        raise InputError(problems)
    return rows


def _row(path: Path, number: int, line: str) -> tuple[Row, list[Problem]]:
    try:
        row = parse(line)
    except ValueError as error:
        return {}, [_wrong(path, number, f"is not JSON: {error}")]
    if not isinstance(row, dict) or not {"format", "case", "status"} <= row.keys():
        return {}, [_wrong(path, number, "is not a row that `commission-opt bench run` wrote")]
    if row["format"] != FORMAT:
        message = f"has format {row['format']}, not {FORMAT}; run the benchmark again"
        return {}, [_wrong(path, number, message)]
    known = {key: value for key, value in row.items() if value is not None}
    return known, [_wrong(path, number, message, key) for key, message in wrong_keys(known)]


def _wrong(path: Path, line: int | None, message: str, key: str | None = None) -> Problem:
    return Problem("error", path.name, line, key, message)


def by_case(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Group rows by case, in order."""
    return grouped(rows, lambda row: str(row["case"]))


def grouped(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    """Group rows by what a function says of them, in order."""
    found: dict[Key, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def repeatable(row: Row) -> bool:
    """Say whether another run of the same code must give the same: no clock, one thread."""
    return row.get("ended_by") in ("gap", "exhausted") and row.get("threads") == 1
