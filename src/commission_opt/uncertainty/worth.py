"""What it is worth to weigh several futures, and what it would be worth to know which one comes.

The value of the stochastic solution is what the plan saves against one that is made for the mean
future, the expected value of perfect information what a plan for each future alone would save
(Birge and Louveaux, "Introduction to Stochastic Programming", 2nd ed. (2011), chapter 4). All of it
is said as brackets that are proved, since plans and bounds are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.allocate import Allocation, allocate_problem
from commission_opt.allocation.methods import METHODS, Method
from commission_opt.allocation.settled import outcome_of
from commission_opt.arrays import Floats
from commission_opt.certificate.alone import AloneProof, proved_alone
from commission_opt.certificate.certify import TOLERANCE, violations
from commission_opt.errors import CommissionOptError
from commission_opt.formulation.alone import apart
from commission_opt.formulation.goals import (
    future_values,
    goal_value,
    goals,
    names_of,
    regrets,
    risk_of,
)
from commission_opt.formulation.problem import Planning, planning
from commission_opt.formulation.unlimited import UNLIMITED
from commission_opt.futures.kernel import Kernel
from commission_opt.futures.staff import Staff
from commission_opt.instance.instance import Instance
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.audit.regret import bounds_apart
from commission_opt.uncertainty.fit import MOST_APART
from commission_opt.uncertainty.redecided import redecided
from commission_opt.uncertainty.repaired import nearest
from commission_opt.uncertainty.sampled import Sampled

_ROUNDING = 1e-9  # relative
MOST_SOLVED = 100  # futures that are solved one by one


class Bracket(NamedTuple):
    """The ends between which a number is proved to lie."""

    low: float
    high: float

    def less(self, other: Bracket) -> Bracket:
        """Return the difference."""
        return Bracket(self.low - other.high, self.high - other.low)


@dataclass(frozen=True, eq=False)
class ValueOfWeighing:
    """What weighing W futures is worth, in units of the first objective.

    Parameters
    ----------
    value : Bracket
        The risk of the plan and of the best there is.
    bounds : array, shape (W,), or None
        Below which no plan for one future alone can be; None where there are too many to solve.
    alone : tuple of AloneProof
        What proves them; empty where each was not solved.
    wait_and_see : Bracket or None
        The risk if every future had the best plan of its own.
    mean_amounts : array, shape (L, years decided now), or None
        What a plan for the mean future buys; None if none was found.
    mean_deployed : array or None
        Who is then best deployed in each future; None where nobody can be.
    mean_plan : Bracket or None
        Its risk; None where it breaks a rule in some future.
    reason : str
        Why there is none.
    repaired : float or None
        The risk of the nearest that holds in every future, where that plan does not.
    mended : Outcome or None
        That nearest; None where later years are decided anew too.
    true_regret : Bracket or None
        Of plans whose largest regret is made least: that of this plan against the best plans in
        each future, not in fractions of places.
    """

    value: Bracket
    bounds: Floats | None
    alone: tuple[AloneProof, ...]
    wait_and_see: Bracket | None
    mean_amounts: Floats | None
    mean_deployed: Floats | None
    mean_plan: Bracket | None
    reason: str
    repaired: float | None = None
    mended: Outcome | None = None
    true_regret: Bracket | None = None

    @property
    def vss(self) -> Bracket | None:
        """The value of the stochastic solution."""
        return None if self.mean_plan is None else self.mean_plan.less(self.value)

    @property
    def evpi(self) -> Bracket | None:
        """The expected value of perfect information; a regret is no expectation of a value."""
        if self.wait_and_see is None or self.true_regret is not None:
            return None
        return self.value.less(self.wait_and_see)


def worth(
    allocation: Allocation, mean: Instance, limits: Limits, watch: Watch, *, exact: bool = False
) -> ValueOfWeighing:
    """Work out what weighing the futures of a plan is worth.

    Parameters
    ----------
    allocation : Allocation
        A plan for several futures.
    mean : Instance
        Whose figures are the means over the futures.
    limits : Limits
        The time limit is for all of it, but for a second that each future solved alone has.
    watch : Watch
    exact : bool
        Whether each future is solved alone, even where there are so many that bounds would do.
    """
    problem, first = allocation.problem, allocation.certificate.stages[0]
    watch.begin("the plan for the mean future")
    quarter = replace(limits, seconds=limits.seconds / 4)
    amounts, deployed, plan, reason = _mean_plan(problem, mean, quarter, watch)
    repaired, mended = None, None
    if amounts is not None and plan is None:
        watch.begin("the nearest to it that holds in every future")
        repaired, mended = _repaired(problem, amounts, quarter, watch)
    bounds, alone, see, true = None, allocation.alone, None, None
    most = MOST_APART if isinstance(problem.drawn, Sampled) else MOST_SOLVED
    if exact or len(names_of(problem)) <= most:
        alone = _best_alone(problem, alone, limits, watch)
    elif isinstance(problem.drawn, Sampled) and not alone:
        bounds, see = _by_duality(problem, problem.drawn, allocation.amounts, watch)
    if alone:
        bounds = np.array([each.bound for each in alone])
        see = wait_and_see(problem, allocation.outcome, alone)
        true = true_regret(problem, allocation.outcome, alone)
    return ValueOfWeighing(
        Bracket(first.bound, first.objective), bounds, alone, see, amounts, deployed, plan, reason,
        repaired, mended, true,
    )  # fmt: skip


def _repaired(
    problem: Planning, amounts: Floats, limits: Limits, watch: Watch
) -> tuple[float | None, Outcome | None]:
    """Return the risk of the nearest to a plan that holds in every future, and what it buys."""
    try:
        found = nearest(problem, amounts, limits, watch)
    except CommissionOptError:
        return None, None
    if found is None:
        return None, None
    result = outcome_of(problem, found)
    value = goal_value(problem, goals(problem)[0], result)
    return value, result if problem.layout.times is None else None


def _by_duality(
    problem: Planning, drawn: Sampled, amounts: Floats, watch: Watch
) -> tuple[Floats | None, Bracket | None]:
    """Bound every future alone by weak duality, without solving it; None if nothing is proved.

    A plan that keeps the rules of all futures is one for each.
    """
    priced = problem.policy.prices_missed
    if priced or (problem.cohorts.capacity > UNLIMITED).any():
        return None, None
    try:
        found = bounds_apart(Kernel(Staff(drawn.problem, amounts)), drawn.futures, watch)
    except CommissionOptError:
        return None, None
    if found is None:
        return None, None
    goal = goals(problem)[0]
    high = drawn.values(goal.objective.minimise, amounts)
    low = np.minimum(found - _ROUNDING * np.abs(found), high)
    return low, Bracket(*(risk_of(problem, goal.risk, values) for values in (low, high)))


def _best_alone(
    problem: Planning, least: Sequence[AloneProof], limits: Limits, watch: Watch
) -> tuple[AloneProof, ...]:
    """Solve every future alone; what is known already if one could not be solved in time.

    Bounds that regret is measured from stay what they are.
    """
    found: list[AloneProof] = []
    names, work = names_of(problem), 0.0
    for w, (name, own) in enumerate(zip(names, apart(problem), strict=True)):
        watch.begin(f"the best plan of {name} alone")
        left = max(1.0, (limits.seconds - work) / (len(names) - w))
        try:
            plan = _solved(own, replace(limits, seconds=left), watch)
            best, work = proved_alone(own, plan.proofs[0]), work + plan.work
        except CommissionOptError:
            return tuple(least)
        found.append(
            replace(best, multipliers=least[w].multipliers, bound=least[w].bound, trees=())
            if least else best
        )  # fmt: skip
    return tuple(found)


def _ends(
    problem: Planning, result: Outcome, alone: Sequence[AloneProof]
) -> tuple[Floats, Floats, Floats]:
    """Return the first objective of a plan in each future, and the least and most of the best.

    The plan for all of them is one for each.
    """
    values = future_values(problem, goals(problem)[0].objective, result)
    low, high = (np.array([getattr(p, end) for p in alone]) for end in ("bound", "value"))
    return values, low, np.maximum(low, np.minimum(high, values))


def wait_and_see(problem: Planning, result: Outcome, alone: Sequence[AloneProof]) -> Bracket:
    """Return the risk if every future had the best plan of its own.

    Parameters
    ----------
    problem : Planning
        With W futures.
    result : Outcome
        What is bought, which keeps every rule in each.
    alone : sequence of AloneProof
        One for each future.
    """
    _, low, high = _ends(problem, result, alone)
    risk = goals(problem)[0].risk
    return Bracket(*(risk_of(problem, risk, values) for values in (low, high)))


def true_regret(problem: Planning, result: Outcome, alone: Sequence[AloneProof]) -> Bracket | None:
    """Return the largest regret of what is bought against the best plans; None for other risks.

    What is stated is measured from what fractions of places could do at best: it is never less.
    """
    if not regrets(problem):
        return None
    values, low, high = _ends(problem, result, alone)
    return Bracket(max(0.0, float(np.max(values - high))), float(np.max(values - low)))


def _solved(problem: Planning, limits: Limits, watch: Watch) -> Allocation:
    policy = replace(problem.policy.first_stages(1), uncertainty=None)
    one = replace(problem, policy=policy)
    return allocate_problem(one, limits, watch.beside(), METHODS[Method.AUTO])


def _mean_plan(
    problem: Planning, mean: Instance, limits: Limits, watch: Watch
) -> tuple[Floats | None, Floats | None, Bracket | None, str]:
    """Return the plan for the mean future, its risk, and why there is none.

    What it buys, and who is then deployed in each future, where that is decided anew; of years that
    are decided later nothing is kept, which are decided anew too.
    """
    own = replace(
        planning(mean, problem.policy), given=problem.instance, paced=problem.cohorts,
        relaxed_from=problem.relaxed_from,
    )  # fmt: skip
    try:
        amounts = _solved(own, limits, watch).amounts
    except CommissionOptError as error:
        return None, None, None, f"no plan was found for the mean future: {error}"
    if problem.layout.times is None:
        result = outcome_of(problem, amounts)
        deployed = result.decision.deployed if problem.deploys else None
        return amounts, deployed, *value_in(problem, result)
    now = amounts[:, : problem.now_years]
    try:
        ends, reason = redecided(problem, now, limits, watch)
    except CommissionOptError as error:
        return now, None, None, f"what it leads to was not found: {error}"
    return now, None, None if ends is None else Bracket(*ends), reason


def value_in(problem: Planning, result: Outcome) -> tuple[Bracket | None, str]:
    """Return the risk of what is decided; None, and why, where it breaks a rule."""
    worst = max(violations(problem, result), key=lambda v: v.size)
    if worst.size > TOLERANCE:
        return None, f"the plan for the mean future breaks the {worst.where}"
    value = goal_value(problem, goals(problem)[0], result)
    return Bracket(value, value), ""


def brackets(found: ValueOfWeighing) -> Iterator[tuple[str, Bracket | None]]:
    """Yield every bracket by its name in the record of a plan."""
    yield "value", found.value
    yield "wait_and_see", found.wait_and_see
    yield "expected_value_plan", found.mean_plan
    yield "vss", found.vss
    yield "evpi", found.evpi
    if found.true_regret is not None:
        yield "true_regret", found.true_regret
