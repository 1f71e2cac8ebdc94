"""Many futures at once: their values by one pass over all, their programs by groups of them.

What is drawn may differ in a thousand futures. The first objective is under-estimated by hinges of
groups (``uncertainty.partition``); limits have the rows of those futures in which places were seen
to use them most. Values and rules of a plan are worked out in every future.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.futures import Possible, in_futures
from commission_opt.formulation.goals import EXPECTED, REGRET
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import Aim, Rows
from commission_opt.formulation.problem import Future, Planning
from commission_opt.formulation.rules import RULES
from commission_opt.formulation.violations import Violation
from commission_opt.futures.drawn_limits import DrawnLimits, drawn_limits
from commission_opt.futures.futures import Futures
from commission_opt.futures.kernel import Kernel
from commission_opt.futures.outcomes import Outcomes
from commission_opt.futures.reach import Reach
from commission_opt.instance.instance import Instance
from commission_opt.policy import RiskMeasure
from commission_opt.uncertainty.expected import InFutures
from commission_opt.uncertainty.partition import SPAN, Below
from commission_opt.uncertainty.seen import Seen, seen_in

_BROKEN = 4  # futures whose rows are added at once
_NEAR = 0.05  # of a limit: rows that come so near are added too
_KEPT = 6  # places whose consequences are kept


@dataclass(frozen=True, eq=False)
class Sampled:
    """W futures that are drawn, and what of them programs have.

    Parameters
    ----------
    futures : Futures
    problem : Planning
        As given.
    reach : Reach
    limits : mapping of str to DrawnLimits
        Kinds of limits of which programs have single rows, by rule.
    at : array, shape (n,), or None
        Decision columns about which the first objective is under-estimated; about the middle of
        their box if there are none.
    rows : tuple of int
        Futures of which programs have the rows of every rule.
    of_limits : mapping of str to tuple of (int, int)
        Further rows of limits, by rule: which limit, in which future.
    weights : array, shape (W,), or None
        By which another risk than the expectation is under-estimated: none that it allows are
        worth more than the risk itself.
    least : array, shape (W,)
        What no plan for each future alone is below, from which regret is measured; NaN where it is
        not known.
    """

    futures: Futures
    problem: Planning
    reach: Reach
    limits: Mapping[str, DrawnLimits]
    at: Floats | None = None
    rows: tuple[int, ...] = (0,)
    of_limits: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    weights: Floats | None = None
    least: Floats = field(default_factory=lambda: np.array(np.nan))
    _seen: dict[tuple[bytes, bool], Seen] = field(default_factory=dict, repr=False)
    _known: dict[tuple[bytes, ...], Below] = field(default_factory=dict, repr=False)
    _rules: dict[tuple[int, ...], tuple[tuple[Future, ...], tuple[Floats, Floats]]] = field(
        default_factory=dict, repr=False
    )

    @property
    def names(self) -> tuple[str, ...]:
        """What the futures are called."""
        return self.futures.names

    @property
    def probability(self) -> Floats:
        """How likely each is, shape (W,)."""
        return self.futures.probability

    @property
    def ruling(self) -> tuple[Future, ...]:
        """The futures of which programs have the rows of every rule."""
        return self._ruled()[0]

    def _ruled(self) -> tuple[tuple[Future, ...], tuple[Floats, Floats]]:
        """Return these futures and the box that they leave, worked out once."""
        if self.rows not in self._rules:
            own = in_futures(self.problem, [self._possible(w) for w in self.rows]).futures
            self._rules[self.rows] = own, _box_of(own)
        return self._rules[self.rows]

    def ruled(self, rule: str) -> tuple[Rows, ...]:
        """Return the further rows of a rule."""
        if rule not in self.of_limits:
            return ()
        return tuple(self.limits[rule].rows(self.of_limits[rule]))

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
        kernel = Kernel(replace(self.reach.nothing, problem=self.problem, amounts=amounts))
        for start in range(0, len(self.names), SPAN):
            yield kernel.outcomes(self.futures.figures(slice(start, start + SPAN)))

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
            self._seen[key] = seen_in(of.outcomes(amounts))
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

    def keeps(self, amounts: Floats) -> bool:
        """Say whether places and units keep every rule in every future."""
        return not self._look(amounts).breaks

    def aim(self, minimise: str, risk: RiskMeasure = EXPECTED) -> Aim:
        """Write an objective as programs have it: nowhere above its risk."""
        weights = self.probability if risk == EXPECTED else self.weights
        assert weights is not None, "another risk has weights of its own"
        (lower, upper), of_risk = self.box, "" if risk == EXPECTED else f"_{risk}"
        many = InFutures(self.reach, weights, lower, self.middle, upper, self.kept, of_risk)
        expected = OBJECTIVES[minimise].expected
        assert expected is not None, minimise  # which ``fit`` says
        found = expected(self.problem, many)
        if risk == EXPECTED:
            return found
        if risk != REGRET:
            return replace(found, risk=risk)
        assert found.hinges is not None, "groups are sums of hinges"
        less = float(weights @ self.least)
        hinges = replace(found.hinges, offset=found.hinges.offset - less)
        return replace(found, offset=found.offset - less, hinges=hinges, risk=risk)

    def kept(self, what: bytes, make: Callable[[], Below]) -> Below:
        """Return an under-estimate about the middle of the box, worked out once."""
        key = what, *(each.tobytes() for each in (*self.box, self.middle))
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    @property
    def middle(self) -> Floats:
        """The decision columns about which the first objective is under-estimated, shape (n,)."""
        lower, upper = self.box
        return (lower + upper) / 2.0 if self.at is None else np.clip(self.at, lower, upper)

    @property
    def box(self) -> tuple[Floats, Floats]:
        """Return a box of the decision columns that no plan leaves."""
        return self._ruled()[1]

    def about(self, at: Floats) -> Sampled:
        """Return the same with the first objective under-estimated about decision columns.

        Where every pair has a stream alone it is as good about the middle of their box.
        """
        return self if self.reach.alone.all() else replace(self, at=at)

    def ruling_at(self, amounts: Floats) -> Sampled:
        """Return the same with the rows that places and units come nearest to breaking, or break.

        Of limits each in one future; of other rules all rows of those futures that break them.
        """
        found = dict(self.of_limits)
        for name, limits in self.limits.items():
            excess, future = limits.worst(amounts)
            near = np.flatnonzero(excess > -_NEAR)
            more = zip(near.tolist(), future[near].tolist(), strict=True)
            found[name] = tuple(dict.fromkeys([*found.get(name, ()), *more]))
        return replace(self, of_limits=found)

    def mended(self, amounts: Floats) -> Sampled:
        """Return the same with the rows that places and units break."""
        breaks = self._look(amounts).breaks
        other = [broken for (rule, _), broken in breaks.items() if rule not in self.limits]
        worst = [w for _, w in sorted(other, reverse=True)]
        rows = tuple(dict.fromkeys([*self.rows, *list(dict.fromkeys(worst))[:_BROKEN]]))
        return replace(self.ruling_at(amounts) if breaks else self, rows=rows)

    def first(self, count: int) -> Sampled:
        """Return those that are written out, and so many of the draws in place of all."""
        given, told = self.futures, self.futures.explicit
        if count >= len(given.points):
            return self
        share = (1.0 - given.probability[:told].sum()) / count
        few = replace(
            given,
            names=given.names[: told + count],
            probability=np.append(given.probability[:told], np.full(count, share)),
            points=given.points[:count],
        )
        return sampled(self.problem, few)

    def weighing(self, weights: Floats) -> Sampled:
        """Return the same with the risk under-estimated by weights, shape (W,)."""
        return replace(self, weights=weights)


def _box_of(futures: Sequence[Future]) -> tuple[Floats, Floats]:
    """Return the box of the decision columns that all rules leave in some futures."""
    boxes = [
        part.box
        for future in futures
        for part in (rule.rows(future.problem) for rule in RULES.values())
        if part.box is not None
    ]
    lower = np.maximum.reduce([low for low, _ in boxes])
    return lower, np.maximum(lower, np.minimum.reduce([high for _, high in boxes]))


def sampled(problem: Planning, futures: Futures) -> Sampled:
    """Return the futures of a problem; programs know nothing of them yet."""
    reach = Reach(problem, futures)
    return Sampled(futures, problem, reach, drawn_limits(reach.nothing, futures))
