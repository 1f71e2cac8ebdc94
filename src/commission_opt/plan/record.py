"""What ``plan.json`` may hold: a record that anyone may have written, checked before it is used."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from commission_opt.checked import Seed, Threads, refusal

FORMATS = (2, 3)  # 3 has the places of every stage in the proof
TABLES = ("allocation.csv", "budgets.csv", "placements.csv", "supply.csv")
# Of instances that have such tables.
MAYBE = (
    "measures.csv?", "pathways.csv?", "deployment.csv?", "floors.csv?",
    # Of plans for several futures.
    "scenarios.csv?", "spread.csv?", "mean_allocation.csv?", "mean_measures.csv?",
    "mean_deployment.csv?", "repaired_allocation.csv?", "repaired_measures.csv?",
    "repaired_deployment.csv?",
    "supports.csv?", "scenario_weights.csv?", "scenario_limits.csv?", "later.csv?",
)  # fmt: skip
UNCERTAINTY = "uncertainty.toml"
PROOF = "proof.npz"
MOST_BYTES = 2**24  # bytes
_LONGEST = 2**16  # characters of a text
_DIGITS = 18  # of a whole number

Check = Callable[[str, Any], Iterator[str]]


class WrongRecordError(ValueError):
    """The record is none; the message says why."""


def _value(what: str, *types: type, test: Callable[[Any], bool] = lambda _: True) -> Check:
    """Return the check of a value of some types that passes a test."""

    def check(key: str, value: Any) -> Iterator[str]:
        if type(value) not in types or not test(value):
            yield f"{key} is not {what}"

    return check


def _keys(checks: Mapping[str, Check]) -> Check:
    """Return the check of a table with these keys, "?" after those not needed, and no others."""
    known = {name.rstrip("?"): check for name, check in checks.items()}

    def check(key: str, value: Any) -> Iterator[str]:
        if type(value) is not dict:
            yield f"{key or 'it'} is no table"
            return
        inside = f"{key}." if key else ""
        for name in checks:
            if not name.endswith("?") and name not in value:
                yield f"no {inside}{name}"
        for name, said in value.items():
            if name not in known:
                yield f"{inside}{name} is no key of it"
            else:
                yield from known[name](f"{inside}{name}", said)

    return check


def _table(each: Check, is_name: Callable[[str], bool] = lambda _: True) -> Check:
    """Return the check of a table with keys of any name."""

    def check(key: str, value: Any) -> Iterator[str]:
        if type(value) is not dict:
            yield f"{key} is no table"
            return
        for name, said in value.items():
            if not is_name(name):
                yield f"{key} has a name that no file of a plan has"
            yield from each(f"{key}.{name}", said)

    return check


def _list(each: Check) -> Check:
    def check(key: str, value: Any) -> Iterator[str]:
        if type(value) is not list or not value:
            yield f"{key} is no list with anything in it"
            return
        for i, said in enumerate(value):
            yield from each(f"{key}.{i}", said)

    return check


def _is_hash(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _is_name(text: str) -> bool:
    """Say whether a name is one of a file, and of no other folder."""
    plain = text.isprintable() and not set(text) & set('/\\:*?"<>|')
    return plain and 0 < len(text) <= 100 and not text.startswith(".")


def _is_bracket(ends: list[Any]) -> bool:
    return len(ends) == 2 and {type(e) for e in ends} <= {int, float} and ends[0] <= ends[1]


def _in_range(hint: Any) -> Check:
    """Return the check that a value is in the range of a field of ``Limits``."""

    def check(key: str, value: Any) -> Iterator[str]:
        if says := refusal(hint, value):
            yield f"{key} {says}"

    return check


def _ends(key: str, value: Any) -> Iterator[str]:
    """Check how each round of a search ended: null, or a table."""
    if type(value) is not list:
        yield f"{key} is no list"
        return
    for i, end in enumerate(value):
        if end is not None:
            yield from _END(f"{key}.{i}", end)


_text = _value("a text", str, test=lambda text: len(text) <= _LONGEST)
_flag = _value("true or false", bool)
_number = _value("a number", int, float)
_positive = _value("a number from 0", int, float, test=lambda number: number >= 0)
_count = _value("a whole number from 0", int, test=lambda number: number >= 0)
_maybe = _value("a number or null", int, float, type(None))
_sha = _value("a SHA-256", str, test=_is_hash)

_STAGE: Mapping[str, Check] = {
    "minimise": _text, "unit": _text, "objective": _number, "final": _number,
    "limit": _number, "bound": _number, "gap": _positive, "consistent": _flag,
    "seconds": _positive,
}  # fmt: skip
EASED_KEYS = ("tolerance", "objective", "bound")
"""What is recorded of an ``Eased``."""
_EASED = _keys(
    {
        **dict.fromkeys(EASED_KEYS, _number),
        "tolerance": _value(
            "a share above 0, at most 1", int, float, test=lambda share: 0 < share <= 1
        ),
    }
)
_CERTIFICATE: Mapping[str, Check] = {
    "feasible": _flag, "largest_violation": _positive, "where": _text, "consistent": _flag,
}  # fmt: skip
STAGE_KEYS, CERTIFICATE_KEYS = tuple(_STAGE), tuple(_CERTIFICATE)
"""What is recorded of a ``StageCertificate`` and of a ``Certificate``, by the names they have."""
_END = _keys({"work": _positive, "asked": _flag, "plans": _count})
_OPTIONS = _keys(
    {
        "engine": _value("arrays or pyomo", str, test=lambda text: text in ("arrays", "pyomo")),
        "method?": _text, "solver?": _text, "extension?": _text, "time_limit": _positive,
        "work_limit?": _positive,
        "seed": _in_range(Seed), "threads": _in_range(Threads),
    }
)  # fmt: skip
_COUNTS = (
    "professions", "regions", "courses", "commissioning_years", "decisions", "rows", "columns",
    "nonzeros",
)  # fmt: skip
_BRACKET = _value(
    "null or two numbers, the lower first", list, type(None),
    test=lambda ends: ends is None or _is_bracket(ends),
)  # fmt: skip
_UNCERTAINTY: Mapping[str, Check] = {
    "file": _text, "hash": _sha, "scenarios": _count, "risk": _text, "cut": _positive,
    "alpha?": _positive, "weight?": _positive, "decide_now?": _count, "later_relaxed?": _flag,
    "rows_of?": _list(_text),
    "expected?": _keys(dict.fromkeys(("objective", "final", "bound", "gap"), _number)),
    **dict.fromkeys(("value", "wait_and_see", "expected_value_plan", "vss", "evpi"), _BRACKET),
    "expected_value_plan_reason": _text, "repaired?": _maybe, "true_regret?": _BRACKET,
    "relative_to?": _positive, "proved_alone?": _count,
}  # fmt: skip
_RECORD = _keys(
    {
        "format": _value(f"one of {FORMATS}", int),
        "status": _text,
        "instance": _text,
        "model": _text,
        "integer": _flag,
        "objective": _number,
        "bound": _number,
        "gap": _positive,
        "asked_gap": _value("a share from 0 to 1", int, float, test=lambda gap: 0 <= gap <= 1),
        "without_new_places": _number,
        "achieved": _maybe,
        "unit": _text,
        "stages": _list(_keys({**_STAGE, "eased?": _EASED})),
        "certificate": _keys(_CERTIFICATE),
        "interrupted": _flag,
        "work?": _positive,
        "ends?": _ends,
        "seconds": _table(_positive),
        "peak_memory_mib": _maybe,
        "versions": _table(_text),
        "hashes": _keys(
            {
                "inputs": _table(_sha, _is_name),
                "model": _sha,
                "code": _text,
                "outputs": _keys(dict.fromkeys([*TABLES, PROOF, *MAYBE], _sha)),
            }
        ),
        "options": _OPTIONS,
        "command": _text,
        "uncertainty?": _keys(_UNCERTAINTY),
        "counts": _keys(
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
