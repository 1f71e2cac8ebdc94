"""A frontier as it is shown: drawn, and read back from its folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.frontier.curve import Curve, Point
from commission_opt.frontier.lines import Frontier
from commission_opt.frontier.over import Over
from commission_opt.frontier.whole import WholePlan


@dataclass(frozen=True)
class CurveView:
    """What charts and pages of a frontier need.

    Parameters
    ----------
    title : str
        Of the instance.
    over : Over
    objective, unit : str
        Name of the objective, and what it is counted in.
    frontier : Frontier
    points : tuple of Point
        In ascending order of t.
    plans : tuple of WholePlan
        In whole places, without their places where they were read back.
    asked : pair of float or None
        The range of budgets asked for; None for caps.
    proved : float or None
        No t below this has a plan.
    funds : tuple of str
        Whose budgets vary.
    """

    title: str
    over: Over
    objective: str
    unit: str
    frontier: Frontier
    points: tuple[Point, ...]
    plans: tuple[WholePlan, ...]
    asked: tuple[float, float] | None
    proved: float | None
    funds: tuple[str, ...]

    @property
    def words(self) -> str:
        """The objective in words."""
        return OBJECTIVES[self.objective].title


def view_of(curve: Curve, plans: Sequence[WholePlan]) -> CurveView:
    """Return what is shown of a frontier that was traced."""
    family = curve.family
    instance, budget = family.problem.instance, not family.over.caps
    return CurveView(
        title=instance.title or instance.name,
        over=family.over,
        objective=curve.objective,
        unit=curve.unit,
        frontier=curve.frontier,
        points=curve.points,
        plans=tuple(plans),
        asked=curve.asked if budget else None,
        proved=curve.range.proved,
        funds=tuple(dict.fromkeys(instance.budgets["fund"][family.scaled])) if budget else (),
    )
