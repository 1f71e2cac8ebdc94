import dataclasses
import json
import random
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from builders import Tiny
from commission_opt.accounts.effects import effects
from commission_opt.errors import InputError, UsageError
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.renewed import SCENARIO_FILE
from commission_opt.scenario.scenario import Setting, settings_json
from measured import with_measures
from samples import made, model, sample
from some import some
from sweep_tables import by_hand, random_setting


def setting(text: str) -> Setting:
    axis = parse_axis(text)
    return Setting(axis, axis.values[0])


def check_same(one: Instance, other: Instance, leave_out: tuple[str, ...] = ("files",)) -> None:
    for field in dataclasses.fields(Instance):
        if field.name not in leave_out:
            same(getattr(one, field.name), getattr(other, field.name), field.name)


def same(one: object, other: object, name: str) -> None:
    if isinstance(one, pd.DataFrame):
        assert isinstance(other, pd.DataFrame)
        pd.testing.assert_frame_equal(one, other, check_exact=True, obj=name)
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other, name, strict=True)
    elif isinstance(one, Mapping):
        assert isinstance(other, Mapping)
        assert one.keys() == other.keys(), name
        for key in one:
            same(one[key], other[key], f"{name} {key}")
    else:
        assert one == other, name


@pytest.fixture(scope="module")
def tiny() -> Instance:
    instance = read_contents(Tiny().contents()).instance
    assert instance is not None
    return instance


@pytest.fixture(scope="module")
def policy() -> Policy:
    return parse_policy(model().encode())


def only(ground: Ground, *texts: str) -> Instance:
    return ground.apply([setting(text) for text in texts])[0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", some(range(40), 7))
def test_applying_is_editing_the_tables_and_reading_them(seed: int, policy: Policy) -> None:
    draw = random.Random(seed)
    size = (draw.choice([4, 7]), draw.choice([3, 5]), 1, seed % 4)
    measures = 4 * (seed % 2)
    synthetic, base = made(*size), sample(*size, measures=measures).instance
    if measures:
        tables = with_measures(synthetic.tables, measures, size[-1])
        synthetic = dataclasses.replace(synthetic, tables=tables)
    ground = Ground(base, policy)
    settings: list[Setting] = []
    while len(settings) < 1 + seed % 4:
        drawn = random_setting(base, draw)
        try:
            ground.check([drawn.axis])
        except UsageError:
            continue
        settings.append(drawn)
    applied, same_policy = ground.apply(settings)
    expected = by_hand(synthetic, base, settings)
    check_same(applied, expected)
    assert same_policy is policy
    for part in ("supply", "spend", "weeks"):
        one, other = getattr(effects(applied), part), getattr(effects(expected), part)
        same(one.constant, other.constant, part)


def test_the_base_stays_as_it_is(policy: Policy) -> None:
    base, again = sample(7, 5, 1, 1).instance, sample(7, 5, 1, 1).instance
    before = {name: frame.copy(deep=True) for name, frame in base.tables.items()}
    figures = [base.fte.copy(), base.leaver_rate.copy(), base.demand.copy(), base.costs.copy()]
    only(Ground(base, policy), "workforce*=2", "leavers*=0.5", "demand*=2", "cost*=2", "budget*=9")
    same(base.tables, before, "tables")
    same([base.fte, base.leaver_rate, base.demand][0], figures[0], "fte")
    same(base.leaver_rate, figures[1], "leaver_rate")
    same(base.demand, figures[2], "demand")
    same(base.costs, figures[3], "costs")
    check_same(base, again, leave_out=())


def test_one_course_of_a_row_for_a_whole_group(tiny: Instance, policy: Policy) -> None:
    course = tiny.courses["course"].iloc[0]
    changed = only(Ground(tiny, policy), f"cost[course={course}]*=2").costs["rate"]
    ratio = (changed / tiny.costs["rate"]).to_numpy()
    np.testing.assert_array_equal(ratio, np.where(tiny.costs["line"] == 0, 2.0, 1.0))
    assert 0 < (ratio == 2).sum() < len(ratio)


def test_one_year_of_a_capacity_for_every_year(tiny: Instance, policy: Policy) -> None:
    changed = only(Ground(tiny, policy), "placement_capacity[year=2028]*=3").placements
    ratio = (changed["capacity"] / tiny.placements["capacity"]).to_numpy()
    np.testing.assert_array_equal(ratio, np.where(tiny.placements["year"] == 2028, 3.0, 1.0))


def test_rows_outside_the_horizon_are_left_as_they_are(policy: Policy) -> None:
    edited = Tiny()
    edited.add("demand", "adult,north,2025,300", "gp,coast,2050,80")
    edited.add("joiners", "adult,north,2025,6")
    edited.add("budgets", "tuition,*,2025,7000000")
    instance = read_contents(edited.contents()).instance
    assert instance is not None
    changed = only(Ground(instance, policy), "demand*=2", "joiners*=2", "budget*=2")
    np.testing.assert_array_equal(changed.demand, 2 * instance.demand)
    np.testing.assert_array_equal(changed.joiners, 2 * instance.joiners)
    for name in ("demand", "joiners", "budgets"):
        now, was = (i.tables[name].iloc[:, -1].to_numpy(float) for i in (changed, instance))
        inside = instance.tables[name]["year"].isin(instance.years).to_numpy()
        assert not inside.all()
        np.testing.assert_array_equal(now, np.where(inside, 2 * was, was))


def test_a_parent_covers_the_regions_in_it(tiny: Instance, policy: Policy) -> None:
    ratio = only(Ground(tiny, policy), "demand[region=land]*=2").demand / tiny.demand
    assert list(tiny.regions["region"]) == ["north", "south", "coast"]
    np.testing.assert_array_equal(ratio[:, :2], 2.0)
    np.testing.assert_array_equal(ratio[:, 2], 1.0)


def test_early_leavers_follow_the_leaver_rate_where_they_have_none_of_their_own(
    policy: Policy,
) -> None:
    edited = Tiny()
    edited.drop_column("workforce", "early_leaver_rate")
    edited.drop_column("workforce", "early_years")
    instance = read_contents(edited.contents()).instance
    assert instance is not None
    ground = Ground(instance, policy)
    changed = only(ground, "leaver_rate*=1.5")
    np.testing.assert_array_equal(changed.early_leaver_rate, changed.leaver_rate)
    check_same(only(ground, "leavers*=1.5"), changed)
    with pytest.raises(UsageError, match=r"early_leaver_rate of workforce.csv are empty"):
        ground.check([parse_axis("early_leaver_rate*=1.1")])


def test_settings_are_done_in_their_order(tiny: Instance, policy: Policy) -> None:
    ground = Ground(tiny, policy)
    assert only(ground, "workforce=100", "workforce+=10", "workforce*=2").fte[0, 0] == 220
    assert only(ground, "workforce*=2", "workforce+=10", "workforce=100").fte[0, 0] == 100


def test_whole_numbers_are_rounded_to_the_nearest_halves_up(tiny: Instance, policy: Policy) -> None:
    ground = Ground(tiny, policy)
    course = tiny.courses["course"].iloc[0]
    for value, expected in ((40.4, 40), (40.5, 41), (41.5, 42)):
        factor = value / float(tiny.courses["max_intake"].iloc[0])
        changed = only(ground, f"max_intake[course={course}]*={factor!r}")
        assert changed.courses["max_intake"].iloc[0] == expected
        assert changed.courses["max_intake"].dtype == np.int64


@pytest.mark.parametrize(
    "text",
    ["max_intake=40.4", "max_intake+=0.5", "max_intake+=-0.25", "min_cohort=1.000001",
     "model.commissioning_years=1.9", "model.commissioning_years+=0.5"],
)  # fmt: skip
def test_fractions_of_whole_numbers_are_refused(text: str, tiny: Instance, policy: Policy) -> None:
    ground = Ground(tiny, policy)
    with pytest.raises(UsageError, match=r"is counted in whole numbers, so write whole values$"):
        ground.check([setting(text).axis])
    with pytest.raises(InputError, match="which is not a whole number"):
        only(ground, text)  # as a row of a sweep
    ground.check([parse_axis(f"{text.split('=')[0].rstrip('+')}*=1.5")])


def test_commitments_are_chosen_by_the_courses_that_they_speak_of(policy: Policy) -> None:
    base = sample(7, 5, 1, 1).instance
    ground = Ground(base, policy)
    assert len(base.commitments) > 1
    for i in range(len(base.commitments)):
        courses = base.courses["course"].to_numpy()[base.commitment_lines[i]]
        column = "max" if np.isnan(base.commitments["min_places"].iloc[i]) else "min"
        text = f"commitment_{column}[course={'|'.join(courses)}]*=0.5"
        now = only(ground, text).commitments[f"{column}_places"].to_numpy()
        was = base.commitments[f"{column}_places"].to_numpy()
        within = (base.commitment_lines <= base.commitment_lines[i]).all(axis=1)
        within &= base.commitment_lines.any(axis=1) & ~np.isnan(was)
        assert within[i]
        np.testing.assert_array_equal(now[~within], was[~within])
        np.testing.assert_array_equal(now[within], np.floor(was[within] * 0.5 + 0.5))
        if len(courses) > 1:
            part = f"commitment_{column}[course={'|'.join(courses[:-1])}]*=0.5"
            try:
                untouched = only(ground, part).commitments[f"{column}_places"].iloc[i]
            except UsageError as error:
                assert "no row of commitments.csv" in str(error)  # noqa: PT017
            else:
                assert untouched == was[i]


def test_nothing_changed_is_the_instance_and_the_model_themselves(
    tiny: Instance, policy: Policy
) -> None:
    ground = Ground(tiny, policy)
    for settings in ([], [setting("demand*=1"), setting("joiners+=0"), setting("budget*=1")]):
        instance, model_ = ground.apply(settings)
        assert instance is tiny
        assert model_ is policy


def test_an_applied_instance_shows_that_it_is_not_the_files(tiny: Instance, policy: Policy) -> None:
    settings = [setting("demand*=1.1"), setting("budget*=1"), setting("model.discount_rate=0.01")]
    instance, changed = Ground(tiny, policy).apply(settings)
    note = settings_json(settings[:1])
    assert instance.files == {**tiny.files, SCENARIO_FILE: note.encode()}
    assert json.loads(note) == [{"field": "demand", "filters": {}, "operator": "*=", "value": 1.1}]
    assert instance.hashes() != tiny.hashes()
    assert changed.hash != policy.hash
    assert changed.content.startswith(policy.content)
    as_comment = parse_policy(changed.content)
    assert dataclasses.replace(as_comment, content=policy.content) == policy


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["completion_rate=1.2"], "courses.csv row 2, completion_rate: “completion_rate = 1.2” "
         "makes 1.2 of 0.85, which is not between 0 and 1"),
        (["leavers*=20"], "workforce.csv row 2, leaver_rate: “leavers × 20” makes 1.6 of 0.08"),
        (["budget+=-1e12"], "budgets.csv row 2, amount: “budget − 1e[+]12” makes .* negative"),
        (["demand=1e16"], "demand.csv row 2, fte: .*more than 1e[+]15"),
        (["max_intake=1"], "min_cohort: with “max_intake = 1”, .* is more than max_intake, 1"),
        (["min_cohort*=100"], "min_cohort: with “min_cohort × 100”"),
        (["max_intake=1", "demand*=2", "min_cohort=0"], ""),
    ],
)  # fmt: skip
def test_figures_out_of_range(
    texts: list[str], message: str, tiny: Instance, policy: Policy
) -> None:
    ground = Ground(tiny, policy)
    if not message:
        only(ground, *texts)
        return
    with pytest.raises(InputError, match=message):
        only(ground, *texts)


def test_other_joiners_may_become_negative(tiny: Instance, policy: Policy) -> None:
    assert (only(Ground(tiny, policy), "joiners=-1").tables["joiners"]["fte"] == -1).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("demand[profession=adlut]*=2", "no profession 'adlut' here; did you mean 'adult'"),
        ("demand[group=nursng]*=2", "no group 'nursng' here; did you mean 'nursing'"),
        ("demand[region=nowhere-at-all]*=2", "no region 'nowhere-at-all' here"),
        ("demand[year=2040]*=2", "2040 is outside the horizon, 2026–2031"),
        ("demand[profession=gp,group=nursing]*=2", "no row of demand.csv has all of these codes"),
        ("budget[fund=zzz]*=2", "no fund 'zzz' here; there are"),
        ("model.discountrate=2", "did you mean 'discount_rate'"),
    ],
)
def test_axes_that_have_nothing_to_vary(
    text: str, message: str, tiny: Instance, policy: Policy
) -> None:
    ground = Ground(tiny, policy)
    with pytest.raises(UsageError, match=message):
        ground.check([parse_axis("demand*=2"), parse_axis(text)])
    with pytest.raises(UsageError, match=message):
        only(ground, text)


def test_all_wrong_axes_are_listed(tiny: Instance, policy: Policy) -> None:
    axes = [parse_axis(f"budget[fund={code}]*=2") for code in ("xx", "yy", "xx")]
    with pytest.raises(UsageError) as error:
        Ground(tiny, policy).check(axes)
    assert len(str(error.value).splitlines()) == 2


def test_tables_without_rows_have_nothing_to_vary(policy: Policy) -> None:
    edited = Tiny()
    del edited.tables["commitments"]
    instance = read_contents(edited.contents()).instance
    assert instance is not None
    with pytest.raises(UsageError, match=r"commitments.csv has no rows"):
        Ground(instance, policy).check([parse_axis("commitment_min*=2")])


@pytest.mark.parametrize(
    "text", ["max_intake=1", "max_intake*=0.01", "min_cohort[profession=gp]=500", "min_cohort*=100"]
)
def test_the_second_change_that_is_named_is_enough_for_its_course(
    text: str, tiny: Instance, policy: Policy
) -> None:
    ground, settings = Ground(tiny, policy), [text]
    for _ in range(len(tiny.courses) + 1):
        read = [parse_axis(each) for each in settings]
        try:
            ground.apply([Setting(axis, axis.values[0]) for axis in read])
        except InputError as error:
            (problem,) = error.problems
            second = problem.message.split("make a second change too: '")[1].rstrip("'")
            assert second not in settings
            settings.append(second)
        else:
            break
    else:
        pytest.fail("the changes that were named did not suffice")
    assert len(settings) > 1
