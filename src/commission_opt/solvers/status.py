"""How a solve ended, whichever solver ran, and how it is watched and stopped."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from commission_opt.linear_program import Floats


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
    status : Status
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


@dataclass
class Watch:
    """Shared between a running solve and whoever watches it.

    Parameters
    ----------
    target : float
        Stop as soon as a plan with this objective or a better one is found.
    """

    target: float = -np.inf
    best: float = np.inf
    bound: float = -np.inf
    phase: str = ""
    started: float = field(default_factory=time.monotonic)
    _stop: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Ask the solve to end with the best point it has."""
        self._stop.set()

    def inner(self) -> Watch:
        """Return a watch for a part of the work: it aims at nothing and stops with this one."""
        return Watch(_stop=self._stop)

    def begin(self, phase: str) -> None:
        """Start a new phase: nothing found yet, nothing aimed at."""
        self.phase, self.target, self.best, self.bound = phase, -np.inf, np.inf, -np.inf

    @property
    def stopped(self) -> bool:
        """Whether someone asked for the end."""
        return self._stop.is_set()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started


@dataclass(frozen=True)
class Limits:
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
    """

    seconds: float = 60.0
    gap: float = 5e-4
    seed: int = 0
    threads: int = 1
