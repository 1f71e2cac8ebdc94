"""The box that rows leave: it holds every plan in whole places, and is smaller."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy import sparse

from commission_opt.allocation.allocate import allocate
from commission_opt.certificate.certify import certify
from commission_opt.certificate.propagation import propagated
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import PLACES, Aim, Rows
from commission_opt.solvers.status import Limits
from samples import model, problem_of, sample
from search_landscape import numbers


def stage(
    matrix: list[list[float]], least: list[float], most: list[float], upper: list[float],
    *, step: float = 1.0, smallest: float = 1.0, integer: bool = True,
) -> Formulation:  # fmt: skip
    """A stage of bare rows over a few decisions."""
    rows = np.array(matrix, dtype=float)
    count, n = rows.shape
    block = Rows(
        "bare", {PLACES: sparse.csr_array(rows)}, np.array(least), np.array(most), str, str
    )
    program = LinearProgram(
        sparse.csc_array(rows), np.zeros(n), np.zeros(n), np.array(upper, dtype=float),
        block.lower, block.upper, 0.0, {PLACES: slice(0, n)}, {"bare": slice(0, count)},
    )  # fmt: skip
    problem = problem_of(sample(2, 1, 1, 0).instance, model(1))
    if not integer:
        problem = replace(problem, policy=problem.policy.relaxed())
    each = np.full(n, step), np.full(n, smallest), np.array(upper, dtype=float)
    return Formulation(problem, Aim("none", {}), program, (), (block,), *each)


def box(formulation: Formulation) -> tuple[list[float], list[float]]:
    program = propagated(formulation).program
    return program.lower.tolist(), program.upper.tolist()


def test_a_row_with_little_left_closes_a_course() -> None:
    """Seven weeks are left, and the smallest cohort takes eight; the other course is not bound."""
    assert box(stage([[1.0, 0.0]], [-np.inf], [7.0], [20.0, 20.0], smallest=8.0)) == (
        [0.0, 0.0], [0.0, 20.0],
    )  # fmt: skip


def test_bounds_carry_over_to_other_rows() -> None:
    """The first course must run, which leaves the second 2 of 12, and the third must make up."""
    found = box(
        stage(
            [[1, 0, 0], [1, 1, 0], [0, 1, 1]], [9, -np.inf, 5], [np.inf, 12, np.inf],
            [10.0, 10.0, 10.0], step=2.0, smallest=4.0,
        )
    )  # fmt: skip
    assert found == ([10.0, 0.0, 6.0], [10.0, 0.0, 10.0])


def test_a_decision_that_makes_room_counts_at_its_most() -> None:
    assert box(stage([[1.0, -2.0]], [-np.inf], [3.0], [20.0, 4.0])) == ([0.0, 0.0], [11.0, 4.0])


def test_what_a_plan_may_break_a_row_by_is_left() -> None:
    least = stage([[1.0, 1.0]], [-np.inf], [1000.0 - 5e-4], [700.0, 300.0])
    assert box(least) == ([0.0, 0.0], [700.0, 300.0])
    forced = stage([[1.0, 1.0]], [1000.0 + 5e-4], [np.inf], [700.0, 300.0])
    assert box(forced) == ([700.0, 300.0], [700.0, 300.0])


@pytest.mark.parametrize("integer", [True, False])
def test_fractions_and_rows_that_leave_nothing_keep_their_box(integer: bool) -> None:
    given = stage([[1.0, 1.0]], [5.0], [5.0], [9.0, 9.0], step=3.0, smallest=3.0, integer=integer)
    forced = replace(given, program=replace(given.program, lower=np.array([3.0, 0.0])))
    assert propagated(forced) is forced


@pytest.mark.each(8)
@pytest.mark.parametrize("seed", range(40))
def test_no_plan_leaves_the_box(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count, n = int(rng.integers(1, 4)), int(rng.integers(2, 5))
    matrix = rng.integers(-3, 4, (count, n)).astype(float)
    given = stage(
        matrix.tolist(), [-np.inf] * count, [np.inf] * count, rng.integers(2, 9, n).tolist(),
        step=float(rng.integers(1, 3)), smallest=float(2 * rng.integers(1, 3)),
    )  # fmt: skip
    plans = np.array(list(product(*numbers(given))))
    met = matrix @ plans[rng.integers(len(plans))]  # so that there is a plan
    least = np.where(rng.random(count) < 0.6, met - rng.integers(0, 2, count), -np.inf)
    most = np.where(rng.random(count) < 0.6, met + rng.integers(0, 2, count), np.inf)
    program = replace(given.program, row_lower=least, row_upper=most)
    found = propagated(replace(given, program=program)).program
    activity = plans @ matrix.T
    kept = plans[((activity >= least) & (activity <= most)).all(axis=1)]
    assert (kept >= found.lower).all()
    assert (kept <= found.upper).all()


def test_the_certificate_works_the_box_out_itself() -> None:
    """Multipliers alone prove more in whole places than in fractions of places."""
    problem = problem_of(sample(12, 4, 1, 0).instance, model(1))
    plan = allocate(problem.instance, problem.policy, Limits(20.0, 0.05))
    (proof,) = plan.proofs
    narrow, given = propagated(proof.formulation).program, proof.formulation.program
    assert (narrow.upper - narrow.lower).sum() < (given.upper - given.lower).sum()
    x = problem.layout.to_columns(plan.amounts)
    assert ((x >= narrow.lower[: len(x)]) & (x <= narrow.upper[: len(x)])).all()
    bare = certify(problem, plan.outcome, [replace(proof, trees=())])
    wide = lagrangian_bound(given, proof.multipliers) * proof.formulation.aim.scale
    assert bare.valid
    assert bare.bound > wide * (1 + 1e-6)
