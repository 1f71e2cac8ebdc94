"""Small programs near a plan: the stage itself, where nothing outside their box is reached."""

from dataclasses import replace

import numpy as np
import pytest

from commission_opt.allocation.conditioned import conditioned
from commission_opt.allocation.improve import broken, value_of
from commission_opt.allocation.improve_near import SmallPrograms, improved_near, small_programs
from commission_opt.allocation.methods import branch_and_bound, searched
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.allocation.search.landscape import Landscape, landscape
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.parts import Aim, mixed
from commission_opt.solvers.status import Limits, Watch
from samples import model, problem_of, sample, task
from some import some

HELD = (("shortfall", 0.02), ("worst_region", 0.02), ("surplus", 0.0))
STAGES = (HELD, HELD[:2], (HELD[0], ("change", 0.0)), (HELD[1], ("cost", 0.0)))


def laid(seed: int, stages: tuple[tuple[str, float], ...]) -> tuple[Task, Landscape, Floats]:
    """The last stage of a small problem with room in what is held, and a plan of it."""
    problem = problem_of(sample(4, 3, 1, seed).instance, model(1, stages=stages))
    *earlier, last = aims(problem)
    held: list[tuple[Aim, float]] = []
    for aim in earlier:
        formulation = formulate(problem, aim, held=held)
        held.append((aim, 1.1 * solve_relaxation(formulation, Limits(), Watch()).bound * aim.scale))
    own = task(conditioned(formulate(problem, last, held=held)))
    x = searched(own)
    assert x is not None
    formulation, spread = own.formulation, last.spread
    if spread is not None:
        weights = np.full(len(spread.hinges), 1.0 / len(spread.hinges))
        aim = replace(formulation.aim, hinges=mixed(spread.hinges, weights))
        formulation = replace(formulation, aim=aim)
    relaxation = own.relaxation
    land = landscape(formulation, relaxation.multipliers, proved=relaxation.bound)
    assert land is not None
    return own, land, x


def solved(programs: SmallPrograms, x: Floats, box: tuple[Floats, Floats]) -> Floats:
    """The best places in a box."""
    found = programs.solved(x, box, Limits(), Watch(), seconds=60.0, nodes=100_000, gap=1e-7)
    return x if found is None else found


@pytest.mark.each(3)
@pytest.mark.parametrize("stages", STAGES)
@pytest.mark.parametrize("seed", some(range(4), 2))
def test_the_program_of_everything_is_the_stage(
    seed: int, stages: tuple[tuple[str, float], ...]
) -> None:
    """Branch and bound on the stage as it is written finds nothing better, and no worse."""
    own, land, x = laid(seed, stages)
    best = solved(small_programs(land), x, (land.lower, land.upper))
    assert not len(broken(own.formulation, best))
    _, columns = branch_and_bound(replace(own, limits=Limits(gap=1e-7), seconds=60.0))
    assert columns is not None
    assert value_of(own, best) == pytest.approx(value_of(own, columns), rel=1e-5)


@pytest.mark.parametrize("stages", STAGES)
@pytest.mark.parametrize("seed", some(range(4), 2))
def test_a_small_box_holds_the_plan_and_says_what_it_costs(
    seed: int, stages: tuple[tuple[str, float], ...]
) -> None:
    own, land, x = laid(seed, stages)
    programs, every = small_programs(land), np.arange(len(x))
    low, high = programs.box(x, every, 1.0, own.relaxation.columns)
    assert (low <= x).all()
    assert (x <= high).all()
    assert (land.lower <= low).all()
    assert (high <= land.upper).all()
    for end in (low, high):  # admissible, where the plan is
        off = (end / land.step) % 1.0 != 0
        assert not (off & (end != x)).any()
        assert not ((end > 0) & (end < land.smallest) & (end != x)).any()
    program, point = programs.program(x, np.flatnonzero(high > low), (low, high))
    assert program.largest_violation(point) <= 1e-6
    assert program.value(point) == pytest.approx(value_of(own, x), rel=1e-9)
    whole, _ = programs.program(x, every, (land.lower, land.upper))
    assert program.matrix.nnz <= whole.matrix.nnz
    better = solved(programs, x, (low, high))
    assert not len(broken(own.formulation, better))
    assert value_of(own, better) <= value_of(own, x) + 1e-9


def test_places_get_better_and_keep_what_is_held() -> None:
    own, land, x = laid(1, HELD)
    found = improved_near(own, land, x)
    assert not len(broken(own.formulation, found))
    assert value_of(own, found) <= value_of(own, x)
    late = replace(own, seconds=0.0)
    assert (improved_near(late, land, x) == x).all()
