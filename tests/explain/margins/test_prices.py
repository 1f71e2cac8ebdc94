"""What is believed of a solver, and what a plan leaves open."""

import numpy as np
import pytest
from scipy import sparse

from commission_opt.allocation.allocate import allocate
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.margins.prices import prices, proved
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import planning
from commission_opt.solvers.believed import agree
from commission_opt.solvers.status import Limits, Watch
from other_units import UNITS, in_units
from samples import model, policy, sample

# x ≥ 1, at a cost of 2; another row has an upper end only.
PROGRAM = LinearProgram(
    sparse.csc_array([[1.0], [1.0]]), np.array([2.0]), np.zeros(1), np.full(1, 9.0),
    np.array([1.0, -np.inf]), np.array([np.inf, 5.0]), 0.0, {}, {},
)  # fmt: skip


def test_a_point_and_multipliers_prove_an_optimum() -> None:
    found = proved(PROGRAM, np.array([1.0]), np.array([2.0, 0.0]))
    assert found is not None
    assert found.value == pytest.approx(2.0, abs=1e-12)
    assert found.bound == pytest.approx(2.0, abs=1e-12)
    assert agree(found.bound, found.value)


def test_a_point_that_breaks_a_row_proves_nothing() -> None:
    assert proved(PROGRAM, np.array([0.9]), np.array([2.0, 0.0])) is None


def test_what_rounding_leaves_out_is_added_at_its_price() -> None:
    found = proved(PROGRAM, np.array([1.0 - 1e-8]), np.array([2.0, 0.0]))
    assert found is not None
    assert found.value == pytest.approx(2.0, abs=1e-15)


def test_no_multiplier_leans_on_an_end_that_is_not_there() -> None:
    found = proved(PROGRAM, np.array([1.0]), np.array([2.0, 1e-17]))
    assert found is not None
    assert found.multipliers.tolist() == [2.0, 0.0]


@pytest.mark.slow
def test_next_to_a_plan_the_same_courses_run() -> None:
    known = sample(4, 3, 2, 5).instance
    plan = allocate(known, policy(model(2)), Limits(seconds=20.0))
    free, near = prices(plan.problem, plan.places, Limits(), Watch())
    x = plan.problem.layout.to_columns(plan.places)
    places = near.program.columns[PLACES]
    smallest = plan.problem.cohorts.smallest[plan.problem.layout.line]
    low, high = near.program.lower[places], near.program.upper[places]
    closed = x == 0
    assert (high[closed] == 0).all()
    assert (low[~closed] >= np.minimum(smallest, free.program.upper[places])[~closed]).all()
    assert ((low <= x) & (x <= high)).all()
    value = free.formulation.program.value(free.formulation.point(plan.places))
    assert free.optimum.value <= near.optimum.value + 1e-9 <= value + 1e-6
    own = np.flatnonzero(closed)[:1]
    if len(own):
        _, opened = prices(plan.problem, plan.places, Limits(), Watch(), own)
        assert opened.program.upper[places][own] == free.program.upper[places][own]


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_a_plan_has_prices_in_any_unit(unit: str) -> None:
    rules = policy(model())
    plan = allocate(in_units(0, unit, 1.0), rules, Limits(seconds=20.0))
    usual, _ = prices(plan.problem, plan.places, Limits(), Watch())
    best = usual.optimum.value * usual.scale
    for constant in (1e-9, 1e9):
        other = planning(in_units(0, unit, constant), rules)
        free, near = prices(other, plan.places, Limits(), Watch())
        factor = constant ** sum(column == "weight" for _, column in UNITS[unit])
        assert free.optimum.value * free.scale == pytest.approx(factor * best, rel=1e-6)
        assert agree(near.optimum.bound, near.optimum.value)
