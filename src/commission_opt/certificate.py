"""The proof of a plan: it keeps every rule, and no plan can be better than its bound.

Nothing here is read off a solver. The places are checked against the instance; the objective
is worked out from the places; the bound follows by weak duality from the program's own arrays
and any multipliers, so a wrong answer of a solver can make it worse, never wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.feasibility import violations
from commission_opt.formulation import Formulation
from commission_opt.instance.instance import Floats, Instance
from commission_opt.linear_program import lagrangian_bound
from commission_opt.outcome import Outcome
from commission_opt.policy import Policy

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Certificate:
    """What has been proved of a plan.

    Parameters
    ----------
    feasible : bool
        Whether every rule is kept within 1e-6, relative to max(1, |limit|).
    largest_violation : float
        The largest violation of any rule, so measured.
    where : str
        Where it is; "" if nothing is violated.
    objective : float
        The objective of the places, weighted FTE-years.
    bound : float
        No admissible plan has a smaller objective.
    without_new_places : float
        The objective with no places commissioned or continued.
    consistent : bool
        Whether the program that was solved gives the places the same objective, and the
        bound does not exceed it.
    """

    feasible: bool
    largest_violation: float
    where: str
    objective: float
    bound: float
    without_new_places: float
    consistent: bool

    @property
    def valid(self) -> bool:
        """Whether the plan may be published."""
        return self.feasible and self.consistent and bool(np.isfinite(self.bound))

    @property
    def gap(self) -> float:
        """Distance between objective and bound, relative to the objective."""
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), 1e-9)

    @property
    def achieved(self) -> float | None:
        """Part of the possible improvement that the plan realises; None if none is possible."""
        possible = self.without_new_places - self.bound
        if possible <= TOLERANCE * max(1.0, abs(self.without_new_places)):
            return None
        return min(1.0, (self.without_new_places - self.objective) / possible)


def certify(
    instance: Instance,
    policy: Policy,
    formulation: Formulation,
    result: Outcome,
    multipliers: Floats,
) -> Certificate:
    """Prove what can be proved of an allocation.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    formulation : Formulation
        The program whose rows the multipliers belong to.
    result : Outcome
        The allocation and its consequences.
    multipliers : array, shape (m,)
        Multipliers of the rows, such as the duals of the linear relaxation.

    Returns
    -------
    Certificate
    """
    worst = max(violations(instance, policy, result), key=lambda v: v.size)
    bound = lagrangian_bound(formulation.program, multipliers)
    modelled = value_in_program(formulation, result.places)
    scale = TOLERANCE * max(1.0, abs(result.objective))
    consistent = abs(modelled - result.objective) <= scale and bound <= result.objective + scale
    return Certificate(
        feasible=worst.size <= TOLERANCE,
        largest_violation=worst.size,
        where=worst.where,
        objective=result.objective,
        bound=min(bound, result.objective) if consistent else bound,
        without_new_places=result.without_new_places,
        consistent=consistent,
    )


def value_in_program(formulation: Formulation, places: Floats) -> float:
    """Return the objective that the program gives to places, filling cheap tiers first."""
    program = formulation.program
    columns, rows = program.columns, program.rows
    if "shortfall" not in rows:
        return program.offset
    x = formulation.layout.to_columns(places)
    tiers = columns["shortfall"]
    answer = program.matrix[rows["shortfall"]]
    missing = program.row_lower[rows["shortfall"]] - answer[:, columns["places"]] @ x
    fills = answer[:, tiers].tocoo()
    order = np.lexsort((program.cost[tiers][fills.coords[1]], fills.coords[0]))
    row, column = fills.coords[0][order], fills.coords[1][order]
    width = program.upper[tiers][column]
    before = np.cumsum(width) - width
    first = np.r_[True, row[1:] != row[:-1]] if len(row) else np.zeros(0, dtype=bool)
    before -= np.repeat(before[first], np.diff(np.r_[np.flatnonzero(first), len(row)]))
    fill = np.clip(missing[row] - before, 0.0, width)
    return float(program.cost[tiers][column] @ fill) + program.offset
