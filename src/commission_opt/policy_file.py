"""Commissioning models read from TOML, with every wrong key found in one pass."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from commission_opt.errors import InputError, Problem
from commission_opt.policy import Objective, PaceOfChange, Policy, Rules, Tier


def read_policy(path: Path | str) -> Policy:
    """Read a commissioning model.

    Raises
    ------
    InputError
        If it is missing, is not TOML, or has an unknown, wrong or contradictory key.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"the commissioning model cannot be read: {error.strerror}"
        raise InputError([Problem("error", str(path), None, None, message)]) from error
    return parse_policy(content, path.name)


def parse_policy(content: bytes, file: str = "model.toml") -> Policy:
    """Read a commissioning model from the content of its file."""
    try:
        text = content.decode("utf-8-sig")
        values = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise InputError([Problem("error", file, None, None, "is not UTF-8")]) from error
    except tomllib.TOMLDecodeError as error:
        problem = Problem("error", file, None, None, f"is not valid TOML: {error}")
        raise InputError([problem]) from error
    reader = _Reader(file, text)
    policy = _policy(reader, values, content)
    if policy is None or reader.problems:
        raise InputError(sorted(reader.problems, key=lambda p: p.row or 0))
    return policy


class _Reader:
    """Takes checked values out of TOML tables and collects what is wrong with them."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = text.splitlines()
        self.problems: list[Problem] = []

    def error(self, key: str, message: str, value: object = None) -> None:
        self.problems.append(Problem("error", self.file, self._line(key, value), key, message))

    def _line(self, key: str, value: object) -> int | None:
        pattern = re.compile(rf"(^|[{{,\[\s]){re.escape(key)}\"?\s*(=|\]|$)")
        found = [n for n, line in enumerate(self.lines, 1) if pattern.search(line.split("#")[0])]
        exact = [n for n in found if value is not None and _written(value) in self.lines[n - 1]]
        return next(iter(exact or found), None)

    def known(self, values: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
        for key in values:
            if key not in keys:
                self.error(key, f"is not a key of {where}; the keys are {', '.join(keys)}")

    def take(
        self,
        values: Mapping[str, Any],
        key: str,
        kind: type,
        default: Any = None,
        check: Callable[[Any], str | None] = lambda _: None,
    ) -> Any:
        """Return a value of the right type; on a mistake, note it and return the default."""
        if key not in values:
            if default is None:
                self.error(key, "is missing")
            return default
        value = values[key]
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.error(key, f"{_quoted(values[key])} is not {_KINDS[kind]}", values[key])
            return default
        message = check(value)
        if message:
            self.error(key, f"{values[key]!r} {message}", values[key])
            return default
        return value


def _written(value: object) -> str:
    """Write a value the way it stands in the file, strings without quotes."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(value: object) -> str:
    return repr(value) if isinstance(value, str) else _written(value)


_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
}
_OBJECTIVES = ("shortfall", "worst_region", "cost", "change", "surplus")
_CONTINUATIONS = ("repeat", "last_intake", "none")
_RULES = tuple(f.name for f in fields(Rules))
_LATER = ("fair_share", "commitments", "commitment_price")


def _not_negative(value: float) -> str | None:
    return None if math.isfinite(value) and value >= 0 else "is not zero or more"


def _share(value: float) -> str | None:
    return None if 0 <= value <= 1 else "is not between 0 and 1"


def _one_of(names: tuple[str, ...]) -> Callable[[str], str | None]:
    return lambda value: None if value in names else f"is not one of {', '.join(names)}"


def _policy(reader: _Reader, values: Mapping[str, Any], content: bytes) -> Policy | None:
    keys = (
        "name", "title", "commissioning_years", "integer", "discount_rate", "rules", "objective",
    )  # fmt: skip
    reader.known(values, keys, "a commissioning model")
    name = reader.take(values, "name", str, check=_plain)
    title = reader.take(values, "title", str, default=name or "")
    years = reader.take(
        values,
        "commissioning_years",
        int,
        check=lambda n: None if 1 <= n <= 100 else "is not between 1 and 100",
    )
    rules = _rules(reader, reader.take(values, "rules", dict, default={}))
    objectives = _objectives(reader, values)
    policy = Policy(
        name=name or "",
        title=title,
        commissioning_years=years or 1,
        objectives=objectives,
        integer=reader.take(values, "integer", bool, default=True),
        discount_rate=reader.take(values, "discount_rate", float, 0.0, _not_negative),
        rules=rules,
        content=content,
    )
    return None if reader.problems else policy


def _plain(name: str) -> str | None:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        return None
    return "must be made of letters, digits, “-”, “_” and “.”"


def _rules(reader: _Reader, values: Mapping[str, Any]) -> Rules:
    for key in _LATER:
        if key in values and not (key == "commitments" and values[key] == "hard"):
            reader.error(key, "is a rule that this version does not know yet; take it out")
    reader.known(values, (*_RULES, *_LATER), "[rules]")
    switches = {
        key: reader.take(values, key, bool, default=getattr(Rules(), key))
        for key in ("minimum_cohorts", "budgets", "placements", "level_intake")
    }
    continuation = reader.take(values, "continuation", str, "repeat", _one_of(_CONTINUATIONS))
    return Rules(
        **switches,
        continuation=continuation,
        pace_of_change=_pace(reader, values.get("pace_of_change", False)),
    )


def _pace(reader: _Reader, value: object) -> PaceOfChange | None:
    keys = tuple(f.name for f in fields(PaceOfChange))
    if value is False:
        return None
    if not isinstance(value, dict):
        message = f"{_quoted(value)} must be false or a table with {', '.join(keys)}"
        reader.error("pace_of_change", message, value)
        return None
    reader.known(value, keys, "pace_of_change")
    increase = reader.take(value, "max_increase", float, check=_not_negative)
    decrease = reader.take(value, "max_decrease", float, check=_share)
    allowance = reader.take(value, "allowance", float, check=_not_negative)
    if None in (increase, decrease, allowance):
        return None
    return PaceOfChange(increase, decrease, allowance)


def _objectives(reader: _Reader, values: Mapping[str, Any]) -> tuple[Objective, ...]:
    tables = reader.take(values, "objective", list)
    if not tables:
        if tables is not None:
            reader.error("objective", "is empty; name at least one [[objective]]")
        return ()
    if not all(isinstance(table, dict) for table in tables):
        reader.error("objective", "must be written as [[objective]] tables")
        return ()
    objectives = tuple(_objective(reader, table) for table in tables)
    if len(tables) > 1:
        message = "this version optimises one objective; take out all but the first [[objective]]"
        reader.error("objective", message)
    return objectives


def _objective(reader: _Reader, values: Mapping[str, Any]) -> Objective:
    reader.known(values, ("minimise", "tiers", "tolerance"), "[[objective]]")
    minimise = reader.take(values, "minimise", str, check=_one_of(_OBJECTIVES))
    if minimise in _OBJECTIVES[1:]:
        message = f"{minimise!r} is not supported yet; this version minimises “shortfall” only"
        reader.error("minimise", message, minimise)
    tiers = Objective("").tiers
    if "tiers" in values:
        if minimise not in (None, "shortfall"):
            reader.error("tiers", "goes with the objective “shortfall” only")
        tiers = _tiers(reader, reader.take(values, "tiers", list, default=[]))
    tolerance = reader.take(values, "tolerance", float, 0.0, _not_negative)
    return Objective(minimise or "", tiers, tolerance)


def _tiers(reader: _Reader, tables: list[Any]) -> tuple[Tier, ...]:
    if not tables or not all(isinstance(table, dict) for table in tables):
        reader.error("tiers", "must be a list of { up_to = …, weight = … }, the last without up_to")
        return ()
    tiers: list[Tier] = []
    for i, table in enumerate(tables):
        reader.known(table, ("up_to", "weight"), "a tier")
        last = i == len(tables) - 1
        if last and "up_to" in table:
            reader.error("up_to", "the last tier is open; leave up_to out", table["up_to"])
        up_to = math.inf if last else reader.take(table, "up_to", float, check=_not_negative)
        weight = reader.take(table, "weight", float, check=_not_negative)
        if up_to is None or weight is None:
            return ()
        if tiers and up_to <= tiers[-1].up_to:
            reader.error("up_to", f"{up_to:g} is not above the tier before", table.get("up_to"))
        if tiers and weight < tiers[-1].weight:
            reader.error("weight", f"{weight:g} is below the tier before; weights must not fall")
        tiers.append(Tier(up_to, weight))
    return tuple(tiers)
