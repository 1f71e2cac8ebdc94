"""Relaxations from the last one on; what does not prove itself is solved again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from commission_opt.allocation.conflict import conflict, is_proved
from commission_opt.allocation.relaxation import Relaxation, accepted, check_box, solve_relaxation
from commission_opt.errors import InfeasibleError
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.linear import is_large
from commission_opt.solvers.persistent import Change, PersistentProgram
from commission_opt.solvers.status import Limits, Status, Watch

REPEATED = "repeated cold"
_GAP = 1e-8  # relative distance of bound and value at which a hot relaxation is believed


@dataclass(eq=False)
class HotRelaxations:
    """Solves the relaxations of one scenario after the other; one program for each objective.

    Parameters
    ----------
    counts : Counter
        How many relaxations were solved in which way: ``hot``, ``rebuilt: WHY``
        but from the last basis, ``cold: WHY``, each with ``(infeasible)`` if it proved that there
        is no plan; ``repeated cold`` if it proved nothing.
    """

    counts: Counter[str] = field(default_factory=Counter)
    _programs: dict[str, PersistentProgram] = field(default_factory=dict)

    def __call__(
        self, formulation: Formulation, limits: Limits, watch: Watch, seconds: float
    ) -> Relaxation:
        """Solve the relaxation of a formulation; see ``solve_relaxation``."""
        check_box(formulation)
        program = formulation.program
        if formulation.problem.policy.integer and is_large(program):
            self.counts["cold: approximate"] += 1
            return solve_relaxation(formulation, limits, watch, seconds)
        held = self._programs.setdefault(formulation.aim.name, PersistentProgram(limits))
        result, change = held.solve(program, seconds, watch)
        if result.status == Status.OPTIMAL and (found := accepted(formulation, result, _GAP)):
            self.counts[_way(change)] += 1
            return found
        if is_proved(formulation, result):
            self.counts[f"{_way(change)} (infeasible)"] += 1
            raise InfeasibleError(conflict(formulation, result))
        held.forget()
        self.counts[REPEATED] += 1
        return solve_relaxation(formulation, limits, watch, seconds)

    def forget(self) -> None:
        """Start anew: no relaxation that follows depends on those before."""
        self._programs.clear()


def _way(change: Change) -> str:
    if not change.rebuilt:
        return "hot"
    return f"{'rebuilt' if change.hot else 'cold'}: {change.rebuilt}"
