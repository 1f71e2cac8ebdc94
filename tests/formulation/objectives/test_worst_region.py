import numpy as np
import pytest

from agreement import agreed
from commission_opt.formulation.objectives.worst_region import shares
from commission_opt.instance.instance import Instance
from handworked import TABLES, hand
from samples import TIERS, model, problem_of, result_of

PLACES = np.array([[20.0], [8.0], [3.0]])


def text(rate: float = 0, tiers: str = TIERS) -> str:
    stages = (("worst_region", 0.0), ("shortfall", 0.0))
    return model(continuation="none", rate=rate, tiers=tiers, pace="false", stages=stages)


def worst(instance: Instance, model_: str, places: np.ndarray = PLACES) -> float:
    return agreed("worst_region", instance, model_, places)


def test_by_hand() -> None:
    # Missing, as in test_outcome.py: nurses (weight 2) in the north 10 + 18.2 + 26.7 + 34.19 of
    # 5 · 100, in the south 10 + 16 + 24.4 + 31.52 + 37.216 of 5 · 60; medics (weight 1) in the
    # south 2 + 2 + 2 of 5 · 12. The weights of the regions, 1 and 0.5, do not count, nor do tiers.
    problem = problem_of(hand(), text())
    north, south = 2 * 89.09 / (2 * 500), (2 * 119.136 + 6) / (2 * 300 + 60)
    found = shares(problem, result_of(problem, PLACES).shortfall)
    assert found == pytest.approx([north, south])
    assert worst(hand(), text()) == pytest.approx(south)


def test_tiers_and_region_weights_do_not_count() -> None:
    regions = TABLES["regions"].replace("nation,0.5", "nation,0")
    expected = pytest.approx(worst(hand(), text()))
    assert worst(hand(), text(tiers="[ { weight = 7 } ]")) == expected
    assert worst(hand(regions=regions), text()) == expected


def test_discounted() -> None:
    # δ = 0.8: 10 + 12.8 + 15.616 + 16.13824 + 15.2436736 nurses and 2 + 1.6 + 1.28 medics, of
    # 60 and 12 in 1 + 0.8 + 0.64 + 0.512 + 0.4096 = 3.3616 years.
    expected = (2 * 69.7979136 + 4.88) / (3.3616 * (2 * 60 + 12))
    assert worst(hand(), text(rate=0.25)) == pytest.approx(expected)


def test_the_other_region_can_be_the_worst() -> None:
    # Nobody is short in the south, and the north is as above.
    need = {("nurse", "south"): 1.0, ("medic", "south"): 10.0}
    assert worst(hand(need=need), text()) == pytest.approx(2 * 89.09 / (2 * 500))


def test_a_region_without_demand_is_left_out() -> None:
    # Medics leave the north by the joiners' table: 5 FTE missing where none are needed.
    joiners = "profession,region,year,fte\nmedic,north,2026,-5\n"
    need = {("nurse", "north"): 0.0, ("nurse", "south"): 1.0, ("medic", "south"): 10.0}
    assert worst(hand(need=need, joiners=joiners), text()) == 0


def test_a_demand_of_nothing_at_all() -> None:
    need = {("nurse", "north"): 0.0, ("nurse", "south"): 0.0, ("medic", "south"): 0.0}
    assert worst(hand(need=need), text()) == 0


def test_a_profession_without_weight_does_not_count() -> None:
    # Without nurses: the medics of the south are 6 short of 60.
    professions = TABLES["professions"].replace("nursing,2", "nursing,0")
    assert worst(hand(professions=professions), text()) == pytest.approx(6 / 60)


def test_more_places_help_the_worst() -> None:
    # Twelve places of B instead of eight: 4 · 0.5 = 2 nurses more in 2027, and a fifth fewer a
    # year: 2 · (1 + 0.8 + 0.64 + 0.512) = 5.904 of weight 2.
    more = np.array([[20.0], [12.0], [3.0]])
    expected = (2 * (119.136 - 5.904) + 6) / 660
    assert worst(hand(), text(), more) == pytest.approx(expected)
