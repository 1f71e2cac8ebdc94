"""How much better one could have done in each future: an upper bound, without solving.

For any point x and multipliers y ≤ 0 of the rules, no plan that keeps them in a future is below

    f(x) − ∇f(x) · x + s (y · limits) + Σ_j min over the box of (∇f(x) − s Aᵀy)_j x_j

with f the first objective there and any s ≥ 0 (f is convex; weak duality). The best s of a grid is
taken, and x moved by a few steps of Frank and Wolfe's method towards the end of the box that the
bound rests on. A mean of what f is not below, taken at several x, is not above f either, and what
rests on such a mean is nearer to the least than on any one of them; so the means over the steps are
taken (dual averaging). What the plan has above the bound is at most its regret.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from commission_opt.accounts.many import Balance, Many
from commission_opt.accounts.posts import missing
from commission_opt.arrays import Floats
from commission_opt.errors import StoppedError
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.unlimited import UNLIMITED
from commission_opt.futures.columns import chunks
from commission_opt.futures.futures import Futures
from commission_opt.futures.kernel import Kernel
from commission_opt.futures.response import Response
from commission_opt.futures.varied import Figures, Varied
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.audit.audited import PATIENT, Arrays, AuditedPlan, Piece, answered
from commission_opt.uncertainty.audit.prices import Multipliers, multipliers_of, solved

PASSES = 4  # steps of Frank and Wolfe
_SCALES = np.array([0.25, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0, 4.0])  # of multipliers
_ROUNDING = 1e-9  # relative, taken off a bound


def no_bounds(trial: AuditedPlan) -> str:
    """Say why there are no bounds on regret; "" if there are."""
    problem = trial.plan.problem
    kind = first_objective(problem.policy)
    if trial.one_by_one:
        return f"futures were worked out one by one, as {trial.one_by_one}"
    if kind.slopes is None:
        return f"the {kind.title} is no sum of what is missing"
    if problem.deploys:
        return "staff can be deployed, which every future would decide anew"
    if problem.policy.prices_missed:
        return "soft commitments or targets have a price"
    if (problem.cohorts.capacity > UNLIMITED).any():
        return "some lines have no limit"
    return ""


def with_bounds(trial: AuditedPlan) -> Piece[AuditedPlan]:
    """Solve the mean future, from which all bounds start; nothing where there are none."""
    if no_bounds(trial):
        return answered("mean", trial)
    return Piece("mean", [(mean_solved, ())], lambda found: trial.but(solved=found[0]))


def mean_solved(trial: AuditedPlan) -> Arrays:
    """Solve the mean future: a task."""
    return solved(trial.kernel, trial.futures.mean(), PATIENT, Watch())


def regret_bounds(trial: AuditedPlan, passes: int = PASSES) -> Piece[Floats | str]:
    """Bound what no plan of its own could save in each future, shape (W,), or say why not.

    Below 0 where the plan breaks rules of a future and does better than all that keep them.

    Parameters
    ----------
    trial : AuditedPlan
        With its mean future solved.
    passes : int
        Steps that improve the bounds.
    """
    if why := no_bounds(trial):
        return answered("regret", why)
    if not trial.solved:
        return answered("regret", "no plan that keeps every rule was found for the mean future")
    return Piece(
        "regret",
        [(regret, (each.start, each.stop, passes)) for each in chunks(trial.count)],
        lambda found: np.concatenate([part["regret"] for part in found]),
    )


def regret(trial: AuditedPlan, start: int, stop: int, passes: int) -> Arrays:
    """Bound the regret of the plan in some futures: a task."""
    which = slice(start, stop)
    values = trial.values(which)
    bounds = np.concatenate(
        [
            _bounds(trial.kernel, trial.multipliers, trial.futures.figures(few), passes)
            for few in trial.kernel.slices(which)
        ]
    )
    return {"regret": values - bounds + _ROUNDING * np.abs(values)}


def bounds_apart(kernel: Kernel, futures: Futures, watch: Watch) -> Floats | None:
    """Return what no plan for one future alone is below, but for rounding, shape (W,).

    Parameters
    ----------
    kernel : Kernel
        Of a plan from which the bounds are looked for; any will do.
    futures : Futures
    watch : Watch

    Returns
    -------
    array or None
        None if the mean future has no plan, or none was found.

    Raises
    ------
    StoppedError
        If the watch was stopped.
    """
    if not (found := solved(kernel, futures.mean(), Limits(), watch)):
        return None
    prices, parts = multipliers_of(kernel, found), []
    for which in chunks(len(futures.names)):
        if watch.stopped:
            raise StoppedError("stopped; nothing was written")
        watch.begin(f"the bound of future {which.start + 1:,} of {len(futures.names):,}")
        parts.append(_bounds(kernel, prices, futures.figures(which), PASSES))
    return np.concatenate(parts)


@dataclass(eq=False)
class Point:
    """Decisions in w futures, and what follows from them.

    Parameters
    ----------
    kernel : Kernel
    many : Many
        What follows from the plan, of which all is kept that decisions do not change.
    response : Response
    columns : array, shape (n, w)
    supply, demand : array, shape (P * Q, Y, w)
    """

    kernel: Kernel
    many: Many
    response: Response
    columns: Floats
    supply: Floats
    demand: Floats

    @classmethod
    def of(cls, kernel: Kernel, varied: Varied, start: Floats) -> Point:
        """Return decisions in every future, shape (n, w), or (n, 1) for the same in all."""
        many, response = kernel.many(varied), Response(kernel.bought, varied)
        count = many.balance.supply.shape[-1]
        planned = kernel.problem.layout.to_columns(kernel.bought.amounts)
        columns = np.broadcast_to(start, (len(start), count))
        more, spared = response.adds(columns - planned[:, None])
        size = (more.shape[0], more.shape[1], count)
        supply, demand = (part.reshape(size) for part in (many.balance.supply, many.balance.demand))
        return cls(kernel, many, response, columns, supply + more, demand - spared)

    def now(self) -> Many:
        """Return what follows from these decisions."""
        shape = self.many.balance.needed.shape
        supply, demand = self.supply.reshape(shape), self.demand.reshape(shape)
        short = missing(demand, supply, self.many.posts)
        balance = Balance(self.many.balance.needed, demand, supply, supply, short)
        return replace(self.many, balance=balance)

    def value_and_slopes(self) -> tuple[Floats, Floats]:
        """Return the first objective, shape (w,), and what one more of each decision adds to it."""
        problem, many = self.kernel.problem, self.now()
        name, kind = problem.policy.objectives[0].minimise, first_objective(problem.policy)
        assert kind.slopes is not None  # which ``reason`` says
        each = kind.slopes(problem, many)
        at_work = np.isnan(many.posts) | (many.balance.supply <= many.posts)
        per_demand = each.reshape(self.supply.shape)
        per_supply = np.where(at_work, -each, 0.0).reshape(self.supply.shape)
        return self.kernel.values(name, many), self.response.slopes(per_supply, per_demand)

    def move(self, ends: Floats, share: float) -> None:
        """Go a share of the way to other decisions, shape (n, w)."""
        step = share * (ends - self.columns)
        more, spared = self.response.adds(step)
        self.columns = self.columns + step
        self.supply = self.supply + more
        self.demand = self.demand - spared


def _bounds(kernel: Kernel, prices: Multipliers, figures: Figures, passes: int) -> Floats:
    """Return what no plan that keeps the rules of a future is below, shape (w,)."""
    varied = kernel.bought.varied(figures)
    reduced, worth = prices.in_futures(varied)
    point = Point.of(kernel, varied, prices.start[:, None])
    best = np.full(point.columns.shape[1], -np.inf)
    at_nothing, mean = np.zeros(len(best)), np.zeros(point.columns.shape)
    for step in range(passes + 1):
        value, slopes = point.value_and_slopes()
        share = 2.0 / (step + 2.0)
        at_nothing += share * (value - np.sum(slopes * point.columns, axis=0) - at_nothing)
        mean += share * (slopes - mean)
        bound, scale = best_scale(prices, at_nothing, mean, reduced, worth)
        best = np.maximum(best, bound)
        if step < passes:
            cost = mean - scale * reduced
            ends = np.where(cost > 0, prices.lower[:, None], prices.upper[:, None])
            point.move(ends, 2.0 / (step + 3.0))
    return best


def best_scale(
    prices: Multipliers, start: Floats, slopes: Floats, reduced: Floats, worth: Floats
) -> tuple[Floats, Floats]:
    """Return the best bound over scales of the multipliers, and which scale it has, (w,) each.

    The objective is not below ``start + slopes · x``, shapes (w,) and (n, w).
    """
    lower, upper = prices.lower[:, None], prices.upper[:, None]
    best, scale = np.full(len(start), -np.inf), np.ones(len(start))
    for s in _SCALES:
        cost = slopes - s * reduced
        bound = start + s * worth + np.sum(np.minimum(cost * lower, cost * upper), axis=0)
        better = bound > best
        best[better], scale[better] = bound[better], s
    return best, scale
