"""Neighbourhoods: what may change at once when places are improved."""

from itertools import islice

import numpy as np
from scipy import sparse

from commission_opt.allocation.conditioned import conditioned
from commission_opt.allocation.improve import improved, neighbourhoods, value_of, wide
from commission_opt.allocation.neighbourhood import Neighbourhood
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.allocation.task import Task
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.instance.generate import generate
from commission_opt.solvers.status import Limits, Watch
from handworked import hand
from samples import both, model, problem_of, sample


def _part(formulation: Formulation) -> Neighbourhood:
    return Neighbourhood(formulation, sparse.csr_array(formulation.program.matrix))


def test_those_who_share_staff_to_deploy_come_first() -> None:
    synthetic = generate(8, 2, 1, seed=0, levers=True)
    problem = problem_of(both(synthetic.settings, synthetic.tables).instance, synthetic.model)
    assert problem.deploys
    formulation = conditioned(formulate(problem, aims(problem)[0]))
    relaxation = solve_relaxation(formulation, Limits(), Watch())
    job = Task(formulation, relaxation, Limits(), Watch(), 60.0)
    part = _part(formulation)
    first = next(iter(neighbourhoods(job, part, np.random.default_rng(0))))
    lines = np.unique(problem.layout.line[first])
    taught = problem.instance.courses["profession"].to_numpy()
    inside, courses = set(taught[lines[lines < len(taught)]]), np.arange(len(taught))
    assert np.isin(courses[np.isin(taught, [*inside])], lines).all()  # in every region
    assert len(inside) < len(set(taught))  # no budget ties them to all others
    pairs = problem.instance.substitution
    assert any(
        {needed, by} <= inside for needed, by in zip(pairs["needed"], pairs["by"], strict=True)
    )
    again = islice(neighbourhoods(job, part, np.random.default_rng(0)), 200)
    every = np.unique(np.concatenate(list(again)))
    assert len(every) == problem.layout.size  # in the end each may change


def test_a_year_or_a_quarter_of_the_courses_changes_at_once() -> None:
    problem = problem_of(sample(4, 2, 3, 1).instance, model(3))
    formulation = conditioned(formulate(problem, aims(problem)[0]))
    layout = problem.layout
    sets = list(wide(formulation, np.random.default_rng(0)))
    years, quarters = sets[:3], sets[3:]
    for k, own in enumerate(years):
        assert set(own) == set(layout.grid[:, k])
    assert 1 < len(quarters) <= 4
    assert np.array_equal(np.sort(np.concatenate(quarters)), np.arange(layout.size))
    again = list(wide(formulation, np.random.default_rng((0, 1))))[3:]
    assert any(not np.array_equal(one, other) for one, other in zip(quarters, again, strict=True))


def test_a_turn_moves_further_than_two_steps() -> None:
    """From nothing at all the first year is filled at once."""
    problem = problem_of(hand(), model(pace="false"))
    formulation = conditioned(formulate(problem, aims(problem)[0]))
    relaxation = solve_relaxation(formulation, Limits(), Watch())
    task = Task(formulation, relaxation, Limits(), Watch(), 60.0)
    nothing = np.zeros(problem.layout.size)
    found = improved(task, nothing, turn=0)
    assert value_of(task, found) < value_of(task, nothing)
    assert (found / formulation.step).max() > 2.0
