import numpy as np
import pytest

from commission_opt.allocation.methods import branch_and_bound
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
