import numpy as np
import pytest

from agreement import agreed
from commission_opt.instance.instance import Instance
from handworked import TABLES, hand
from samples import model, written

PLACES = np.array([[20.0], [8.0], [3.0]])


def text(years: int = 1, rate: float = 0.25, continuation: str = "none") -> str:
    return model(years, rate=rate, continuation=continuation, pace="false", stages=(("cost", 0.0),))


def cost(instance: Instance, model_: str, places: np.ndarray = PLACES) -> float:
    return agreed("cost", instance, model_, places)


# A place on A costs 0.5 · 1,000 = 500 and a year later 0.5 · √0.64 · 3,000 = 1,200, one on B 500
# and one on C 10,000 in each of three years. δ = 0.8, so years weigh 1, 0.8, 0.64, 0.512, 0.4096.
def test_of_one_year() -> None:
    # 20 · (500 + 0.8 · 1,200) + 8 · 500 + 3 · 10,000 · (1 + 0.8 + 0.64).
    assert cost(hand(), text()) == pytest.approx(29_200 + 4_000 + 73_200)
    # 20 · 1,700 + 8 · 500 + 3 · 30,000.
    assert cost(hand(), text(rate=0)) == pytest.approx(34_000 + 4_000 + 90_000)


def test_of_two_years() -> None:
    # In 2027 25, 0 and 1 places start: 25 · (0.8 · 500 + 0.64 · 1,200) and 10,000 · (0.8 + 0.64
    # + 0.512) more.
    places = np.array([[20.0, 25.0], [8.0, 0.0], [3.0, 1.0]])
    assert cost(hand(), text(2), places) == pytest.approx(106_400 + 29_200 + 19_520)


@pytest.mark.parametrize("continuation", ["repeat", "last_intake"])
def test_continued_places_cost_within_the_horizon(continuation: str) -> None:
    # The same places start in all five years; what falls after 2030 does not count.
    # A: 20 · (500 · 3.3616 + 1,200 · 2.3616) = 90,294.40; B: 8 · 500 · 3.3616 = 13,446.40;
    # C: 1, 2, 3, 3 and 3 cohorts of 3 at 10,000: 30,000 · 7.2848 = 218,544.
    found = cost(hand(), text(continuation=continuation))
    assert found == pytest.approx(90_294.40 + 13_446.40 + 218_544)


def test_what_last_intakes_cost_afterwards_is_a_constant() -> None:
    formulation = written(hand(), text(continuation="last_intake"))
    expected = 322_284.80 - 106_400  # all years less the first cohorts
    assert formulation.program.offset * formulation.aim.scale == pytest.approx(expected)
    nothing = np.zeros((3, 1))
    assert cost(hand(), text(continuation="last_intake"), nothing) == pytest.approx(expected)


def test_the_pipeline_does_not_count() -> None:
    pipeline = "course,start_year,started\nA,2025,50\nC,2025,7\n"
    assert cost(hand(pipeline=pipeline), text()) == pytest.approx(106_400)


def test_every_fund_counts_with_or_without_a_budget() -> None:
    # Board and lodging for C on top, 1,000 in its second year: 3 · 0.8 · 1,000.
    costs = TABLES["costs"] + "C,,2,board,1000\n"
    budgets = "fund,region,year,amount\ntuition,*,2026,14000\n"
    found = cost(hand(costs=costs, budgets=budgets), text())
    assert found == pytest.approx(106_400 + 2_400)


def test_a_course_that_costs_nothing() -> None:
    costs = TABLES["costs"].replace("C,,*,grant,10000\n", "")
    assert cost(hand(costs=costs), text()) == pytest.approx(33_200)
