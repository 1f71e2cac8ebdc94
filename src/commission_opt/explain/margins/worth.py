"""What a change is worth: by prices where they hold, by solving again where they do not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.allocation.settled import pointed, settled
from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.explain import figures
from commission_opt.explain.margins.consequences import Consequences, Leading
from commission_opt.explain.margins.prices import PricedProgram
from commission_opt.explain.margins.questions import Question
from commission_opt.formulation.parts import DEPLOYED, PLACES
from commission_opt.solvers.status import Watch

PRICE, RESOLVED, ESTIMATE = "price", "solved again", "estimate"
_EXACT = 5e-5  # error that is not shown
_KEPT = 1e-7  # largest violation of a point, relative
_WIDE = 0.01  # of the worth: limits this near need not be made narrower by solving again
_ENOUGH = 60.0  # seconds for a solve that has to be done
_NOTHING = 1e-9  # relative worth that is rounding


@dataclass(frozen=True, eq=False)
class Worth:
    """What a change saves of the first objective, in its unit.

    Parameters
    ----------
    worth, low, high : float
        The saving, and certified limits of it; infinite where nothing is proved.
    plain : float
        Plain FTE-years of shortfall that go with it, in the places found.
    same_to : float
        How far the change can go, in its own unit, with every unit worth as much as the first.
    how : str
        ``PRICE``: the price holds over the whole step. ``RESOLVED``: the program was solved again
        with the change made. ``ESTIMATE``: the program was not solved again; the limits are
        certified, and the worth is half way between them or, for rates, a first order.
    least, most : float
        For a plan in whole places: what the best plan with the change can save, at least and at
        most, against this plan; NaN where not known.
    more : Consequences or None
        What more the places found lead to; None where none were found.
    """

    worth: float
    low: float
    high: float
    plain: float
    same_to: float
    how: str
    least: float = np.nan
    most: float = np.nan
    more: Consequences | None = None

    @property
    def error(self) -> float:
        """How far the nearer truth may be away, at most."""
        return max(self.high - self.worth, self.worth - self.low)

    @property
    def shown(self) -> str:
        """How it was found, with the error if it can be seen."""
        if self.error < _EXACT:
            return self.how
        return f"{self.how} ± {figures.fte(self.error) if np.isfinite(self.error) else '?'}"


@dataclass(frozen=True, eq=False)
class _Asked:
    """What is known of a question; value and bound in units of the program.

    ``estimate`` is the saving; ``x`` a point that keeps the changed rules and ``value`` its
    objective; ``bound`` and ``plan_bound`` hold with the same courses running and for every plan.
    """

    question: Question
    estimate: float
    x: Floats
    value: float
    bound: float
    plan_bound: float
    holds_to: float
    how: str


class Valuer:
    """Answers questions about one plan.

    Parameters
    ----------
    free, near : PricedProgram
        With every course free, and next to the plan.
    plan : array, shape (n,) or None
        Decision columns of a plan in whole places.
    watch : Watch
        Can stop the work.

    Attributes
    ----------
    small : float
        Savings that are rounding, in units of the program.
    """

    def __init__(
        self, free: PricedProgram, near: PricedProgram, plan: Floats | None, watch: Watch
    ) -> None:
        self._free, self._near, self._plan, self._watch = free, near, plan, watch
        self._columns = near.program.columns[PLACES]
        self._leading = Leading(near.formulation.problem)
        self._now = self._leading(self._decided(near.optimum.x, None))
        self._nothing = self._now.more_than(self._now)
        self.small = _NOTHING * max(1.0, abs(near.optimum.value))
        self._plan_value = np.nan
        if plan is not None:
            stage = free.formulation
            point = pointed(stage, stage.problem.layout.to_amounts(plan))
            self._plan_value = free.program.value(point)

    def values(
        self,
        questions: Sequence[Sequence[Question]],
        seconds: float,
        told: Callable[[str], None],
        counted: int = 0,
    ) -> list[list[Worth]]:
        """Return what each change of each kind is worth; ``told`` hears how far the work is.

        Parameters
        ----------
        seconds : float
            Time for solving again; the most valuable of each kind come first.
        counted : int
            Single limits that are solved again first and whatever the time, if no more have a
            price: whether more would buy anything must not hang on the time.
        """
        told("reading prices")
        asked = [
            [(self._of_bounds if one.of_bounds else self._of_rates)(one) for one in kind]
            for kind in questions
        ]
        left = list(self._open(asked))
        singles = sum(asked[k][i].question.single for k, i in left)
        musts = singles if singles <= counted else 0
        end = time.perf_counter() + seconds
        for number, (k, i) in enumerate(left):
            late = time.perf_counter() >= end and number >= musts
            if late or self._watch.stopped:
                break
            told(f"solving again, {number + 1} of {len(left)}")
            time_left = _ENOUGH if number < musts else end - time.perf_counter()
            asked[k][i] = self._again(asked[k][i], time_left)
        for number, (k, i) in enumerate(left if self._plan is not None else ()):
            if time.perf_counter() >= end or self._watch.stopped:
                break
            told(f"limits of whole plans, {number + 1} of {len(left)}")
            asked[k][i] = self._bounded(asked[k][i], end - time.perf_counter())
        return [[self._worth(one) for one in kind] for kind in asked]

    def _open(self, asked: list[list[_Asked]]) -> Iterator[tuple[int, int]]:
        """Yield the questions whose limits are wide: single limits, then the first of each kind."""
        ranks = []
        for k, kind in enumerate(asked):
            wide = [i for i, one in enumerate(kind) if self._wide(one)]
            wide.sort(key=lambda i, kind=kind: -self._upper(kind[i]))  # type: ignore[misc]
            ranks += [(not kind[i].question.single, rank, k, i) for rank, i in enumerate(wide)]
        yield from ((k, i) for _, _, k, i in sorted(ranks))

    def _upper(self, asked: _Asked) -> float:
        if asked.question.of_bounds:
            return self._near.optimum.value - asked.bound
        return asked.estimate

    def _wide(self, asked: _Asked) -> bool:
        low = self._near.optimum.bound - asked.value
        high = self._near.optimum.value - asked.bound
        return asked.how != PRICE and not high - low <= max(_WIDE * abs(high), self.small)

    def _of_bounds(self, question: Question) -> _Asked:
        near, best, most = self._near, self._near.optimum, self._free.optimum.bound
        known = _Asked(question, 0.0, best.x, best.value, best.bound, most, np.inf, PRICE)
        if self._idle(question):
            return known
        wide = question.changed()
        program = near.restrict(wide)
        known = replace(known, bound=near.bound(program), plan_bound=self._free.bound(wide))
        whole = best.bound - known.bound
        if whole <= self.small:
            return known
        direction, up = near.basis.ranging(near.program, best.x, program)
        reshaped = (near.optimum.multipliers[question.reshaped] != 0.0).any()
        part = 0.0 if reshaped else min(up, 1.0)
        x = best.x + part * direction
        if part > 0.0 and not program.largest_violation(x) <= _KEPT:
            part, x = 0.0, best.x
        # Beyond the step, other limits on the lines may come first.
        known = replace(
            known, estimate=part * whole, x=x, value=best.value - part * whole,
            holds_to=part if question.of_line else 0.0 if question.saved else up,
            how=PRICE if part == 1.0 else ESTIMATE,
        )  # fmt: skip
        return known if known.how == PRICE or question.kept is None else self._same(known, program)

    def _same(self, known: _Asked, program: LinearProgram) -> _Asked:
        """Weigh a change with the same decisions, which may save all that the prices say."""
        best = self._near.optimum
        assert known.question.kept is not None
        x = known.question.kept(best.x)
        value = program.value(x)
        if value >= known.value or not program.largest_violation(x) <= _KEPT:
            return known
        how = PRICE if value - known.bound <= self.small + best.value - best.bound else ESTIMATE
        return replace(known, estimate=best.value - value, x=x, value=value, holds_to=0.0, how=how)

    def _idle(self, question: Question) -> bool:
        """Say whether nothing that a question moves has a price, and nothing is saved anyway."""
        least = self.small / 10 / question.step
        return not question.saved and all(
            not (np.abs(prices) > least).any()
            for one in (self._free, self._near)
            for prices in (one.optimum.multipliers[question.rows], one.reduced[question.columns])
        )

    def _of_rates(self, question: Question) -> _Asked:
        """Weigh a change of coefficients at the prices and the places as they are."""
        assert question.point is not None
        best, near = self._near.optimum, self._near
        wide = question.changed()
        program = near.restrict(wide)
        y = best.multipliers
        x = question.point(best.x[self._columns])
        kept = program.largest_violation(x) <= _KEPT
        value = program.value(x) if kept else np.inf
        if program.matrix.shape != near.program.matrix.shape:
            # Places reach what they did not reach before: the prices are of another program.
            known = best.value - value if kept else 0.0
            return _Asked(question, known, x, value, -np.inf, -np.inf, 0.0, ESTIMATE)
        activity = program.matrix @ x
        ends = np.where(y > 0, program.row_lower, program.row_upper)
        missed = np.sum(y[y != 0] * (ends[y != 0] - activity[y != 0]))
        estimate = best.value - (program.value(x) + float(missed))
        bound = lagrangian_bound(program, y)
        plan_bound = lagrangian_bound(wide, self._free.optimum.multipliers)
        return _Asked(question, estimate, x, value, bound, plan_bound, 0.0, ESTIMATE)

    def _again(self, asked: _Asked, seconds: float) -> _Asked:
        wide = asked.question.changed()
        found = self._near.resolved(self._near.restrict(wide), seconds)
        if found is None:
            return asked
        bound = max(found.bound, asked.bound)
        plan_bound = max(asked.plan_bound, lagrangian_bound(wide, found.multipliers))
        estimate = self._near.optimum.value - found.value
        return replace(
            asked, estimate=estimate, x=found.x, value=found.value, bound=bound,
            plan_bound=plan_bound, how=RESOLVED,
        )  # fmt: skip

    def _bounded(self, asked: _Asked, seconds: float) -> _Asked:
        """Raise the bound on plans in whole places by solving with every course free."""
        found = self._free.resolved(asked.question.changed(), seconds)
        if found is None:
            return asked
        return replace(asked, plan_bound=max(asked.plan_bound, found.bound))

    def _worth(self, asked: _Asked) -> Worth:
        best, question, scale = self._near.optimum, asked.question, self._near.scale
        low, high = best.bound - asked.value, best.value - asked.bound
        worth, then, more = asked.estimate, self._now, self._nothing
        if asked.x is not best.x or question.saved:
            then = (question.leading or self._leading)(self._decided(asked.x, question))
            more = then.more_than(self._now)
        found = asked.how != ESTIMATE or not question.of_bounds
        if not found:
            worth = (low + high) / 2
        elif asked.how == ESTIMATE:
            worth = min(max(worth, low), high)
        return Worth(
            worth * scale,
            min(low, worth) * scale,
            max(high, worth) * scale,
            float(self._now.missing.sum()) - float(then.missing.sum()) if found else np.nan,
            asked.holds_to * question.step,
            asked.how,
            self._least(asked) * scale,
            (self._plan_value - asked.plan_bound) * scale,
            more if found else None,
        )

    def _decided(self, x: Floats, question: Question | None) -> Floats:
        """Return the decision columns of a point, and after them the best deployment, if any."""
        columns, deployed = x[self._columns], self._near.program.columns.get(DEPLOYED)
        if deployed is None:
            return columns
        if question is not None and question.point is not None:
            return np.append(columns, question.point(columns)[deployed])
        stage = self._near.formulation
        if question is not None and question.leading is not None:
            stage = replace(stage, program=question.changed())
        best = settled(stage, stage.problem.layout.to_amounts(columns))
        assert best is not None, "where columns are deployed somebody can be"
        return np.append(columns, best)

    def _least(self, asked: _Asked) -> float:
        """Return what the plan itself saves if it keeps the changed rules."""
        question, plan = asked.question, self._plan
        if plan is None:
            return np.nan
        if question.point is None and not question.of_line:
            return question.saved
        program = question.changed()
        if question.point is None:  # more capacity may also have raised what a plan must keep
            kept = plan >= program.lower[self._columns] - _KEPT
            return 0.0 if bool(kept.all()) else np.nan
        point = question.point(plan)
        if not program.largest_violation(point) <= _KEPT:
            return np.nan
        return self._plan_value - program.value(point)
