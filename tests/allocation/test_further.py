"""Plans improved in turns: where they differ from relaxations, and in wide neighbourhoods."""

from dataclasses import replace

import numpy as np

from commission_opt.allocation.conditioned import Conditioned, conditioned
from commission_opt.allocation.further import apart, further, wide
from commission_opt.allocation.improve import broken, value_of
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.allocation.task import Task
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.problem import Planning
from commission_opt.solvers.status import Limits, Watch
from handworked import hand
from samples import model, problem_of, sample


def _formulated(problem: Planning) -> Conditioned:
    return conditioned(formulate(problem, aims(problem)[0]))


def test_a_year_or_a_quarter_of_the_courses_changes_at_once() -> None:
    problem = problem_of(sample(4, 2, 3, 1).instance, model(3))
    formulation = _formulated(problem)
    layout = problem.layout
    sets = list(wide(formulation, np.random.default_rng(0)))
    years, quarters = sets[:3], sets[3:]
    for k, own in enumerate(years):
        assert set(own) == set(layout.grid[:, k])
    assert 1 < len(quarters) <= 4
    assert np.array_equal(np.sort(np.concatenate(quarters)), np.arange(layout.size))
    again = list(wide(formulation, np.random.default_rng((0, 1))))[3:]
    assert any(not np.array_equal(one, other) for one, other in zip(quarters, again, strict=True))


def _task(problem: Planning) -> Task:
    """Start from nothing at all."""
    own = _formulated(problem)
    relaxation = solve_relaxation(own, Limits(), Watch())
    nothing = problem.layout.to_amounts(np.zeros(problem.layout.size))
    return Task(own, relaxation, Limits(), Watch(), 60.0, start=nothing)


def test_a_turn_moves_further_than_two_steps() -> None:
    """From nothing at all the first year is filled at once."""
    problem = problem_of(hand(), model(pace="false"))
    task = _task(problem)
    found = further(task, 0)[1]
    assert found is not None
    assert value_of(task, found) < value_of(task, np.zeros(problem.layout.size))
    assert (found / task.formulation.step).max() > 2.0


def test_what_a_plan_and_a_relaxation_agree_on_stays() -> None:
    own = _formulated(problem_of(sample(4, 2, 1, 1).instance, model()))
    x = own.smallest.copy()
    near = x + 0.49 * own.step
    assert not len(apart(own, x, near))
    near[3] += 0.02 * own.step[3]
    assert list(apart(own, x, near)) == [3]


def test_every_leaf_is_held_against_the_plan() -> None:
    """A plan is taken on from leaf to leaf, and breaks no rule."""
    problem = problem_of(sample(4, 2, 2, 3).instance, model(2, pace="false"))
    task = _task(problem)
    nothing = np.zeros(problem.layout.size)
    root = task.relaxation.columns
    for points in ((root,), (nothing, root), (0.5 * root, root)):
        one = replace(task, relaxation=replace(task.relaxation, points=points))
        found = further(one, 1)[1]
        assert found is not None
        assert not len(broken(task.formulation, found))
        assert value_of(task, found) < value_of(task, nothing)
