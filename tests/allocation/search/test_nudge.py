"""Plans moved a little, and mended."""

import numpy as np
import pytest

from commission_opt.allocation.methods import searched
from commission_opt.allocation.search.nudge import nudged
from commission_opt.allocation.search.state import State
from samples import task
from search_landscape import admissible, laid_out, stage, value, violation
from some import some


@pytest.mark.parametrize("years", [1, 3])
def test_a_state_held_elsewhere_is_as_if_it_had_started_there(years: int) -> None:
    formulation = stage(years)
    land, _ = laid_out(formulation)
    plan = searched(task(formulation))
    assert plan is not None
    state = State(land, plan)
    columns = np.arange(0, len(plan), 5)
    numbers = land.upper[columns]
    moved = state.held(columns, numbers)
    fresh = State(moved.land, moved.x)
    assert (moved.x[columns] == numbers).all()
    for name in ("cells", "activity", "below", "amount", "gain"):
        assert np.allclose(getattr(moved, name), getattr(fresh, name)), name
    assert not moved.amount[:, np.isin(land.steps.first, columns)].any()
    assert np.array_equal(state.x, plan)
    assert state.value == pytest.approx(value(formulation, plan))


@pytest.mark.each(3)
@pytest.mark.parametrize("chains", some([False, True], 2))
@pytest.mark.parametrize("seed", range(3))
def test_what_is_held_stays_and_rows_are_mended(seed: int, *, chains: bool) -> None:
    formulation = stage(1, seed=seed)
    land, _ = laid_out(formulation)
    plan = searched(task(formulation))
    assert plan is not None
    mended = 0
    for column in range(len(plan)):
        state = State(land, plan).held(np.array([column]), land.upper[[column]])
        broken = state.violation > 0
        nudged(state, -np.inf, chains=chains)
        assert state.x[column] == land.upper[column]
        assert admissible(formulation, state.x)
        if state.violation == 0.0:
            assert violation(formulation, state.x) <= 1e-6
            mended += broken
    assert mended > 0


def test_it_ends_as_soon_as_the_state_is_good_enough() -> None:
    formulation = stage(1)
    land, _ = laid_out(formulation)
    plan = searched(task(formulation))
    assert plan is not None
    state = State(land, plan)
    nudged(state, np.inf, chains=True)
    assert np.array_equal(state.x, plan)
