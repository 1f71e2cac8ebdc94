import math
from dataclasses import replace

import numpy as np
import pytest

from commission_opt.explain.room.enclosure import (
    HIGH,
    LOW,
    Enclosure,
    proved_by_prices,
    unknown_ends,
)
from commission_opt.explain.room.near_optimal import chosen, near_optimal, targets
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.status import Limits, Watch
from room_cases import solved
from samples import model, problem_of, sample, written


def test_any_prices_prove_ends_that_no_solution_passes() -> None:
    formulation = written(sample(4, 2, 1, 3).instance, model(integer=False))
    program, columns = formulation.program, np.arange(len(formulation.step))
    best = solve_linear(program, Limits(), Watch())
    assert best.x is not None
    assert best.multipliers is not None
    cap = 1.01 * program.value(best.x)
    rng = np.random.default_rng(0)
    for k in range(len(columns)):
        lower, upper = program.lower.copy(), program.upper.copy()
        lower[columns[k]] = upper[columns[k]] = rng.uniform(lower[columns[k]], upper[columns[k]])
        found = solve_linear(replace(program, lower=lower, upper=upper), Limits(), Watch())
        if found.x is None or program.value(found.x) > cap:
            continue
        for noise in (0.0, 0.1):
            y = best.multipliers * (1 + noise * rng.standard_normal(len(best.multipliers)))
            low, high = proved_by_prices(program, columns, np.array([cap]), y)
            assert (-low[:, 0] <= found.x[columns] + 1e-6).all()
            assert (high[:, 0] >= found.x[columns] - 1e-6).all()


def test_totals_are_the_sums_of_their_columns() -> None:
    problem = problem_of(sample(3, 2, 2, 0).instance, model(2))
    aims = targets(problem, np.arange(problem.layout.n_lines), totals=True)
    x = np.arange(problem.layout.size, dtype=float)
    sums = aims.weights @ x
    grid = x.reshape(-1, 2)
    courses = problem.instance.courses
    for kind, names in aims.names.items():
        for total, name in zip(sums[aims.of(kind)], names.to_dict("records"), strict=True):
            own = np.ones(len(courses), dtype=bool)
            for key in {"course", "profession", "region"} & set(name):
                own &= (courses[key] == name[key]).to_numpy()
            first = problem.instance.first_year
            years = [name["year"] - first] if "year" in name else [0, 1]
            assert total == grid[own][:, years].sum()
    assert [*aims.names] == ["courses", "courses_by_year", "professions", "regions"]
    assert len(aims) == sum(map(len, aims.names.values()))


def test_filters_choose_courses() -> None:
    problem = problem_of(sample(3, 2, 1, 0).instance, model())
    courses = problem.instance.courses
    profession, region = courses["profession"].iloc[0], courses["region"].iloc[0]
    both = chosen(problem, (), [profession], [region])
    wanted = (courses["profession"] == profession) & (courses["region"] == region)
    assert both.tolist() == np.flatnonzero(wanted).tolist()
    assert len(chosen(problem, (), (), ())) == len(courses)


def test_what_two_know_is_known_together() -> None:
    one = unknown_ends(np.array([[0.0, 0.0], [10.0, 10.0]]), 2)
    two = unknown_ends(np.array([[0.0, 1.0], [8.0, 8.0]]), 2)
    one = replace(one, reached=np.full((2, 2, 2), -4.0), done=np.array([True, False]))
    two = replace(two, reached=np.array([-5.0, 5.0])[:, None, None] + one.proved * 0)
    both = one.merged(two)
    assert both.proved[LOW].tolist() == [[0.0, 0.0], [-1.0, -1.0]]
    assert (both.proved[HIGH] == 8.0).all()
    assert (both.reached[LOW] == -4.0).all()
    assert (both.reached[HIGH] == 5.0).all()
    assert both.done.tolist() == [True, False]


@pytest.mark.slow
def test_a_target_is_driven_to_the_end_that_a_solve_of_its_own_finds() -> None:
    plan = solved(sample(3, 2, 2, 0).instance, model(2, integer=False))
    lines = np.arange(plan.problem.layout.n_lines)
    near = near_optimal(plan, lines, (0.01, 0.1), Limits(), Watch(), totals=True)
    enclosure = Enclosure(near, Limits(), Watch(), unknown_ends(near.box, 2))
    enclosure.begin()
    for k in range(len(near.targets)):
        for side, sign in ((LOW, -1.0), (HIGH, 1.0)):
            enclosure.settle(k, side, math.inf)
            for e in range(2):
                alone = solve_linear(near.driven(k, -sign, e), Limits(), Watch())
                assert alone.x is not None
                far = float((near.targets.weights @ alone.x[: near.problem.layout.size])[k])
                assert enclosure.outermost(k, side, e) == pytest.approx(far, abs=1e-5)
                assert not enclosure.open(k, side, e)


@pytest.mark.parametrize("size", [1.0, -1.0])
def test_a_line_proves_an_end_on_its_own_side(size: float) -> None:
    formulation = written(sample(3, 2, 1, 0).instance, model(integer=False))
    program = formulation.program
    cost = np.zeros_like(program.cost)
    cost[0] = size
    line = replace(program, cost=cost, offset=0.0)
    nothing = np.zeros(len(program.row_lower))
    column, cap = np.array([0]), np.array([size * (program.lower[0] + 3.0)])
    low, high = proved_by_prices(line, column, cap, nothing)
    at = program.lower[0] + 3.0
    assert (low[0, 0], high[0, 0]) == pytest.approx((np.inf, at) if size > 0 else (-at, np.inf))
