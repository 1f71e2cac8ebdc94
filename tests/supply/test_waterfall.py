import numpy as np
import pytest

from commission_opt.accounts.effects import effects
from commission_opt.accounts.outcome import start_years
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.supply import Waterfall, waterfall
from handworked import hand
from samples import model, problem_of, result_of, sample


def _flow(instance: Instance, places: Floats, text: str) -> tuple[Waterfall, Floats]:
    problem = problem_of(instance, text)
    result = result_of(problem, places)
    started = start_years(instance, problem.policy, places)
    return (
        waterfall(instance, problem.effects.supply.matrix, result.supply, *started),
        result.supply,
    )


@pytest.mark.parametrize("seed", range(4))
def test_adds_up_to_supply_in_every_year(seed: int) -> None:
    instance = sample(4, 3, 2, seed).instance
    places = np.random.default_rng(seed).uniform(0, 40, (len(instance.courses), 2))
    flow, supply = _flow(instance, places, model(years=2))
    assert flow.supply == pytest.approx(supply)
    assert (flow.brought_forward[..., 1:] == supply[..., :-1]).all()
    assert (flow.brought_forward[..., 0] == instance.fte).all()
    assert flow.leavers[..., 0] == pytest.approx(0, abs=1e-9)
    assert (flow.leavers >= -1e-9).all()
    assert flow.leavers[..., 1:].sum() > 0


TAKING = (
    "A,nurse,north,2,20,40,0.5,0.64,0.5,0.5,,,\nB,nurse,south,1,8,12,1,0.5,1,1,,,\n"
    "C,medic,south,2,3,6,1,0.25,1,1,nurse,2,0.5\n"
)
HEAD = (
    "course,profession,region,duration_years,last_intake,max_intake,fill_rate,completion_rate,"
    "join_rate,fte_per_joiner,from_profession,fte_from,release_rate\n"
)


def test_those_on_courses_are_told_from_those_who_leave() -> None:
    pipeline = "course,start_year,started\nC,2025,10\n"
    instance = hand(courses=HEAD + TAKING, pipeline=pipeline)
    nothing = np.zeros((len(instance.courses), 1))
    flow, supply = _flow(instance, nothing, model(years=1, continuation="none"))
    # Ten nurses of 2 FTE give up half of that; half of them are still there in the second year. In
    # 2027 a quarter of all have completed it, of whom a fifth would have left.
    assert flow.taken[0, 1, :3] == pytest.approx([5, 0, 0])
    assert supply[0, 1, :3] == pytest.approx([45, 36, 28.8])
    assert flow.leavers[0, 1, :3] == pytest.approx([0, 9, 7.2])
    one = nothing.copy()
    one[2] = 1.0
    flow, supply = _flow(instance, one, model(years=1, continuation="none"))
    # Another student: 1 FTE away, half of it in the second year, of which a fifth would have left.
    assert flow.taken[0, 1, :3] == pytest.approx([6, 0.8 * (0.5 - 1), 0.64 * (0.5 - 0.5)])
    assert flow.commissioned[0].sum() == 0
    assert flow.supply == pytest.approx(supply)


def test_those_in_post_and_other_joiners_leave_at_the_leaver_rate() -> None:
    instance = hand(joiners="profession,region,year,fte\nnurse,north,2027,20\n")
    nothing = np.zeros((len(instance.courses), 1))
    flow, _ = _flow(instance, nothing, model(years=1, continuation="none"))
    # A tenth of 100 leaves, then a tenth of 110.
    assert flow.leavers[0, 0, :3] == pytest.approx([0, 10, 11])
    assert flow.joiners[0, 0, :3].tolist() == [0, 20, 0]


def test_graduates_stand_in_the_year_in_which_they_enter() -> None:
    instance = hand(pipeline="course,start_year,started\nA,2025,50\n")
    places = np.zeros((len(instance.courses), 1))
    flow, supply = _flow(instance, places, model(years=1, continuation="none"))
    # As in test_baseline.py: 4 in the north and 2 in the south in 2027, then half of them leave.
    assert flow.pipeline[0, :, :3].tolist() == [[0, 4, 0], [0, 2, 0]]
    assert flow.leavers[0, 0, 2] == pytest.approx(0.1 * (supply[0, 0, 1] - 4) + 0.5 * 4)


@pytest.mark.parametrize("continuation", ["repeat", "last_intake", "none"])
def test_new_places_are_told_from_those_of_later_years(continuation: str) -> None:
    instance = sample(3, 2, 2, 5).instance
    places = np.full((len(instance.courses), 2), 10.0)
    flow, _ = _flow(instance, places, model(years=2, continuation=continuation))
    courses = instance.courses
    each = (
        courses["fill_rate"] * courses["completion_rate"] * courses["join_rate"]
        * courses["fte_per_joiner"]
    ).to_numpy(float)  # fmt: skip
    share = instance.destinations.groupby(["p", "from_q"])["share"].sum()
    stays = np.array([share[p, q] for p, q in zip(courses["p"], courses["q"], strict=True)])
    in_time = np.array(
        [min(2, max(0, instance.horizon - d)) for d in courses["duration_years"]], dtype=float
    )
    assert flow.commissioned.sum() == pytest.approx((10.0 * each * stays * in_time).sum())
    assert (flow.continued.sum() > 0) == (continuation != "none")


def test_nobody_leaves_where_no_rate_says_so() -> None:
    from dataclasses import replace

    instance = sample(3, 2, 1, 1).instance
    none = np.zeros_like(instance.leaver_rate)
    instance = replace(instance, leaver_rate=none, early_leaver_rate=none)
    places = np.full((len(instance.courses), 1), 7.0)
    flow, _ = _flow(instance, places, model(years=1))
    assert flow.leavers == pytest.approx(np.zeros(instance.shape), abs=1e-9)
    assert effects(instance).supply.constant.size == flow.leavers.size
