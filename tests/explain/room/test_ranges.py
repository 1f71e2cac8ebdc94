import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import independent
from commission_opt.errors import UsageError
from commission_opt.explain.room.enclosure import HIGH, LOW
from commission_opt.explain.room.near_optimal import chosen
from commission_opt.explain.room.ranges import Mover, Ranges, ranges
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.solvers.status import Watch
from handworked import TABLES, hand
from room_cases import forced, solved
from samples import Sample, few, model, sample
from some import some

WITHIN = (0.0, 0.001, 0.02)
BEYOND = 0.05  # places outside of an end


def check_by_forcing(found: Ranges, known: Sample, text: str, *, some: int) -> None:
    """Hold courses at, and a little beyond, the ends found, and solve the other model again."""
    best = independent.solve(known.case, independent.load_policy(text))[2]
    assert found.near.best == pytest.approx(best, rel=1e-6)
    near = found.near
    kind = "courses_by_year" if "courses_by_year" in near.targets.names else "courses"
    names, start = near.targets.names[kind], near.targets.of(kind).start
    rng = np.random.default_rng(0)
    for i in rng.choice(len(names), min(some, len(names)), replace=False):
        k, course, year = start + i, names["course"][i], int(names["year"][i])
        for e, share in enumerate(found.near.within):
            cap = best * (1 + share)
            slack = 2e-6 * max(1.0, cap)
            for end, outwards, box in (
                (found.proved[LOW, k, e], -1.0, near.box[LOW, k]),
                (found.proved[HIGH, k, e], 1.0, near.box[HIGH, k]),
            ):
                assert forced(known.case, text, course, year, end) <= cap + slack
                further = end + outwards * BEYOND
                if abs(end - box) > 1e-6:
                    assert forced(known.case, text, course, year, further) > cap


@pytest.mark.slow
def test_relaxed_ranges_are_those_found_by_forcing() -> None:
    known = sample(4, 2, 1, 3)
    text = model(integer=False)
    found = ranges(solved(known.instance, text), WITHIN)
    assert found.done.all()
    assert np.abs(found.proved[LOW] - found.reached[LOW]).max() == 0
    assert np.abs(found.proved[HIGH] - found.reached[HIGH]).max() == 0
    check_by_forcing(found, known, text, some=4)


@pytest.mark.slow
@few
@given(seed=st.integers(0, 50), level=st.booleans(), years=st.integers(1, 3))
def test_ranges_of_any_instance(seed: int, level: bool, years: int) -> None:
    known = sample(2, 2, years, seed)
    text = model(years, integer=False, level=level)
    found = ranges(solved(known.instance, text), WITHIN)
    if not level:
        check_by_forcing(found, known, text, some=2)
    assert (found.reached[LOW] >= found.proved[LOW]).all()
    assert (found.reached[HIGH] <= found.proved[HIGH]).all()
    assert np.allclose(found.reached[LOW], found.proved[LOW], atol=1e-5, rtol=1e-6)
    assert np.allclose(found.reached[HIGH], found.proved[HIGH], atol=1e-5, rtol=1e-6)
    assert (np.diff(found.proved[HIGH], axis=1) >= -1e-6).all()  # more room, wider


@pytest.mark.slow
@pytest.mark.parametrize("seed", some([1, 4], 2))
def test_ranges_in_whole_places_hold_the_plan_and_nothing_beyond_them_does(seed: int) -> None:
    known = sample(4, 2, 1, seed)
    text = model()
    found = ranges(solved(known.instance, text), (0.0, 0.01))
    now = found.now[:, None]
    assert (found.proved[LOW] <= found.reached[LOW]).all()
    assert (found.reached[LOW] <= now).all()
    assert (now <= found.reached[HIGH]).all()
    assert (found.reached[HIGH] <= found.proved[HIGH]).all()
    assert (found.proved[LOW] % found.near.numbers[0] == 0).all()
    codes = known.instance.courses["course"].to_numpy()
    year = known.instance.first_year
    for k in range(len(codes)):
        for e, share in enumerate(found.near.within):
            cap = found.near.best * (1 + share)
            slack = 1e-6 * cap
            for reached in (found.reached[LOW, k, e], found.reached[HIGH, k, e]):
                assert forced(known.case, text, codes[k], year, reached) <= cap + slack
            step = float(found.near.numbers[0][k, 0])
            for proved, way in ((found.proved[LOW, k, e], -step), (found.proved[HIGH, k, e], step)):
                if found.near.box[LOW, k] <= proved + way <= found.near.box[HIGH, k]:
                    assert forced(known.case, text, codes[k], year, proved + way) > cap


def test_totals_over_years_and_of_professions_are_ranges_of_their_own() -> None:
    known = sample(3, 2, 2, 0)
    text = model(2, integer=False)
    found = ranges(solved(known.instance, text), (0.01,), totals=True)
    aims, weights = found.near.targets, found.near.targets.weights
    single = aims.of("courses_by_year")
    high = np.zeros(weights.shape[1])
    high[weights[single].indices] = found.proved[HIGH, single, 0]
    for kind in ("courses", "professions", "regions"):
        own = aims.of(kind)
        assert (found.proved[HIGH, own, 0] <= weights[own] @ high + 1e-5).all()
        assert np.allclose(found.proved[HIGH, own], found.reached[HIGH, own], rtol=1e-6, atol=1e-5)
        assert np.allclose(found.proved[LOW, own], found.reached[LOW, own], rtol=1e-6, atol=1e-5)


def test_level_intake_counts_every_year_in_totals() -> None:
    known = sample(2, 2, 3, 0)
    found = ranges(solved(known.instance, model(3, level=True)), (0.01,), totals=True)
    whole = found.plan.places.sum()
    assert found.now[found.near.targets.of("regions")].sum() == pytest.approx(whole)
    assert "courses_by_year" not in found.near.targets.names


def test_filters_leave_the_ranges_as_they_are() -> None:
    known = sample(4, 2, 1, 3)
    plan = solved(known.instance, model(integer=False))
    every = ranges(plan, (0.01,))
    code, profession, region = known.instance.courses[["course", "profession", "region"]].iloc[2]
    for asked in (
        chosen(plan.problem, [code], [], []),
        chosen(plan.problem, [], [profession], [region]),
    ):
        one = ranges(plan, (0.01,), asked)
        mine = one.near.targets.names["courses"]["course"].tolist().index(code)
        assert one.proved[HIGH, mine] == pytest.approx(every.proved[HIGH, 2], rel=1e-5)


def test_without_time_the_ends_are_proved_by_prices_and_said_to_be_so() -> None:
    known = sample(4, 2, 1, 3)
    plan = solved(known.instance, model(integer=False))
    late, full = ranges(plan, (0.001,), seconds=0.0), ranges(plan, (0.001,))
    assert not late.done.any()
    assert (late.proved[LOW] <= full.proved[LOW] + 1e-6).all()
    assert (late.proved[HIGH] >= full.proved[HIGH] - 1e-6).all()


@pytest.mark.slow
def test_processes_find_the_same_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    known = sample(3, 2, 1, 3)
    plan = solved(known.instance, model())
    alone = ranges(plan, (0.001,))
    monkeypatch.setattr("commission_opt.explain.room.ranges._ALONE", 0)
    monkeypatch.setattr("commission_opt.explain.room.ranges._CHUNK", 3)
    both = ranges(plan, (0.001,), jobs=2)
    assert both.done.all()
    assert np.array_equal(alone.proved[LOW], both.proved[LOW])
    assert np.array_equal(alone.proved[HIGH], both.proved[HIGH])


def test_a_stopped_search_keeps_what_is_known() -> None:
    known = sample(4, 2, 1, 3)
    plan = solved(known.instance, model(integer=False))
    watch = Watch()
    real = watch.begin

    def begin(phase: str, unit: float = 1.0) -> None:
        real(phase, unit)
        if phase.startswith("ranges: 0 of"):
            watch.stop()

    watch.begin = begin  # type: ignore[method-assign]
    assert not ranges(plan, (0.001,), watch=watch).done.any()


@pytest.mark.parametrize("within", [(), (-0.1,), (float("nan"),), (float("inf"),)])
def test_tolerances_are_shares(within: tuple[float, ...]) -> None:
    plan = solved(sample(4, 2, 1, 3).instance, model(integer=False))
    with pytest.raises(UsageError, match="tolerance"):
        ranges(plan, within)


@pytest.mark.each(2)
@pytest.mark.parametrize("integer", [True, False])
def test_a_course_without_capacity_has_no_room(integer: bool) -> None:
    courses = TABLES["courses"].replace("C,medic,south,beta,3,3,6", "C,medic,south,beta,3,0,0")
    instance = hand(courses=courses)
    text = model(integer=integer, pace="false")
    found = ranges(solved(instance, text), (0.0, 0.05))
    for end in (found.proved[LOW], found.proved[HIGH]):
        assert (end[2] == 0).all()
    assert (found.reached[HIGH, 2] == 0).all()


@pytest.mark.slow
@pytest.mark.parametrize("objective", some(["cost", "change", "surplus", "worst_region"], 3))
def test_other_objectives_have_ranges_too(objective: str) -> None:
    known = sample(3, 2, 1, 0)
    for integer in (True, False):
        text = model(integer=integer, stages=[(objective, 0.0), ("shortfall", 0.0)])
        found = ranges(solved(known.instance, text), (0.02,))
        kind = OBJECTIVES[objective]
        problem = found.plan.problem
        assert (found.proved[LOW] <= found.reached[LOW]).all()
        assert (found.reached[HIGH] <= found.proved[HIGH]).all()
        if integer:
            assert found.near.best == kind.value(problem, found.plan.outcome)
            assert (found.reached[LOW, :, 0] <= found.now).all()
        else:
            assert np.allclose(found.reached[LOW], found.proved[LOW], rtol=1e-6, atol=1e-5)


@pytest.mark.slow
def test_a_plan_that_breaks_a_rule_reaches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    known = sample(4, 2, 1, 3)
    plan = solved(known.instance, model())
    beyond = plan.problem.cohorts.capacity + 100.0
    monkeypatch.setattr(Mover, "moved", lambda *_, **__: beyond)
    found = ranges(plan, (0.5,))
    assert (found.reached[HIGH, :, 0] == found.now).all()
