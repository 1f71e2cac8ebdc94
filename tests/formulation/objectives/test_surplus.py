import numpy as np
import pytest

from agreement import agreed
from commission_opt.formulation.objectives.surplus import aim
from commission_opt.instance.instance import Instance
from handworked import TABLES, hand
from samples import model, problem_of

PLACES = np.array([[20.0], [8.0], [3.0]])


def text(rate: float = 0.25, continuation: str = "none") -> str:
    return model(rate=rate, continuation=continuation, pace="false", stages=(("surplus", 0.0),))


def surplus(instance: Instance, model_: str, places: np.ndarray = PLACES) -> float:
    return agreed("surplus", instance, model_, places)


# Three places of C bring 13 medics from 2029, where 12 are needed. δ = 0.8.
def test_by_hand() -> None:
    assert surplus(hand(), text(rate=0)) == pytest.approx(1 + 1)
    assert surplus(hand(), text()) == pytest.approx(0.512 + 0.4096)
    more = np.array([[20.0], [8.0], [6.0]])
    assert surplus(hand(), text(), more) == pytest.approx(4 * (0.512 + 0.4096))
    assert surplus(hand(), text(), np.array([[20.0], [8.0], [2.0]])) == 0


def test_weights_do_not_count() -> None:
    professions = TABLES["professions"].replace("medical,1", "medical,0")
    regions = TABLES["regions"].replace("nation,0.5", "nation,0")
    found = surplus(hand(professions=professions, regions=regions), text())
    assert found == pytest.approx(0.512 + 0.4096)


def test_continued_places_count() -> None:
    # The cohort of 2027 enters in 2030: 16 medics where 12 are needed.
    expected = 0.512 * 1 + 0.4096 * 4
    assert surplus(hand(), text(continuation="repeat")) == pytest.approx(expected)
    assert surplus(hand(), text(continuation="last_intake")) == pytest.approx(expected)


def test_a_surplus_that_no_place_changes_is_a_constant() -> None:
    # Of 100 nurses in the north in 2026 90 are needed, and of 90 in 2027 90; of 10 medics 7 in
    # the first three years. From 2029 on C adds to 3 medics too many.
    need = {("nurse", "north"): 90.0, ("medic", "south"): 7.0}
    found = aim(problem_of(hand(need=need), text()))
    assert found.offset == pytest.approx(10 + 3 * (1 + 0.8 + 0.64))
    expected = found.offset + 6 * (0.512 + 0.4096)
    assert surplus(hand(need=need), text()) == pytest.approx(expected)


def test_columns_stand_where_places_can_bring_a_surplus() -> None:
    found = aim(problem_of(hand(), text()))
    (part,) = found.parts
    (block,), (row,) = part.columns, part.rows
    # Twelve of B bring 6 nurses to the south and forty of A too few to the north; only medics in
    # 2029 and 2030 can be too many: 10 + 6 − 12.
    assert block.upper == pytest.approx([4, 4])
    assert block.lower.tolist() == [0, 0]
    assert found.cost["surplus"] == pytest.approx([0.512, 0.4096])
    assert row.lower == pytest.approx([-2, -2])
    assert found.offset == 0
    assert row.label(0) == "surplus of medic,south,2029"
