"""TOML files read into their table, or refused with every problem at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from commission_opt.errors import InputError, Problem
from commission_opt.files.regular import read_whole
from commission_opt.files.toml.limits import MOST_BYTES, load_toml
from commission_opt.files.toml.table import Finding, TomlTable

T = TypeVar("T")


def read_bytes(path: Path, what: str) -> bytes:
    """Return the content of a file; an InputError calls it ``what`` if it cannot be read."""
    try:
        return read_whole(path, MOST_BYTES)
    except OSError as error:
        message = f"the {what} cannot be read: {error.strerror}"
        raise InputError.of_file(str(path), message) from error


def parse_toml(
    content: bytes, file: str, make: Callable[[TomlTable], T], *, bare_keys: bool = False
) -> T:
    """Return what ``make`` makes of the table of a TOML file.

    Parameters
    ----------
    content : bytes
        UTF-8, with a byte order mark or without.
    file : str
        Its name, for messages.
    bare_keys : bool
        Problems name a key alone, without the tables that it stands in.

    Raises
    ------
    InputError
        If it is not valid TOML or something is wrong; carries all problems in the order of lines.
    """
    try:
        text = content.decode("utf-8-sig")
        values = load_toml(text)
    except ValueError as error:  # also numbers too long, and what nobody would write
        encoding = isinstance(error, UnicodeDecodeError)
        message = "is not UTF-8; save it as UTF-8" if encoding else f"is not valid TOML: {error}"
        raise InputError.of_file(file, message) from error
    findings: list[Finding] = []
    made = make(TomlTable(values, findings))
    if not findings:
        return made
    # imported here so that a file with nothing wrong, which is the rule, does not wait for it
    from commission_opt.files.toml.lines import lines_of

    lines = lines_of(text)
    problems = []
    for path, within, key, message in findings:
        column = key if bare_keys else f"{within}{key}"
        around = (path[:n] for n in range(len(path), 0, -1))  # a missing key has its table's line
        line = next((lines[place] for place in around if place in lines), None)
        problems.append(Problem("error", file, line, column, message))
    raise InputError(sorted(problems, key=lambda problem: problem.row or 0))
