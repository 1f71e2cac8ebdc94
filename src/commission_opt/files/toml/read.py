"""TOML read within limits into its table, or refused with every problem at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

from commission_opt.errors import InputError, Problem
from commission_opt.files.regular import read_whole
from commission_opt.files.toml.table import Finding, TomlTable

MOST_BYTES = 1 << 20
_DEEPEST = 32  # lists and tables within each other, and parts of a dotted key
_LONGEST_KEY = 1_000  # characters
_STRINGS = re.compile(  # and comments; one that is not closed ends with its line or the text
    r'"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)|\'\'\'.*?(?:\'{3,5}|\Z)'
    r'|"(?:\\.|[^"\\\n])*"?|\'[^\'\n]*\'?|#[^\n]*',
    re.DOTALL,
)
_KEYS = re.compile(r'(?:[\w-]+|")(?:[ \t]*\.[ \t]*(?:[\w-]+|"))*')
_DEEPER = {"[": 1, "{": 1, "]": -1, "}": -1}
T = TypeVar("T")


def load_toml(text: str) -> dict[str, Any]:
    """Return the table of a text.

    Raises
    ------
    ValueError
        If it is no TOML, or none that anybody would write; says why.
    """
    refusal = beyond_limits(text)
    if refusal is not None:
        raise ValueError(refusal)
    return tomllib.loads(text)


def beyond_limits(text: str) -> str | None:
    """Say in what a text goes beyond anything that is written by hand; None if in nothing."""
    if len(text) > MOST_BYTES:
        return f"it is larger than {MOST_BYTES >> 20} MiB, the most that is read"
    strings = (
        found for found in _STRINGS.finditer(text) if found.end() - found.start() > _LONGEST_KEY
    )
    bare = _STRINGS.sub(lambda found: "" if found[0].startswith("#") else '"', text)
    steps = (_DEEPER[c] for c in bare if c in _DEEPER)
    if max(accumulate(steps, lambda depth, step: max(0, depth + step)), default=0) > _DEEPEST:
        return f"its lists or tables are nested more than {_DEEPEST} deep"
    keys = [*_KEYS.finditer(bare)]
    if any(key[0].count(".") >= _DEEPEST for key in keys):
        return f"a key in it has more than {_DEEPEST} parts"
    long = (key for key in (*strings, *keys) if key.end() - key.start() > _LONGEST_KEY)
    if any(_follows(key) in ("=", ".") for key in long):
        return f"a key in it has more than {_LONGEST_KEY:,} characters"
    return None


def _follows(key: re.Match[str]) -> str:
    return key.string[key.end() : key.end() + 9].lstrip(" \t")[:1]


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
