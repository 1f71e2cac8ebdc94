"""A target as it is written on a command line, in the grammar of changes."""

from __future__ import annotations

import re
from typing import get_args

from commission_opt.errors import UsageError
from commission_opt.policy import Target, TargetKind, wrong_end
from commission_opt.scenario.axis import make_axis, parse_filters, quoted
from commission_opt.scenario.fields import near

_WRITTEN = re.compile(r"\s*([^\[\]<>=\s]*)\s*(?:\[(.*)\])?\s*(<=|>=|≤|≥)\s*(.*?)\s*", re.DOTALL)
_FROM = re.compile(r"(\d{4})\s*[-–]")
_UP_TO = re.compile(r"[-–]\s*(\d{4})")
_KINDS: tuple[TargetKind, ...] = get_args(TargetKind)
_KEYS = ("profession", "group", "region", "year")
_SUCH_AS = "write, for example, 'shortfall[profession=adult-nursing,year=2032-]<=0'"


def parse_target(text: str) -> Target:
    """Read ``OF[KEY=CODE|CODE,KEY=CODE]<=NUMBER``, or with ``>=``.

    OF is shortfall, share_met or places; keys are profession, group, region and year. A year is
    one, a range, ``2032-`` for 2032 and all that follow, or ``-2032`` for all up to it.

    Raises
    ------
    UsageError
        If it cannot be read; says what to write.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise UsageError(
            f"--target: {text!r} is no target; {_SUCH_AS}: what is counted, its filters in "
            "brackets if any, <= or >=, and a number"
        )
    of, inner, sign, number = match.groups()
    kind = next((k for k in _KINDS if k == of), None)
    if kind is None:
        meant = near(of, _KINDS)
        hint = f"did you mean {meant[0]!r}?" if meant else f"there are {', '.join(_KINDS)}"
        raise UsageError(f"--target: {of!r} is nothing that a target counts; {hint}")
    end = _number(text, number)
    most, least = (end, None) if sign in ("<=", "≤") else (None, end)
    if wrong := wrong_end(kind, most, least):
        ends = {"shortfall": "<= and FTE", "share_met": ">= and a share from 0 to 1"}
        raise UsageError(f"--target: {text.strip()!r}: write {ends.get(kind, wrong[1])}")
    filters = _filters(text, inner or "")
    years = filters.pop("year", ())
    profession, group, region = (tuple(filters.get(key, ())) for key in _KEYS[:3])
    first, last = _range(text, years)
    return Target(
        kind, most, least, profession=profession, group=group, region=region,
        first_year=first, last_year=last,
    )  # fmt: skip


def written(target: Target) -> str:
    """Write a target as it is read."""
    codes = {key: "|".join(map(quoted, getattr(target, key))) for key in _KEYS[:3]}
    parts = [f"{key}={found}" for key, found in codes.items() if found]
    first, last = target.first_year, target.last_year
    if first is not None or last is not None:
        parts.append(f"year={first}" if first == last else f"year={first or ''}-{last or ''}")
    sign = "<=" if target.at_least is None else ">="
    return f"{target.of}{'[' + ','.join(parts) + ']' if parts else ''}{sign}{target.end:.12g}"


def _number(text: str, number: str) -> float:
    try:
        end = float(number)
    except ValueError:
        end = -1.0
    if not 0.0 <= end < float("inf"):
        raise UsageError(f"--target: {text.strip()!r}: {number!r} is no number of 0 or more")
    return end


def _filters(text: str, inner: str) -> dict[str, list[str]]:
    try:
        found = parse_filters(inner)
    except UsageError as error:
        raise UsageError(f"--target: {text.strip()!r}: {error}") from None
    for key, codes in found.items():
        if key not in _KEYS:
            meant = near(key, _KEYS)
            hint = f"did you mean {meant[0]}?" if meant else f"there are {', '.join(_KEYS)}"
            raise UsageError(f"--target: a target has no filter {key!r}; {hint}")
        if not all(codes):
            raise UsageError(f"--target: the filter {key!r} has no code; leave it out for all")
    return found


def _range(text: str, years: tuple[str, ...] | list[str]) -> tuple[int | None, int | None]:
    """Return the first and last year of a filter, which have to follow one another."""
    if not years:
        return None, None
    if len(years) == 1 and (open_end := _FROM.fullmatch(years[0].strip())):
        return int(open_end[1]), None
    if len(years) == 1 and (open_end := _UP_TO.fullmatch(years[0].strip())):
        return None, int(open_end[1])
    try:
        axis = make_axis("demand", "*=", [1.0], {"year": years})
    except UsageError as error:
        raise UsageError(f"--target: {text.strip()!r}: {error}") from None
    found = sorted(map(int, axis.filters[0][1]))
    if found != list(range(found[0], found[-1] + 1)):
        raise UsageError(f"--target: {text.strip()!r}: the years of a target follow one another")
    return found[0], found[-1]
