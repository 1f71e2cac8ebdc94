"""What the search believes of a step, against the objective and the rows worked out anew."""

import numpy as np
import pytest

from commission_opt.allocation.methods import searched
from commission_opt.allocation.search.rounding import rounded
from commission_opt.allocation.search.search import sweep
from commission_opt.allocation.search.state import DOWN, UP, State
from samples import task
from search_landscape import admissible, laid_out, stage, value, violation
from some import some

OBJECTIVES = ("shortfall", "cost", "change", "surplus")
SOFT = 'commitments = "soft"\ncommitment_price = 2.0'


@pytest.mark.parametrize(
    ("name", "years", "rules"),
    [*((name, years, "") for name in OBJECTIVES for years in (1, 3)), ("shortfall", 3, SOFT)],
)
def test_gain_of_every_step(name: str, years: int, rules: str) -> None:
    formulation = stage(years, rules, name)
    land, x = laid_out(formulation)
    state = State(land, rounded(land, x))
    before = value(formulation, state.x)
    assert state.value == pytest.approx(before)
    steps, tried = land.steps, 0
    for way in (UP, DOWN):
        for run in np.flatnonzero(state.amount[way])[::3]:
            after = state.x.copy()
            after[steps.first[run] : steps.last[run] + 1] += state.amount[way, run]
            assert admissible(formulation, after)
            change = value(formulation, after) - before
            assert state.gain[way, run] == pytest.approx(change, abs=1e-9 * max(1, abs(before)))
            tried += 1
    assert tried > 5


def test_every_single_step_that_is_admissible_is_known() -> None:
    formulation = stage(2)
    land, x = laid_out(formulation)
    state = State(land, rounded(land, x))
    single = land.steps.first == land.steps.last
    for run in np.flatnonzero(single):
        column = land.steps.first[run]
        numbers = np.arange(0.0, land.upper[column] + 1, land.step[column])
        numbers = numbers[(numbers == 0) | (numbers >= land.smallest[column])]
        numbers = numbers[(numbers >= land.lower[column]) & (numbers <= land.upper[column])]
        higher, lower = numbers[numbers > state.x[column]], numbers[numbers < state.x[column]]
        up = higher[0] - state.x[column] if len(higher) else 0
        down = lower[-1] - state.x[column] if len(lower) else 0
        assert (state.amount[UP, run], state.amount[DOWN, run]) == (up, down)


@pytest.mark.parametrize("seed", some(range(5), 3))
def test_steps_taken_leave_everything_up_to_date(seed: int) -> None:
    formulation = stage(3, seed=seed)
    land, x = laid_out(formulation)
    state = State(land, rounded(land, x))
    rng = np.random.default_rng(seed)
    taken = 0
    for _ in range(200):
        way = int(rng.integers(2))
        some = np.flatnonzero(state.amount[way])
        runs = rng.choice(some, size=2, replace=False)
        columns = [set(range(land.steps.first[r], land.steps.last[r] + 1)) for r in runs]
        if columns[0] & columns[1]:
            continue
        broken, cost = state.violation, state.value
        if state.take(runs.tolist(), [way, way], 0.0, 1e-9):
            taken += 1
            assert state.violation < broken or state.value < cost
            assert state.violation <= broken
    assert taken
    again = State(land, state.x)
    assert admissible(formulation, state.x)
    for name in ("cells", "activity", "below", "amount", "gain"):
        assert getattr(state, name) == pytest.approx(getattr(again, name), abs=1e-6), name


def test_a_step_that_breaks_a_row_is_refused_whatever_it_gains() -> None:
    formulation = stage(1)
    land, _ = laid_out(formulation)
    start = searched(task(formulation))
    assert start is not None
    state = State(land, start)
    while any(state.take([int(r)], [UP], 0.0, -np.inf) for r in np.flatnonzero(state.amount[UP])):
        pass
    assert state.violation == 0.0
    assert violation(formulation, state.x) <= 2e-7
    # It would gain, if only it could.
    assert (state.gain[UP][state.amount[UP] > 0] < 0).any()


@pytest.mark.parametrize("name", ["shortfall", "cost"])
def test_steps_that_only_break_rows_are_never_taken(name: str) -> None:
    land, x = laid_out(stage(2, name=name))
    state = State(land, rounded(land, x))
    for _ in range(2):
        sweep(state, 1.0, 1e-6)
    ways, runs = np.nonzero(state.amount)
    known = state.only_breaking(ways, runs)
    assert known.any()
    assert not known.all()
    for way, run, no in zip(ways.tolist(), runs.tolist(), known.tolist(), strict=True):
        after = land.use @ state.x
        draws = land.steps.drawn[:, [run]].toarray()[:, 0] * state.amount[way, run]
        beyond = [
            np.maximum(a - land.most, 0.0) + np.maximum(land.least - a, 0.0)
            for a in (after, after + draws)
        ]
        change = np.round(beyond[1] - beyond[0], 9)
        assert no == ((change > 0).any() and not (change < 0).any())
