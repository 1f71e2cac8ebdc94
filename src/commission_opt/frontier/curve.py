"""A frontier in a planner's terms: what each point costs, and what more of it would save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome, spent
from commission_opt.allocation.settled import outcome_of
from commission_opt.arrays import Floats
from commission_opt.errors import UsageError
from commission_opt.formulation.fits import check_fits
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning, planning
from commission_opt.formulation.rules import LIMITS, RULES
from commission_opt.formulation.wording import Number
from commission_opt.frontier.family import Domain, Family, Solving, domain_of
from commission_opt.frontier.lines import Frontier, enclose
from commission_opt.frontier.over import Over, over_of
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.solvers.status import Limits, Watch
from commission_opt.text.card import Card, Grid, Shown
from commission_opt.text.counts import plural
from commission_opt.text.near_names import did_you_mean

BESIDE = tuple(
    name
    for place, name in sorted((kind.beside, name) for name, kind in OBJECTIVES.items())
    if place
)
_MILLION = 1e6  # £
_LITTLE = 1e-6  # £m; less than this between two points is no spending


@dataclass(frozen=True, eq=False, repr=False)
class Curve(Shown):
    """An enclosed frontier of a model on an instance.

    Parameters
    ----------
    family : Family
    asked : pair of float
        The range of budgets asked for.
    range : Domain
        Where there are plans.
    frontier : Frontier
    points : pandas.DataFrame
        In ascending order of t, the scale of the budgets or the cap: ``t``; ``objective`` of the
        plan found and ``bound``, the least there can be; ``slope``, the change of the objective
        per unit of t; ``marginal``, what one step more of t would save at first;
        ``saved_per_million``, what each £1m spent more than at the point before saves, for budgets
        where more is spent, else not a number; and what the plan leads to, as ``figures`` has it.
    cold : int
        Solves that were repeated cold.
    """

    family: Family
    asked: tuple[float, float]
    range: Domain
    frontier: Frontier
    points: pd.DataFrame
    cold: int

    @property
    def unit(self) -> str:
        """Unit of the objective."""
        return OBJECTIVES[self.objective].unit

    @property
    def objective(self) -> str:
        """Name of the objective."""
        return self.family.problem.policy.objectives[0].minimise

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the points as a table ``frontier``, one row each."""
        return {"frontier": self.points}

    def card(self) -> Card:
        """Return the points, and how near the curve between them is to the least possible."""
        over, problem = self.family.over, self.family.problem
        digits = None if over.number is Number.SHARE else 1
        bought = [name for name in ("places", "units") if name in self.points]
        headings = ("objective", "bound", "shortfall", *bought)
        rows = [
            [over.show(t, digits), *(f"{n:,.6g}" for n in own[:2]), *(f"{n:,.0f}" for n in own[2:])]
            for t, *own in self.points[["t", *headings]].itertuples(index=False)
        ]
        return Card(
            f"Frontier of {problem.instance.name} under {problem.policy.name} over {over.name}: "
            f"{plural(len(self.points), 'point')}",
            (f"Objective: {OBJECTIVES[self.objective].title}, {self.unit}; within "
             f"{np.ceil(self.frontier.distance * 1e5) / 1e3:.3f} % of the least possible.",),
            (Grid("points, shortfall in FTE-years", (over.name, *headings), rows, ()),),
        )  # fmt: skip


def trace_frontier(
    instance: Instance,
    policy: Policy,
    over: str = "budget",
    limits: Limits | None = None,
    watch: Watch | None = None,
    *,
    funds: Sequence[str] = (),
    scales: tuple[float, float] = (0.8, 1.2),
    distance: float = 1e-3,
) -> Curve:
    """Trace the best first objective as budgets, or a cap, move; in fractions of places.

    Parameters
    ----------
    instance : Instance
    policy : Policy
        Later objectives do not count.
    over : str
        ``budget``, or the objective that is capped.
    limits : Limits, optional
        For each solve.
    watch : Watch, optional
    funds : sequence of str
        Funds whose budgets are scaled; all if there is none.
    scales : pair of float
        Least and greatest scale of the budgets.
    distance : float
        Relative distance of the curve and its certified bound at which to end.

    Returns
    -------
    Curve

    Raises
    ------
    UsageError
        If there is no such frontier.
    InputError, InfeasibleError, NoPlanError, StoppedError
        As ``allocate`` does.
    """
    limits, watch = limits or Limits(), watch or Watch()
    varied = over_of(over)
    check_fits(instance, policy)
    family = _family_of(instance, policy.relaxed(), varied, funds)
    if not 0.0 <= scales[0] < scales[1] < np.inf:
        raise UsageError("--from must be 0 or more and less than --to, such as 0.8 and 1.2")
    if not 0.0 < distance < 1.0:
        raise UsageError("--distance must be above 0 and below 1, such as 0.001")
    watch.begin("the ends of the frontier")
    found = domain_of(family, scales, limits, watch)
    solving = Solving(family, limits, watch)
    frontier = enclose(solving, (found.least, found.greatest), distance)
    points = _points(family, frontier, solving.columns)
    return Curve(family, scales, found, frontier, points, solving.cold)


def pursued(policy: Policy) -> Policy:
    """Return a model with its first objective only; a cap on cost counts pay as the model does."""
    first, pay = policy.objectives[0], any(each.pay for each in policy.objectives)
    return replace(policy, objectives=(replace(first, pay=pay),))


def _family_of(instance: Instance, policy: Policy, over: Over, funds: Sequence[str]) -> Family:
    """Refuse what does not vary, or caps the objective itself."""
    policy = pursued(policy)
    first = policy.objectives[0].minimise
    problem = planning(instance, policy, steady=True)
    if not over.caps:
        if not len(instance.budgets):
            raise UsageError(f"instance {instance.name!r} has no budgets to vary")
        if not any(RULES[name].rows(problem).rows for name, kind in LIMITS.items() if kind.money):
            raise UsageError(f"model {policy.name!r} does not keep budgets (rules.budgets)")
    elif first == over.name:
        raise UsageError(
            f"the first objective of model {policy.name!r} is {first} itself; "
            f"take a model that minimises something else first"
        )
    if funds and over.caps:
        raise UsageError("--fund goes with --over budget")
    known = list(dict.fromkeys(instance.budgets["fund"]))
    for fund in funds:
        if fund not in known:
            hint = did_you_mean(fund, known) or f"; there are {', '.join(known)}"
            raise UsageError(f"no budget is of fund {fund!r}{hint}")
    scaled = instance.budgets["fund"].isin(list(funds) or known).to_numpy(bool)
    return Family(problem, over, scaled)


def figures(problem: Planning, result: Outcome) -> dict[str, float]:
    """Work out what a plan leads to.

    Returns
    -------
    dict of str to float
        ``shortfall``, FTE-years missing over the horizon, not weighted; ``spend``, £ of new and
        continued places over the horizon and of pay that follows, all funds, undiscounted; the
        objectives that every frontier tells; ``places`` commissioned, all years; ``units`` bought
        where there are measures.
    """
    return {
        "shortfall": float(result.shortfall.sum()),
        "spend": spent(problem.instance, result),
        **{name: OBJECTIVES[name].value(problem, result) for name in BESIDE},
        "places": float(result.places.sum()),
        **({"units": float(result.units.sum())} if len(result.units) else {}),
    }


def _points(family: Family, frontier: Frontier, columns: Mapping[float, Floats]) -> pd.DataFrame:
    points, found = pd.DataFrame(map(vars, frontier.supports)), []
    for t in points["t"]:
        problem = family.planned(t)
        found.append(figures(problem, outcome_of(problem, problem.layout.to_amounts(columns[t]))))
    leads = pd.DataFrame(found)
    points["bound"] = points[["bound", "objective"]].min(axis=1)
    marginal = -points["slope"] * family.over.step
    points["marginal"] = marginal.where(marginal > 0, 0.0)
    more = leads["spend"].diff() / _MILLION
    spends = (more > _LITTLE) & (not family.over.caps)
    saved = points["objective"].shift() - points["objective"]
    points["saved_per_million"] = (saved / more).where(spends)
    return points.join(leads)
