"""Moves of blocks: what they promise is what the state shows once they are taken."""

from collections.abc import Callable

import numpy as np
import pytest

from commission_opt.allocation.improve import mended
from commission_opt.allocation.search.moves import Moves, paired, single
from commission_opt.allocation.search.rounding import rounded
from commission_opt.allocation.search.state import State
from commission_opt.arrays import Bools
from samples import model, sample, task, written
from search_landscape import laid_out


def state_of(seed: int) -> State:
    formulation = written(sample(4, 3, 2, seed).instance, model(2))
    land, x = laid_out(formulation)
    plan = mended(task(formulation), rounded(land, x))
    assert plan is not None
    return State(land, plan)


def some_tied(state: State) -> Bools:
    return np.asarray(np.arange(len(state.activity)) % 3 == 0)


def kept(state: State, moves: Moves, tied: Bools) -> Bools:
    after = state.activity + moves.draws(state).toarray()
    least, most = state.land.least[~tied], state.land.most[~tied]
    own = after[:, ~tied]
    broken = (own < least - 1e-9) | (own > most + 1e-9)
    return np.asarray(broken.sum(axis=1) == 0)


@pytest.mark.parametrize("seed", [3, 5])
@pytest.mark.parametrize("offered", [single, paired])
def test_a_move_gains_what_it_says_and_breaks_no_row_of_its_block(
    seed: int, offered: Callable[[State, Bools], Moves]
) -> None:
    state = state_of(seed)
    tied = some_tied(state)
    moves = offered(state, tied)
    assert len(moves) > 0
    assert (np.diff(moves.block) >= 0).all()
    assert kept(state, moves, tied).all()
    assert (state.land.steps.block[moves.run] == moves.block[moves.move]).all()
    for move in range(0, len(moves), 7):
        x = state.x.copy()
        for run, way in zip(
            moves.run[moves.move == move], moves.way[moves.move == move], strict=True
        ):
            steps = state.land.steps
            x[steps.first[run] : steps.last[run] + 1] += state.amount[way, run]
        there = State(state.land, x)
        assert there.value - state.value == pytest.approx(moves.gain[move], abs=1e-6)
        drawn = moves.draws(state).toarray()[move]
        assert there.activity - state.activity == pytest.approx(drawn, abs=1e-6)


def test_two_steps_of_a_pair_share_no_column() -> None:
    state = state_of(3)
    moves, steps = paired(state, some_tied(state)), state.land.steps
    both = np.flatnonzero(np.bincount(moves.move) == 2)
    assert len(both) > 0
    for move in both:
        one, other = moves.run[moves.move == move]
        assert steps.last[one] < steps.first[other] or steps.last[other] < steps.first[one]


def test_pairs_can_take_what_no_step_can_alone() -> None:
    state = state_of(3)
    none = np.zeros(len(state.activity), dtype=bool)
    alone, moves = single(state, none), paired(state, none)
    possible = set(zip(alone.run, alone.way, strict=True))
    of_pairs = np.bincount(moves.move)[moves.move] == 2
    used = set(zip(moves.run[of_pairs], moves.way[of_pairs], strict=True))
    assert used - possible
