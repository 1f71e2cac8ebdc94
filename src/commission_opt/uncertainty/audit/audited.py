"""A plan and the futures in which it is tried, and the work of an audit cut into tasks.

A task gives arrays that hang on nothing but the trial and its arguments, so that it matters neither
where nor when it is done, and what was done before a run was killed need not be done again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np

from commission_opt.accounts.many import Balance
from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Floats
from commission_opt.errors import StoppedError
from commission_opt.futures.columns import chunks, columns_of
from commission_opt.futures.futures import Futures
from commission_opt.futures.kernel import LIMITS, Kernel
from commission_opt.futures.outcomes import Outcomes
from commission_opt.futures.staff import Staff
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.audit.prices import Multipliers, multipliers_of

T = TypeVar("T")
PATIENT = Limits(seconds=math.inf)  # what an audit says must not hang on the clock
Arrays = Mapping[str, np.ndarray]
"""What comes of a task, by name."""


@dataclass(frozen=True, eq=False)
class AuditedPlan:
    """A plan in W futures.

    Parameters
    ----------
    plan : Decided
    futures : Futures
    share : float
        Of demand, of which more must be missing for a profession or region to be short.
    solved : Arrays
        The mean future, as ``prices.solved`` gives it; nothing where no bounds are asked for, or
        where there are none.
    now : int or None
        Years that the plan decides now, if it decides later ones by scenario; these are then the
        mean over its own scenarios.
    """

    plan: Decided
    futures: Futures
    share: float
    solved: Arrays = field(default_factory=dict)
    now: int | None = None

    @property
    def count(self) -> int:
        """W."""
        return len(self.futures.names)

    @property
    def first(self) -> str:
        """The name of the first objective."""
        return self.plan.policy.objectives[0].minimise

    @cached_property
    def kernel(self) -> Kernel:
        """What the plan buys, ready for many futures."""
        return Kernel(Staff(self.plan.problem, self.plan.amounts, self.plan.outcome.deployed))

    @cached_property
    def multipliers(self) -> Multipliers:
        """Multipliers of the rules, ready for any future."""
        return multipliers_of(self.kernel, self.solved)

    @cached_property
    def one_by_one(self) -> str:
        """Why futures are worked out each by itself; "" if they are not."""
        return self.kernel.reason(self.futures.keys)

    def outcomes(self, which: slice) -> Outcomes:
        """Work out what follows in some futures, all at once unless something is against it."""
        if self.one_by_one:
            numbers = range(self.count)[which]
            return self.kernel.one_by_one(self.futures.in_future(w) for w in numbers)
        return self.kernel.outcomes(self.futures.figures(which))

    def balances(self, professions: slice) -> Iterator[tuple[slice, Balance]]:
        """Work out staff and demand of some professions, a slice of the futures at a time."""
        if self.one_by_one:
            for which in chunks(self.count):
                yield which, self.outcomes(which).balance.of(professions)
            return
        kernel = self.kernel.within(professions)
        futures = self.futures.only(kernel.bought.rows.of_pairs)
        keys = [key for key in futures.keys if key not in LIMITS] or futures.keys[:1]
        for which in kernel.slices(slice(0, self.count)):
            varied = kernel.bought.varied(futures.figures(which, keys))
            yield which, kernel.balance(varied)[0]

    def values(self, which: slice) -> Floats:
        """Work out the first objective in some futures, shape (w,)."""
        if self.one_by_one:
            return self.outcomes(which).objectives[self.first]
        kernel, parts = self.kernel, []
        for few in kernel.slices(which):
            varied = kernel.bought.varied(self.futures.figures(few))
            parts.append(kernel.values(self.first, kernel.many(varied)))
        return np.concatenate(parts)

    def at_points(self, points: Floats) -> AuditedPlan:
        """Return the plan in futures drawn from other points, and none that is written out.

        Parameters
        ----------
        points : array, shape (n, dimensions)
            Of the unit cube.
        """
        count, told = len(points), self.futures.explicit
        futures = replace(
            self.futures,
            points=points,
            columns=columns_of(self.futures.draws, self.futures.sheet, points),
            explicit=0,
            names=self.futures.names[told : told + 1] * count,
            probability=np.full(count, 1.0 / count),
        )
        return self.but(futures=futures)

    def but(self, **changes: Any) -> AuditedPlan:
        """Return a trial of the same plan, for which what is known of the plan is known."""
        other = replace(self, **changes)
        known = {"kernel", "one_by_one"} | ({"multipliers"} if "solved" not in changes else set())
        vars(other).update({name: vars(self)[name] for name in known & vars(self).keys()})
        return other


Task = tuple[Callable[..., Arrays], tuple[Any, ...]]
"""A function of a module, which takes a trial and further arguments."""


@dataclass(frozen=True)
class Piece(Generic[T]):
    """A piece of an audit.

    Parameters
    ----------
    name : str
    tasks : sequence of Task
    together : callable
        Makes the answer of what comes of all tasks, in their order.
    """

    name: str
    tasks: Sequence[Task]
    together: Callable[[Sequence[Arrays]], T]


def done(piece: Piece[T], trial: AuditedPlan, watch: Watch | None = None) -> T:
    """Do a piece of an audit, one task after the other.

    Raises
    ------
    StoppedError
        If the watch was stopped.
    """
    found = []
    for function, asked in piece.tasks:
        if watch is not None and watch.stopped:
            raise StoppedError("stopped; nothing was written")
        found.append(function(trial, *asked))
    return piece.together(found)


def answered(name: str, answer: T) -> Piece[T]:
    """Return a piece that needs no work."""
    return Piece(name, (), lambda _: answer)
