"""The rules of a commissioning model, one file each.

A rule is a module with

- ``TITLE``: what it is, as a heading: ``pace of change``;
- ``words(policy) -> str``: what a model asks for by it, exactly as the rows have it;
- ``rows(problem) -> Part``: its rows (and columns) in the linear program, none if it is off;
- ``violations(problem, result) -> Iterator[Violation]``: how far an allocation breaks it, worked
  out from the places in the words of the instance, without the rows;

and, where they say more than the rule's own key in the model,

- ``ORIGINS``: the figures behind its rows and bounds, and how each may give way;
- ``COUNTED``: keys of ``[rules]`` that objectives count by;
- ``check(rules, written, priced) -> Iterator``: keys that do not go together, each with what is
  wrong, given the keys as written and whether an objective pays for soft commitments;
- ``fits(instance, policy) -> Iterator``: what it asks of an instance that is not there, each with
  the line in the file of the model, the key and what is wrong;
- ``ends(problem, places)``: the least and most places that it allows after the year before's;
- ``excesses(problem, many) -> Iterator``: by how much its limits are exceeded in many futures, as
  ``accounts.many`` has them (each future is then worked out by itself);
- ``ALIKE``: whether it speaks of places and units alone, or of what figures that may vary in many
  futures do not touch, so that it is kept or broken alike in all of them (it is not);
- ``AS_GIVEN``: whether its own figures are those of the instance as given in every future (not);
- ``LIMIT``: the limit that it keeps, if that is one on what courses use together;
- ``NO_MORE``: what is so in a profession, region and year where there is no room for one more;
- ``TABLE``: the table of an instance without which it says nothing and is not spoken of;
- ``CELLS``, ``UNIT``: what its rows are for, one and several, if not for these, and their unit.

Every module in this folder is a rule; nothing else registers it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from importlib import import_module
from pkgutil import iter_modules

import numpy as np

from commission_opt.accounts.many import Excess, Many
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.origin import Origin
from commission_opt.formulation.parts import Part
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy, Rules


@dataclass(frozen=True)
class Rule:
    """A rule: what its module says, as above."""

    title: str
    words: Callable[[Policy], str]
    rows: Callable[[Planning], Part]
    violations: Callable[[Planning, Outcome], Iterator[Violation]]
    origins: tuple[Origin, ...] = ()
    limit: Limit | None = None
    counted: tuple[str, ...] = ()
    no_more: str = ""
    cells: tuple[str, str] = (
        "profession, region and year",
        "professions, regions and years",
    )
    unit: str = "FTE"
    table: str = ""
    check: Callable[[Rules, Collection[str], bool], Iterator[tuple[str, str]]] | None = None
    fits: Callable[[Instance, Policy], Iterator[tuple[int | None, str, str]]] | None = None
    ends: Callable[[Planning, Floats], tuple[Floats, Floats]] | None = None
    excesses: Callable[[Planning, Many], Iterator[Excess]] | None = None
    alike: bool = False
    as_given: bool = False


_SAID = (
    "title",
    "origins",
    "limit",
    "counted",
    "no_more",
    "cells",
    "unit",
    "table",
    "alike",
    "as_given",
)


def _load(name: str) -> Rule:
    module = import_module(f"{__name__}.{name}")
    named = {f.name: f.name.upper() if f.name in _SAID else f.name for f in fields(Rule)}
    return Rule(**{key: getattr(module, own) for key, own in named.items() if hasattr(module, own)})


RULES: Mapping[str, Rule] = {m.name: _load(m.name) for m in iter_modules(__path__)}

LIMITS: Mapping[str, Limit] = {
    name: rule.limit for name, rule in RULES.items() if rule.limit is not None
}
"""The limits on what courses use together, by rule."""

COUNTED: tuple[str, ...] = tuple(key for rule in RULES.values() for key in rule.counted)
"""Keys of ``[rules]`` that objectives count by."""

ORIGINS: tuple[Origin, ...] = tuple(
    sorted(
        (origin for rule in RULES.values() for origin in rule.origins),
        key=lambda origin: (origin.lines is None, origin.of_course, origin.drawn),
    )
)
"""All figures that rules keep, from what people promised to what holds for every course."""


def year_ends(problem: Planning, places: Floats) -> tuple[Floats, Floats]:
    """Return the least and most places that rules allow after those of the year before.

    Capacity and steps are left out: a plan keeps those as well.

    Parameters
    ----------
    places : array, shape (C, K)
        Of a plan; a year's own do not count for its ends.

    Returns
    -------
    low, high : array, shape (C, K)
        0 and infinite where no rule says so.
    """
    low, high = np.zeros_like(places), np.full_like(places, np.inf)
    for rule in RULES.values():
        if rule.ends is not None:
            least, most = rule.ends(problem, places)
            low, high = np.maximum(low, least), np.minimum(high, most)
    return low, high
