from itertools import product

import numpy as np
import pytest

from commission_opt.allocation.methods import searched
from commission_opt.allocation.narrowing import narrowed
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.arrays import Floats
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.solvers.status import Limits, Watch
from enumeration import tiny
from samples import problem_of, task
from search_landscape import numbers, stage, value

OBJECTIVES = ("shortfall", "worst_region", "cost", "change", "surplus")


def plans(formulation: Formulation) -> list[tuple[float, Floats]]:
    """Every plan within the box, with its cost by the program."""
    program = formulation.program
    found = []
    for choice in product(*numbers(formulation)):
        x = np.array(choice)
        point = formulation.point(formulation.problem.layout.to_amounts(x))
        if program.largest_violation(point) <= 1e-7:
            found.append((program.value(point), x))
    return found


@pytest.mark.each(3)
@pytest.mark.parametrize("name", ["one year", "two years"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_no_better_plan_is_lost(name: str, objective: str) -> None:
    known = tiny(name)
    problem = problem_of(known.instance, known.text([(objective, 0.0)]))
    formulation = formulate(problem, aims(problem)[0])
    every = plans(formulation)
    values = np.array([cost for cost, _ in every])
    exact = solve_relaxation(formulation, Limits(), Watch()).multipliers
    rng = np.random.default_rng(0)
    for multipliers in (exact, exact * 0.5, rng.normal(size=len(exact)), np.zeros_like(exact)):
        for known_value in np.quantile(values, [0.02, 0.2, 0.7]):
            box = narrowed(formulation, multipliers, float(known_value)).program
            n = len(formulation.step)
            for cost, x in every:
                if cost < known_value - 1e-9:
                    assert (box.lower[:n] - 1e-9 <= x).all()
                    assert (x <= box.upper[:n] + 1e-9).all()


def test_a_good_plan_narrows_the_box() -> None:
    formulation = stage(2)
    job = task(formulation)
    x = searched(job)
    assert x is not None
    box = narrowed(formulation, job.relaxation.multipliers, value(formulation, x)).program
    n = len(x)
    assert (box.lower[:n] <= x).all()
    assert (x <= box.upper[:n]).all()
    widths = (formulation.program.upper - formulation.program.lower)[:n].sum()
    assert (box.upper - box.lower)[:n].sum() < widths


def test_a_bound_that_proves_nothing_narrows_nothing() -> None:
    known = tiny("one year")
    problem = problem_of(known.instance, known.text([("shortfall", 0.0)]))
    formulation = formulate(problem, aims(problem)[0])
    nothing = np.zeros(len(formulation.program.row_lower))
    assert narrowed(formulation, nothing, np.inf) is formulation
