"""TOML read within limits, so that a few bytes cannot take gigabytes or overflow the stack."""

from __future__ import annotations

import re
import tomllib
from itertools import accumulate
from typing import Any

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
