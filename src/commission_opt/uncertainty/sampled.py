"""Many futures at once: their values by one pass over all, their programs by groups of them.

What is drawn may differ in a thousand futures. The first objective is under-estimated by means of
groups (``uncertainty.partition``), exact at a few places; rules have the rows of those futures in
which places were seen to break them. Values and rules of a plan are worked out in every future.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.errors import UsageError
from commission_opt.formulation.futures import Possible, in_futures
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.problem import Future, Planning
from commission_opt.formulation.rules import RULES
from commission_opt.formulation.violations import Violation
from commission_opt.futures.columns import Key, chunks
from commission_opt.futures.futures import Futures
from commission_opt.futures.kernel import Kernel
from commission_opt.futures.outcomes import Outcomes
from commission_opt.futures.reach import ManyReach
from commission_opt.futures.staff import Staff
from commission_opt.uncertainty.partition import aim_of_parts, parts

FIRST = "shortfall"  # the objective that groups under-estimate
MOST_APART = 50  # futures that are planned for side by side
_AS_GIVEN: Mapping[str, tuple[Key, ...]] = {
    "change": (),
    "cost": (("costs", "cost"),),
}  # objectives, and columns they hang on


@dataclass(frozen=True, eq=False)
class Sampled:
    """W futures that are drawn, and what of them programs have.

    Parameters
    ----------
    futures : Futures
    problem : Planning
        As given.
    at : tuple of array, shape (n,)
        Decision columns at which groups are exact.
    rows : tuple of int
        Futures whose rows programs have.
    """

    futures: Futures
    problem: Planning
    at: tuple[Floats, ...] = ()
    rows: tuple[int, ...] = (0,)

    @property
    def names(self) -> tuple[str, ...]:
        """What the futures are called."""
        return self.futures.names

    @property
    def probability(self) -> Floats:
        """How likely each is, shape (W,)."""
        return self.futures.probability

    @cached_property
    def ruling(self) -> tuple[Future, ...]:
        """The futures whose rows programs have."""
        own = [self._possible(w) for w in self.rows]
        return in_futures(self.problem, own).futures

    @cached_property
    def explicit(self) -> tuple[Future, ...]:
        """The futures that are written out."""
        own = [self._possible(w) for w in range(self.futures.explicit)]
        return in_futures(self.problem, own).futures if own else ()

    def _possible(self, w: int) -> Possible:
        drawn = w >= self.futures.explicit
        share = float(self.probability[w])
        return Possible(self.names[w], share, self.futures.in_future(w), drawn)

    def outcomes(self, amounts: Floats) -> Iterator[Outcomes]:
        """Yield what places and units, shape (L, K), lead to, some futures at a time."""
        kernel = Kernel(Staff(self.problem, amounts))
        for which in chunks(len(self.names)):
            yield kernel.outcomes(self.futures.figures(which))

    def values(self, minimise: str, amounts: Floats) -> Floats:
        """Return an objective of places and units in each future, shape (W,)."""
        return np.concatenate([found.objectives[minimise] for found in self.outcomes(amounts)])

    def cells(self, name: str, amounts: Floats) -> Floats:
        """Return demand, supply or shortfall of places and units in each, shape (W, cells)."""
        given = "needed" if name == "demand" else name
        found = (getattr(some.balance, given) for some in self.outcomes(amounts))
        return np.concatenate([each.reshape(-1, each.shape[-1]).T for each in found])

    def without(self, minimise: str) -> Floats:
        """Return the same with nothing bought or continued."""
        policy = self.problem.policy
        rules = replace(policy.rules, continuation="none")
        never = replace(self, problem=replace(self.problem, policy=replace(policy, rules=rules)))
        nothing = np.zeros((self.problem.layout.n_lines, policy.commissioning_years))
        return never.values(minimise, nothing)

    def violations(self, result: Outcome) -> list[Violation]:
        """Return the worst break of each rule over all futures."""
        found: dict[str, Violation] = {}
        start = 0
        for some in self.outcomes(result.amounts):
            for name, broken in some.broken.items():
                w = int(np.argmax(broken.size))
                if name not in found or broken.size[w] > found[name].size:
                    said = broken.where(w)
                    where = f"{said} in scenario {self.names[start + w]!r}" if said else ""
                    found[name] = Violation(float(broken.size[w]), where)
            start += len(next(iter(some.objectives.values())))
        return list(found.values())

    def breaking(self, amounts: Floats) -> list[int]:
        """Return the futures in which places break a rule, the worst of each rule first."""
        sizes: dict[str, list[Floats]] = {name: [] for name in RULES}
        for some in self.outcomes(amounts):
            for name, broken in some.broken.items():
                sizes[name].append(broken.size)
        worst = (np.concatenate(each) for each in sizes.values() if each)
        return list({int(np.argmax(each)): None for each in worst if each.max() > TOLERANCE})

    def aim(self, minimise: str) -> Aim:
        """Write an objective as programs have it: nowhere above its expectation."""
        if minimise != FIRST:
            return OBJECTIVES[minimise].aim(self.problem)
        found = parts(self._reach, self.probability, self.at)
        return replace(aim_of_parts(self.problem, found, *self._box), below=True)

    @cached_property
    def _reach(self) -> ManyReach:
        return ManyReach(self.problem, self.futures.figures(slice(None)))

    @cached_property
    def _box(self) -> tuple[Floats, Floats]:
        """Return a box of the decision columns that no plan leaves."""
        boxes = [
            part.box
            for future in self.ruling
            for part in (rule.rows(future.problem) for rule in RULES.values())
            if part.box is not None
        ]
        lower = np.maximum.reduce([low for low, _ in boxes])
        return lower, np.maximum(lower, np.minimum.reduce([high for _, high in boxes]))

    def having(self, at: Iterable[Floats] = (), rows: Iterable[int] = ()) -> Sampled:
        """Return the same with groups that are exact in more places, and rows of more futures."""
        more = replace(self, at=(*self.at, *at), rows=tuple(dict.fromkeys([*self.rows, *rows])))
        if "_reach" in self.__dict__:  # it hangs on neither
            more.__dict__["_reach"] = self._reach
        return more


def unfit(problem: Planning, futures: Futures) -> str:
    """Say why the futures of a problem cannot be taken together; "" if they can."""
    columns = futures.keys
    nothing = Staff(problem, np.zeros((problem.layout.n_lines, problem.policy.commissioning_years)))
    if reason := Kernel(nothing).reason(columns):
        return reason
    first, *later = problem.policy.objectives
    if first.minimise != FIRST or problem.policy.rules.price_of_missing is not None:
        return "only a shortfall without a price for commitments missed can come first"
    if problem.deploys or problem.instance.has_posts:
        return "who is deployed, or has a post, hangs on the future"
    for objective in later:
        hangs = _AS_GIVEN.get(objective.minimise)
        if hangs is None or any(column in columns for column in hangs):
            return f"the later objective {OBJECTIVES[objective.minimise].title} hangs on the future"
    return ""


def check_fit(problem: Planning, futures: Futures) -> None:
    """Refuse futures that are too many to be solved side by side, and cannot be taken together.

    Raises
    ------
    UsageError
    """
    if reason := unfit(problem, futures):
        raise UsageError(
            f"{len(futures.names):,} futures are too many to be planned for side by side, and "
            f"cannot be taken together: {reason}; draw fewer, at most so many as {MOST_APART}"
        )
