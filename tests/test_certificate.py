import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import independent
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.certificate import Certificate, certify, value_in_program
from commission_opt.effects import effects
from commission_opt.formulation import Formulation
from commission_opt.linear_program import Floats, LinearProgram
from commission_opt.outcome import outcome
from commission_opt.solvers.status import Limits
from samples import few, model, policy, sample, variants


@cache
def plan(text: str = model(2), seed: int = 0) -> Allocation:
    return allocate(sample(4, 3, 2, seed).instance, policy(text), Limits(gap=1e-3))


def again(
    of: Allocation,
    places: Floats | None = None,
    program: LinearProgram | None = None,
    multipliers: Floats | None = None,
) -> Certificate:
    """The certificate of an allocation in which something was altered."""
    places = of.places if places is None else places
    result = outcome(of.instance, of.policy, effects(of.instance), places)
    written = of.formulation if program is None else replace(of.formulation, program=program)
    y = of.relaxation.multipliers if multipliers is None else multipliers
    return certify(of.instance, of.policy, written, result, y)


@pytest.mark.parametrize("integer", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_a_sound_plan_passes(seed: int, integer: bool) -> None:
    certificate = plan(model(2, integer=integer), seed).certificate
    assert certificate.valid
    assert certificate.largest_violation <= 1e-6
    assert certificate.bound <= certificate.objective
    assert certificate.gap < (0.05 if integer else 1e-9)


def corrupt(course: int, change: float, *, years: slice = slice(None)) -> Certificate:
    places = plan().places.copy()
    places[course, years] += change
    return again(plan(), places)


def test_places_that_break_a_rule_are_not_feasible_and_named() -> None:
    code = plan().instance.courses["course"].iloc[3]
    over = corrupt(3, 1e4)
    assert not over.feasible
    assert not over.valid
    # Everything it drives is broken too; the largest violation is the one that is named.
    assert over.largest_violation > 1
    assert over.where
    fraction = corrupt(3, 0.5)
    assert not fraction.feasible
    assert fraction.where == f"whole places of course {code!r} in 2026"
    assert fraction.largest_violation == 0.5


def test_a_violation_within_the_tolerance_is_forgiven() -> None:
    assert corrupt(3, 5e-7).feasible
    assert not corrupt(3, 5e-6).feasible


@pytest.mark.filterwarnings("ignore:invalid value")
def test_places_that_are_no_number_never_pass() -> None:
    found = corrupt(3, math.nan)
    assert not found.feasible
    assert not found.consistent
    assert not found.valid


def test_worse_duals_give_a_worse_bound_and_never_a_better_one() -> None:
    best = plan(model(2, integer=False)).certificate
    duals = plan(model(2, integer=False)).relaxation.multipliers
    for wrong in (duals * 0.5, duals * 3, -duals, np.zeros_like(duals), duals + 1.0):
        found = again(plan(model(2, integer=False)), multipliers=wrong)
        assert found.bound < best.bound
        assert found.feasible
        assert found.consistent
        assert found.valid


@given(st.integers(0, 10**6), st.sampled_from([1e-3, 1.0, 1e3]))
@few
def test_no_duals_lift_the_bound_above_the_optimum(draw: int, size: float) -> None:
    of = plan(model(2, integer=False))
    duals = of.relaxation.multipliers
    noise = size * np.random.default_rng(draw).normal(size=len(duals))
    assert again(of, multipliers=duals + noise).bound <= of.certificate.objective * (1 + 1e-9)


def test_no_duals_at_all_still_bound_by_the_constant() -> None:
    of = plan()
    found = again(of, multipliers=np.full(len(of.relaxation.multipliers), math.nan))
    assert found.bound == pytest.approx(of.formulation.program.offset)
    assert found.valid


def program_with(**changes: object) -> LinearProgram:
    return replace(plan().formulation.program, **changes)  # type: ignore[arg-type]


def test_an_altered_objective_is_not_consistent() -> None:
    program = plan().formulation.program
    assert not again(plan(), program=program_with(cost=program.cost * 1.01)).consistent
    assert not again(plan(), program=program_with(offset=program.offset + 1)).consistent


def test_an_altered_answer_of_supply_is_not_consistent() -> None:
    formulation = plan().formulation
    program, matrix = formulation.program, formulation.program.matrix.tolil()
    places = formulation.layout.to_columns(plan().places)
    rows = program.rows["shortfall"]
    x = program.matrix[rows][:, program.columns["places"]]
    missing = program.row_lower[rows] - x @ places
    row = int(np.argmax(missing))
    column = int(np.argmax(x[[row]].toarray()[0] * places))
    matrix[rows.start + row, column] *= 1.5
    altered = replace(program, matrix=sparse.csc_array(matrix))
    found = again(plan(), program=altered)
    assert not found.consistent
    assert not found.valid
    assert found.feasible  # the places themselves are sound


def test_an_altered_demand_is_not_consistent() -> None:
    program = plan().formulation.program
    row_lower = program.row_lower.copy()
    row_lower[program.rows["shortfall"]] -= 1
    assert not again(plan(), program=program_with(row_lower=row_lower)).consistent


def test_a_bound_above_the_objective_is_not_consistent() -> None:
    """A program that leaves out the best places proves more than is true."""
    of = plan(model(2, integer=False))
    program = of.formulation.program
    tighter = program.upper.copy()
    tighter[program.columns["places"]] *= 0
    altered = replace(program, upper=tighter, lower=np.minimum(program.lower, tighter))
    found = again(of, program=altered)
    assert found.bound > found.objective
    assert not found.consistent
    assert not found.valid


def test_an_infinite_bound_is_not_valid() -> None:
    program = plan().formulation.program
    upper = np.where(np.arange(len(program.cost)) == 0, math.inf, program.upper)
    duals = plan().relaxation.multipliers + 1.0
    found = again(plan(), program=program_with(upper=upper), multipliers=duals)
    assert found.bound == -math.inf
    assert found.feasible
    assert not found.valid


def certificate(objective: float, bound: float, without: float) -> Certificate:
    return Certificate(True, 0.0, "", objective, bound, without, True)


def test_gap_and_achieved() -> None:
    found = certificate(60, 45, 105)
    assert found.gap == 15 / 60
    assert found.achieved == 45 / 60
    assert certificate(0, 0, 10).gap == 0
    assert certificate(0, 0, 10).achieved == 1
    assert certificate(1e-12, 0, 10).gap == pytest.approx(1e-3)  # relative to at least 1e-9
    assert certificate(120, 100, 110).achieved == -1  # worse than doing nothing
    assert certificate(50, 50 + 1e-12, 100).achieved == 1
    assert certificate(50, 50 + 1e-12, 100).gap == 0


def test_nothing_is_achieved_where_nothing_can_be_improved() -> None:
    assert certificate(100, 100, 100).achieved is None
    assert certificate(100, 100 - 1e-5, 100).achieved is None


@pytest.mark.parametrize("seed", range(2))
def test_value_in_the_program_is_the_objective_of_any_places(seed: int) -> None:
    """Also of places that no rule allows, and with rows that nothing is missing from."""
    known = sample(4, 3, 2, seed)
    instance, effect = known.instance, effects(known.instance)
    rng = np.random.default_rng(seed)
    top = instance.courses["max_intake"].to_numpy(float)[:, None]
    for text in variants(2, integer=False):
        chosen = policy(text)
        written: Formulation = plan(text, seed).formulation
        places = top * rng.choice([0.0, 0.5, 1.0, 3.0], (len(top), 2))
        if chosen.rules.level_intake:
            places[:] = places[:, :1]
        result = outcome(instance, chosen, effect, places)
        assert value_in_program(written, places) == pytest.approx(result.objective, rel=1e-11)


def test_the_bound_of_a_plan_is_below_the_independent_optimum() -> None:
    for seed in range(3):
        known = sample(4, 3, 2, seed)
        found = plan(model(2), seed).certificate
        best, _, _ = independent.solve(known.case, independent.load_policy(model(2)))
        assert found.bound <= best * (1 + 1e-9)
