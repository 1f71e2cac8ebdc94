"""An audit of a plan: what follows from it in fresh futures, gathered chunk by chunk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Floats
from commission_opt.errors import StoppedError
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.futures.columns import chunks
from commission_opt.futures.futures import Futures
from commission_opt.futures.kernel import Kernel
from commission_opt.futures.outcomes import Outcomes
from commission_opt.futures.staff import Staff
from commission_opt.solvers.status import Watch
from commission_opt.uncertainty.audit.gathered import FTE_YEARS, Breaks, Gathered
from commission_opt.uncertainty.audit.spread import Kept, blocks, table_of, with_cells


@dataclass(frozen=True, eq=False)
class Audit:
    """How a plan fares in W futures.

    Parameters
    ----------
    plan : Decided
    futures : Futures
    share : float
        Of demand, of which more must be missing for a profession or region to be short.
    results : mapping of str to array, shape (W,)
        Each objective of the model, and ``fte_years``.
    given : mapping of str to float
        The same in the instance as given.
    sizes : mapping of str to array, shape (W,)
        The worst break of each rule, relative to max(1, |limit|).
    breaks : tuple of Breaks
        Rules that are broken in some future.
    short : pandas.DataFrame
        As ``Gathered.short``.
    spread, totals : pandas.DataFrame
        Quantiles of demand, supply and shortfall by profession, region and year; and by profession
        and year, "" for all of them.
    one_by_one : str
        Why futures were worked out each by itself; "" if they were not.
    """

    plan: Decided
    futures: Futures
    share: float
    results: Mapping[str, Floats]
    given: Mapping[str, float]
    sizes: Mapping[str, Floats]
    breaks: tuple[Breaks, ...]
    short: pd.DataFrame
    spread: pd.DataFrame
    totals: pd.DataFrame
    one_by_one: str

    @property
    def first(self) -> str:
        """The name of the first objective."""
        return self.plan.policy.objectives[0].minimise


def kernel_of(plan: Decided) -> Kernel:
    """Return what a plan buys, ready for many futures."""
    return Kernel(Staff(plan.problem, plan.amounts, plan.outcome.deployed))


def audit(plan: Decided, futures: Futures, share: float, watch: Watch) -> Audit:
    """Work out what follows from a plan in many futures.

    Parameters
    ----------
    plan : Decided
    futures : Futures
    share : float
        Of demand, of which more must be missing for a profession or region to be short.
    watch : Watch
        Told of progress; can stop the work.

    Raises
    ------
    StoppedError
        If it was stopped.
    """
    kernel, count = kernel_of(plan), len(futures.names)
    why = kernel.reason(futures.keys)
    gathered = Gathered(plan.instance, futures.names, futures.probability, share)
    parts = []
    for number, cells in enumerate(blocks(plan.instance.cells.size, count)):
        kept = Kept(cells, count)
        for which in chunks(count):
            if watch.stopped:
                raise StoppedError("stopped; nothing was written")
            watch.begin(f"future {which.start + 1:,} of {count:,}")
            found = outcomes(kernel, futures, which, why)
            kept.take(which, found.balance)
            if number == 0:
                gathered.take(which, found)
        parts.append(table_of(kept.of, futures.probability))
    return Audit(
        plan=plan,
        futures=futures,
        share=share,
        results=gathered.results,
        given=values_as_given(plan),
        sizes=gathered.broken,
        breaks=tuple(gathered.breaks()),
        short=gathered.short(),
        spread=with_cells(plan.instance, parts),
        totals=gathered.totals(),
        one_by_one=why,
    )


def outcomes(kernel: Kernel, futures: Futures, which: slice, why: str) -> Outcomes:
    """Work out what follows in some futures, all at once unless something speaks against it."""
    if why:
        numbers = range(len(futures.names))[which]
        return kernel.one_by_one(futures.in_future(w) for w in numbers)
    return kernel.outcomes(futures.figures(which))


def values_as_given(plan: Decided) -> dict[str, float]:
    """Return the objectives of a plan in the instance as given, and its FTE-years of shortfall."""
    values = {
        o.minimise: OBJECTIVES[o.minimise].value(plan.problem, plan.outcome)
        for o in plan.policy.objectives
    }
    return {**values, FTE_YEARS: float(np.sum(plan.outcome.shortfall))}


def at_points(futures: Futures, points: Floats) -> Futures:
    """Return futures drawn from other points of the unit cube, and none that is written out.

    Parameters
    ----------
    futures : Futures
    points : array, shape (n, dimensions)
    """
    count, told = len(points), futures.explicit
    return replace(
        futures,
        points=points,
        explicit=0,
        names=futures.names[told : told + 1] * count,
        probability=np.full(count, 1.0 / count),
    )
