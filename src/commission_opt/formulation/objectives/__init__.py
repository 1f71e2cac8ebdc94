"""The objectives of a commissioning model, one file each.

An objective is a module with

- ``TITLE``: what it is, as a heading and after "the": ``weighted shortfall``;
- ``UNIT``: what its value is counted in;
- ``aim(problem) -> Aim``: its linear form, with the columns and rows it needs;
- ``value(problem, result) -> float``: its value for an allocation, from the consequences alone;

and, where the default does not say it right,

- ``NUMBER``: how its values are written (``Number.PLAIN``);
- ``SENTENCE``: a value in a sentence, such as ``the weighted shortfall of {} FTE-years`` (the
  title, then the value with its unit);
- ``KEYS``: its own keys in ``[[objective]]``, fields of ``policy.Objective`` (none);
- ``within(problem, value)``: bounds of the decision columns that no better value leaves, where
  these say more than its prices do;
- ``values(problem, many) -> array``: its value in many futures, from ``Many`` alone (each future
  is then worked out by itself);
- ``slopes(problem, many) -> array``: what one FTE more that is missing costs in each cell, in many
  futures, if it is a convex function of the FTE missing and of nothing else (it is not);
- ``expected(problem, many) -> Aim``: its expectation over many futures, from ``Expected`` alone,
  nowhere above it (then these are not taken together);
- ``needs(objective)``: the tables that it cannot do without, by the key of the model that asks for
  each, such as ``{"minimise": "posts"}`` (none);
- ``KEPT``: what is kept where it is nothing, ``every floor``, if questions about a plan that
  keeps it are about plans that do so too (they are not);
- ``IMPROVED``: whether places can make it better than no places at all (they can);
- ``CAPPED``: what a frontier that caps it keeps below a limit, after "the" (the title);
- ``ONE``, ``NOTE``: one of what it counts (its unit), and a sentence on how, for those pages;
- ``BESIDE``: its place among those that frontiers tell of every point beside their usual figures,
  from 1, as their columns stand (0: they do not tell it);
- ``WEIGHTED``: whether it adds up shortages at the weights of professions (it does not);
- ``SPENDING``: whether its value is the £ spent on places (it is not);
- ``COUNTS_FLOORS``: whether it adds up what is missed of floors of service (it does not);
- ``EVERY_REGION``: whether it counts the shortage of regions without a weight (it does not);
- ``PRICES_COMMITMENTS``: whether it pays for soft commitments that are missed (it does not).

Every module in this folder is an objective; nothing else registers it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from importlib import import_module
from pkgutil import iter_modules

from commission_opt.accounts.many import Many
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.expected import Expected
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.wording import Number, after, shown
from commission_opt.policy import Objective, Policy


@dataclass(frozen=True)
class ObjectiveKind:
    """An objective: what its module says, as above; texts that are empty are made of others."""

    title: str
    unit: str
    aim: Callable[[Planning], Aim]
    value: Callable[[Planning, Outcome], float]
    number: Number = Number.PLAIN
    sentence: str = ""
    keys: tuple[str, ...] = ()
    capped: str = ""
    one: str = ""
    note: str = ""
    kept: str = ""
    improved: bool = True
    within: Callable[[Planning, float], tuple[Floats, Floats]] | None = None
    needs: Callable[[Objective], Mapping[str, str]] | None = None
    values: Callable[[Planning, Many], Floats] | None = None
    slopes: Callable[[Planning, Many], Floats] | None = None
    expected: Callable[[Planning, Expected], Aim] | None = None
    beside: int = 0
    weighted: bool = False
    spending: bool = False
    counts_floors: bool = False
    every_region: bool = False
    prices_commitments: bool = False

    def words(self, value: float, text: str | None = None) -> str:
        """Say a value in a sentence: "the weighted shortfall of 2,171.3 FTE-years".

        ``text`` is the value as it is to be written, without its unit; by default ``show(value)``.
        """
        sentence = self.sentence or f"the {self.title} of {{}} {self.after}".rstrip()
        return sentence.format(self.show(value) if text is None else text)

    def show(self, value: float) -> str:
        """Write a value without its unit, but for £ and %."""
        return shown(self.number, value)

    def amount(self, value: float, text: str | None = None) -> str:
        """Write a value with its unit: "2,171.3 weighted FTE-years", "5.2 % of weighted demand"."""
        return f"{self.show(value) if text is None else text} {self.after}".rstrip()

    @property
    def after(self) -> str:
        """What follows a value in a sentence."""
        return after(self.number, self.unit)


_OWN = ("aim", "value", "within", "needs", "values", "slopes", "expected")


def _load(name: str) -> ObjectiveKind:
    module = import_module(f"{__name__}.{name}")
    named = {f.name: f.name if f.name in _OWN else f.name.upper() for f in fields(ObjectiveKind)}
    return ObjectiveKind(
        **{name: getattr(module, given) for name, given in named.items() if hasattr(module, given)}
    )


OBJECTIVES: Mapping[str, ObjectiveKind] = {m.name: _load(m.name) for m in iter_modules(__path__)}
BELOW = next(name for name, kind in OBJECTIVES.items() if kind.counts_floors)
"""The objective of floors; sweeps and prices call what floors miss by its name."""


def first_objective(policy: Policy) -> ObjectiveKind:
    """Return the objective that a model pursues before all others."""
    return OBJECTIVES[policy.objectives[0].minimise]
