"""Commissioning models read from TOML, with every wrong key found in one pass."""

from __future__ import annotations

import math
import re
from dataclasses import MISSING, fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from commission_opt.checked import NotNegative, hints_of, refusal
from commission_opt.errors import UsageError
from commission_opt.files.toml.read import parse_toml, read_bytes
from commission_opt.files.toml.table import Check, TomlTable, one_of
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.rules import RULES
from commission_opt.policy import Objective, Policy, Rules, Tier, UnderUncertainty, Years
from commission_opt.policy_target import read_targets
from commission_opt.text.plain import escaped

_KEYS = tuple(dict.fromkeys(key for kind in OBJECTIVES.values() for key in kind.keys))
_PRICED = tuple(name for name, kind in OBJECTIVES.items() if kind.prices_commitments)


_NOT_NEGATIVE = partial(refusal, NotNegative)
_NO_MODEL = Policy("none", "None", 1, (Objective(next(iter(OBJECTIVES))),))


def read_policy(path: Path | str) -> Policy:
    """Read a commissioning model.

    Raises
    ------
    InputError
        If it is missing, is not TOML, or has an unknown, wrong or contradictory key.
    """
    path = Path(path)
    return parse_policy(read_bytes(path, "commissioning model"), path.name)


def read_policy_for_one(path: Path | str, command: str) -> Policy:
    """Read a commissioning model for a command that makes or explains plans of one future only.

    Raises
    ------
    InputError
        As ``read_policy`` does.
    UsageError
        If the model weighs several futures, which the command would pass over.
    """
    policy = read_policy(path)
    if policy.uncertainty is not None:
        raise UsageError(
            f"{Path(path).name} weighs the futures of {escaped(repr(policy.uncertainty.file))}, "
            f"and {command} is for one future: leave [uncertainty] out of the model, or use solve"
        )
    return policy


def parse_policy(content: bytes, file: str = "model.toml") -> Policy:
    """Read a commissioning model from the content of its file."""
    return parse_toml(content, file, lambda table: _policy(table, content), bare_keys=True)


def _policy(table: TomlTable, content: bytes) -> Policy:
    keys = (
        "name", "title", "commissioning_years", "integer", "discount_rate", "rules", "objective",
        "uncertainty", "target",
    )  # fmt: skip
    table.known(keys, "a commissioning model")
    name = table.need("name", str, _plain) or ""
    years = table.need("commissioning_years", int, partial(refusal, Years)) or 1
    objectives = _objectives(table)
    written_rules = table.table("rules", "is not a table; write [rules]")
    rules = Rules() if written_rules is None else _rules(written_rules, objectives)
    title = table.take("title", str, name)
    integer = table.take("integer", bool, True)
    discount_rate = table.take("discount_rate", float, 0.0, _NOT_NEGATIVE)
    uncertainty = _uncertainty(table, years)
    priced = not objectives or any(each.minimise in _PRICED for each in objectives)
    targets = read_targets(table, priced=priced, payer=_named(_PRICED))
    if table.findings:  # which are raised; a model refuses what they are about
        return _NO_MODEL
    return Policy(
        name, title, years, objectives, integer, discount_rate, rules, content,
        uncertainty=uncertainty, targets=targets,
    )  # fmt: skip


def _uncertainty(policy: TomlTable, years: int) -> UnderUncertainty | None:
    if "uncertainty" not in policy.values:
        return None
    table = policy.table("uncertainty", "is not a table; write [uncertainty]")
    if table is None:
        return None
    keys = tuple(f for f in fields(UnderUncertainty) if f.name != "content")
    table.known(tuple(f.name for f in keys), "[uncertainty]")
    file = table.need("file", str, lambda name: None if name.strip() else "is empty")
    hints = hints_of(UnderUncertainty)
    taken = {
        f.name: table.take(f.name, *_kind_of(hints[f.name], f.default))
        for f in keys
        if f.name not in ("file", "decide_now")
    }
    now = table.take("decide_now", int, None, partial(_not_within, years))
    if "later_relaxed" in table.values and not _later(now, years):
        message = "goes with a decide_now below commissioning_years only: nothing is decided later"
        table.error("later_relaxed", message)
    for key in ("alpha", "weight"):
        if key in table.values and taken["risk"] != "cvar":
            table.error(key, f'goes with risk = "cvar" only, not with {taken["risk"]!r}')
    taken["decide_now"] = now
    return UnderUncertainty(file, **taken) if file and not table.findings else None


def _not_within(years: int, now: int) -> str | None:
    if 1 <= now <= years:
        return None
    return f"is not a whole number from 1 to {years}, the commissioning years of the model"


def _later(now: int | None, years: int) -> bool:
    """Say whether any commissioning year is decided later."""
    return now is not None and now < years


def _rules(table: TomlTable, objectives: tuple[Objective, ...]) -> Rules:
    table.known(tuple(f.name for f in fields(Rules)), "[rules]")
    hints = hints_of(Rules)
    rules = Rules(**{f.name: _rule(table, f.name, hints[f.name], f.default) for f in fields(Rules)})
    priced = not objectives or any(each.minimise in _PRICED for each in objectives)
    for rule in RULES.values():
        for key, message in rule.check(rules, table.values, priced) if rule.check else ():
            table.error(key, message.format(_named(_PRICED)))
    return rules


def _rule(table: TomlTable, key: str, hint: Any, default: Any) -> Any:
    """Take a rule as the type of its field says; None for a table that is missing or false."""
    inner: Any = next((kind for kind in get_args(hint) if is_dataclass(kind)), None)
    if inner is None:
        kind, check = _kind(hint)
        return table.take(key, kind, default, check)
    if table.values.get(key, False) is False:
        return None
    keys = tuple(f.name for f in fields(inner))
    needed = tuple(f.name for f in fields(inner) if f.default is MISSING)
    own = table.table(key, f"must be false or a table with {', '.join(needed)}")
    if own is None:
        return None
    own.known(keys, key)
    hints = hints_of(inner)
    taken = {
        f.name: own.need(f.name, *_kind(hints[f.name]))
        if f.name in needed
        else own.take(f.name, *_kind_of(hints[f.name], f.default))
        for f in fields(inner)
    }
    return None if None in taken.values() else inner(**taken)


def _kind(hint: Any) -> tuple[type, Check[Any] | None]:
    """Return what the type of a field says about its value: of what kind it is, and a check."""
    if hint is bool:
        return bool, None
    if get_origin(hint) is Literal:
        return str, one_of(get_args(hint))
    return float, partial(refusal, hint)


def _kind_of(hint: Any, default: Any) -> tuple[type, Any, Check[Any] | None]:
    """Return the same with the default between, as ``TomlTable.take`` has it."""
    kind, check = _kind(hint)
    return kind, default, check


def _objectives(policy: TomlTable) -> tuple[Objective, ...]:
    if "objective" not in policy.values:
        policy.error("objective", "is missing")
    elif policy.values["objective"] == []:
        policy.error("objective", "is empty; name at least one [[objective]]")
    objectives: list[Objective] = []
    for table in policy.tables("objective", "[[objective]]"):
        objective = _objective(table)
        if objective is None:
            continue
        if objective.minimise in {each.minimise for each in objectives}:
            table.error("minimise", f"{objective.minimise!r} is there more than once")
        objectives.append(objective)
    return tuple(objectives)


def _objective(table: TomlTable) -> Objective | None:
    table.known(("minimise", *_KEYS, "tolerance"), "[[objective]]")
    minimise = table.need("minimise", str, one_of(tuple(OBJECTIVES)))
    for key in _KEYS:
        if minimise and key in table.values and key not in OBJECTIVES[minimise].keys:
            having = tuple(name for name, kind in OBJECTIVES.items() if key in kind.keys)
            table.error(key, f"goes with {_named(having)} only")
    hints = hints_of(Objective)
    own: dict[str, Any] = {
        f.name: table.take(f.name, *_kind_of(hints[f.name], f.default))
        for f in fields(Objective)
        if f.name in _KEYS and f.name != "tiers"
    }
    if "tiers" in table.values and (tiers := _tiers(table)):
        own["tiers"] = tiers
    tolerance = table.take("tolerance", float, 0.0, _NOT_NEGATIVE)
    return Objective(minimise, tolerance=tolerance, **own) if minimise else None


def _named(objectives: tuple[str, ...]) -> str:
    return "the objective " + " or ".join(f"“{name}”" for name in objectives)


def _tiers(objective: TomlTable) -> tuple[Tier, ...]:
    such_as = "{ up_to = …, weight = … }, the last without up_to"
    tables = objective.tables("tiers", such_as)
    if objective.values["tiers"] == []:
        objective.error("tiers", f"is empty; write {such_as}")
    tiers: list[Tier] = []
    for table in tables:
        table.known(("up_to", "weight"), "a tier")
        last = table is tables[-1]
        if last and "up_to" in table.values:
            table.error("up_to", "the last tier is open; leave up_to out")
        up_to = math.inf if last else table.need("up_to", float, _NOT_NEGATIVE)
        weight = table.need("weight", float, _NOT_NEGATIVE)
        if up_to is None or weight is None:
            return ()
        if tiers and up_to <= tiers[-1].up_to:
            table.error("up_to", f"{up_to:g} is not above the tier before")
        if tiers and weight < tiers[-1].weight:
            table.error("weight", f"{weight:g} is below the tier before; weights must not fall")
        tiers.append(Tier(up_to, weight))
    return () if objective.findings else tuple(tiers)


def _plain(name: str) -> str | None:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        return None
    return "must be made of letters, digits, “-”, “_” and “.”"
