"""A problem with other figures, and a plan worked out again from where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from commission_opt.allocation.allocate import Allocation, allocate_problem
from commission_opt.allocation.improve import broken, improved, mended
from commission_opt.allocation.methods import METHODS, Method, fast
from commission_opt.allocation.settled import outcome_of
from commission_opt.allocation.task import IntegerMethod, Task
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import keeps_rules
from commission_opt.errors import CertificateError
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning, planning
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.known_effects import KnownEffects
from commission_opt.scenario.scenario import Scenario, Setting
from commission_opt.solvers.status import Limits, Result, Status, Watch

_GAP = 1e-6  # relative: what a change is worth may be far less than the gap of a plan


class Variants:
    """One problem with other figures, again and again."""

    def __init__(self, problem: Planning) -> None:
        self._problem = problem
        self.ground = Ground(problem.instance, problem.policy)
        self._effects = KnownEffects(problem.instance, problem.effects)

    def planned(self, settings: Sequence[Setting]) -> Planning:
        """Return the problem with settings done one after the other; see ``Ground.apply``."""
        instance, policy = self.ground.apply(settings)
        effect = self._effects.of(instance, Scenario("", tuple(settings)))
        return planning(instance, policy, effect, steady=self._problem.steady)

    def stage(self, settings: Sequence[Setting]) -> Formulation:
        """Return the first stage of the problem with settings made."""
        changed = self.planned(settings)
        return formulate(changed, aims(changed)[0])


def replanned(
    problem: Planning, places: Floats, limits: Limits, watch: Watch, seconds: float
) -> Allocation:
    """Work a plan out again, from the places it has.

    Whole places are mended where rules are broken now, then improved in one neighbourhood after
    the other, so that what need not move stays. Fractions of places are solved outright.

    The problem is the changed one, the places are those of the plan as it was, shape (L, K). A gap
    that is asked for only counts if it is small.

    Raises
    ------
    InfeasibleError, NoPlanError, StoppedError
        If there is no plan with the change, or none was found.
    CertificateError
        If what was found did not pass its certificate.
    """
    effort = replace(METHODS[Method.AUTO], find=_near(places))
    start = places if keeps_rules(problem, outcome_of(problem, places)) else None
    within = replace(limits, seconds=seconds, gap=min(limits.gap, _GAP))
    found = allocate_problem(problem, within, watch, effort, start)
    if not found.certificate.valid:
        raise CertificateError("the plan with the change did not pass its certificate")
    return found


def _near(places: Floats) -> IntegerMethod:
    def near(task: Task) -> tuple[Result, Floats | None]:
        end = task.watch.now() + task.seconds
        layout = task.formulation.problem.layout
        kept = places if task.start is None else task.start
        x: Floats | None = _admissible(task.formulation, layout.to_columns(kept))
        assert x is not None
        if len(broken(task.formulation, x)):
            x = mended(replace(task, seconds=task.seconds / 2), x)
        left = replace(task, seconds=max(0.0, end - task.watch.now()))
        if x is None:
            return fast(left)
        return Result(Status.LIMIT), improved(left, x)

    return near


def _admissible(formulation: Formulation, x: Floats) -> Floats:
    """Return the admissible numbers nearest to a plan's within bounds that may have moved."""
    places = formulation.program.columns[PLACES]
    low, high = formulation.program.lower[places], formulation.program.upper[places]
    stepped = np.round(x / formulation.step) * formulation.step
    small = (stepped > 0) & (stepped < formulation.smallest)
    return np.clip(np.where(small, formulation.smallest, stepped), low, np.maximum(low, high))
