"""Plans that are nearly as good and deliberately different.

The distance of two plans is the places moved between them. The least distance from the plans so far
is made large round by round, with the first objective held within the tolerance, from several
directions; see ``apart``. If none leads to a plan that differs, one course is pushed after another,
as far as the proofs leave it room.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from commission_opt.allocation.allocate import Allocation, certified
from commission_opt.allocation.improve import mended
from commission_opt.allocation.search.landscape import Landscape, landscape
from commission_opt.allocation.search.nudge import nudged
from commission_opt.allocation.search.rounding import rounded
from commission_opt.allocation.search.state import State
from commission_opt.allocation.settled import settled
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import Proof
from commission_opt.errors import StoppedError
from commission_opt.explain.limits import pursued
from commission_opt.explain.room.apart import apart, distance, signs_at, single, starts
from commission_opt.explain.room.near_optimal import (
    PATIENCE,
    NearOptimal,
    capped,
    decision_columns,
    near_optimal,
)
from commission_opt.formulation.cohorts import outermost
from commission_opt.plan.read import StoredPlan
from commission_opt.solvers.believed import believed
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Watch

_DRAWN = 2  # directions drawn at random for each plan
_ROUNDS = 3
_PARTS = (0.9, 0.7, 0.4)  # of the tolerance that fractions may use, so that whole places fit in
_NEAR = (1.0, 3.0)  # cohort steps that a whole plan may be from the fractions
_LEAST = 1.0  # places by which plans must differ
_ROUNDING = 1e-6
_SECONDS = 5.0  # to mend one plan


@dataclass(frozen=True, eq=False)
class Alternatives:
    """A plan and others that are nearly as good.

    Parameters
    ----------
    best : float
        The objective that the tolerance is counted from.
    found : tuple of Allocation
        Certified, in the order in which they were found.
    """

    plan: StoredPlan
    best: float
    tolerance: float
    found: tuple[Allocation, ...]
    asked: int


def alternatives(
    plan: StoredPlan,
    count: int,
    tolerance: float = 0.01,
    *,
    seconds: float = 120.0,
    watch: Watch | None = None,
) -> Alternatives:
    """Find plans whose first objective is within a tolerance, each far from those before.

    Parameters
    ----------
    plan : StoredPlan
        The first; in whole places, so are the others.
    count : int
        Most plans besides it.
    tolerance : float
        Share of the best by which the first objective may be worse.
    seconds : float
        Time after which no further plan is looked for.
    watch : Watch, optional
        Told of progress; can stop the work.

    Returns
    -------
    Alternatives
        Fewer than asked for if no plan that differs is found, or the time is over.

    Raises
    ------
    UsageError
        If the tolerance is no share of 0 or more.
    InfeasibleError, NoPlanError, StoppedError
        If the relaxation cannot be solved, or the user stopped before any plan was found.
    """
    start = time.perf_counter()
    watch, plan = watch or Watch(), pursued(plan)
    problem, limits = plan.problem, Limits(seconds=max(seconds, PATIENCE))
    layout = problem.layout
    watch.begin("different plans: relaxation")
    on = near_optimal(plan, np.arange(layout.n_lines), (tolerance,), limits, watch, totals=False)
    own, formulation, whole = layout.to_columns(plan.amounts), on.formulation, on.whole
    search = _Search(on, limits, watch, start + seconds)
    earlier, found = [own], []
    for k in range(count):
        watch.begin(f"different plans: {k + 1} of {count}")
        lap = time.perf_counter()
        x = search.farthest(earlier, k)
        if x is None:
            break
        earlier.append(x)
        proof = Proof(formulation, on.relaxation.multipliers, 0.0, time.perf_counter() - lap)
        value, _ = on.judged(x, whole=whole)
        proof = replace(proof, objective=value * formulation.aim.scale)
        amounts = layout.to_amounts(x)
        result = problem.outcome(amounts, settled(formulation, amounts))
        found.append(
            certified(
                problem, result, [proof], limits, {"search": proof.seconds},
                asked={"engine": "arrays", "method": "alternatives"}, watch=watch,
            )
        )  # fmt: skip
    if watch.stopped and not found:
        raise StoppedError("stopped before a different plan was found")
    return Alternatives(plan, on.best, tolerance, tuple(found), count)


class _Search:
    """Plans far from others, one program in the solver for all of them."""

    def __init__(self, on: NearOptimal, limits: Limits, watch: Watch, end: float) -> None:
        self._on, self._limits, self._watch, self._end = on, limits, watch, end
        self._hot = PersistentProgram(limits)
        self._base, _ = on.judged(on.relaxation.columns, whole=False)
        self._land = None
        if on.whole:
            relaxation = on.relaxation
            self._land = landscape(on.formulation, relaxation.multipliers, relaxation.deployed)

    @property
    def _late(self) -> bool:
        return self._watch.stopped or time.perf_counter() >= self._end

    def farthest(self, earlier: list[Floats], seed: int) -> Floats | None:
        """Return decision columns of a plan that differs from all earlier ones; None if none."""
        program, cap = self._on.formulation.program, float(self._on.caps[0])
        found = list(self._found(earlier, starts(program, earlier, _DRAWN, seed)))
        if not found:
            pushed = single(program, earlier, cap, self._on.relaxation.multipliers, _LEAST)
            found = list(islice(self._found(earlier, pushed), 1))
        return max(found, key=lambda x: distance(x, earlier), default=None)

    def _found(self, earlier: list[Floats], directions: Iterable[Floats]) -> Iterator[Floats]:
        """Yield plans that differ from all earlier ones, at most one for each direction."""
        for signs in directions:
            for part in _PARTS if self._on.whole else (1.0,):
                x = self._climbed(earlier, signs, part)
                if x is not None and self._on.whole:
                    x = self._whole(x)
                if self._late:
                    return
                if x is None:
                    break
                value, kept = self._on.judged(x, whole=self._on.whole)
                if kept and value <= self._on.caps[0]:
                    if distance(x, earlier) >= _LEAST - _ROUNDING:
                        yield x
                    break

    def _climbed(self, earlier: list[Floats], signs: Floats, part: float) -> Floats | None:
        """Go from signs to fractions of places as far from the earlier plans as rounds lead."""
        on = self._on
        cap = self._base + part * (float(on.caps[0]) - self._base)
        program = capped(on.formulation.program, cap)
        best: Floats | None = None
        for _ in range(_ROUNDS):
            left = self._end - time.perf_counter()
            ways = self._hot.ways(apart(program, earlier, signs))
            point = believed(
                ways, lambda result, _: result.x, left
            ).proof  # judged where it is used
            if point is None or self._late:
                return best
            x = decision_columns(on.formulation.program, point)
            if best is not None and distance(x, earlier) <= distance(best, earlier) + _LEAST:
                return best
            best, signs = x, signs_at(x, earlier, signs)
        return best

    def _whole(self, x: Floats) -> Floats | None:
        """Return whole places near fractions, as good as they become there."""
        if self._land is None:
            stage = self._on.formulation
            return mended(self._task(), outermost(x, x, stage.step, stage.smallest)[1])
        for steps in _NEAR:
            land = _around(self._land, x, steps)
            state = State(land, np.clip(rounded(land, x), land.lower, land.upper))
            nudged(state, float(self._on.caps[0]), chains=True)
            if state.violation == 0.0 and state.value <= self._on.caps[0]:
                return state.x
        return state.x if state.violation == 0.0 else mended(self._task(), state.x)

    def _task(self) -> Task:
        watch = self._watch.inner()
        return Task(self._on.formulation, self._on.relaxation, self._limits, watch, _SECONDS)


def _around(land: Landscape, x: Floats, steps: float) -> Landscape:
    """Keep a search near some fractions of places."""
    low = np.floor((x - steps * land.step) / land.step) * land.step
    high = np.ceil((x + steps * land.step) / land.step) * land.step
    low = np.where(low < land.smallest, 0.0, low)
    high = np.where(high < land.smallest, land.smallest, high)
    lower = np.clip(low, land.lower, land.upper)
    return replace(land, lower=lower, upper=np.clip(high, lower, land.upper))
