"""What follows from one plan in W futures: what objectives and rules look at, futures last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats

Excess = tuple[Floats, Floats, Callable[[int], str]]
"""Of the rows of a rule by how much each limit is exceeded, the limits, (rows, W), and words."""


@dataclass(frozen=True, eq=False)
class Balance:
    """Staff and work, FTE; arrays of shape (P, Q, Y, W).

    Parameters
    ----------
    needed, demand : array
        FTE needed as ``demand.csv`` has them, and after what measures take away.
    supply, service, shortfall : array
        As of ``Outcome``.
    """

    needed: Floats
    demand: Floats
    supply: Floats
    service: Floats
    shortfall: Floats

    def of(self, professions: slice) -> Balance:
        """Return those of some professions."""
        return Balance(*(getattr(self, each.name)[professions] for each in fields(self)))


@dataclass(frozen=True, eq=False)
class Used:
    """Limits and their use, arrays of shape (limits, W), £ or placement weeks."""

    use: Floats
    limit: Floats


@dataclass(frozen=True, eq=False)
class Many:
    """The consequences of one plan in W futures; any axis of W but those of balance may be 1.

    Parameters
    ----------
    given : Outcome
        The consequences in the instance as given.
    posts : array, shape (P, Q, Y, W)
        FTE that can be employed; NaN where there is no end of posts.
    spend, weeks : Used
        Budgets and placement capacities.
    charged : array, shape (rows of ``instance.costs``, W)
        £ of each for a place or unit that is bought.
    leaver_rate : array, shape (P, Q, W)
    retained : array, shape (P, Q, Y, W)
        FTE that measures keep, by the year in which they would leave.
    supply_base : callable
        Returns supply with nothing bought, shape (P, Q, Y, W).
    """

    given: Outcome
    balance: Balance
    posts: Floats
    spend: Used
    weeks: Used
    charged: Floats
    leaver_rate: Floats
    retained: Floats
    supply_base: Callable[[], Floats]


@dataclass(frozen=True, eq=False)
class Broken:
    """How far a rule is broken in W futures.

    Parameters
    ----------
    size : array, shape (W,)
        The worst break, relative to max(1, |limit|); 0 where the rule is kept.
    where : callable
        Names what is broken worst in a future, by its number; "" where the rule is kept.
    """

    size: Floats
    where: Callable[[int], str]

    def over(self, count: int) -> Broken:
        """Return the same of so many futures, if all are alike."""
        if len(self.size) == count:
            return self
        return Broken(np.broadcast_to(self.size, (count,)), lambda _: self.where(0))


def of_cells(array: Floats) -> Floats:
    """Return an array of shape (P, Q, Y, W) as one of shape (P · Q · Y, W)."""
    return array.reshape(-1, array.shape[-1])


def summed(each: Floats, cells: Floats) -> Floats:
    """Add up cells, shape (P, Q, Y, W), at a weight for each, which broadcasts to (P, Q, Y)."""
    weights = np.broadcast_to(each, cells.shape[:-1])
    return np.asarray(weights.ravel() @ of_cells(cells))


def worst_of(checks: list[Excess]) -> Broken:
    """Find the largest excess of each future, relative to max(1, |limit|)."""
    sizes, rows = [np.zeros(1)], [np.zeros(1, dtype=int)]
    for excess, limit, _ in checks:
        relative = excess / np.maximum(1.0, np.abs(limit))
        at = np.argmax(relative, axis=0) if len(relative) else np.zeros(1, dtype=int)
        found = np.take_along_axis(relative, at[None], axis=0)[0] if len(relative) else sizes[0]
        sizes.append(found)
        rows.append(at)
    each, row = (np.stack(np.broadcast_arrays(*parts)) for parts in (sizes, rows))
    which = np.argmax(each, axis=0)

    def where(w: int) -> str:
        check = int(which[w]) - 1
        return "" if check < 0 else checks[check][2](int(row[check + 1, w]))

    return Broken(np.max(each, axis=0), where)
