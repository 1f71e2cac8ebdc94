"""Near-optimal ranges: how much each line may have while a plan stays nearly as good."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from commission_opt.allocation.relaxation import Relaxation, solve_relaxation
from commission_opt.arrays import Floats, Ints
from commission_opt.errors import CommissionOptError, InputError, UsageError
from commission_opt.explain.room.enclosure import HIGH, LOW, NEAR, Enclosure, Ends
from commission_opt.explain.room.near_optimal import NearOptimal
from commission_opt.explain.room.targets import chosen, targets
from commission_opt.explain.room.whole import Mover
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.objectives import first_value
from commission_opt.formulation.problem import Planning, planning
from commission_opt.plan.read import StoredPlan
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Watch
from commission_opt.workers.executor import Failure
from commission_opt.workers.processes import local

WITHIN = (0.001, 0.01, 0.05)
PATIENCE = 60.0  # seconds that the relaxation may take, however short the time
_ALONE = 2_000_000  # targets times coefficients below which one process is quicker
_CHUNK = 12  # targets worked on at a time


@dataclass(frozen=True, eq=False)
class Ranges:
    """The ranges of m targets at e tolerances.

    Parameters
    ----------
    near : NearOptimal
    plan : StoredPlan
    proved, reached : array, shape (2, m, e)
        Least and most: ends rounded inwards to numbers that can be, and what is reached by places
        of the kind that the plan has, whole or not.
    fractions : array, shape (2, m, e)
        What is reached in fractions of places.
    done : array of bool, shape (m,)
        Whether a target's ends were worked out within the time.
    looked : array of bool, shape (m,)
        Whether plans in whole places, if the plan is one, were looked for at its ends too.
    counts : Counter
        Of solves, by how they went.
    """

    near: NearOptimal
    plan: StoredPlan
    proved: Floats
    reached: Floats
    fractions: Floats
    done: np.ndarray
    looked: np.ndarray
    counts: Counter[str]

    @property
    def now(self) -> Floats:
        """The number of each target in the plan."""
        layout = self.plan.problem.layout
        return np.asarray(self.near.targets.weights @ layout.to_columns(self.plan.amounts))


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
    measure: Sequence[str] = (),
    profession: Sequence[str] = (),
    region: Sequence[str] = (),
    totals: bool = False,
    seconds: float = 120.0,
    jobs: int = 1,
    watch: Watch | None = None,
) -> Ranges:
    """Find the near-optimal ranges of lines; ``room`` says what is given and raised."""
    end = time.time() + seconds
    within, watch = check_within(within), watch or Watch()
    problem = plan.problem
    lines = chosen(problem, course, profession, region, measure)
    limits = Limits(seconds=max(seconds, PATIENCE))
    watch.begin("room to move: relaxation")
    relaxation = solve_relaxation(formulate(problem, aims(problem)[0]), limits, watch)
    whole = plan.policy.integer
    layout = problem.layout
    best = first_value(problem, plan.amounts if whole else layout.to_amounts(relaxation.columns))
    finder = _Finder(
        dict(plan.instance.files), plan.policy.content, not whole, lines, totals, relaxation,
        best, within, layout.to_columns(plan.amounts) if whole else None, limits, end,
    )  # fmt: skip
    near = finder.on(problem)
    found = _worked(finder, near, jobs, watch)
    every = np.arange(len(near.targets))
    done = np.isin(every, found.done)
    looked = np.isin(every, found.looked) if whole else done
    ends = found.ends
    reached = ends.by_plan if whole else ends.reached
    proved = near.inwards(ends.proved, slice(None))
    # Ends that meet within rounding errors are one.
    meet = np.abs(proved - reached) <= NEAR * np.maximum(1.0, np.abs(proved))
    return Ranges(
        near, plan, np.where(meet, reached, proved), reached, ends.reached, done, looked,
        found.counts,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Found:
    """What is known of all targets after the ends of some, or whole plans at them, were sought."""

    ends: Ends
    done: tuple[int, ...]
    looked: tuple[int, ...]
    counts: Counter[str]

    def merged(self, other: _Found) -> _Found:
        return _Found(
            self.ends.merged(other.ends),
            self.done + other.done,
            self.looked + other.looked,
            self.counts + other.counts,
        )


_Chunk = tuple[Sequence[int], Ends | None]
"""Targets, and the ends at which plans in whole places are sought; if none, the ends are."""


@dataclass(frozen=True, eq=False)
class _Finder:
    """Ranges as a function of the targets to work on, for any process.

    ``files`` and ``model`` are those of the plan, ``places`` its decision columns in whole places;
    ``lines`` and ``totals`` say what is asked for, ``end`` when to stop by ``time.time``.
    """

    files: dict[str, bytes]
    model: bytes
    relaxed: bool
    lines: Ints
    totals: bool
    relaxation: Relaxation
    best: float
    within: tuple[float, ...]
    places: Floats | None
    limits: Limits
    end: float

    @cached_property
    def near(self) -> NearOptimal:
        reading, policy = read_contents(self.files), parse_policy(self.model)
        if reading.instance is None:
            raise InputError(reading.problems)
        return self.on(planning(reading.instance, policy.relaxed() if self.relaxed else policy))

    @cached_property
    def hot(self) -> PersistentProgram:
        return PersistentProgram(self.limits, home=self.near.program)

    def on(self, problem: Planning) -> NearOptimal:
        """Return what the ranges follow from, on a problem that was put together already."""
        asked = targets(problem, self.lines, totals=self.totals)
        stage = formulate(problem, aims(problem)[0])
        return NearOptimal(stage, self.relaxation, asked, self.best, self.within, self.places)

    def __call__(self, part: _Chunk) -> _Found:
        return self.found(self.near, self.hot, part, Watch())

    def found(
        self, near: NearOptimal, hot: PersistentProgram, part: _Chunk, watch: Watch
    ) -> _Found:
        """Find the ranges of some targets; each solve tells something of all."""
        positions, known = part
        enclosure = Enclosure(near, hot, self.limits, watch, known)
        mover = Mover(enclosure, self.limits, watch) if near.whole else None
        done: list[int] = []
        for k in positions:
            for side in (LOW, HIGH):
                if mover is not None and known is not None:
                    mover.reach(k, side, self.end)
                else:
                    if mover is not None:
                        mover.glance(k, side)
                    enclosure.settle(k, side, self.end)
            if time.time() >= self.end or watch.stopped:
                break
            done.append(k)
        worked, looked = (tuple(done), ()) if known is None else ((), tuple(done))
        return _Found(enclosure.ends, worked, looked, enclosure.counts)


def _worked(finder: _Finder, near: NearOptimal, jobs: int, watch: Watch) -> _Found:
    """Work on all targets, in chunks, here or in processes: first ends, then whole places."""
    count = len(near.targets)
    chunks = [range(i, min(i + _CHUNK, count)) for i in range(0, count, _CHUNK)]
    hot = PersistentProgram(finder.limits, home=near.program)
    found = finder.found(near, hot, ((), None), watch)
    small = count * near.program.matrix.nnz < _ALONE

    def here(parts: list[_Chunk]) -> Iterator[_Found]:
        for part in parts:
            if time.time() >= finder.end or watch.stopped:
                return
            yield finder.found(near, hot, part, watch)

    def in_processes(parts: list[_Chunk]) -> Iterator[_Found]:
        for _, some in local(min(jobs, len(parts)))(finder, dict(enumerate(parts)), watch):
            if isinstance(some, Failure):
                raise CommissionOptError(f"some ranges could not be worked out: {some.reason}")
            yield some

    work = here if jobs == 1 or small or len(chunks) == 1 else in_processes
    for what in ("ranges", "plans in whole places")[: 1 + near.whole]:
        known = None if what == "ranges" else found.ends
        watch.begin(f"{what}: 0 of {count}")
        for k, some in enumerate(work([(chunk, known) for chunk in chunks])):
            found = found.merged(some)
            watch.begin(f"{what}: {min((k + 1) * _CHUNK, count)} of {count}")
    return found
