"""The first objective of a model in words: what it is counted in, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commission_opt.explain import figures
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.wording import Number

_SHOW: dict[Number, Callable[[Any], str]] = {
    Number.POUNDS: figures.pounds,
    Number.SHARE: figures.percent,
    Number.PLACES: figures.places,
}


@dataclass(frozen=True)
class Unit:
    """What the first objective is counted in.

    Parameters
    ----------
    aim : str
        Name of the objective.
    name : str
        The unit, as a heading.
    show : callable
        From a value to text, without the unit where that stands in the heading.
    """

    aim: str
    name: str
    show: Callable[[Any], str]

    def amount(self, value: float) -> str:
        """Return a value with its unit, for a sentence."""
        return f"{self.show(value)} {self.words}".rstrip()

    def signed(self, value: float) -> str:
        """Return a change with its sign, without the unit."""
        return f"{'+' if value > 0 else ''}{self.show(value)}"

    @property
    def words(self) -> str:
        """What stands after a value in a sentence; nothing where the value has its sign."""
        return OBJECTIVES[self.aim].after if self.aim else self.name


PLAIN = Unit("", "FTE-years, unweighted", figures.fte)
"""What any two plans can be compared by."""


def unit_of(problem: Planning) -> Unit:
    """Return the unit of the first objective of a problem."""
    aim = problem.policy.objectives[0].minimise
    kind = OBJECTIVES[aim]
    return Unit(aim, kind.unit, _SHOW.get(kind.number, figures.fte))
