"""Many futures at once: their values by one pass over all, their programs by groups of them.

What is drawn may differ in a thousand futures. The first objective is under-estimated by means of
groups (``uncertainty.partition``), exact at a few places; rules have the rows of those futures in
which places were seen to break them. Values and rules of a plan are worked out in every future.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.errors import UsageError
from commission_opt.formulation.futures import Possible, in_futures
from commission_opt.formulation.goals import EXPECTED, REGRET
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.problem import Future, Planning
from commission_opt.formulation.rules import RULES
from commission_opt.formulation.shortage import SHORTAGE, tiers_of
from commission_opt.formulation.violations import Violation
from commission_opt.futures.columns import Key, chunks
from commission_opt.futures.futures import Futures
from commission_opt.futures.kernel import Kernel
from commission_opt.futures.outcomes import Outcomes
from commission_opt.futures.reach import ManyReach
from commission_opt.futures.staff import Staff
from commission_opt.instance.instance import Instance
from commission_opt.policy import RiskMeasure
from commission_opt.text.counts import plural
from commission_opt.uncertainty.partition import Partition, aim_of_parts

_LOST = 2e-5  # of the first objective, which groups may lose at the places they are made for
_BROKEN = 4  # futures whose rows are added at once
_KEPT = 6  # places whose consequences are kept
FIRST = "shortfall"  # the objective that groups under-estimate
MOST_APART = 50  # futures that are planned for side by side
_AS_GIVEN: Mapping[str, tuple[Key, ...]] = {
    "change": (),
    "cost": (("costs", "cost"),),
}  # objectives, and columns they hang on


@dataclass(frozen=True, eq=False)
class Seen:
    """What is told of some places.

    Parameters
    ----------
    objectives : mapping of str to array, shape (W,)
    worst : mapping of str to (float, int, str)
        Of each rule its worst break: how far, in which future, and where.
    breaks : mapping of (str, str) to (float, int)
        Of each rule and place where some future breaks it worst, how far and in which future.
    """

    objectives: Mapping[str, Floats]
    worst: Mapping[str, tuple[float, int, str]]
    breaks: Mapping[tuple[str, str], tuple[float, int]]


def _seen_in(chunks_of: Iterable[Outcomes]) -> Seen:
    values: dict[str, list[Floats]] = {}
    worst: dict[str, tuple[float, int, str]] = {}
    breaks: dict[tuple[str, str], tuple[float, int]] = {}
    start = 0
    for some in chunks_of:
        for name, each in some.objectives.items():
            values.setdefault(name, []).append(each)
        for rule, broken in some.broken.items():
            w = int(np.argmax(broken.size))
            if rule not in worst or broken.size[w] > worst[rule][0]:
                worst[rule] = float(broken.size[w]), start + w, broken.where(w)
            for w in np.flatnonzero(broken.size > TOLERANCE).tolist():
                at, size = (rule, broken.where(w)), float(broken.size[w])
                breaks[at] = max(breaks.get(at, (0.0, 0)), (size, start + w))
        start += some.balance.supply.shape[-1]
    return Seen({name: np.concatenate(each) for name, each in values.items()}, worst, breaks)


@dataclass(frozen=True, eq=False)
class Sampled:
    """W futures that are drawn, and what of them programs have.

    Parameters
    ----------
    futures : Futures
    problem : Planning
        As given.
    partition : Partition
        The groups that programs have in the place of futures.
    rows : tuple of int
        Futures whose rows programs have.
    risky : Partition, optional
        The groups of another risk than the expectation, by weights of futures that it allows: no
        weights that it allows are worth more than the risk itself.
    least : array, shape (W,)
        What no plan for each future alone is below, from which regret is measured; NaN where it is
        not known.
    """

    futures: Futures
    problem: Planning
    partition: Partition
    rows: tuple[int, ...] = (0,)
    risky: Partition | None = None
    least: Floats = field(default_factory=lambda: np.array(np.nan))
    _seen: dict[tuple[bytes, bool], Seen] = field(default_factory=dict, repr=False)

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
        return Possible(self.names[w], share, self.instance(w), drawn)

    def instance(self, w: int) -> Instance:
        """Return the instance of one future."""
        return self.futures.in_future(w)

    def measured_from(self, least: Floats) -> Sampled:
        """Return the same, knowing what no plan for each future alone is below, shape (W,)."""
        return replace(self, least=least)

    def outcomes(self, amounts: Floats) -> Iterator[Outcomes]:
        """Yield what places and units, shape (L, K), lead to, some futures at a time."""
        kernel = Kernel(Staff(self.problem, amounts))
        for which in chunks(len(self.names)):
            yield kernel.outcomes(self.futures.figures(which))

    def values(self, minimise: str, amounts: Floats) -> Floats:
        """Return an objective of places and units in each future, shape (W,)."""
        return self._look(amounts).objectives[minimise]

    def _look(self, amounts: Floats, *, never: bool = False) -> Seen:
        """Return what is told of places and units, worked out once; nothing continued if never."""
        key = amounts.tobytes(), never
        if key not in self._seen:
            of = self
            if never:
                policy = self.problem.policy
                rules = replace(policy.rules, continuation="none")
                own = replace(self.problem, policy=replace(policy, rules=rules))
                of = replace(self, problem=own)
            while len(self._seen) >= _KEPT:
                self._seen.pop(next(iter(self._seen)))
            self._seen[key] = _seen_in(of.outcomes(amounts))
        return self._seen[key]

    def cells(self, name: str, amounts: Floats) -> Floats:
        """Return demand, supply or shortfall of places and units in each, shape (W, cells)."""
        given = "needed" if name == "demand" else name
        found = (getattr(some.balance, given) for some in self.outcomes(amounts))
        return np.concatenate([each.reshape(-1, each.shape[-1]).T for each in found])

    def without(self, minimise: str) -> Floats:
        """Return the same with nothing bought or continued."""
        nothing = np.zeros((self.problem.layout.n_lines, self.problem.policy.commissioning_years))
        return self._look(nothing, never=True).objectives[minimise]

    def violations(self, result: Outcome) -> list[Violation]:
        """Return the worst break of each rule over all futures."""
        seen = self._look(result.amounts)
        return [
            Violation(size, f"{where} in scenario {self.names[w]!r}" if where else "")
            for size, w, where in seen.worst.values()
        ]

    def breaking(self, amounts: Floats) -> list[int]:
        """Return the futures in which places break some rule worst, the worst of all first."""
        breaks = sorted(self._look(amounts).breaks.values(), reverse=True)
        return list(dict.fromkeys(w for _, w in breaks))[:_BROKEN]

    def aim(self, minimise: str, risk: RiskMeasure = EXPECTED) -> Aim:
        """Write an objective as programs have it: nowhere above its risk."""
        if minimise != FIRST:
            return OBJECTIVES[minimise].aim(self.problem)
        if risk == EXPECTED:
            found = aim_of_parts(self.problem, self.partition.parts(), *self.box)
            return replace(found, below=True)
        assert self.risky is not None, "another risk has weights of its own"
        name = f"{SHORTAGE}_{risk}"
        found = aim_of_parts(self.problem, self.risky.parts(), *self.box, name)
        if risk != REGRET:
            return replace(found, below=True, risk=risk)
        assert found.hinges is not None, "groups are sums of hinges"
        less = float(self.risky.p @ self.least)
        hinges = replace(found.hinges, offset=found.hinges.offset - less)
        return replace(found, offset=found.offset - less, hinges=hinges, below=True, risk=risk)

    @cached_property
    def box(self) -> tuple[Floats, Floats]:
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
        groups = self.partition
        for x in at:
            if not groups.at:
                groups = replace(groups, least=_LOST * self._size(x))
            groups = groups.exact_at(x)
        more, risky = tuple(dict.fromkeys([*self.rows, *rows])), self.risky
        if risky is not None:
            risky = _exact(replace(risky, least=groups.least), groups.at[len(risky.at) :])
        return replace(self, partition=groups, rows=more, risky=risky)

    def weighing(self, weights: Floats) -> Sampled:
        """Return the same with groups by other weights, shape (W,), beside those as likely."""
        start = Partition(self.partition.many, weights, self.partition.least)
        return replace(self, risky=_exact(start, self.partition.at))

    def _size(self, x: Floats) -> float:
        """Return the expectation of the first objective for each cell and tier."""
        value = self.probability @ self.values(FIRST, self.problem.layout.to_amounts(x))
        return float(value) / (
            self.problem.instance.cells.size * len(tiers_of(self.problem.policy))
        )


def _exact(groups: Partition, at: Iterable[Floats]) -> Partition:
    for x in at:
        groups = groups.exact_at(x)
    return groups


def sampled(problem: Planning, futures: Futures) -> Sampled:
    """Return the futures of a problem; programs know nothing of them yet."""
    many = ManyReach(problem, futures.figures(slice(None)))
    return Sampled(futures, problem, Partition(many, futures.probability))


def unfit(problem: Planning, futures: Futures) -> str:
    """Say why the futures of a problem cannot be taken together; "" if they can."""
    if problem.deploys:
        return "who does the work of others is decided anew in each"
    columns = futures.keys
    nothing = Staff(problem, np.zeros((problem.layout.n_lines, problem.policy.commissioning_years)))
    if reason := Kernel(nothing).reason(columns):
        return reason
    first, *later = problem.policy.objectives
    if first.minimise != FIRST or problem.policy.rules.price_of_missing is not None:
        return "only a shortfall without a price for commitments missed can come first"
    if problem.instance.has_posts:
        return "who has a post hangs on the future"
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
            f"{plural(len(futures.names), 'future')} are too many to be planned for side by side, "
            f"and cannot be taken together: {reason}; draw fewer, at most so many as {MOST_APART}"
        )
