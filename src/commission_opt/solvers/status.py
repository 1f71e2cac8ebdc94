"""How a solve ended, whichever solver ran, and how it is watched and stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING

from commission_opt.checked import Checked, Endless, Seed, Threads
from commission_opt.solvers.tally import Tally
from commission_opt.solvers.work import End, Meter

if TYPE_CHECKING:  # commands that only show their options import this, but not numpy
    from commission_opt.arrays import Floats


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    APPROXIMATE = "approximate"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    LIMIT = "limit"
    STOPPED = "stopped"
    ERROR = "error"


@dataclass(frozen=True)
class Result:
    """What a solver returned; nothing in it is taken on trust.

    Parameters
    ----------
    x : array, shape (n,), or None
        The best point found.
    multipliers : array, shape (m,), or None
        Duals of the rows, for a linear program.
    ray : array, shape (m,), or None
        Row multipliers that prove infeasibility, if the solver has them.
    message : str
        The solver's own word for how it ended.
    """

    status: Status
    x: Floats | None = None
    multipliers: Floats | None = None
    ray: Floats | None = None
    message: str = ""


@dataclass(frozen=True)
class Moment:
    """What was known at one moment of a solve, in the units of the stage.

    Parameters
    ----------
    seconds : float
        Since the start of the watch.
    best, bound : float
        The best plan and the best bound of the phase so far, infinite if there is none.
    """

    seconds: float
    phase: str
    best: float
    bound: float


@dataclass
class Watch:
    """Shared between a running solve and whoever watches it.

    Parameters
    ----------
    target : float
        Stop as soon as a plan with this objective or a better one is found.
    best, bound : float
        The best plan and bound of the phase, in units of the program that is solved, as the target.
    unit : float
        What 1 of these stands for in the units of the stage.
    trace : list of Moment
        Each time that a better plan or bound came up.
    tally : Tally
        What the solver did.
    meter : Meter
        The work that was done, which says what is late.
    """

    target: float = -inf
    best: float = inf
    bound: float = -inf
    unit: float = 1.0
    phase: str = ""
    started: float = field(default_factory=time.monotonic)
    trace: list[Moment] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    meter: Meter = field(default_factory=Meter)
    _stop: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Ask the solve to end with the best point it has."""
        self._stop.set()

    def inner(self, target: float = -inf) -> Watch:
        """Return a watch for a part of the work: it has its own target and stops with this one."""
        return Watch(target, _stop=self._stop, tally=self.tally, meter=self.meter)

    def beside(self) -> Watch:
        """Return a watch for a solve of its own: counted apart, it stops with this one."""
        return Watch(_stop=self._stop)

    def begin(self, phase: str, unit: float = 1.0) -> None:
        """Start a new phase: nothing found yet, nothing aimed at."""
        self.unit = unit
        self.phase, self.target, self.best, self.bound = phase, -inf, inf, -inf

    def found(self, value: float) -> None:
        """Note a plan, if it is better than those before."""
        if value < self.best:
            self.best = value
            self._note()

    def proved(self, bound: float) -> None:
        """Note a bound, if it is better than those before."""
        if bound > self.bound:
            self.bound = bound
            self._note()

    def now(self) -> float:
        """Return the work done so far, by which all time is told but that of the outermost end."""
        return self.meter.work

    def late(self, end: float) -> bool:
        """Say whether the work is past an end, or the time is over; remember if it is."""
        over = self.over is not None or self.meter.work >= end
        self.tally.cut_short |= over
        return over

    @property
    def over(self) -> End | None:
        """How the work came to its outermost end, if it did."""
        return self.meter.look(asked=self.asked)

    def _note(self) -> None:
        best, bound = self.best * self.unit, self.bound * self.unit
        self.trace.append(Moment(self.seconds, self.phase, best, bound))

    @property
    def asked(self) -> bool:
        """Whether someone asked for the end, at this moment."""
        return self._stop.is_set()

    @property
    def stopped(self) -> bool:
        """Whether the work ends because someone asked for it."""
        over = self.over
        return over is not None and over.asked

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started


@dataclass(frozen=True)
class Limits(Checked):
    """When to stop, and how to run.

    Parameters
    ----------
    seconds : float
        Time limit of the whole solve.
    gap : float
        Relative gap that is asked for.
    seed : int
        Seed of the solver.
    threads : int
        Threads of the solver.
    options : mapping of str to object
        Further options of HiGHS; those that an algorithm needs go before them.
    work : float, optional
        Most work of the whole solve; as many units as seconds if not given, and never more. See
        ``solvers.work``.

    Raises
    ------
    ValueError
        If a value is none that it may have; names it.
    """

    seconds: Endless = 60.0
    gap: float = 5e-4
    seed: Seed = 0
    threads: Threads = 1
    options: Mapping[str, object] = field(default_factory=dict, hash=False)
    work: Endless | None = None

    @property
    def budget(self) -> float:
        """The work that is shared out among the parts of a solve, by the end that comes first."""
        return self.seconds if self.work is None else min(self.seconds, self.work)
