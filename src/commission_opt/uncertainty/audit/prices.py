"""Multipliers of rules, and what they prove of decisions in each of many futures.

Any multipliers give a valid bound (weak duality): those of budgets and placement capacities are
applied to the limits and uses of each future, those of rules that no figure touches as they are,
and rules that hang on staff are left out, which can only lower a bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.arrays import Floats
from commission_opt.errors import InfeasibleError, NoPlanError
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.parts import PLACES, Rows
from commission_opt.formulation.problem import Planning, planning
from commission_opt.formulation.rules import LIMITS, RULES
from commission_opt.futures.kernel import Kernel
from commission_opt.futures.spending import Uses, per_student
from commission_opt.futures.varied import Varied
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import starts_charged
from commission_opt.solvers.status import Limits, Watch


@dataclass(frozen=True, eq=False)
class PricedUses:
    """What limits of one kind are worth at their multipliers.

    Parameters
    ----------
    uses : Uses
        Of what no decision changes.
    each : array, shape (limits,)
        What £1 or one week more of each limit is worth, not above 0.
    columns : scipy.sparse.csr_array, shape (n, R)
        What one of each decision is charged at each of R rates, at these multipliers.
    """

    uses: Uses
    each: Floats
    columns: sparse.csr_array


@dataclass(frozen=True, eq=False)
class Multipliers:
    """Multipliers of the rules of a problem, to be applied in any future.

    Parameters
    ----------
    lower, upper : array, shape (n,)
        The box of the decision columns.
    reduced : array, shape (n,)
        What the rules that are the same in all futures take off the cost of each decision.
    constant : float
        What their ends are worth.
    limits : tuple of PricedUses
    start : array, shape (n,)
        Decisions at which they were found.
    """

    lower: Floats
    upper: Floats
    reduced: Floats
    constant: float
    limits: tuple[PricedUses, ...]
    start: Floats

    def in_futures(self, varied: Varied) -> tuple[Floats, Floats]:
        """Return what rules take off the cost of decisions, and what their ends are worth.

        Returns
        -------
        reduced, worth : array, shape (n, W) and (W,); any axis of W may be 1
        """
        reduced, worth = self.reduced[:, None], np.array([self.constant])
        for priced in self.limits:
            _, place = per_student(varied, priced.uses.rates)
            used = priced.uses.of(varied, None)
            reduced = reduced + priced.columns @ place
            worth = worth + priced.each @ (used.limit - used.use)
        return reduced, worth


def solved(kernel: Kernel, mean: Instance, limits: Limits, watch: Watch) -> dict[str, Floats]:
    """Solve the relaxation of the first objective in the mean future.

    Returns
    -------
    mapping of str to array
        columns, and the multipliers of each block of rows by its name; nothing if the mean future
        has no plan that keeps every rule, or none was found.

    Raises
    ------
    StoppedError
        If the watch was stopped.
    """
    policy = replace(kernel.problem.policy.relaxed(), uncertainty=None)
    try:
        problem = planning(mean, policy)
        found = formulate(problem, aims(problem)[0])
        relaxed = solve_relaxation(found, limits, watch.inner())
    except (InfeasibleError, NoPlanError):
        return {}
    rows = found.program.rows.items()
    multipliers = {name: relaxed.multipliers[where] * found.aim.scale for name, where in rows}
    return {"columns": relaxed.columns, **{f"rows_{name}": y for name, y in multipliers.items()}}


def multipliers_of(kernel: Kernel, solved: Mapping[str, Floats]) -> Multipliers:
    """Return the multipliers of what ``solved`` found, ready for any future."""
    problem = kernel.problem
    n = problem.layout.size
    own = formulate(problem, aims(problem)[0]).program
    reduced, constant, limits = np.zeros(n), 0.0, []
    for name, rule in RULES.items():
        for block in rule.rows(problem).rows:
            y = _of_block(solved.get(f"rows_{block.name}"), block, problem)
            if y is None:
                continue
            if name in LIMITS:
                limits.append(_priced(kernel, name, np.minimum(y, 0.0) / block.unit))
            elif rule.alike:
                ends = np.where(y > 0, block.lower, block.upper)
                some = (y != 0) & np.isfinite(ends)
                reduced += block.coefficients[PLACES][some].T @ y[some]
                constant += float(y[some] @ ends[some])
    box = own.lower[:n], own.upper[:n]
    return Multipliers(*box, reduced, constant, tuple(limits), np.clip(solved["columns"], *box))


def _of_block(y: Floats | None, block: Rows, problem: Planning) -> Floats | None:
    """Return the multipliers of a block over decisions alone; None if there are none that fit."""
    if y is None or set(block.coefficients) != {PLACES}:
        return None
    fits = len(y) == len(block.lower) and block.coefficients[PLACES].shape[1] == problem.layout.size
    return y if fits else None


def _priced(kernel: Kernel, name: str, each: Floats) -> PricedUses:
    """Price limits of one kind, £ or weeks; those that carry pay, which hangs on staff, at none."""
    instance, started = kernel.instance, kernel.problem.layout.started
    limit = LIMITS[name]
    table = limit.rows_of(instance)
    paid = np.isin(table[limit.code].to_numpy(object), instance.pay["code"].unique())
    if limit.money:
        each = np.where(paid, 0.0, each)
    rates = getattr(instance, limit.rates)
    charged = starts_charged(instance, rates, table)
    by_start = sparse.csr_array(
        (each[charged.row], (charged.column, charged.rate)),
        shape=(started.matrix.shape[0], len(rates)),
    )
    fixed = started.constant.reshape(instance.starts.shape)
    make = Uses.of_budgets if limit.money else Uses.of_placements
    uses = replace(make(instance, fixed), pay=None)
    return PricedUses(uses, each, sparse.csr_array(started.matrix.T @ by_start))
