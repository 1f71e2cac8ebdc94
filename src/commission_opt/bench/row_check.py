"""What a row of results must hold before anything is concluded from it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping

from commission_opt.bench.spec import PEER

PLANNED = ("optimal", "feasible")
ANSWERED = (*PLANNED, "infeasible")
STATUSES = (
    *ANSWERED, "time limit", "no plan", "memory limit", "refused", "crash", "uncertified",
)  # fmt: skip
_ALWAYS = ("format", "case", "status", "engine", "configuration", "seed", "asked_gap", "threads")
_LARGEST = 1e300
_LONGEST = 1e9  # seconds, MiB
Check = Callable[[object], str | None]  # says what a value should be, None if it is


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
        wanted = None if value is None else _KEYS.get(key, _anything)(value)
        if wanted or not _finite(value):
            yield key, f"{_shown(value)} is not {wanted or 'made of numbers'}"
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


def _anything(_: object) -> None:
    return None


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _number(least: float = -_LARGEST, most: float = _LARGEST, *, whole: bool = False) -> Check:
    name = "a whole number" if whole else "a number"
    limits = "" if least == -_LARGEST else f" of {least:g} or more"

    def check(value: object) -> str | None:
        kind = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        return None if kind and least <= float(str(value)) <= most else name + limits

    return check


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "true or false"


def _text(value: object) -> str | None:
    return None if isinstance(value, str) else "text"


def _name(value: object) -> str | None:
    fine = isinstance(value, str) and value.strip() and value.isprintable()
    return None if fine else "a name of characters that print"


def _one_of(*words: str) -> Check:
    return lambda value: None if value in words else f"one of {', '.join(words)}"


def _table(check: Check, what: str) -> Check:
    def of_table(value: object) -> str | None:
        fine = isinstance(value, dict) and not any(map(check, value.values()))
        return None if fine else what

    return of_table


def _list(check: Check, what: str) -> Check:
    return lambda value: None if isinstance(value, list) and not any(map(check, value)) else what


def _or_null(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _point(value: object) -> str | None:
    """Check a point of a trace: seconds, plan and bound, the last two unknown at first."""
    fine = isinstance(value, list) and len(value) == 3 and not _seconds(value[0])
    return None if fine and not any(map(_or_null(_value), value)) else "a point"  # type: ignore[call-overload]


def _certificate(value: object) -> str | None:
    fine = isinstance(value, dict) and isinstance(value.get("valid"), bool)
    return None if fine else "a table with valid: true or false"


_value = _number()
_seconds = _number(0.0, _LONGEST)
_count = _number(0, 1e15, whole=True)
_counts = _table(_count, "a table of whole numbers of 0 or more")
_texts = _table(_or_null(_text), "a table of texts")
_options = _table(_anything, "a table of options")
_PROVED = ("bound", "gap", "certificate", "hashes")
_KEYS: dict[str, Check] = {
    "case": _name, "engine": _name, "configuration": _name, "instance": _name, "model": _name,
    "status": _one_of(*STATUSES), "ended_by": _one_of("gap", "exhausted", "time"),
    "seed": _count, "threads": _count, "repeat": _count, "pair": _count, "nodes": _count,
    "relaxed": _flag, "baseline": _flag, "certificate": _certificate,
    "asked_gap": _number(0.0), "gap": _number(0.0),
    "objective": _value, "bound": _value, "achieved": _value, "primal_integral": _value,
    "unit": _name, "side": _name, "session": _text, "message": _text,
    "versions": _texts, "platform": _texts, "hashes": _texts, "means": _texts,
    "sizes": _counts, "iterations": _counts, "highs": _options,
    "solver_options": _table(_list(_options, "options"), "a table of lists of options"),
    "time_limit": _seconds, "memory_limit_mib": _seconds, "peak_memory_mib": _seconds,
    "seconds": _table(_seconds, "a table of seconds of 0 or more"),
    "reference_seconds": _number(1e-9, _LONGEST),
    "trace": _list(_point, "a list of points: seconds, plan and bound"),
}  # fmt: skip
