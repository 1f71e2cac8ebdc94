"""What ``plan.json`` may hold: a record that anyone may have written, checked before it is used."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from commission_opt.checked import Seed, Threads, refusal

FORMATS = (2, 3)  # 3 has the places of every stage in the proof
TABLES = ("allocation.csv", "budgets.csv", "placements.csv", "supply.csv")
PROOF = "proof.npz"
MOST_BYTES = 2**24  # bytes
_LONGEST = 2**16  # characters of a text
_DIGITS = 18  # of a whole number

Check = Callable[[str, Any], Iterator[str]]


class WrongRecordError(ValueError):
    """The record is none; the message says why."""


@dataclass(frozen=True)
class _Value:
    """A value of some types that passes a test."""

    what: str
    types: tuple[type, ...]
    test: Callable[[Any], bool] = lambda _: True

    def __call__(self, key: str, value: Any) -> Iterator[str]:
        if type(value) not in self.types or not self.test(value):
            yield f"{key} is not {self.what}"


@dataclass(frozen=True)
class _Keys:
    """A table with these keys and no others; a question mark ends the names of those not needed."""

    checks: Mapping[str, Check]

    def __call__(self, key: str, value: Any) -> Iterator[str]:
        if type(value) is not dict:
            yield f"{key or 'it'} is no table"
            return
        known = {name.rstrip("?"): check for name, check in self.checks.items()}
        inside = f"{key}." if key else ""
        for name in self.checks:
            if not name.endswith("?") and name not in value:
                yield f"no {inside}{name}"
        for name, said in value.items():
            if name not in known:
                yield f"{inside}{name} is no key of it"
            else:
                yield from known[name](f"{inside}{name}", said)


@dataclass(frozen=True)
class _Table:
    """A table with keys of any name."""

    check: Check
    name: Callable[[str], bool] = lambda _: True

    def __call__(self, key: str, value: Any) -> Iterator[str]:
        if type(value) is not dict:
            yield f"{key} is no table"
            return
        for name, said in value.items():
            if not self.name(name):
                yield f"{key} has a name that no file of a plan has"
            yield from self.check(f"{key}.{name}", said)


@dataclass(frozen=True)
class _List:
    check: Check

    def __call__(self, key: str, value: Any) -> Iterator[str]:
        if type(value) is not list or not value:
            yield f"{key} is no list with anything in it"
            return
        for i, said in enumerate(value):
            yield from self.check(f"{key}.{i}", said)


def _is_hash(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _is_name(text: str) -> bool:
    """Say whether a name is one of a file, and of no other folder."""
    plain = text.isprintable() and not set(text) & set('/\\:*?"<>|')
    return plain and 0 < len(text) <= 100 and not text.startswith(".")


def _in_range(hint: Any) -> Check:
    """Return the check that a value is in the range of a field of ``Limits``."""

    def check(key: str, value: Any) -> Iterator[str]:
        if says := refusal(hint, value):
            yield f"{key} {says}"

    return check


_text = _Value("a text", (str,), lambda text: len(text) <= _LONGEST)
_flag = _Value("true or false", (bool,))
_number = _Value("a number", (int, float))
_positive = _Value("a number from 0", (int, float), lambda number: number >= 0)
_count = _Value("a whole number from 0", (int,), lambda number: number >= 0)
_maybe = _Value("a number or null", (int, float, type(None)))
_sha = _Value("a SHA-256", (str,), _is_hash)

_STAGE: Mapping[str, Check] = {
    "minimise": _text, "unit": _text, "objective": _number, "final": _number,
    "limit": _number, "bound": _number, "gap": _positive, "consistent": _flag,
    "seconds": _positive,
}  # fmt: skip
_CERTIFICATE: Mapping[str, Check] = {
    "feasible": _flag, "largest_violation": _positive, "where": _text, "consistent": _flag,
}  # fmt: skip
STAGE_KEYS, CERTIFICATE_KEYS = tuple(_STAGE), tuple(_CERTIFICATE)
"""What is recorded of a ``StageCertificate`` and of a ``Certificate``, by the names they have."""
_OPTIONS = _Keys(
    {
        "engine": _Value("arrays or pyomo", (str,), lambda text: text in ("arrays", "pyomo")),
        "method?": _text, "solver?": _text, "extension?": _text, "time_limit": _positive,
        "seed": _in_range(Seed), "threads": _in_range(Threads),
    }
)  # fmt: skip
_COUNTS = (
    "professions", "regions", "courses", "commissioning_years", "decisions", "rows", "columns",
    "nonzeros",
)  # fmt: skip
_RECORD = _Keys(
    {
        "format": _Value(f"one of {FORMATS}", (int,)),
        "status": _text,
        "instance": _text,
        "model": _text,
        "integer": _flag,
        "objective": _number,
        "bound": _number,
        "gap": _positive,
        "asked_gap": _Value("a share from 0 to 1", (int, float), lambda gap: 0 <= gap <= 1),
        "without_new_places": _number,
        "achieved": _maybe,
        "unit": _text,
        "stages": _List(_Keys(_STAGE)),
        "certificate": _Keys(_CERTIFICATE),
        "interrupted": _flag,
        "seconds": _Table(_positive),
        "peak_memory_mib": _maybe,
        "versions": _Table(_text),
        "hashes": _Keys(
            {
                "inputs": _Table(_sha, _is_name),
                "model": _sha,
                "code": _text,
                "outputs": _Keys(dict.fromkeys([*TABLES, PROOF, "measures.csv?"], _sha)),
            }
        ),
        "options": _OPTIONS,
        "command": _text,
        "counts": _Keys(
            {
                **dict.fromkeys(_COUNTS, _count),
                "places": _positive,
                "measures?": _count,
                "units?": _positive,
            }
        ),
    }
)


def parse_record(content: bytes) -> dict[str, Any]:
    """Read the record of a plan; its values may be untrue, but are of the right kinds.

    Raises
    ------
    WrongRecordError
        If it is no such record: not JSON in UTF-8, a key twice, missing, unknown or of another
        type, a number that is not finite, a file outside the plan.
    """
    if len(content) > MOST_BYTES:
        raise WrongRecordError(f"it is longer than {MOST_BYTES:,} bytes")
    try:
        record = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_refuse,
            parse_int=_whole,
            parse_float=_finite,
        )
        json.dumps(record, ensure_ascii=False).encode()  # a lone surrogate is no text
    except RecursionError as error:
        raise WrongRecordError("it is nested too deep") from error
    except ValueError as error:
        raise WrongRecordError(str(error)) from error
    of = record.get("format") if type(record) is dict else None
    if type(of) is int and of not in FORMATS:
        return dict(record)  # the caller says which formats there are
    problems = list(_RECORD("", record))
    if problems:
        more = f", and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise WrongRecordError(", ".join(problems[:3]) + more)
    return dict(record)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise WrongRecordError("it has a key twice")
    return found


def _refuse(text: str) -> Any:
    raise WrongRecordError(f"{text} is no number")


def _whole(text: str) -> int:
    if len(text) > _DIGITS:
        raise WrongRecordError("it has a whole number of too many digits")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise WrongRecordError("it has a number that is too large")
    return number
