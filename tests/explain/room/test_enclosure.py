from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from commission_opt.explain.room.enclosure import HIGH, LOW, proved_by_prices, unknown_ends
from commission_opt.explain.room.targets import TargetKind, chosen, targets, with_totals
from commission_opt.formulation.parts import PLACES
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.status import Limits, Watch
from samples import model, problem_of, sample, written


def test_any_prices_prove_ends_that_no_solution_passes() -> None:
    formulation = written(sample(4, 2, 1, 3).instance, model(integer=False))
    aims = targets(formulation.problem, np.arange(len(formulation.step)), totals=True)
    program = with_totals(formulation.program, aims)
    columns = aims.columns % len(program.cost)
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
            assert (low[:, 0] <= found.x[columns] + 1e-6).all()
            assert (high[:, 0] >= found.x[columns] - 1e-6).all()


def test_totals_are_the_sums_of_their_columns() -> None:
    problem = problem_of(sample(3, 2, 2, 0).instance, model(2))
    aims = targets(problem, np.arange(problem.layout.n_lines), totals=True)
    x = np.arange(problem.layout.size, dtype=float)
    sums = aims.weights @ x
    grid = x.reshape(-1, 2)
    courses = problem.instance.courses
    for k, kind in enumerate(aims.kind):
        at = aims.position[k]
        year = aims.year[k] - problem.instance.first_year
        counted = {
            TargetKind.ALL_YEARS: grid[at],
            TargetKind.COURSE: grid[at, max(0, year)],
            TargetKind.PROFESSION: grid[(courses["p"] == at).to_numpy()],
            TargetKind.REGION: grid[(courses["q"] == at).to_numpy()],
        }[kind]
        assert sums[k] == counted.sum()


def test_filters_choose_courses() -> None:
    problem = problem_of(sample(3, 2, 1, 0).instance, model())
    courses = problem.instance.courses
    profession, region = courses["profession"].iloc[0], courses["region"].iloc[0]
    both = chosen(problem, (), [profession], [region])
    wanted = (courses["profession"] == profession) & (courses["region"] == region)
    assert both.tolist() == np.flatnonzero(wanted).tolist()
    assert len(chosen(problem, (), (), ())) == len(courses)


def test_what_is_reached_counts_only_within_its_tolerance() -> None:
    ends = unknown_ends(np.zeros(2), np.full(2, 10.0), 2)
    ends = ends.with_reached(np.array([4.0, 6.0]), np.array([False, True]))
    assert ends.reached[HIGH].tolist() == [[-np.inf, 4.0], [-np.inf, 6.0]]
    other = unknown_ends(np.zeros(2), np.full(2, 8.0), 2)
    other = other.with_reached(np.array([5.0, 5.0]), np.array([True, True]))
    both = ends.merged(other)
    assert both.proved[HIGH].max() == 8.0
    assert both.reached[HIGH].tolist() == [[5.0, 5.0], [5.0, 6.0]]
    assert both.reached[LOW].tolist() == [[5.0, 4.0], [5.0, 5.0]]


def test_places_stay_the_first_columns() -> None:
    formulation = written(sample(3, 2, 2, 0).instance, model(2))
    aims = targets(formulation.problem, np.arange(4), totals=True)
    program = with_totals(formulation.program, aims)
    assert program.columns[PLACES] == formulation.program.columns[PLACES]
    single = [k for k, kind in enumerate(aims.kind) if kind is TargetKind.COURSE]
    assert (aims.columns[single] == aims.weights[single].indices).all()
    assert program.matrix.shape[1] == formulation.program.matrix.shape[1] + len(aims) - len(single)


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
    assert (low[0, 0], high[0, 0]) == pytest.approx((-np.inf, at) if size > 0 else (at, np.inf))
