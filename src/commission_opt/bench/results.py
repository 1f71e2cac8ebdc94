"""Files of results, one JSON row a run, and what a row must hold to conclude anything from it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeVar

from commission_opt.bench.spec import PEER
from commission_opt.errors import InputError, Problem
from commission_opt.files.folder import check_file
from commission_opt.files.refusal import writing

FORMAT = 1
Row = dict[str, Any]
Key = TypeVar("Key")
Fits = Callable[[object], bool]
PLANNED = ("optimal", "feasible")
ANSWERED = (*PLANNED, "infeasible")
STATUSES = (
    *ANSWERED, "time limit", "no plan", "memory limit", "refused", "crash", "uncertified",
)  # fmt: skip
_ENDS = ("gap", "exhausted", "work", "time")
_ALWAYS = ("format", "case", "status", "engine", "configuration", "seed", "asked_gap", "threads")
_PROVED = ("bound", "gap", "certificate", "hashes")
_LARGEST = 1e300
_LONGEST = 1e9  # seconds, MiB


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
    return row.get("ended_by") in ("gap", "exhausted", "work") and row.get("threads") == 1


def parse(line: str) -> object:
    """Return the value that a line of JSON holds.

    Raises
    ------
    ValueError
        If it is not JSON, or holds a key twice.
    """
    try:
        value = json.loads(line, object_pairs_hook=_once)
        json.dumps(value, ensure_ascii=False).encode()  # no half of a character
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(k for k in keys if keys.count(k) > 1)!r} is there twice")
    return found


def wrong_keys(row: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each key whose value cannot be used, and what is wrong with it.

    Rows of older versions pass: a key that came later may be missing, and a run that failed may
    have null where it has no value.
    """
    for key, value in row.items():
        wanted, fits = _WANTED.get(key, ("", _anything))
        fine = value is None or fits(value)
        if not fine or not _finite(value):
            yield key, f"{_shown(value)} is not {'made of numbers' if fine else wanted}"
    needed = _ALWAYS
    if row.get("status") in PLANNED:
        by_peer = str(row.get("engine")).startswith(PEER)
        needed += ("objective", *(() if by_peer else _PROVED))
    for key in needed:
        if row.get(key) is None:
            yield key, f"is missing; a run that is {_shown(row.get('status'))} has it"


def _finite(value: object) -> bool:
    if isinstance(value, dict | list):
        return all(map(_finite, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, float) or math.isfinite(value)


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _anything(_: object) -> bool:
    return True


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _number(least: float = -_LARGEST, most: float = _LARGEST) -> Fits:
    def fits(value: object) -> bool:
        return isinstance(value, int | float) and not _is_flag(value) and least <= value <= most

    return fits


def _is_count(value: object) -> bool:
    return isinstance(value, int) and _number(0, 1e15)(value)


def _is_point(value: object) -> bool:
    """Check a point of a trace: seconds, plan and bound, the last two unknown at first."""
    if not isinstance(value, list) or len(value) != 3 or not _is_seconds(value[0]):
        return False
    return all(each is None or _is_value(each) for each in value)


def _table(fits: Fits) -> Fits:
    return lambda value: isinstance(value, dict) and all(map(fits, value.values()))


def _list(fits: Fits) -> Fits:
    return lambda value: isinstance(value, list) and all(map(fits, value))


_is_value, _is_seconds = _number(), _number(0.0, _LONGEST)
_WANTED: dict[str, tuple[str, Fits]] = {
    key: (words, fits)
    for words, fits, keys in (
        (
            "a name of characters that print", _is_name,
            "case name engine configuration instance model unit side",
        ),
        ("text", _is_text, "session message"),
        ("true or false", _is_flag, "relaxed baseline"),
        (f"one of {', '.join(STATUSES)}", STATUSES.__contains__, "status"),
        (f"one of {', '.join(_ENDS)}", _ENDS.__contains__, "ended_by"),
        ("a whole number of 0 or more", _is_count, "seed threads repeat pair nodes"),
        ("a number of 0 or more", _number(0.0), "asked_gap gap"),
        ("a number of 0 or more", _is_seconds,
            "time_limit memory_limit_mib peak_memory_mib work work_limit"),
        ("a number", _is_value, "objective bound achieved primal_integral"),
        ("a number of 1e-09 or more", _number(1e-9, _LONGEST), "reference_seconds"),
        ("a table of texts", _table(_is_text), "versions platform hashes means"),
        ("a table of whole numbers of 0 or more", _table(_is_count), "sizes iterations"),
        ("a table of seconds of 0 or more", _table(_is_seconds), "seconds"),
        ("a table of options", _table(_anything), "highs"),
        ("a table of lists of options", _table(_list(_table(_anything))), "solver_options"),
        (
            "a table with valid: true or false",
            lambda value: isinstance(value, dict) and _is_flag(value.get("valid")), "certificate",
        ),
        ("a list of points: seconds, plan and bound", _list(_is_point), "trace"),
    )
    for key in keys.split()
}  # fmt: skip
