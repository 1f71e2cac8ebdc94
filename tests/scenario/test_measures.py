"""Axes over measures: what they choose, and what applying them is."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from builders import Tiny
from commission_opt.accounts.effects import effects
from commission_opt.errors import InputError, UsageError
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Setting
from samples import model
from some import some


def with_some() -> Tiny:
    tiny = Tiny()
    tiny.tables["measures"][0] |= {"last_amount": "5", "max_amount": "60", "min_amount": "10"}
    tiny.tables["measures"][1] |= {"max_amount": "20"}
    tiny.add("costs", "abroad,,*,tuition,5000", "return,,1,tuition,3000")
    tiny.add("commitments", "keep-abroad,,,,,,2026,2026,10,40,The board,Agreed,abroad")
    return tiny


def read(tiny: Tiny) -> Instance:
    reading = read_contents(tiny.contents())
    assert reading.instance is not None, [str(p) for p in reading.problems]
    return reading.instance


@pytest.fixture(scope="module")
def ground() -> Ground:
    return Ground(read(with_some()), parse_policy(model().encode()))


def setting(text: str) -> Setting:
    axis = parse_axis(text)
    return Setting(axis, axis.values[0])


def applied(ground: Ground, text: str) -> Instance:
    return ground.apply([setting(text)])[0]


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("text", "cells"),
    some([
        ("fte_per_unit[measure=abroad]*=0.5", [("measures", 2, "fte_per_unit", "0.45")]),
        ("success_rate[kind=recruit]=0.5",
         [("measures", 2, "success_rate", "0.5"), ("measures", 3, "success_rate", "0.5")]),
        ("success_rate[profession=child]*=0.5", [("measures", 3, "success_rate", "0.5")]),
        ("measure_leaver_rate*=0.5", [("measures", 2, "leaver_rate", "0.1")]),  # the other has none
        ("max_amount[region=land]+=5",
         [("measures", 2, "max_amount", "65"), ("measures", 3, "max_amount", "25")]),
        ("min_amount[measure=abroad]=20", [("measures", 2, "min_amount", "20")]),
        ("cost[measure=abroad]=7000", [("costs", 6, "cost", "7000")]),
        ("commitment_min[measure=abroad]=15", [("commitments", 4, "min_places", "15")]),
        ("commitment_max[measure=abroad]*=0.5", [("commitments", 4, "max_places", "20")]),
    ], 3),
)  # fmt: skip
def test_applying_is_editing_the_table_and_reading_it_again(
    text: str, cells: list[tuple[str, int, str, str]], ground: Ground
) -> None:
    tiny = with_some()
    for cell in cells:
        tiny.cell(*cell)
    got, expected = applied(ground, text), read(tiny)
    for field in dataclasses.fields(Instance):
        one, other = getattr(got, field.name), getattr(expected, field.name)
        if isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(
                one.drop(columns="row", errors="ignore"),
                other.drop(columns="row", errors="ignore"),
                obj=field.name,
            )
        elif isinstance(one, np.ndarray):
            np.testing.assert_array_equal(one, other, field.name)
    pd.testing.assert_frame_equal(got.lines, expected.lines)
    for part in ("supply", "spend", "weeks"):
        one, other = getattr(effects(got), part), getattr(effects(expected), part)
        np.testing.assert_array_equal(one.matrix.toarray(), other.matrix.toarray(), part)


def test_a_filter_on_courses_never_chooses_a_measure_nor_the_reverse(ground: Ground) -> None:
    given = applied(ground, "cost*=1")
    courses = len(given.courses)
    for text, of_measures in (
        ("cost[course=adult-north|gp-south]*=2", False),
        ("cost[provider=uni-a|uni-b]*=2", False),
        ("cost[measure=abroad|return]*=2", True),
    ):
        now = applied(ground, text).costs
        changed = (now["rate"] != given.costs["rate"]).to_numpy()
        assert changed.any()
        assert ((now["line"].to_numpy() >= courses)[changed] == of_measures).all()
    both = applied(ground, "cost[profession=adult]*=2").costs
    lines = both["line"][(both["rate"] != given.costs["rate"]).to_numpy()]
    assert {line >= courses for line in lines} == {True, False}


@pytest.mark.parametrize(
    ("text", "row"),
    [("commitment_max[course=gp-south]=5", None), ("commitment_min[measure=abroad]=5", 4),
     ("commitment_max[provider=uni-b]=5", 3), ("commitment_max[region=north]=50", 4)],
)  # fmt: skip
def test_commitments_are_chosen_by_what_they_count(
    text: str, row: int | None, ground: Ground
) -> None:
    if row is None:
        with pytest.raises(UsageError, match="no row"):
            applied(ground, text)
        return
    column = "min_places" if "min" in text else "max_places"
    given, now = (applied(ground, t).commitments[column] for t in ("cost*=1", text))
    assert list(now.index[now.fillna(-1) != given.fillna(-1)]) == [row]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cost[course=abroad]*=2", "the instance has no course 'abroad' here"),
        ("cost[measure=gp-south]*=2", "the instance has no measure 'gp-south' here"),
        ("max_amount[measure=abraod]*=2", "did you mean 'abroad'?"),
        ("max_amount[kind=retain]*=2", "the instance has no kind 'retain' here"),
    ],
)
def test_what_is_not_there_is_said(text: str, said: str, ground: Ground) -> None:
    with pytest.raises(UsageError) as caught:
        ground.check([parse_axis(text)])
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["max_intake[measure=abroad]*=2", "max_amount[course=x]*=2"])
def test_a_field_of_the_other_has_no_such_filter(text: str) -> None:
    with pytest.raises(UsageError):
        parse_axis(text)


def test_figures_that_cross_are_refused_with_a_second_change(ground: Ground) -> None:
    with pytest.raises(InputError) as caught:
        applied(ground, "max_amount[measure=abroad]=5")
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column) == ("measures.csv", 2, "min_amount")
    assert "10 is more than max_amount, 5" in problem.message
    assert "'min_amount[measure=abroad]=5'" in problem.message
    second = [setting("max_amount[measure=abroad]=5"), setting("min_amount[measure=abroad]=5")]
    assert ground.apply(second)[0].lines["max_amount"].iloc[-2] == 5


def test_units_are_never_added_to_places(ground: Ground) -> None:
    def said(text: str) -> str:
        return str(ground.touched([setting(text)])[0])

    assert said("max_amount+=5") == "2 rows, +10 units in all"
    assert said("commitment_max[measure=abroad]+=5") == "1 row, +5 units in all"
    assert said("commitment_max[provider=uni-b]+=5") == "1 row, +5 places in all"
    assert said("commitment_max+=5") == "2 rows"


def test_without_measures_there_is_nothing_to_vary() -> None:
    tiny = Tiny()
    del tiny.tables["measures"]
    with pytest.raises(UsageError, match="there is nothing to vary"):
        Ground(read(tiny), parse_policy(model().encode())).check([parse_axis("max_amount*=2")])
