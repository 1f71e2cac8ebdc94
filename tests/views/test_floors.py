"""What is said of floors is true of the plan's numbers."""

from functools import cache

import numpy as np
import pytest

from commission_opt.accounts.outcome import Outcome
from commission_opt.formulation.problem import Planning
from commission_opt.views.floors import by_region, by_year, headline, missed, of_profession
from commission_opt.views.shortfall import Baselines
from handworked import hand
from samples import model, problem_of, sample

HEAD = "floor,profession,region,year,min_fte,min_demand_share,min_mix_share,of\n"
# Ten medics work in the south, in the north none; three places of C bring three in 2029.
TEXT = model(rate=0.0, continuation="none", pace="false")


@cache
def planned(rows: str, places: int = 3) -> tuple[Planning, Outcome]:
    problem = problem_of(hand(floors=HEAD + rows), TEXT)
    return problem, problem.outcome(np.array([[0.0], [0.0], [float(places)]]))


def said(rows: str, places: int = 3) -> str:
    problem, result = planned(rows, places)
    nothing = Baselines(problem, result).nothing
    return headline(problem.instance, result, nothing, "without new places")


def test_without_floors_nothing_is_said() -> None:
    problem = problem_of(hand(), TEXT)
    result = problem.outcome(np.zeros((3, 1)))
    assert headline(problem.instance, result, result, "without new places") == ""


def test_floors_that_are_kept() -> None:
    one, two = "a,medic,south,2030,12,,,\n", "b,medic,south,*,8,,,\n"
    assert said(one) == (
        "The one floor of service is kept, in every region and year; without new places it would "
        "be missed by 2 FTE-years in all."
    )
    assert said(two) == (
        "The one floor of service is kept, in every region and year; it is kept without new places "
        "too."
    )
    assert said(one + two) == (
        "All 2 floors of service are kept, in every region and year; without new places they would "
        "be missed by 2 FTE-years in all."
    )


def test_floors_that_are_missed() -> None:
    # In the south 14 − 10 in three years and 14 − 13 in two; in the north one medic in each year.
    rows = "a,medic,*,*,14,,,\nb,nurse,north,2026,,0.5,,\n"
    assert said(rows) == (
        "1 of 2 floors of service is missed, by 84 FTE-years in all: 'a' in north by 70 (2026/27 "
        "to 2030/31) and 'a' in south by 14 (2026/27 to 2030/31); without new places they would be "
        "missed by 90 FTE-years in all."
    )
    problem, result = planned(rows)
    assert by_year(problem.instance, result).tolist() == [18, 18, 18, 15, 15]
    found = by_region(problem.instance, result)
    assert found["floor"].tolist() == ["a", "a", "b"]
    assert found["below"].tolist() == [70, 14, 0]
    assert found["margin"].tolist() == [-14, -4, 50]
    assert found["asks"].tolist() == [
        "14 FTE of medic", "14 FTE of medic", "0.5 of the demand for nurse"
    ]  # fmt: skip


def test_many_are_counted() -> None:
    rows = "".join(f"f{i},medic,south,2026,{11 + i},,,\n" for i in range(5))
    text = said(rows)
    assert text.startswith("5 of 5 floors of service are missed, by 15 FTE-years in all: 'f4' in")
    assert "2 more pairs of a floor and a region; " in text


def test_a_mix_in_words() -> None:
    problem, result = planned("mix,medic,south,*,,,3,nurse\n")
    (row,) = by_region(problem.instance, result).to_dict("records")
    assert row["asks"] == "3 FTE of medic to each of nurse"


def test_floors_of_a_profession_and_of_its_group() -> None:
    rows = "a,medic,south,*,14,,,\nb,medical,nation,2030,,,0.1,nurse\nc,nurse,*,*,1,,,\n"
    problem, result = planned(rows)
    south = np.array([1])
    assert [*of_profession(problem.instance, result, "medic", south)] == [
        "Floor 'a' (14 FTE of medic) in south is missed by 14 FTE-years, in 2026/27 to 2030/31; by "
        "most in 2026/27, 4 FTE.",
        "Floor 'b' (0.1 FTE of medical to each of nurse) in south is kept; it is nearest to being "
        "missed in 2030/31, by 11 FTE.",
    ]


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", range(2))
def test_years_and_regions_add_up(seed: int) -> None:
    instance = sample(3, 3, 2, seed, floors=8).instance
    problem = problem_of(instance, model(2))
    last = instance.courses["last_intake"].to_numpy(float)[:, None]
    result = problem.outcome(np.repeat(last, 2, axis=1))
    below = result.floors.below
    assert below.any()
    assert by_year(instance, result).sum() == pytest.approx(below.sum())
    found = by_region(instance, result)
    assert found["below"].sum() == pytest.approx(below.sum())
    assert found["missed"].sum() == missed(result.floors).sum()
    assert found["of"].sum() == len(instance.floors)
