"""Commissioning models read from TOML, with every wrong key found in one pass."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from commission_opt.errors import InputError, Problem
from commission_opt.policy import Objective, Policy, Rules, Share, Tier


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
        self.whole = range(1, len(self.lines) + 1)
        self.part = self.whole  # lines of the table that is being read
        self.problems: list[Problem] = []

    def error(self, key: str, message: str, value: object = None) -> None:
        self.problems.append(Problem("error", self.file, self._line(key, value), key, message))

    def _line(self, key: str, value: object) -> int | None:
        pattern = re.compile(rf"(^|[{{,\[\s]){re.escape(key)}\"?\s*(=|\]|$)")
        found = [n for n in self.part if pattern.search(self.lines[n - 1].split("#")[0])]
        exact = [n for n in found if value is not None and _written(value) in self.lines[n - 1]]
        header = [] if self.part == self.whole else [self.part.start]
        return next(iter(exact or found or header), None)

    def tables(self, header: str, count: int) -> list[range]:
        """Return the lines of each of so many tables of a name; all where they stand inline."""
        starts = [n for n in self.whole if self.lines[n - 1].split("#")[0].strip() == header]
        if len(starts) != count:
            return [self.whole] * count
        ends = [n for n in self.whole if self.lines[n - 1].startswith("[")] + [self.whole.stop]
        return [range(n, next(end for end in ends if end > n)) for n in starts]

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
    reader.known(values, tuple(f.name for f in fields(Rules)), "[rules]")
    hints = get_type_hints(Rules, include_extras=True)
    taken = {f.name: _take(reader, values, f.name, hints[f.name], f.default) for f in fields(Rules)}
    soft = values.get("commitments") == "soft"
    if soft and "commitment_price" not in values:
        message = "“soft” needs commitment_price, weighted FTE-years for each place missed"
        reader.error("commitments", message)
    if "commitment_price" in values and not soft:
        reader.error("commitment_price", "goes with commitments = “soft” only")
    return Rules(**taken)


def _take(
    reader: _Reader, values: Mapping[str, Any], key: str, hint: Any, default: Any = None
) -> Any:
    """Take a value as the type of its field says."""
    if hint is bool:
        return reader.take(values, key, bool, default)
    if hint is float:
        return reader.take(values, key, float, default, _not_negative)
    if hint is Share:
        return reader.take(values, key, float, default, _share)
    if get_origin(hint) is Literal:
        return reader.take(values, key, str, default, _one_of(get_args(hint)))
    return _table(reader, key, next(c for c in get_args(hint) if is_dataclass(c)), values.get(key))


def _table(reader: _Reader, key: str, kind: Any, value: object) -> Any:
    """Read a table that is a rule of its own, None where it is off; all its keys are needed."""
    if value is None or value is False:
        return None
    keys = tuple(f.name for f in fields(kind))
    if not isinstance(value, dict):
        message = f"{_quoted(value)} must be false or a table with {', '.join(keys)}"
        reader.error(key, message, value)
        return None
    reader.known(value, keys, key)
    hints = get_type_hints(kind, include_extras=True)
    taken = {name: _take(reader, value, name, hints[name]) for name in keys}
    return None if None in taken.values() else kind(**taken)


def _objectives(reader: _Reader, values: Mapping[str, Any]) -> tuple[Objective, ...]:
    tables = reader.take(values, "objective", list)
    if not tables:
        if tables is not None:
            reader.error("objective", "is empty; name at least one [[objective]]")
        return ()
    if not all(isinstance(table, dict) for table in tables):
        reader.error("objective", "must be written as [[objective]] tables")
        return ()
    objectives: list[Objective] = []
    names: set[str] = set()
    parts = reader.tables("[[objective]]", len(tables))
    for table, part in zip(tables, parts, strict=True):
        reader.part = part
        objective = _objective(reader, table)
        if objective.minimise in names:
            name = objective.minimise
            reader.error("minimise", f"{name!r} is there more than once", name)
        names |= {objective.minimise} - {""}
        objectives.append(objective)
    reader.part = reader.whole
    rules = values.get("rules")
    soft = isinstance(rules, dict) and rules.get("commitments") == "soft"
    if soft and "shortfall" not in names:
        message = "“soft” is priced in the objective “shortfall”, which the model does not have"
        reader.error("commitments", message)
    return tuple(objectives)


def _objective(reader: _Reader, values: Mapping[str, Any]) -> Objective:
    reader.known(values, ("minimise", "tiers", "tolerance"), "[[objective]]")
    minimise = reader.take(values, "minimise", str, check=_one_of(_OBJECTIVES))
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
