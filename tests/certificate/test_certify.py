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
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import Certificate, Proof, StageCertificate, certify
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.objectives import shortfall
from commission_opt.solvers.status import Limits
from samples import few, model, policy, problem_of, result_of, sample, variants, written
from some import diagonal


@cache
def plan(text: str = model(2), seed: int = 0) -> Allocation:
    instance = sample(4, 3, 2, seed, measures=2 * seed).instance
    return allocate(instance, policy(text), Limits(gap=1e-3))


def program_of(of: Allocation) -> LinearProgram:
    return of.proofs[0].formulation.program


def duals_of(of: Allocation) -> Floats:
    return of.proofs[0].multipliers


def again(
    of: Allocation,
    places: Floats | None = None,
    program: LinearProgram | None = None,
    multipliers: Floats | None = None,
) -> Certificate:
    """The certificate of an allocation in which something was altered."""
    (proof,) = of.proofs
    if program is not None:
        proof = replace(proof, formulation=replace(proof.formulation, program=program))
    if multipliers is not None:
        proof = replace(proof, multipliers=multipliers)
    result = result_of(of.problem, of.places if places is None else places)
    return certify(of.problem, result, [proof])


@pytest.mark.each(3)
@pytest.mark.parametrize(("seed", "integer"), diagonal(range(3), (True, False), every=2))
def test_a_sound_plan_passes(seed: int, integer: bool) -> None:
    certificate = plan(model(2, integer=integer), seed).certificate
    assert certificate.valid
    assert certificate.largest_violation <= 1e-6
    assert certificate.bound <= certificate.objective
    assert certificate.gap < (0.05 if integer else 1e-9)
    (stage,) = certificate.stages
    assert (stage.minimise, stage.unit) == ("shortfall", "weighted FTE-years")
    assert stage.final == stage.objective == certificate.objective


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
    duals = duals_of(plan(model(2, integer=False)))
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
    duals = duals_of(of)
    noise = size * np.random.default_rng(draw).normal(size=len(duals))
    assert again(of, multipliers=duals + noise).bound <= of.certificate.objective * (1 + 1e-9)


def test_no_duals_at_all_still_bound_by_the_constant() -> None:
    of = plan(model(2, integer=False))
    found = again(of, multipliers=np.full(len(duals_of(of)), math.nan))
    assert found.bound == pytest.approx(program_of(of).offset)
    assert found.valid


def program_with(**changes: object) -> LinearProgram:
    return replace(program_of(plan()), **changes)  # type: ignore[arg-type]


def test_an_altered_objective_is_not_consistent() -> None:
    program = program_of(plan())
    assert not again(plan(), program=program_with(cost=program.cost * 1.01)).consistent
    assert not again(plan(), program=program_with(offset=program.offset + 1)).consistent


def test_an_altered_answer_of_supply_is_not_consistent() -> None:
    program = program_of(plan())
    matrix = program.matrix.tolil()
    places = plan().problem.layout.to_columns(plan().places)
    rows = program.rows["shortage"]
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
    program = program_of(plan())
    row_lower = program.row_lower.copy()
    row_lower[program.rows["shortage"]] -= 1
    assert not again(plan(), program=program_with(row_lower=row_lower)).consistent


def test_a_bound_above_the_objective_is_not_consistent() -> None:
    """A program that leaves out the best places proves more than is true."""
    of = plan(model(2, integer=False))
    program = program_of(of)
    tighter = program.upper.copy()
    tighter[program.columns["places"]] *= 0
    altered = replace(program, upper=tighter, lower=np.minimum(program.lower, tighter))
    found = again(of, program=altered)
    assert found.bound > found.objective
    assert not found.consistent
    assert not found.valid


def test_an_infinite_bound_is_not_valid() -> None:
    program = program_of(plan())
    first = np.arange(len(program.cost)) == 0
    endless = program_with(
        upper=np.where(first, math.inf, program.upper), cost=np.where(first, -1.0, program.cost)
    )
    found = again(plan(), program=endless, multipliers=0.0 * duals_of(plan()))
    assert found.bound == -math.inf
    assert found.feasible
    assert not found.valid


def stage(objective: float, bound: float, minimise: str = "shortfall") -> StageCertificate:
    return StageCertificate(minimise, "", objective, objective, objective, bound, True, 0.0)


def certificate(
    objective: float, bound: float, without: float, minimise: str = "shortfall"
) -> Certificate:
    return Certificate(True, 0.0, "", without, (stage(objective, bound, minimise),))


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


@pytest.mark.parametrize("minimise", ["cost", "change"])
def test_nothing_is_achieved_by_objectives_that_places_do_not_improve(minimise: str) -> None:
    assert certificate(60, 45, 105, minimise).achieved is None


@pytest.mark.parametrize("minimise", ["worst_region", "surplus"])
def test_other_first_objectives_are_achieved(minimise: str) -> None:
    assert certificate(60, 45, 105, minimise).achieved == 0.75


def test_a_certificate_speaks_of_its_first_stage_and_needs_all() -> None:
    both = Certificate(True, 0.0, "", 105.0, (stage(60, 45), stage(8, 2, "change")))
    assert (both.objective, both.bound, both.gap) == (60, 45, 0.25)
    assert both.stages[1].gap == 0.75
    assert both.valid
    broken = replace(both, stages=(both.stages[0], replace(both.stages[1], consistent=False)))
    assert not broken.consistent
    assert not broken.valid
    unbounded = replace(both, stages=(both.stages[0], replace(both.stages[1], bound=-math.inf)))
    assert not unbounded.valid


def test_a_plan_beyond_the_limit_of_a_stage_is_not_feasible() -> None:
    of = plan()
    (proof,) = of.proofs
    for factor, feasible in ((1.0, True), (0.99, False)):
        lower = Proof(
            proof.formulation, proof.multipliers * 0, proof.objective * factor, proof.seconds
        )
        found = certify(of.problem, of.outcome, [lower])
        assert found.feasible == feasible
        if not feasible:
            assert found.where == "stage 'shortfall'"
            assert found.largest_violation == pytest.approx(1 / 0.99 - 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_value_in_the_program_is_the_objective_of_any_amounts(seed: int) -> None:
    """Also of amounts that no rule allows, and with rows that nothing is missing from."""
    instance = sample(4, 3, 2, seed, measures=3 * seed).instance
    rng = np.random.default_rng(seed)
    top = instance.lines["max_amount"].to_numpy(float)[:, None]
    courses = slice(len(instance.courses))
    for text in variants(2, integer=False):
        problem, formulation = problem_of(instance, text), written(instance, text)
        amounts = top * rng.choice([0.0, 0.5, 1.0, 3.0], (len(top), 2))
        if problem.policy.rules.level_intake:
            amounts[courses] = amounts[courses, :1]
        found = formulation.program.value(formulation.point(amounts))
        expected = shortfall.value(problem, result_of(problem, amounts))
        assert found == pytest.approx(expected, rel=1e-11)


@pytest.mark.slow
def test_the_bound_of_a_plan_is_below_the_independent_optimum() -> None:
    for seed in range(3):
        known = sample(4, 3, 2, seed, measures=2 * seed)
        found = plan(model(2), seed).certificate
        best, _, _ = independent.solve(known.case, independent.load_policy(model(2)))
        assert found.bound <= best * (1 + 1e-9)
