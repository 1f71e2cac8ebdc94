from dataclasses import replace

import numpy as np
import pytest

from commission_opt.allocation.methods import auto, branch_and_bound
from commission_opt.allocation.settled import pointed
from commission_opt.arrays import Floats
from commission_opt.solvers.status import Status
from samples import model, sample, task, written


@pytest.mark.parametrize("seed", range(3))
def test_every_admissible_point_is_a_point_of_the_whole_program(seed: int) -> None:
    formulation = written(sample(4, 3, 2, seed).instance, model(2))
    result, columns = branch_and_bound(task(formulation, 20, gap=0.05))
    assert result.status in (Status.OPTIMAL, Status.LIMIT)
    assert columns is not None
    steps = columns / formulation.step
    assert (steps == np.round(steps)).all()
    runs = columns > 0
    assert (columns[runs] >= formulation.smallest[runs]).all()
    assert (columns <= formulation.largest).all()


def test_no_time() -> None:
    formulation = written(sample(4, 3, 2, 0).instance, model(2))
    result, columns = branch_and_bound(task(formulation, 0))
    assert (result.status, columns) == (Status.LIMIT, None)


def test_the_bound_is_raised_before_better_places_are_looked_for() -> None:
    formulation = written(sample(6, 3, 2, 1).instance, model(2))
    asked: list[Floats] = []
    job = replace(task(formulation, gap=0.0), prove=asked.append)
    _, columns = auto(job)
    assert columns is not None
    assert len(asked) == 1
    assert asked[0].shape == formulation.problem.layout.to_amounts(columns).shape


@pytest.mark.parametrize("seed", range(3))
def test_a_large_search_in_haste_goes_on_once_the_bound_is_raised(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("commission_opt.allocation.methods.is_large", lambda _: True)
    formulation = written(sample(6, 3, 2, seed).instance, model(2))
    hasty = list[float]()
    job = task(formulation, gap=0.0)

    def prove(_: Floats) -> None:
        hasty.append(job.watch.best)

    _, columns = auto(replace(job, prove=prove))
    assert columns is not None
    assert len(hasty) == 1
    assert job.watch.best <= hasty[0]
    point = pointed(formulation, formulation.problem.layout.to_amounts(columns))
    assert formulation.program.largest_violation(point) <= 1e-6
