"""Numbers of a commissioning model, found by a dotted key and changed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from typing import Any, get_args

from commission_opt.checked import hints_of, refusal
from commission_opt.errors import UsageError
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.rules import RULES
from commission_opt.policy import Objective, Policy, Tier
from commission_opt.scenario.fields import near

Change = Callable[[float], float]
_OBJECTIVE = "objective"  # as the file calls the list of objectives


def vary_key(policy: Policy, key: str, change: Change) -> Policy:
    """Return a model with one of its numbers changed.

    Parameters
    ----------
    key : str
        Such as ``discount_rate``, ``rules.pace_of_change.max_increase``,
        ``objective.shortfall.tolerance`` or ``objective.shortfall.tiers.2.weight`` (tiers are
        counted from 1).
    change : callable
        The new number from the old one.

    Raises
    ------
    UsageError
        If the model has no such number.
    ValueError
        If the number may not have its new value; says why.
    """
    name = key.removeprefix("rules.")
    for rule in RULES.values():
        for wrong, message in rule.check(policy.rules, {name}, True) if rule.check else ():
            if wrong == name:
                raise UsageError(f"{wrong} {message}")
    changed: Policy = _vary(policy, tuple(key.split(".")), (), change)
    return changed


def _vary(node: Any, path: tuple[str, ...], walked: tuple[str, ...], change: Change) -> Any:
    if not path:
        raise UsageError(f"{_at(walked)} is a table; name one of {', '.join(_names(node))} in it")
    head, rest = path[0], path[1:]
    names = _names(node)
    if head not in names:
        hint = near(head, names)
        more = f"did you mean {hint[0]!r}?" if hint else f"there are {', '.join(names)}"
        raise UsageError(f"{_at(walked)} has no key {head!r}; {more}")
    here = (*walked, head)
    if isinstance(node, tuple):
        position = names.index(head)
        new = _vary(node[position], rest, here, change)
        return _rising((*node[:position], new, *node[position + 1 :]))
    attribute = "objectives" if head == _OBJECTIVE and isinstance(node, Policy) else head
    value = getattr(node, attribute)
    if isinstance(value, tuple) or is_dataclass(value):
        return replace(node, **{attribute: _vary(value, rest, here, change)})
    if value is None:
        raise UsageError(f"the model has no {_at(here)}, so there is nothing to vary")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{_at(here)} is no number; make a second model for it")
    if rest:
        raise UsageError(f"{_at(here)} is a number, it has no key {rest[0]!r}")
    if math.isinf(value):
        raise UsageError("the last tier is open, so its up_to cannot be varied")
    hint = hints_of(type(node))[attribute]
    return replace(node, **{attribute: _allowed(hint, change(value))})


def _names(node: Any) -> list[str]:
    """Return the keys of a table, the names of objectives or the numbers of tiers."""
    if isinstance(node, Policy):
        return ["commissioning_years", "discount_rate", "rules", _OBJECTIVE]
    if isinstance(node, Objective):
        return ["tolerance", *OBJECTIVES[node.minimise].keys]
    if isinstance(node, tuple):
        named = [getattr(item, "minimise", None) for item in node]
        return [name or str(i) for i, name in enumerate(named, start=1)]
    return [f.name for f in fields(node)]


def _at(walked: tuple[str, ...]) -> str:
    return ".".join(("model", *walked))


def _allowed(hint: Any, value: float) -> float:
    """Return a number as its key may hold it; a fraction is refused where it must be whole."""
    whole = (get_args(hint) or (hint,))[0] is int and float(value).is_integer()
    new = int(value) if whole else value
    if says := refusal(hint, new):
        raise ValueError(says)
    return new


def _rising(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the items, tiers only if they are in order."""
    for before, after in pairwise(items):
        if isinstance(before, Tier) and after.up_to <= before.up_to:
            raise ValueError("breaks the order of the tiers; up_to must rise")
        if isinstance(before, Tier) and after.weight < before.weight:
            raise ValueError("breaks the order of the tiers; weights must not fall")
    return items
