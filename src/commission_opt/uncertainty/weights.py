"""Weights of futures by which a risk is under-estimated most closely.

A risk is the largest mean of what counts in the futures, over the weights that it allows. Since
what counts is convex in the plans, its least is at most what the best mixture of some plans has,
and at least what the best plan has for any such weights. The weights by which all of these plans
count most are the next to try (Dantzig and Wolfe, "The decomposition algorithm for linear
programs", Econometrica 29 (1961)).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.goals import counted, ends_of_weights, size_of
from commission_opt.formulation.problem import Planning
from commission_opt.policy import RiskMeasure
from commission_opt.solvers.believed import believed, way_by
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.status import Limits, Result, Status, Watch

_CLOSE = 0.2  # of the gap that is asked for: what is proved so near to a mixture of plans will do


@dataclass(eq=False)
class WeightSearch:
    """Weights that are looked for plan by plan.

    Parameters
    ----------
    problem : Planning
        With its W futures.
    risk : {"cvar", "worst", "regret"}
    limits : Limits
    watch : Watch
    """

    problem: Planning
    risk: RiskMeasure
    limits: Limits
    watch: Watch
    best: Floats | None = field(init=False, default=None)
    bound: float = field(init=False, default=-np.inf)
    _tried: list[Floats] = field(init=False, default_factory=list)

    def after(self, weights: Floats | None, bound: float, values: Floats) -> Floats | None:
        """Return weights to try next.

        Parameters
        ----------
        weights : array, shape (W,), or None
            By which a plan was looked for; None if by others than the risk allows.
        bound : float
            What the best plan by these weights is not below.
        values : array, shape (W,)
            The first objective of the plan found in each future.

        Returns
        -------
        array, shape (W,), or None
            None where no others prove much more.
        """
        self._tried.append(counted(self.problem, self.risk, values))
        if weights is not None and bound > self.bound:
            self.best, self.bound = weights, bound
        found = self._worst_for_all()
        if found is None:
            return None
        weights, most = found
        size = max(abs(most), size_of(self.problem, self.risk))
        if self.best is None:
            return weights
        close = most - self.bound <= _CLOSE * self.limits.gap * size
        return None if close else (self.best + weights) / 2.0

    def _worst_for_all(self) -> tuple[Floats, float] | None:
        """Return the weights by which the best mixture of the plans counts most, and how much."""
        each = np.array(self._tried)
        scale = max(1.0, float(np.abs(each).max()))
        each = each / scale
        lower, upper = ends_of_weights(self.problem, self.risk)
        program = _program(each, lower, upper)

        def ended(result: Result, _: float) -> Floats | None:
            return result.x if result.status is Status.OPTIMAL else None

        way = way_by(Algorithm.SIMPLEX, program, self.limits, self.watch)
        found = believed([way], ended, self.limits.seconds, self.watch).proof
        if found is None:
            return None
        weights = _adding_up(found[:-1], lower, upper)
        return weights, scale * float(np.min(each @ weights))


def _program(each: Floats, lower: Floats, upper: Floats) -> LinearProgram:
    """Make the least of what plans count, shape (J, W), largest over weights within ends."""
    count, futures = each.shape
    rows = np.vstack([np.append(np.ones(futures), 0.0), np.column_stack([-each, np.ones(count)])])
    return LinearProgram(
        sparse.csc_array(rows),
        np.append(np.zeros(futures), -1.0),
        np.append(lower, each.min()),
        np.append(upper, each.max()),
        np.append(1.0, np.full(count, -np.inf)),
        np.append(1.0, np.zeros(count)),
        0.0,
        {"weights": slice(0, futures), "least": slice(futures, futures + 1)},
        {"one": slice(0, 1), "plans": slice(1, count + 1)},
    )


def _adding_up(weights: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return weights within their ends that add up to 1, near some that nearly do."""
    weights = np.clip(weights, lower, upper)
    left = 1.0 - weights.sum()
    room = upper - weights if left > 0 else weights - lower
    total = room.sum()
    return np.asarray(weights + left * room / total if total > 0 else weights)
