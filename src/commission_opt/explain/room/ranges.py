"""Near-optimal ranges: how many places each course may have while a plan stays nearly as good."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.arrays import Floats
from commission_opt.errors import CommissionOptError, UsageError
from commission_opt.explain.room.base import Base
from commission_opt.explain.room.enclosure import Ends
from commission_opt.explain.room.find import Chunk, Finder, Found, find
from commission_opt.explain.room.ground import Ground
from commission_opt.explain.room.targets import chosen
from commission_opt.explain.room.walk import NEAR
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.objectives import first_value
from commission_opt.plan.read import StoredPlan
from commission_opt.solvers.status import Limits, Watch
from commission_opt.workers.executor import Failure
from commission_opt.workers.processes import local

WITHIN = (0.001, 0.01, 0.05)
PATIENCE = 60.0  # seconds that the relaxation may take, however short the time
_ALONE = 2_000_000  # targets times coefficients below which one process is quicker
_CHUNK = 12  # targets worked on at a time


@dataclass(frozen=True, eq=False)
class Ranges:
    """The ranges of targets at some tolerances.

    Parameters
    ----------
    ground : Ground
    plan : StoredPlan
    best : float
        The objective that tolerances are counted from.
    within : tuple of float
        Tolerances, rising.
    proved : Ends
        Ends rounded inwards to numbers that can be; what is reached is so by places of the kind
        that the plan has, whole or not.
    fractions : Ends
        What is reached in fractions of places.
    done : array of bool, shape (m,)
        Whether a target's ends were worked out within the time.
    looked : array of bool, shape (m,)
        Whether plans in whole places, if the plan is one, were looked for at its ends too.
    counts : Counter
    seconds : float
    """

    ground: Ground
    plan: StoredPlan
    best: float
    within: tuple[float, ...]
    ends: Ends
    fractions: Ends
    done: np.ndarray
    looked: np.ndarray
    counts: Counter[str]
    seconds: float

    @property
    def now(self) -> Floats:
        """The number of each target in the plan."""
        layout = self.plan.problem.layout
        return np.asarray(self.ground.aims.weights @ layout.to_columns(self.plan.places))


def check_within(within: Sequence[float]) -> tuple[float, ...]:
    """Return tolerances without repetition, rising.

    Raises
    ------
    UsageError
        If there is none, or one is negative or no number.
    """
    if not within:
        raise UsageError("give a tolerance, such as 0.01 for 1 %")
    for share in within:
        if not (np.isfinite(share) and share >= 0):
            raise UsageError(f"a tolerance is a share of 0 or more, such as 0.01, not {share:g}")
    return tuple(sorted(set(within)))


def ranges(
    plan: StoredPlan,
    within: Sequence[float] = WITHIN,
    *,
    course: Sequence[str] = (),
    profession: Sequence[str] = (),
    region: Sequence[str] = (),
    totals: bool = False,
    seconds: float = 120.0,
    jobs: int = 1,
    watch: Watch | None = None,
) -> Ranges:
    """Find the near-optimal ranges of courses; ``room`` says what is given and raised."""
    start = time.perf_counter()
    end = time.time() + seconds
    within, watch = check_within(within), watch or Watch()
    problem = plan.problem
    courses = chosen(problem, course, profession, region)
    limits = Limits(seconds=max(seconds, PATIENCE))
    watch.begin("room to move: relaxation")
    relaxation = solve_relaxation(formulate(problem, aims(problem)[0]), limits, watch)
    whole = plan.policy.integer
    layout = problem.layout
    best = first_value(problem, plan.places if whole else layout.to_places(relaxation.columns))
    finder = Finder(
        dict(plan.instance.files), plan.policy.content, not whole, courses, totals, relaxation,
        best, within, layout.to_columns(plan.places) if whole else None, limits,
    )  # fmt: skip
    ground = finder.on(problem)
    found = _worked(finder, ground, end, limits, jobs, watch)
    every = np.arange(len(ground.aims))
    done = np.isin(every, found.done)
    looked = np.isin(every, found.looked) if whole else done
    shown = found.ends if found.whole is None else found.whole
    return Ranges(
        ground, plan, best, within, _tidy(ground, shown), found.ends, done, looked,
        found.counts,
        time.perf_counter() - start,
    )  # fmt: skip


def _worked(
    finder: Finder, ground: Ground, end: float, limits: Limits, jobs: int, watch: Watch
) -> Found:
    """Work on all targets, in chunks, here or in processes: first ends, then whole places."""
    count = len(ground.aims)
    chunks = [range(i, min(i + _CHUNK, count)) for i in range(0, count, _CHUNK)]
    base = Base(ground.program, limits)
    found = find(ground, base, Chunk((), end), limits, watch)
    small = count * ground.program.matrix.nnz < _ALONE

    def here(parts: list[Chunk]) -> Iterator[Found]:
        for part in parts:
            if time.time() >= end or watch.stopped:
                return
            yield find(ground, base, part, limits, watch)

    def in_processes(parts: list[Chunk]) -> Iterator[Found]:
        for _, some in local(min(jobs, len(parts)))(finder, dict(enumerate(parts)), watch):
            if isinstance(some, Failure):
                raise CommissionOptError(f"some ranges could not be worked out: {some.reason}")
            yield some

    work = here if jobs == 1 or small or len(chunks) == 1 else in_processes
    for whole in (False, True) if ground.whole else (False,):
        known = found if whole else None
        watch.begin(_progress(0, count, whole=whole))
        for k, some in enumerate(work([Chunk(chunk, end, known) for chunk in chunks])):
            found = found.merged(some)
            watch.begin(_progress(min((k + 1) * _CHUNK, count), count, whole=whole))
    return found


def _progress(worked: int, count: int, *, whole: bool) -> str:
    return f"{'plans in whole places' if whole else 'ranges'}: {worked} of {count}"


def _tidy(ground: Ground, ends: Ends) -> Ends:
    """Round proved ends inwards, and take ends that meet within rounding errors as one."""
    low, high = ground.rounded(ends.proved_low, ends.proved_high)
    near_low = np.abs(low - ends.reached_low) <= NEAR * np.maximum(1.0, np.abs(low))
    near_high = np.abs(high - ends.reached_high) <= NEAR * np.maximum(1.0, np.abs(high))
    return Ends(
        np.where(near_low, ends.reached_low, low),
        np.where(near_high, ends.reached_high, high),
        ends.reached_low,
        ends.reached_high,
    )
