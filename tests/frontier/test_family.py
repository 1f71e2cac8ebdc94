"""Frontiers of generated instances against cold solves of programs written anew by HiGHS."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import samples
from commission_opt.errors import InfeasibleError, NoPlanError, StoppedError
from commission_opt.formulation.assemble import formulate
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import planning
from commission_opt.frontier.family import Domain, Family, Solving, domain_of
from commission_opt.frontier.lines import Frontier, enclose
from commission_opt.frontier.over import BUDGET, Over
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Status, Watch
from other_units import in_units
from small_frontiers import CHANGE, OVERS, WORST
from some import diagonal, some

ASKED = (0.5, 1.3)
CASES = diagonal(OVERS, (0, 1), every=2)


@cache
def given(seed: int) -> tuple[Instance, Policy]:
    instance = samples.sample(4, 3, 2, seed).instance
    return instance, samples.policy(samples.model(2, integer=False))


@cache
def family(over: Over, seed: int) -> Family:
    instance, policy = given(seed)
    problem = planning(instance, policy, steady=True)
    return Family(problem, over, np.ones(len(instance.budgets), dtype=bool))


@cache
def enclosed(over: Over, seed: int) -> tuple[Domain, Frontier, Solving]:
    limits = Limits(60)
    found = domain_of(family(over, seed), ASKED, limits, Watch())
    solving = Solving(family(over, seed), limits)
    return found, enclose(solving, (found.least, found.greatest), 1e-3), solving


def cold(over: Over, seed: int, t: float) -> float | None:
    """The least objective at t: another instance, or a cap of its own, from nothing."""
    instance, policy = given(seed)
    if over == BUDGET:
        budgets = instance.budgets.assign(amount=instance.budgets["amount"] * t)
        instance = replace(instance, budgets=budgets)
    problem = planning(instance, policy)
    held = [] if over == BUDGET else [(OBJECTIVES[over.name].aim(problem), t)]
    formulation = formulate(problem, OBJECTIVES["shortfall"].aim(problem), held=held)
    result = solve_linear(formulation.program, Limits(60), Watch())
    if result.status == Status.INFEASIBLE:
        return None
    assert result.x is not None
    return formulation.program.value(result.x) * formulation.aim.scale


@pytest.mark.slow
@pytest.mark.parametrize(("over", "seed"), CASES)
def test_the_frontier_encloses_a_grid_of_cold_solves(over: Over, seed: int) -> None:
    found, frontier, _ = enclosed(over, seed)
    assert frontier.distance <= 1e-3
    values = []
    for t in np.linspace(found.least, found.greatest, 41):
        exact = cold(over, seed, float(t))
        assert exact is not None
        values.append(exact)
        assert frontier.bound(t) <= exact + 1e-6 * abs(exact)
        assert exact <= frontier.value(t) + 1e-6 * abs(exact)
        assert frontier.value(t) - exact <= 1.01e-3 * abs(exact)
    bends = np.diff(values, 2)
    assert np.all(bends >= -1e-6 * max(values))  # convex
    assert np.all(np.diff(values) <= 1e-6 * max(values))


@pytest.mark.each(2)
@pytest.mark.parametrize(("over", "seed"), CASES)
def test_no_line_is_above_a_value_outside_the_range_either(over: Over, seed: int) -> None:
    found, frontier, _ = enclosed(over, seed)
    for factor in (0.7, 0.95, 1.05, 1.5):
        t = found.greatest * factor
        exact = cold(over, seed, t)
        if exact is not None:
            assert all(s.line(t) <= exact + 1e-6 * abs(exact) for s in frontier.supports)


@pytest.mark.slow
@pytest.mark.parametrize(("over", "seed"), CASES)
def test_points_are_plans_and_slopes_are_slopes(over: Over, seed: int) -> None:
    found, frontier, _ = enclosed(over, seed)
    span = found.greatest - found.least
    for support in frontier.supports:
        exact = cold(over, seed, support.t)
        assert exact is not None
        assert support.objective == pytest.approx(exact, rel=1e-6)
        assert support.bound == pytest.approx(exact, rel=1e-6)
        step = 1e-4 * span
        for sign in (-1.0, 1.0):  # a slope lies between what is lost and what is won by a step
            if found.least < support.t + sign * step < found.greatest:
                there = cold(over, seed, support.t + sign * step)
                assert there is not None
                slack = 1e-7 * abs(exact)
                assert there - exact >= sign * step * support.slope - slack


def bisected(over: Over, seed: int, low: float, high: float) -> float:
    assert cold(over, seed, low) is None
    assert cold(over, seed, high) is not None
    while high - low > 1e-6 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if cold(over, seed, middle) is None else (low, middle)
    return high


@pytest.mark.parametrize("seed", some([0, 1], 2))
def test_the_least_budgets_with_a_plan(seed: int) -> None:
    found, _, _ = enclosed(BUDGET, seed)
    least = bisected(BUDGET, seed, ASKED[0], ASKED[1])
    assert found.least == pytest.approx(least, rel=1e-5)
    assert found.proved == pytest.approx(least, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", some([0, 1], 2))
def test_the_least_worst_region(seed: int) -> None:
    found, _, _ = enclosed(WORST, seed)
    least = bisected(WORST, seed, 0.0, found.greatest)
    assert found.least == pytest.approx(least, abs=1e-5)
    assert found.proved is not None
    assert found.proved <= least + 1e-9


def test_a_range_with_plans_throughout_is_kept() -> None:
    found = domain_of(family(BUDGET, 0), (1.0, 1.2), Limits(60), Watch())
    assert found == Domain(1.0, 1.2, None)


def test_budgets_without_any_plan_are_refused_with_the_rules_in_conflict() -> None:
    with pytest.raises(InfeasibleError, match="budget of fund"):
        domain_of(family(BUDGET, 0), (0.0, 0.2), Limits(60), Watch())


def test_only_the_chosen_budgets_are_scaled() -> None:
    instance, policy = given(0)
    fund = instance.budgets["fund"].iloc[0]
    scaled = (instance.budgets["fund"] == fund).to_numpy()
    limit = replace(family(BUDGET, 0), scaled=scaled).planned(0.9).effects.spend.upper
    amount = instance.budgets["amount"].to_numpy(float)
    np.testing.assert_allclose(limit, np.where(scaled, 0.9 * amount, amount))
    assert not scaled.all()
    assert policy.rules.budgets


def test_a_family_of_the_cap_keeps_budgets() -> None:
    capped = family(CHANGE, 0)
    assert capped.planned(3.0) is capped.problem
    lower, upper = capped.drift
    assert np.flatnonzero(upper).size == 1
    assert not lower.any()


def test_solving_stops_when_asked() -> None:
    watch = Watch()
    watch.stop()
    with pytest.raises(StoppedError, match="nothing was written"):
        Solving(family(BUDGET, 0), Limits(60), watch)(1.0)


def test_no_time_is_said() -> None:
    with pytest.raises(NoPlanError, match="time"):
        domain_of(family(BUDGET, 0), ASKED, Limits(0.0), Watch())


def test_a_hot_solve_that_lies_is_repeated_cold(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Solving(family(BUDGET, 1), Limits(60))(1.1)
    solving = Solving(family(BUDGET, 1), Limits(60))
    solve = PersistentProgram.solve

    def lie(*words: object) -> object:
        result = solve(*words)  # type: ignore[arg-type]
        assert result.multipliers is not None
        return replace(result, multipliers=0.9 * result.multipliers)

    monkeypatch.setattr(PersistentProgram, "solve", lie)
    found = solving(1.1)
    assert solving.cold == 1
    assert found.bound == pytest.approx(honest.bound, rel=1e-9)
    assert found.slope == pytest.approx(honest.slope, rel=1e-6)


@pytest.mark.parametrize("over", OVERS)
def test_large_programs_are_solved_from_nothing_to_the_same_end(
    over: Over, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, frontier, _ = enclosed(over, 0)
    monkeypatch.setattr("commission_opt.solvers.linear._LARGE", 0)
    again = domain_of(family(over, 0), ASKED, Limits(60), Watch())
    assert again.least == pytest.approx(found.least, rel=1e-6)
    assert again.greatest == pytest.approx(found.greatest, rel=1e-6)
    solving = Solving(family(over, 0), Limits(60))
    for support in frontier.supports[:3]:
        assert solving(support.t).objective == pytest.approx(support.objective, rel=1e-6)
    assert solving.cold == 0


def test_budgets_of_pennies_have_the_frontier_of_those_of_pounds() -> None:
    def at(constant: float, t: float) -> tuple[float, float, float]:
        policy = samples.policy(samples.model(integer=False))
        problem = planning(in_units(0, "money", constant), policy, steady=True)
        scaled = np.ones(len(problem.instance.budgets), dtype=bool)
        found = Solving(Family(problem, BUDGET, scaled), Limits(60))(t)
        return found.objective, found.bound, found.slope

    for t in (1.0, 1.1):
        assert at(1e-10, t) == pytest.approx(at(1.0, t), rel=1e-6)


def least_budget(instance: Instance) -> tuple[float, float]:
    policy = samples.policy(samples.model(integer=False, pace="false"))
    problem = planning(instance, policy, steady=True)
    scaled = np.ones(len(problem.instance.budgets), dtype=bool)
    found = domain_of(Family(problem, BUDGET, scaled), (0.0, 1.2), Limits(60), Watch())
    assert found.proved is not None
    return found.least, found.proved


def test_the_least_budget_does_not_hang_on_the_unit_of_money() -> None:
    usual = least_budget(in_units(0, "money", 1.0))
    assert usual[0] > 0.5
    for constant in (1e-12, 1e-10, 1e9):
        assert least_budget(in_units(0, "money", constant)) == pytest.approx(usual, rel=1e-8)


def test_the_least_budget_does_not_hang_on_how_no_limit_is_written() -> None:
    many, no_limit = (
        replace(given, courses=given.courses.assign(max_intake=most))
        for given in [in_units(0)]
        for most in (5e5, 1e15)
    )
    assert least_budget(no_limit) == pytest.approx(least_budget(many), rel=1e-8)
