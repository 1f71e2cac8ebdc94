"""Neighbourhoods: what may change at once when places are improved."""

from itertools import islice

import numpy as np
from scipy import sparse

from commission_opt.allocation.conditioned import conditioned
from commission_opt.allocation.improve import broken, neighbourhoods, value_of
from commission_opt.allocation.neighbourhood import Neighbourhood
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.instance.generate import generate
from commission_opt.solvers.status import Limits, Watch
from samples import both, problem_of


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


def test_a_neighbourhood_ends_where_what_is_wanted_is_reached() -> None:
    synthetic = generate(12, 4, 2, seed=1)
    problem = problem_of(both(synthetic.settings, synthetic.tables).instance, synthetic.model)
    formulation = conditioned(formulate(problem, aims(problem)[0]))
    part, every = _part(formulation), np.arange(problem.layout.size)
    least = np.where(problem.whole, formulation.program.lower[every], 0.0)

    def value(watch: Watch, x: Floats, nodes: int = 30) -> float:
        found = part.solved(x, every, Limits(), watch, steps=np.inf, seconds=30.0, nodes=nodes)
        assert found is not None
        assert not len(broken(formulation, found))
        task = Task(formulation, relaxation, Limits(), watch, 60.0)
        return value_of(task, found)

    relaxation = solve_relaxation(formulation, Limits(), Watch())
    best = value(Watch(), least)
    for share in (0.02, 0.2):
        target = best * (1.0 + share)
        ended = value(Watch(target=target), least)
        assert best < ended <= target  # better than asked for at most by its last step
