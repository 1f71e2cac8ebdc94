"""The near-optimal allocations of a stage, and the targets whose ranges over them are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.allocation.relaxation import Relaxation, solve_relaxation
from commission_opt.allocation.settled import first_value, settled
from commission_opt.arrays import Floats, Ints
from commission_opt.certificate.certify import keeps_rules
from commission_opt.core.linear_program import LinearProgram
from commission_opt.errors import UsageError
from commission_opt.explain.room.targets import Targets, targets
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning
from commission_opt.plan.read import StoredPlan
from commission_opt.solvers.status import Limits, Watch

PATIENCE = 60.0  # seconds that the relaxation may take, however short the time
_ROUNDING = 1e-9  # relative room over a cap


@dataclass(frozen=True, eq=False)
class NearOptimal:
    """Everything that the ends of ranges follow from.

    Parameters
    ----------
    problem : Planning
    relaxation : Relaxation
        Of the first stage of the model, within the smallest cap.
    targets : Targets
        m of them.
    best : float
        The objective that tolerances are counted from, in its own unit.
    within : tuple of float
        Tolerances, rising, as shares of ``best``; e of them.
    places : array, shape (n,), or None
        Decision columns of the plan, if it is in whole places.
    """

    problem: Planning
    relaxation: Relaxation
    targets: Targets
    best: float
    within: tuple[float, ...]
    places: Floats | None

    @property
    def whole(self) -> bool:
        """Whether places must be whole."""
        return self.places is not None

    @cached_property
    def formulation(self) -> Formulation:
        """The first stage of the model."""
        return formulate(self.problem, aims(self.problem)[0])

    @cached_property
    def box(self) -> Floats:
        """Least and most of the targets within the bounds of their columns, shape (2, m)."""
        program = self.formulation.program
        places = program.columns[PLACES]
        bounds = np.stack([program.lower[places], program.upper[places]], axis=1)
        return np.asarray(self.targets.weights @ bounds).T

    @cached_property
    def caps(self) -> Floats:
        """The most that the objective may be, in units of the program, shape (e,)."""
        most = self.best + np.array(self.within) * abs(self.best)
        most = most + _ROUNDING * max(1.0, abs(self.best))
        return np.asarray(most / self.formulation.aim.scale)

    @cached_property
    def _capped(self) -> LinearProgram:
        return capped(self.formulation.program, np.inf)

    def driven(self, k: int, sign: float, e: int) -> LinearProgram:
        """Return the program of the least of a target, times a sign, within a tolerance."""
        program, own = self.formulation.program, self.targets.weights[[k]]
        cost = np.zeros_like(program.cost)
        cost[own.indices] = sign * own.data
        most = np.append(program.row_upper, self.caps[e] - program.offset)
        return replace(self._capped, cost=cost, offset=0.0, row_upper=most)

    @cached_property
    def numbers(self) -> tuple[Floats, Floats]:
        """Step and smallest number that a target can be in whole places, shape (m, 1) each.

        A total of several courses or years is a multiple of what divides all their steps; nothing
        more is said of it.
        """
        weights, stage = self.targets.weights, self.formulation
        column, weight, starts = weights.indices, weights.data, weights.indptr[:-1]
        sizes = np.round(weight * stage.step[column]).astype(np.int64)
        step = np.maximum(1.0, np.gcd.reduceat(sizes, starts))
        least = stage.smallest[column] * weight
        smallest = np.minimum.reduceat(np.where(least > 0, least, np.inf), starts)
        return step[:, None], np.where(np.isinf(smallest), 0.0, smallest)[:, None]

    def inwards(self, ends: Floats, k: int | slice) -> Floats:
        """Round the least and the most of one target, shape (2, e), or more to what they can be."""
        if not self.whole:
            return ends
        step, smallest = self.numbers
        return np.stack(outermost(ends[0], ends[1], step[k], smallest[k]))

    def judged(self, x: Floats, *, whole: bool) -> tuple[float, bool]:
        """Return the objective of decision columns, in units of the program, worked out from them.

        And whether every rule is kept, in whole places or else in fractions.
        """
        problem, aim = self.problem, self.formulation.aim
        if not whole:
            problem = replace(problem, policy=problem.policy.relaxed())
        amounts = problem.layout.to_amounts(x)
        result = problem.outcome(amounts, settled(self.formulation, amounts))
        kept = keeps_rules(problem, result)
        return OBJECTIVES[aim.name].value(problem, result) / aim.scale, kept


def near_optimal(
    plan: StoredPlan,
    lines: Ints,
    within: Sequence[float],
    limits: Limits,
    watch: Watch,
    *,
    totals: bool,
) -> NearOptimal:
    """Solve the relaxation, and lay out what is as near to a plan, or to it, as tolerances say.

    Raises
    ------
    UsageError
        If there is no tolerance, or one is negative or no number.
    InfeasibleError, NoPlanError, StoppedError
        If the relaxation cannot be solved.
    """
    if not within:
        raise UsageError("give a tolerance, such as 0.01 for 1 %")
    for share in within:
        if not (np.isfinite(share) and share >= 0):
            raise UsageError(f"a tolerance is a share of 0 or more, such as 0.01, not {share:g}")
    problem, layout = plan.problem, plan.problem.layout
    relaxation = solve_relaxation(formulate(problem, aims(problem)[0]), limits, watch)
    whole = plan.policy.integer
    best = first_value(problem, plan.amounts if whole else layout.to_amounts(relaxation.columns))
    return NearOptimal(
        problem, relaxation, targets(problem, lines, totals=totals), best,
        tuple(sorted(set(within))), layout.to_columns(plan.amounts) if whole else None,
    )  # fmt: skip


def capped(program: LinearProgram, cap: float) -> LinearProgram:
    """Return the program with its objective held at a cap, by its last row."""
    row = sparse.csr_array(program.cost[None, :])
    return replace(
        program,
        matrix=sparse.csc_array(sparse.vstack([program.matrix, row])),
        row_lower=np.append(program.row_lower, -np.inf),
        row_upper=np.append(program.row_upper, cap - program.offset),
    )


def decision_columns(program: LinearProgram, x: Floats) -> Floats:
    """Return the decision columns of a point, within their box."""
    places = program.columns[PLACES]
    return np.asarray(np.clip(x[places], program.lower[places], program.upper[places]))
