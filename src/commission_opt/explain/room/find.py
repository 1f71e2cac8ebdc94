"""Ranges of some targets, in fractions and in whole places, worked anywhere to the same end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from commission_opt.allocation.relaxation import Relaxation
from commission_opt.arrays import Floats, Ints
from commission_opt.errors import InputError
from commission_opt.explain.room.base import Base
from commission_opt.explain.room.enclosure import Ends
from commission_opt.explain.room.ground import Ground, ground
from commission_opt.explain.room.targets import TargetKind, targets
from commission_opt.explain.room.walk import HIGH, LOW, NEAR, Walk
from commission_opt.explain.room.whole import Mover, nearest
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.problem import Planning, planning
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.solvers.status import Limits, Watch

_HALVES = 3  # further numbers that are tried where a plan in whole places does not reach an end


@dataclass(frozen=True)
class Found:
    """What is known of all targets after some were worked on.

    Parameters
    ----------
    ends : Ends
        Proved ends, and what is reached: in fractions of places, where places may be such.
    whole : Ends or None
        The same, with what plans in whole places reach.
    done : tuple of int
        Targets whose ends in fractions of places were worked out.
    looked : tuple of int
        Targets for which plans in whole places were looked for.
    counts : Counter
        Of solves, by how they went.
    """

    ends: Ends
    whole: Ends | None
    done: tuple[int, ...]
    looked: tuple[int, ...]
    counts: Counter[str]

    def merged(self, other: Found) -> Found:
        """Return what two know together."""
        whole = None
        if self.whole is not None and other.whole is not None:
            whole = self.whole.merged(other.whole)
        return Found(
            self.ends.merged(other.ends),
            whole,
            self.done + other.done,
            self.looked + other.looked,
            self.counts + other.counts,
        )


@dataclass(frozen=True)
class Chunk:
    """Some targets to work on.

    Parameters
    ----------
    positions : sequence of int
        Of the targets, worked on one after the other.
    end : float
        When to stop, on the clock of ``time.time``.
    known : Found or None
        If given, plans in whole places are looked for at the ends that it proves; if not, the
        ends themselves are worked out.
    """

    positions: Sequence[int]
    end: float
    known: Found | None = None


def find(ground: Ground, base: Base, part: Chunk, limits: Limits, watch: Watch) -> Found:
    """Find the ranges of some targets.

    Parameters
    ----------
    ground : Ground
    base : Base
        Of its program.
    part : Chunk
    limits : Limits
    watch : Watch

    Returns
    -------
    Found
        Of all targets, as each solve tells something of each.
    """
    walk = Walk(ground, base, limits, watch)
    movers = _Movers(ground, walk, limits, watch) if ground.whole else None
    if part.known is not None:
        walk.ends = walk.ends.merged(part.known.ends)
    done: list[int] = []
    for k in part.positions:
        for side in (LOW, HIGH):
            if movers is not None and part.known is not None:
                movers.reach(k, side, part.end)
            else:
                if movers is not None:
                    movers.glance(k, side)
                walk.settle(k, side, part.end)
        if time.time() >= part.end or watch.stopped:
            break
        done.append(k)
    whole = None if movers is None else replace(movers.ends, **_proved(walk.ends))
    counts = walk.counts + (Counter() if movers is None else movers.counts)
    worked, looked = (tuple(done), ()) if part.known is None else ((), tuple(done))
    return Found(walk.ends, whole, worked, looked, counts)


def _proved(ends: Ends) -> dict[str, Floats]:
    return {"proved_low": ends.proved_low, "proved_high": ends.proved_high}


class _Movers:
    """Plans in whole places at the ends that a walk has proved."""

    def __init__(self, ground: Ground, walk: Walk, limits: Limits, watch: Watch) -> None:
        assert ground.places is not None
        self._ground, self._walk, self._watch = ground, walk, watch
        self._mover = Mover(ground, limits, watch)
        nothing = np.full_like(walk.ends.reached_low, np.inf)
        self.ends = replace(walk.ends, reached_low=nothing, reached_high=-nothing)
        self.counts: Counter[str] = Counter()
        self._take(ground.places)

    def glance(self, k: int, side: int) -> None:
        """Look quickly for a plan at the outermost number that is not excluded."""
        if self._ground.aims.kind[k] is TargetKind.COURSE:
            goal = self._walk.outermost(k, side, 0)
            if not self._at(k, side, 0, goal):
                self._try(k, side, 0, goal, None, thorough=False)

    def reach(self, k: int, side: int, end: float) -> None:
        """Look for plans in whole places as near to an end as they come, at every tolerance."""
        for e in range(len(self._ground.caps)):
            goal = self._walk.outermost(k, side, e)
            if self._at(k, side, e, goal) or time.time() >= end:
                continue
            single = self._ground.aims.kind[k] is TargetKind.COURSE
            x = None if single else self._walk.hold(k, side, goal)
            for _ in range(1 + _HALVES):
                if self._at(k, side, e, goal) or time.time() >= end or self._watch.stopped:
                    break
                self._try(k, side, e, goal, x, thorough=True)
                if not single:
                    break
                goal = self._halfway(k, side, e, goal)

    def _at(self, k: int, side: int, e: int, goal: float) -> bool:
        if side == LOW:
            return bool(self.ends.reached_low[k, e] <= goal + NEAR)
        return bool(self.ends.reached_high[k, e] >= goal - NEAR)

    def _halfway(self, k: int, side: int, e: int, goal: float) -> float:
        reached = (self.ends.reached_low if side == LOW else self.ends.reached_high)[k, e]
        middle = (goal + reached) / 2
        least, greatest = self._ground.outermost(k, middle, middle)
        return least if side == LOW else greatest

    def _try(
        self, k: int, side: int, e: int, goal: float, x: Floats | None, *, thorough: bool
    ) -> None:
        ground = self._ground
        own = slice(ground.aims.weights.indptr[k], ground.aims.weights.indptr[k + 1])
        held: Ints = ground.aims.weights.indices[own].astype(np.int64)
        if ground.aims.kind[k] is TargetKind.COURSE:
            numbers = np.array([goal])
        elif x is None:
            return
        else:
            numbers = nearest(ground, x, held, up=side == LOW)
        self.counts["plans looked for"] += 1
        plan = self._mover.moved(held, numbers, float(ground.caps[e]), thorough=thorough)
        if plan is not None:
            self._take(plan)

    def _take(self, plan: Floats) -> None:
        value, kept = self._ground.judged(plan, whole=True)
        if kept:
            within = value <= self._ground.caps
            places = self._ground.aims.weights @ plan
            self.ends = self.ends.with_reached(places, within)
            self._walk.ends = self._walk.ends.with_reached(places, within)


@dataclass(frozen=True, eq=False)
class Finder:
    """Ranges as a function of the targets to work on, for any process.

    Parameters
    ----------
    files : mapping of str to bytes
        The files of the instance.
    model : bytes
        The file of the commissioning model.
    relaxed : bool
        Whether places may be fractions.
    courses : array of int
        Whose ranges are asked for.
    totals : bool
    relaxation : Relaxation
        Of the first stage.
    best : float
        The objective that tolerances are counted from.
    within : tuple of float
    places : array, shape (n,), or None
        Decision columns of a plan in whole places.
    limits : Limits
    """

    files: dict[str, bytes]
    model: bytes
    relaxed: bool
    courses: Ints
    totals: bool
    relaxation: Relaxation
    best: float
    within: tuple[float, ...]
    places: Floats | None
    limits: Limits

    @cached_property
    def ground(self) -> Ground:
        """What the ranges follow from, worked out from the files."""
        reading, policy = read_contents(self.files), parse_policy(self.model)
        if reading.instance is None:
            raise InputError(reading.problems)
        return self.on(planning(reading.instance, policy.relaxed() if self.relaxed else policy))

    @cached_property
    def base(self) -> Base:
        """The solver that works on all parts."""
        return Base(self.ground.program, self.limits)

    def on(self, problem: Planning) -> Ground:
        """Return what the ranges follow from, on a problem that was put together already."""
        return ground(
            formulate(problem, aims(problem)[0]),
            self.relaxation,
            targets(problem, self.courses, totals=self.totals),
            self.best,
            self.within,
            self.places,
        )

    def __call__(self, part: Chunk) -> Found:
        """Work on some targets."""
        return find(self.ground, self.base, part, self.limits, Watch())
