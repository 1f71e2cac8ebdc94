"""Earlier objectives in the search: what steps do to them, and that none is exceeded."""

from dataclasses import replace

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.conditioned import conditioned
from commission_opt.allocation.improve import broken
from commission_opt.allocation.methods import Method, searched
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.allocation.search.landscape import dearer, landscape
from commission_opt.allocation.search.rounding import rounded
from commission_opt.allocation.search.state import DOWN, UP, State
from commission_opt.allocation.settled import settled
from commission_opt.arrays import Floats
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.goals import aim_value
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.objectives.worst_region import shares
from commission_opt.formulation.parts import Aim
from commission_opt.solvers.status import Limits, Watch
from handworked import hand
from samples import model, problem_of, sample, task
from search_landscape import admissible, laid_out
from some import some

STAGES = (("shortfall", 0.02), ("surplus", 0.05), ("cost", 0.0))
WORST = ("worst_region", 0.02)
REGIONS = (STAGES[0], WORST, STAGES[2])


def last_stage(seed: int, stages: tuple[tuple[str, float], ...] = STAGES) -> Formulation:
    """The last stage of a model, with the earlier ones held a little above their relaxation."""
    problem = problem_of(sample(6, 3, 2, seed).instance, model(2, stages=stages))
    *earlier, last = aims(problem)
    held: list[tuple[Aim, float]] = []
    for aim, (_, tolerance) in zip(earlier, stages, strict=False):
        formulation = formulate(problem, aim, held=held)
        bound = solve_relaxation(formulation, Limits(), Watch()).bound * aim.scale
        held.append((aim, bound * (1.1 + tolerance)))
    return conditioned(formulate(problem, last, held=held))


def beyond(formulation: Formulation, x: Floats) -> list[float]:
    """How far each held objective is above its limit, in its own unit, worked out anew."""
    problem = formulation.problem
    outcome = problem.outcome(problem.layout.to_amounts(x))
    return [OBJECTIVES[aim.name].value(problem, outcome) - most for aim, most in formulation.held]


def row_units(formulation: Formulation) -> list[float]:
    """What 1 in the row of each held objective stands for."""
    units, rows = formulation.row_units(), formulation.program.rows
    return [float(units[rows[f"held_{aim.name}"].start]) for aim, _ in formulation.held]


@pytest.mark.parametrize("stages", [STAGES, REGIONS])
@pytest.mark.parametrize("seed", some(range(4), 2))
def test_a_row_beyond_its_end_by_little_costs_more_than_a_step_gains(
    seed: int, stages: tuple[tuple[str, float], ...]
) -> None:
    """Else a limit of an earlier objective is kept at the price of a row that no step mends."""
    formulation = last_stage(seed, stages)
    relaxation = solve_relaxation(formulation, Limits(), Watch())
    land = landscape(formulation, relaxation.multipliers)
    assert land is not None
    assert len(land.caps)
    state = State(land, rounded(land, relaxation.columns))
    little = land.broken(np.full(len(land.most), 1e-9), slice(None))
    drawn, places = land.steps.drawn.tocoo(), np.abs(state.amount).max(axis=0)
    row, run = drawn.coords
    some_gain = places[run] > 0
    gain = -state.gain.min(axis=0)[run] / np.maximum(places[run], 1.0)
    assert (little[row] >= gain)[some_gain].all()
    assert not land.broken(np.zeros(len(land.most)), slice(None)).any()


def test_without_anything_held_a_row_costs_by_how_far_it_is_broken() -> None:
    problem = problem_of(sample(6, 3, 2, 0).instance, model(2))
    own = task(conditioned(formulate(problem, aims(problem)[0])))
    land = landscape(own.formulation, own.relaxation.multipliers)
    assert land is not None
    assert not land.grain.any()


@pytest.mark.parametrize("seed", some(range(4), 2))
def test_what_a_step_changes_in_what_is_held(seed: int) -> None:
    formulation = last_stage(seed)
    land, x = laid_out(formulation)
    state, units = State(land, rounded(land, x)), row_units(formulation)
    before = beyond(formulation, state.x)
    assert len(land.caps) == len(before) == 2
    for k, most in enumerate(land.caps.most):
        excess = (state.caps[k] - most) * units[k]
        assert excess == pytest.approx(before[k], rel=1e-6, abs=1e-5 * abs(most) * units[k])
    steps, tried = land.steps, 0
    for way in (UP, DOWN):
        for run in np.flatnonzero(state.amount[way])[::5]:
            after = state.x.copy()
            after[steps.first[run] : steps.last[run] + 1] += state.amount[way, run]
            for k, now in enumerate(beyond(formulation, after)):
                change = (now - before[k]) / units[k]
                assert state.burden[k, way, run] == pytest.approx(change, rel=1e-6, abs=1e-8)
            tried += 1
    assert tried > 5


@pytest.mark.parametrize("seed", some(range(4), 2))
def test_steps_taken_leave_what_is_held_up_to_date(seed: int) -> None:
    land, x = laid_out(last_stage(seed))
    state = State(land, rounded(land, x))
    rng, taken = np.random.default_rng(seed), 0
    for _ in range(200):
        way = int(rng.integers(2))
        some_run = int(rng.choice(np.flatnonzero(state.amount[way])))
        exceeded = np.maximum(state.caps - land.caps.most, 0.0)
        broken_before = state.violation
        if state.take([some_run], [way], 0.0, -np.inf):
            taken += 1
            now = np.maximum(state.caps - land.caps.most, 0.0)
            assert (now <= exceeded).all() or state.violation < broken_before
    assert taken
    again = State(land, state.x)
    for name in ("cells", "below", "capped", "caps", "burden"):
        assert getattr(state, name) == pytest.approx(getattr(again, name), abs=1e-6), name
    assert state.violation == pytest.approx(again.violation)


def test_held_columns_leave_what_is_held_up_to_date() -> None:
    land, x = laid_out(last_stage(0))
    state = State(land, rounded(land, x))
    moved = state.held(np.array([0, 3]), land.upper[[0, 3]])
    again = State(moved.land, moved.x)
    for name in ("capped", "caps", "burden"):
        assert getattr(moved, name) == pytest.approx(getattr(again, name), abs=1e-9), name


@pytest.mark.each(5)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "stages", [STAGES, STAGES[1:], (STAGES[2], STAGES[0]), STAGES[::2], REGIONS, REGIONS[:2]]
)
def test_what_is_found_exceeds_nothing(seed: int, stages: tuple[tuple[str, float], ...]) -> None:
    """What costs decisions alone is held as a row, everything else as a cap."""
    formulation = last_stage(seed, stages)
    x = searched(task(formulation))
    assert x is not None
    assert admissible(formulation, x)
    assert not len(broken(formulation, x))
    for over, (_, most) in zip(beyond(formulation, x), formulation.held, strict=True):
        assert over <= 1e-6 * max(1.0, abs(most))


@pytest.mark.parametrize("seed", some(range(4), 2))
def test_the_largest_of_regions_is_held_region_by_region(seed: int) -> None:
    formulation = last_stage(seed, (WORST, ("surplus", 0.0)))
    land, x = laid_out(formulation)
    state, problem = State(land, rounded(land, x)), formulation.problem
    ((_, most),), (unit,) = formulation.held, row_units(formulation)
    for run in np.flatnonzero(state.amount[DOWN])[::7]:
        state.take([int(run)], [DOWN], 0.0, -np.inf)
    short = shares(problem, problem.outcome(problem.layout.to_amounts(state.x)).shortfall)
    assert len(land.caps) == len(short) > 1
    assert len(land.caps.of) == 1  # they share a layer
    assert (state.caps - land.caps.most) * unit == pytest.approx(short - most, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", some(range(4), 2))
def test_the_largest_of_regions_as_an_objective(seed: int) -> None:
    """Its value is the largest; what is paid beside the weighted sum is what is above a bound."""
    own = last_stage(seed, (STAGES[0], WORST))
    spread, problem = own.aim.spread, own.problem
    assert spread is not None
    assert own.hinges is None
    own = replace(own, aim=replace(own.aim, hinges=spread.hinges[0]))
    nothing = np.zeros(len(own.program.row_lower))
    land = landscape(own, nothing, proved=0.01 / own.aim.scale)
    assert land is not None
    state, taken = State(land, rounded(land, land.upper)), 0
    aimed, most = land.caps.aimed, land.caps.most
    for run in np.flatnonzero(state.amount[DOWN])[::3]:
        pushed = land.caps.pushed(state.caps, state.burden)[DOWN, run]
        before = np.maximum(state.caps - most, 0.0)[aimed].sum()
        if not state.take([int(run)], [DOWN], 0.0, -np.inf):
            continue
        after = np.maximum(state.caps - most, 0.0)[aimed].sum()
        assert pushed == pytest.approx(3.0 * (after - before), rel=1e-6, abs=1e-9)
        value = aim_value(problem, own.aim, problem.outcome(problem.layout.to_amounts(state.x)))
        assert state.value * own.aim.scale == pytest.approx(value, rel=1e-6)
        taken += 1
    assert taken > 3


def test_what_is_no_sum_of_hinges_cannot_be_held() -> None:
    formulation = last_stage(0, (WORST, ("cost", 0.0)))
    ((aim, most),) = formulation.held
    formulation = replace(formulation, held=((replace(aim, spread=None), most),))
    assert landscape(formulation, np.zeros(len(formulation.program.row_lower))) is None


def test_penalties_rise_together() -> None:
    land, _ = laid_out(last_stage(1))
    raised = dearer(land, 3.0)
    assert raised.penalty == pytest.approx(3.0 * land.penalty)
    assert raised.caps.penalty == pytest.approx(3.0 * land.caps.penalty)
    assert (raised.caps.most == land.caps.most).all()


@pytest.mark.slow
def test_later_stages_come_near_their_bounds() -> None:
    """Before, the cheapest plan within a tolerance was left to branch and bound."""
    problem = problem_of(sample(12, 4, 2, 1).instance, model(2, stages=STAGES[::2]))
    plan = allocate(problem.instance, problem.policy, Limits(30.0, 1e-3), method=Method.FAST)
    first, last = plan.certificate.stages
    assert plan.certificate.valid
    assert last.final_gap <= 0.02
    assert first.final <= first.limit * (1 + 1e-6)


def test_what_is_held_counts_those_deployed() -> None:
    """A landscape with somebody deployed has caps over places alone, too."""
    pairs = "needed,by,region,ratio,max_share\nmedic,nurse,south,0.5,0.4\nnurse,medic,*,1.5,0.2\n"
    instance = hand(substitution=pairs, need={("nurse", "south"): 40})
    problem = problem_of(instance, model(2, pace="false", stages=STAGES[:2]))
    first, second = aims(problem)
    formulation = formulate(problem, second, held=[(first, 1e4)])
    nothing = np.zeros((len(instance.lines), 2))
    x, deployed = problem.layout.to_columns(nothing), settled(formulation, nothing)
    assert deployed is not None
    assert deployed.any()
    land = landscape(formulation, np.zeros(len(formulation.program.row_lower)), deployed)
    assert land is not None
    assert len(land.caps) == 1
    state = State(land, x)
    value = OBJECTIVES["shortfall"].value(problem, problem.outcome(nothing, deployed))
    (unit,) = row_units(formulation)
    assert (state.caps[0] - land.caps.most[0]) * unit == pytest.approx(value - 1e4, abs=0.1)
    later = OBJECTIVES["surplus"].value(problem, problem.outcome(nothing, deployed))
    assert state.value * second.scale == pytest.approx(later)
