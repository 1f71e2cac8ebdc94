"""Work: time that does not hang on the clock.

Every step is counted in deterministic work: iterations times the size of a program, moves, nodes.
One unit is about a second of one core of 2026, and is the same on every machine, however slow or
busy it is. What is done next is settled by work alone. Only the outermost end looks at the clock or
at who asks for it, and is remembered by the work at which it came: a run that ends at that work
goes the same way, step for step.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf

_LEAST = 1.0  # seconds that a round may take at least
PATIENCE, LONG = 10.0, 60.0  # times the time limit, of so many seconds at least
_LOOK = 1e-7  # a look at whether to end, so that no two are at the same work
_SIMPLEX = (3e-5, 3.2e-8, 4_000)  # an iteration, what each row adds, and how many rows do
_INTERIOR = 4e-7  # an iteration of the interior point method, by nonzero
_PASS = (3e-4, 2e-8)  # to hand a program over, and what each nonzero adds
_NODE = 1e-4  # a node of branch and bound beside its iterations
_BRANCHED = 2.5  # times as long an iteration takes there, with cuts, presolve and heuristics
_TREE = (6e-4, 4e-8)  # a node of a tree of ours beside its solve, and by nonzero
_FIRST_ORDER = (5e-5, 2.2e-9)  # an iteration of the first-order method, and by nonzero


@dataclass(frozen=True)
class End:
    """Why and when work ended before it was done.

    Parameters
    ----------
    work : float
        Since the beginning.
    asked : bool
        Whether somebody asked for the end; if not, the time was over.
    plans : int
        Of a branch and bound under way, how many better points it had found.
    """

    work: float
    asked: bool
    plans: int = 0


@dataclass
class Meter:
    """How much work was done, and when it is to end.

    Parameters
    ----------
    again : sequence of End or None
        How each round ended in a run that is to be repeated; the clock then ends none.
    most : float
        Seconds by the clock after which the rounds of such a run end all the same.
    ends : list of End or None
        How each round ended, None if its work was done.
    """

    again: Sequence[End | None] | None = None
    most: float = inf
    work: float = 0.0
    ends: list[End | None] = field(default_factory=list)
    _deadline: float = inf
    _last: float = inf
    _open: bool = False
    _made: float = field(default_factory=time.perf_counter)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Have all rounds in a block end within so many seconds by the clock, or soon after."""
        self._last = time.perf_counter() + seconds
        try:
            yield
        finally:
            self._last, self._open = inf, False

    @contextmanager
    def round(self, seconds: float) -> Iterator[None]:
        """Have a block take so many seconds by the clock at most; what comes after is no part."""
        self.begin(seconds)
        try:
            yield
        finally:
            self._open = self._last < inf

    def begin(self, seconds: float) -> None:
        """Begin a round that may take so many seconds by the clock."""
        now = time.perf_counter()
        self.ends.append(None)
        self._open = True
        self._deadline = now + min(seconds, max(_LEAST, self._last - now))

    def grant(self, seconds: float) -> None:
        """Let the round take so many seconds more, if it has not as many left."""
        self._deadline = max(self._deadline, time.perf_counter() + seconds)

    @property
    def left(self) -> float:
        """Seconds by the clock until the round has to end."""
        end = self._deadline if self.again is None else self._made + self.most
        return max(0.0, end - time.perf_counter())

    @property
    def given_up(self) -> bool:
        """Whether a run that repeats another was ended by the clock, and not where that was."""
        known = [*(self.again or ()), *(None for _ in self.ends)]
        pairs = zip(self.ends, known, strict=False)
        return self.again is not None and any(e and not e.asked and e != k for e, k in pairs)

    @property
    def by_clock(self) -> bool:
        """Whether this is in no round, so that seconds are those of the clock."""
        return not self._open

    @property
    def end(self) -> End | None:
        """How the round ended, if it did."""
        return self.ends[-1] if self._open else None

    @property
    def due(self) -> End | None:
        """How the round is to end that repeats another."""
        known = self.again or ()
        number = len(self.ends) - 1
        return known[number] if self._open and number < len(known) else None

    def add(self, work: float) -> None:
        """Count work."""
        self.work += work

    def look(self, *, asked: bool) -> End | None:
        """Say whether the round has come to its end, and how."""
        self.work += _LOOK
        if not self._open:
            return End(self.work, asked=True) if asked else None
        due = self.due
        if self.end is None and due is not None and self.work >= due.work:
            self.ends[-1] = due
        elif self.end is None and (asked or self.left <= 0.0):
            self.ends[-1] = End(self.work, asked)
        return self.end

    def cut(self, at: float, *, asked: bool, plans: int = 0) -> None:
        """End the round at the work at which a step began that did not come to its end."""
        if self._open and self.end is None:
            self.ends[-1] = End(at, asked, plans)


def repeating(ends: Sequence[End | None], seconds: float) -> Meter:
    """Return what has rounds end where those of a run did, whose time limit was so many seconds.

    The clock ends them ``PATIENCE`` times as late at most.
    """
    return Meter(again=ends, most=PATIENCE * max(LONG, seconds))


def of_pass(nonzeros: int) -> float:
    """Return the work to hand a program over."""
    return _PASS[0] + _PASS[1] * nonzeros


def of_simplex(rows: int, iterations: int) -> float:
    """Return the work of the simplex method."""
    alone, row, most = _SIMPLEX
    return max(0, iterations) * (alone + row * min(rows, most))


def of_branched(rows: int, iterations: int) -> float:
    """Return the work of branch and bound beside its nodes."""
    return _BRANCHED * of_simplex(rows, iterations)


def of_tree(nonzeros: int) -> float:
    """Return the work of a node of a tree beside its solve: rows, reduced costs and its bound."""
    return _TREE[0] + _TREE[1] * nonzeros


def of_interior(nonzeros: int, iterations: int) -> float:
    """Return the work of the interior point method."""
    return max(0, iterations) * _INTERIOR * nonzeros


def of_nodes(nodes: int) -> float:
    """Return the work of branch and bound beside its iterations."""
    return max(0, nodes) * _NODE


def of_first_order(nonzeros: int, iterations: int) -> float:
    """Return the work of the first-order method."""
    return max(0, iterations) * (_FIRST_ORDER[0] + _FIRST_ORDER[1] * nonzeros)
