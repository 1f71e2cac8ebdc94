"""The readable model against the independent one, on generated and shipped instances."""

from dataclasses import replace

import numpy as np
import pytest

import independent
import samples
from commission_opt.algebra.evaluate import evaluate, violation
from commission_opt.algebra.model import build_model
from commission_opt.algebra.solve import solve_model
from commission_opt.errors import InfeasibleError
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.policy import Objective
from commission_opt.reading.read import read_instance
from pyomo_solvers import EXACT, SOLVERS
from samples import as_amounts, sample
from some import diagonal, some

SIZES = [(3, 3, 1, 1), (2, 2, 3, 2), (4, 3, 2, 3)]


def random_places(
    case: independent.Case, years: range, seed: int, *, whole: bool
) -> dict[tuple[str, int], float]:
    """Places near last year's, sometimes beyond the rules but never beyond the capacity."""
    random = np.random.default_rng(seed)
    places = {}
    for name, course in case.courses.items():
        for year in years:
            x = min(course.last_intake * random.uniform(0.8, 1.3), course.max_intake)
            places[name, year] = course.step * round(x / course.step) if whole else x
    return {key: min(x, case.courses[key[0]].max_intake) for key, x in places.items()}


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("continuation", "size"), diagonal(("repeat", "last_intake", "none"), SIZES, every=3)
)
def test_what_follows_from_places_is_what_a_simulation_says(
    size: tuple[int, int, int, int], continuation: str
) -> None:
    both = sample(*size)
    text = samples.model(size[2], continuation=continuation, integer=False)
    policy, theirs = samples.policy(text), independent.load_policy(text)
    m = build_model(both.instance, policy)
    for seed in range(3):
        places = random_places(both.case, m.data.commissioning_years, seed, whole=False)
        value = evaluate(m, policy, places)["shortfall"]
        outcome = independent.simulate(both.case, theirs, places)
        assert value == pytest.approx(outcome.objective, rel=1e-9)
        for key in m.cells:
            assert m.supply[key]() == pytest.approx(outcome.supply[key], rel=1e-9)
            assert m.shortfall[key].value == pytest.approx(outcome.shortfall[key], abs=1e-7)
        for key in m.budget:
            assert m.budget[key].body() == pytest.approx(sum(outcome.spend[key]) / 1e6)
        for key in m.placement:
            assert m.placement[key].body() == pytest.approx(sum(outcome.placements[key]))


@pytest.mark.each(3)
@pytest.mark.parametrize(("integer", "size"), diagonal((False, True), SIZES, every=2))
def test_the_same_places_break_a_rule(size: tuple[int, int, int, int], integer: bool) -> None:
    both, broken = sample(*size), 0
    text = samples.model(size[2], integer=integer)
    policy, theirs = samples.policy(text), independent.load_policy(text)
    m = build_model(both.instance, policy)
    for seed in range(20):
        places = random_places(both.case, m.data.commissioning_years, seed, whole=integer)
        evaluate(m, policy, places)
        breaks = bool(independent.violations(both.case, theirs, places))
        assert (violation(m) > 1e-6) == breaks, independent.violations(both.case, theirs, places)
        broken += breaks
    assert broken > 0


def least(both: samples.Sample, text: str, solver: str) -> float:
    """The optimum of the readable model, once its places have been simulated and checked."""
    policy = samples.policy(text)
    result = solve_model(both.instance, policy, solver, EXACT)
    assert result.status == "optimal"
    places, theirs = as_amounts(both.instance, result.amounts), independent.load_policy(text)
    assert not independent.violations(both.case, theirs, places)
    simulated = independent.simulate(both.case, theirs, places)
    assert result.final == pytest.approx([simulated.objective], rel=1e-9)
    assert result.values == result.final
    return result.values[0]


@pytest.mark.each(2)
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("size", some([(size,) for size in SIZES], 3), ids=str)
def test_relaxations_have_the_independent_optimum(
    size: tuple[int, int, int, int], solver: str
) -> None:
    both, text = sample(*size), samples.model(size[2], integer=False)
    expected = independent.solve(both.case, independent.load_policy(text))[0]
    assert least(both, text, solver) == pytest.approx(expected, rel=1e-6)


@pytest.mark.each(2)
@pytest.mark.parametrize("every", some([10, 1], 2))
@pytest.mark.parametrize("integer", [False, True])
def test_combinations_of_rules(integer: bool, every: int) -> None:
    both = sample(2, 2, 2, 5, horizon=7)
    for text in list(samples.variants(2, integer=integer))[integer::every]:
        expected = independent.solve(both.case, independent.load_policy(text))[0]
        assert least(both, text, "highs") == pytest.approx(expected, rel=1e-6), text


@pytest.mark.each(2)
@pytest.mark.parametrize("solver", SOLVERS)
def test_whole_places_have_the_independent_optimum(solver: str) -> None:
    both, text = sample(2, 2, 1, 4, horizon=6), samples.model(1)
    expected = independent.solve(both.case, independent.load_policy(text))[0]
    assert least(both, text, solver) == pytest.approx(expected, rel=1e-6)


@pytest.mark.each(4)
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("model", ["annual", "relaxed"])
@pytest.mark.parametrize("name", ["two-by-two", "dutch-gp-2009"])
def test_shipped_instances(name: str, model: str, solver: str) -> None:
    folder, text = find_instance(name), find_model(model).read_text(encoding="utf-8")
    both = samples.Sample(read_instance(folder), independent.load(folder))
    try:
        expected = independent.solve(both.case, independent.load_policy(text))[0]
    except independent.Infeasible:
        with pytest.raises(InfeasibleError):
            least(both, text, solver)
    else:
        # One optimum is 0; CBC writes places with eight digits only.
        assert least(both, text, solver) == pytest.approx(expected, rel=1e-6, abs=1e-4)


@pytest.mark.slow
def test_solvers_agree_on_every_stage_of_a_national_instance() -> None:
    instance = read_instance(find_instance("england-2026"))
    policy = samples.policy(samples.model(1, integer=False))
    names = ("worst_region", "cost", "change", "surplus")
    first = replace(policy.objectives[0], tolerance=0.001)
    later = (Objective(name, tolerance=0.001) for name in names)
    policy = replace(policy, objectives=(first, *later))
    highs = solve_model(instance, policy, "highs", replace(EXACT, seconds=300))
    glpk = solve_model(instance, policy, "glpk", replace(EXACT, seconds=300))
    assert highs.status == glpk.status == "optimal"
    assert highs.values == pytest.approx(glpk.values, rel=1e-6)


def test_places_have_codes_and_years_as_index() -> None:
    both = sample(2, 2, 3, 2)
    m = build_model(both.instance, samples.policy(samples.model(3)))
    assert m.places[both.instance.courses["course"].iloc[0], 2027].ub > 0
    assert len(m.places) == 3 * len(both.instance.courses)


def test_pipeline_and_continuation_may_break_a_budget_on_their_own() -> None:
    both = sample(2, 2, 1, 2)
    policy = samples.policy(samples.model(1, continuation="last_intake"))
    budgets = both.instance.budgets.assign(amount=1.0)
    far = both.instance.years[-1]  # no decision costs anything so late
    instance = replace(both.instance, budgets=budgets[budgets["year"] == far])
    with pytest.raises(InfeasibleError, match=rf"whatever the places, the budget .* in {far}"):
        build_model(instance, policy)
