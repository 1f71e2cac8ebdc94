"""Small problems: a plan, trees that prove it, and branch and bound only for what is left."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from commission_opt.allocation.allocate import Allocation, allocate_problem
from commission_opt.allocation.methods import METHODS, SMALL, Effort, Method, branch_and_bound
from commission_opt.allocation.task import Task
from commission_opt.allocation.whole import whole_formulation
from commission_opt.arrays import Floats
from commission_opt.solvers.status import Limits, Result, Status, Watch
from enumeration import every_plan, tiny
from samples import model, problem_of, sample

GAP = 5e-4
NAME = "one year"


class Counted:
    """A method, and how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, task: Task) -> tuple[Result, Floats | None]:
        self.times += 1
        return branch_and_bound(task)


def poor(task: Task) -> tuple[Result, Floats | None]:
    """Commission nothing."""
    return Result(Status.LIMIT), np.zeros(len(task.formulation.step))


def allocated(effort: Effort, gap: float = 0.0) -> Allocation:
    known = tiny(NAME)
    problem = problem_of(known.instance, known.text([("shortfall", 0.0)]))
    return allocate_problem(problem, Limits(seconds=20.0, gap=gap), Watch(), effort)


def best() -> float:
    return min(plan["shortfall"] for plan in every_plan(NAME))


def test_branch_and_bound_is_left_out_where_trees_prove_the_plan() -> None:
    finish = Counted()
    found = allocated(replace(METHODS[Method.AUTO], finish=finish))
    assert found.certificate.objective == pytest.approx(best(), rel=1e-9)
    assert found.certificate.gap <= 1e-9
    assert finish.times == 0


def test_branch_and_bound_finds_what_the_search_missed() -> None:
    finish = Counted()
    found = allocated(Effort(poor, finish=finish, nodes_after=0))
    assert finish.times == 1
    assert found.certificate.objective == pytest.approx(best(), rel=1e-9)
    assert found.certificate.valid


def test_a_tree_over_everything_finds_what_the_search_missed() -> None:
    found = allocated(Effort(poor))
    assert found.certificate.objective == pytest.approx(best(), rel=1e-9)
    assert found.certificate.gap <= 1e-9
    assert found.certificate.valid


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_plan_of_some_thirty_courses_is_proved(seed: int) -> None:
    problem = problem_of(sample(6, 4, 1, seed).instance, model())
    assert problem.layout.size <= SMALL
    limits = Limits(seconds=60.0, gap=GAP)
    found = allocate_problem(problem, limits, Watch(), METHODS[Method.AUTO])
    assert found.certificate.valid
    assert found.certificate.gap <= GAP


@pytest.mark.each(3)
@pytest.mark.parametrize("seed", range(9))
def test_another_solver_finds_the_same_optimum_and_none_below_the_bound(seed: int) -> None:
    """The narrowed trees close no better plan."""
    years = 1 + seed % 2
    problem = problem_of(sample(3, 2, years, seed).instance, model(years))
    gap = (0.0, 1e-3, 2e-2)[seed // 3]
    found = allocate_problem(problem, Limits(seconds=20.0, gap=gap), Watch(), METHODS[Method.AUTO])
    formulation = found.proofs[0].formulation
    whole = whole_formulation(formulation)
    program = whole.program
    other = milp(
        program.cost,
        integrality=whole.integer.astype(int),
        bounds=Bounds(program.lower, program.upper),
        constraints=LinearConstraint(program.matrix, program.row_lower, program.row_upper),
        options={"mip_rel_gap": 0.0},
    )
    assert other.fun is not None
    optimum = (other.fun + program.offset) * formulation.aim.scale
    stage, near = found.certificate.stages[0], 1e-6 * max(1.0, abs(optimum))
    assert stage.bound <= optimum + near
    assert stage.objective >= optimum - near
    assert stage.gap <= gap + 1e-9
