"""What objectives are told of many futures: what places cost there, and what is missing.

One pass over the futures adds up either. A place costs its mean. What is missing is under-estimated
by groups (``uncertainty.partition``); what service has above demand is that and the mean of what is
left of service, which is linear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.formulation.parts import Aim
from commission_opt.futures.columns import Key, chunks
from commission_opt.futures.reach import Reach
from commission_opt.futures.spending import COSTS, per_student
from commission_opt.policy import Tier
from commission_opt.uncertainty.levels import aim_below
from commission_opt.uncertainty.partition import SPAN, Below, Partition

_CHARGED: tuple[Key, ...] = (
    ("costs", "cost"), ("courses", "fill_rate"), ("courses", "completion_rate"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class InFutures:
    """W futures, each of which counts a share of the whole.

    Parameters
    ----------
    reach : Reach
    p : array, shape (W,)
        The shares.
    lower, middle, upper : array, shape (n,)
        As of a partition.
    kept : callable
        Returns what is kept under a key, made when it is first asked for.
    of_risk : str
        What the names of columns and rows end in; nothing for the expectation.
    """

    reach: Reach
    p: Floats
    lower: Floats
    middle: Floats
    upper: Floats
    kept: Callable[[bytes, Callable[[], Below]], Below]
    of_risk: str = ""

    def charged(self) -> Floats | None:
        """Return the mean £ for a place or unit of each row of costs; None if none varies."""
        problem, futures = self.reach.problem, self.reach.futures
        if not any(key in futures.keys for key in _CHARGED):
            return None
        charged = np.zeros(len(problem.instance.costs))
        for which in chunks(len(self.p)):
            varied = self.reach.nothing.varied(futures.figures(which, _CHARGED))
            place = per_student(varied, COSTS)[1]
            charged += np.broadcast_to(place, (len(place), len(self.p[which]))) @ self.p[which]
        return charged

    def missing(
        self,
        objective: str,
        block: str,
        tiers: Sequence[Tier] = (),
        each: Floats | None = None,
        *,
        beyond: bool = False,
    ) -> Aim:
        """Write the mean of what is missing, or beyond, nowhere above it."""
        ends = self.lower, self.middle, self.upper

        def make() -> Below:
            below = Partition(self.reach, self.p, *ends, tuple(tiers), each).below
            return self._beyond(below, each) if beyond and each is not None else below

        box, name = (self.lower, self.upper), f"{block}{self.of_risk}"
        below = self.kept(name.encode() + self.p.tobytes(), make)
        return aim_below(self.reach.problem, objective, below, box, name)

    def _beyond(self, missing: Below, each: Floats) -> Below:
        """Return what service has above demand, from what it lacks."""
        reach = self.reach
        gap, stays = np.zeros(each.shape), np.zeros((len(reach.pair), reach.horizon))
        for start in range(0, len(self.p), SPAN):
            which = slice(start, min(start + SPAN, len(self.p)))
            some, p = reach.missing(which), self.p[which]
            gap += some.gap @ p
            stays += np.broadcast_to(some.stays, (*stays.shape, len(p))) @ p
        left = reach.supplies.T @ (stays * each[reach.pair]).sum(axis=1)
        hinges = missing.hinges
        offset = hinges.offset - float((each * gap).sum())
        return replace(missing, hinges=replace(hinges, linear=hinges.linear + left, offset=offset))
