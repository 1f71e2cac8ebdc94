"""The believed solve: a program is solved one way after the other until a result proves itself.

From the last basis first, then from nothing, then by other algorithms. No solver is taken at its
word: whoever asks says what a result proves, and how near a bound must be to a value is said here.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.by_dual import has_few
from commission_opt.solvers.linear import Algorithm, is_large, solve_by
from commission_opt.solvers.status import Limits, Result, Status, Watch

SURE = 1e-8  # most relative distance of bound and value at which an optimum is believed
_INSIDE = 1_000_000  # coefficients up to which the interior point method is quick enough
_NEAR, _EQUAL = 1e-2, 1e-6  # the same of an approximate one, for whole places and for fractions

Proof = TypeVar("Proof")


class Way(NamedTuple):
    """A way to solve a program in so many seconds, and how near its bound must be to its value."""

    name: str
    solve: Callable[[float], Result]
    within: float = SURE


@dataclass(frozen=True)
class Believed(Generic[Proof]):
    """What came of solving a program.

    Parameters
    ----------
    proof : object or None
        What is proved; None if nothing is.
    result : Result
        Of the last way that was tried; not to be trusted.
    tried : tuple of str
        Each way with what the solver said of it.
    late : bool
        Whether the time was over.
    """

    proof: Proof | None
    result: Result
    tried: tuple[str, ...]
    late: bool


def believed(
    ways: Iterable[Way],
    prove: Callable[[Result, float], Proof | None],
    seconds: float,
    watch: Watch | None = None,
) -> Believed[Proof]:
    """Solve a program in the first way whose result proves itself.

    Parameters
    ----------
    prove : callable
        Of a result and how near its bound must be to its value: what is proved, None for nothing.
    seconds : float
        Time for all of them.
    watch : Watch, optional
        By whose work time is told, if not by the clock.
    """
    now = time.perf_counter if watch is None else watch.now
    end, tried = now() + seconds, []
    for way in ways:
        result = way.solve(max(0.0, end - now()))
        proof, late = prove(result, way.within), now() >= end if watch is None else watch.late(end)
        tried.append(f"{way.name}: {result.message or result.status}")
        if proof is not None or late or result.status is Status.STOPPED:
            break
    return Believed(proof, result, tuple(tried), late)


def agree(bound: float, value: float, within: float = SURE) -> bool:
    """Say whether a bound shows that a value is the least there is; a NaN shows nothing."""
    return bound >= value - within * max(1.0, abs(value))


def from_nothing(
    program: LinearProgram, limits: Limits, watch: Watch, *, exact: bool, tied: bool = False
) -> Iterator[Way]:
    """Yield the ways to solve a program from nothing.

    One that must be ``exact`` and ties few decisions to many rows is solved by its dual first. A
    small program is solved by the simplex method, whose optimum stands with whatever bound its
    multipliers prove. A large one is solved by the interior point method before that and, unless it
    must be ``exact``, by the first-order method. That needs many times as long where a row ties all
    columns (``tied``), as one does that holds an earlier objective; it is then left to the largest.
    Then come those that are left.
    """
    plain = replace(limits, options={**limits.options, "presolve": "off"})
    few = exact and has_few(program)
    large, within = is_large(program), _EQUAL if exact else _NEAR
    inside = tied and program.matrix.nnz <= _INSIDE
    for wanted, algorithm, name, how, enough in (
        (few, Algorithm.DUAL, "", limits, SURE),
        (large and not exact and not inside, Algorithm.FIRST_ORDER, "", limits, within),
        (large, Algorithm.INTERIOR_POINT, "", limits, within),
        (True, Algorithm.SIMPLEX, "", limits, math.inf),
        (True, Algorithm.SIMPLEX, "without presolve", plain, within),
        (True, Algorithm.INTERIOR_POINT, "", plain, within),
        (True, Algorithm.FIRST_ORDER, "", limits, within),
    ):
        if wanted:
            yield way_by(algorithm, program, how, watch, name, enough)


def way_by(
    algorithm: Algorithm,
    program: LinearProgram,
    limits: Limits,
    watch: Watch,
    name: str = "",
    within: float = SURE,
) -> Way:
    """Return the way to solve a program from nothing by an algorithm."""
    solve = partial(solve_by, algorithm, program, limits, watch)
    return Way(name or algorithm.value, solve, within)
