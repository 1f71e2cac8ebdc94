import math

import numpy as np
import pytest

from commission_opt.formulation.parts import PLACES, Columns, Rows
from commission_opt.formulation.shortage import (
    SHORTAGE,
    Shortage,
    in_tiers,
    shortage,
    tiers_of,
    year_weights,
)
from commission_opt.instance.instance import Instance
from commission_opt.policy import Tier
from handworked import TABLES, hand
from samples import TIERS, model, policy, problem_of

FLAT = "[ { weight = 1 } ]"
STEEP = (Tier(0.05, 1.0), Tier(0.10, 2.0), Tier(math.inf, 4.0))


def of(instance: Instance, tiers: str = FLAT, continuation: str = "none") -> Shortage:
    return shortage(problem_of(instance, model(continuation=continuation, tiers=tiers)))


def blocks(found: Shortage) -> tuple[Columns, Rows]:
    ((columns,), (rows,)) = found.part.columns, found.part.rows
    return columns, rows


def test_years_are_discounted_from_the_first() -> None:
    assert year_weights(hand(), policy(model(rate=0.25))) == pytest.approx(
        [1, 0.8, 0.64, 0.512, 0.4096]
    )
    assert year_weights(hand(), policy(model(rate=0))).tolist() == [1] * 5


def test_tiers_are_those_of_the_shortfall_wherever_it_stands() -> None:
    text = model(stages=(("cost", 0.0), ("shortfall", 0.0)))
    assert tiers_of(policy(text)) == STEEP
    assert tiers_of(policy(model(stages=(("worst_region", 0.0),)))) == (Tier(math.inf, 1.0),)


@pytest.mark.parametrize(
    ("missing", "bands"),
    [
        (0, [0, 0, 0]),
        (3, [3, 0, 0]),
        (5, [5, 0, 0]),
        (8, [5, 3, 0]),
        (19, [5, 5, 9]),
        (150, [5, 5, 140]),  # supply can be negative; the last tier is open
    ],
)
def test_tiers_of_a_demand_of_100(missing: float, bands: list[float]) -> None:
    shortfall, demand = np.array([float(missing)]), np.array([100.0])
    assert [band[0] for band in in_tiers(shortfall, demand, STEEP)] == pytest.approx(bands)


def test_what_no_place_can_change_is_settled() -> None:
    # Missing without places: nurses in the north 0, 10, 19, 27.1 and 34.39 FTE (A adds from
    # 2028), in the south 10, 20, 28, 34.4 and 39.52 (B adds from 2027), medics in the south
    # 2 in every year (C adds from 2029).
    found = of(hand())
    assert found.settled == pytest.approx(
        np.array([[[0, 10, 0, 0, 0], [10, 0, 0, 0, 0]], [[0] * 5, [2, 2, 2, 0, 0]]])
    )
    _, row = blocks(found)
    assert [row.label(i) for i in range(len(row.lower))] == [
        *(f"demand for 'nurse' in 'north' in {y}" for y in (2028, 2029, 2030)),
        *(f"demand for 'nurse' in 'south' in {y}" for y in (2027, 2028, 2029, 2030)),
        *(f"demand for 'medic' in 'south' in {y}" for y in (2029, 2030)),
    ]
    assert row.lower == pytest.approx([19, 27.1, 34.39, 20, 28, 34.4, 39.52, 2, 2])
    assert (row.upper == math.inf).all()


def test_rows_count_supply_and_the_shortfall_that_is_left() -> None:
    _, row = blocks(of(hand()))
    answer = row.coefficients[PLACES].toarray()
    assert answer[2] == pytest.approx([0.01, 0, 0])  # nurses, north, 2030
    assert answer[6] == pytest.approx([0.0128, 0.256, 0])  # nurses, south, 2030
    assert answer[7] == pytest.approx([0, 0, 1])  # medics, south, 2029
    assert (row.coefficients[SHORTAGE].toarray() == np.eye(9)).all()


def test_repeated_places_add_up() -> None:
    _, row = blocks(of(hand(), continuation="repeat"))
    # Nurses in the north in 2030: the cohorts of 2026, 2027 and 2028 give 0.01, 0.02 and 0.04.
    assert row.coefficients[PLACES].toarray()[2] == pytest.approx([0.07, 0, 0])


def test_what_last_intakes_give_is_taken_off_the_demand() -> None:
    _, row = blocks(of(hand(), continuation="last_intake"))
    # 20 places of A in 2027 and 2028 give 20 · (0.02 + 0.04) = 1.2 FTE in the north in 2030.
    assert row.lower[2] == pytest.approx(34.39 - 1.2)


def test_bands_are_bounded_by_what_is_missing() -> None:
    found = of(hand(), TIERS)
    block, row = blocks(found)
    assert (block.lower == 0).all()
    fills = row.coefficients[SHORTAGE].toarray()
    # Nurses in the north in 2028, need 100: bands of 5, 5 and the other 9 of 19.
    first = np.flatnonzero(fills[0])
    assert block.upper[first] == pytest.approx([5, 5, 9])
    assert found.tier[first].tolist() == [0, 1, 2]
    assert found.cell[first].tolist() == [2, 2, 2]  # nurse, north, third year
    # Medics, need 12: 0.6, 0.6 and the other 0.8 of 2.
    last = np.flatnonzero(fills[-1])
    assert block.upper[last] == pytest.approx([0.6, 0.6, 0.8])
    assert found.cell[last].tolist() == [19, 19, 19]
    assert fills @ block.upper == pytest.approx(row.lower)


def test_bands_that_nothing_fills_are_left_out() -> None:
    found = of(hand(need={("medic", "south"): 10.25}), TIERS)
    # 0.25 of 10.25 are missing: less than 5 %, so one band for each of the two years.
    block, row = blocks(found)
    fills = row.coefficients[SHORTAGE].toarray()[-2:]
    bands = [block.upper[each > 0].tolist() for each in fills]
    assert bands == [[0.25], [0.25]]


def test_bands_fill_from_the_shallowest() -> None:
    block, row = blocks(of(hand(), TIERS))
    fills = row.coefficients[SHORTAGE].toarray()
    # 1.3 places of C in 2026 leave 0.7 of 2 medics missing in 2029 and 2030: 0.6 and 0.1.
    filled = block.fill(np.array([0.0, 0.0, 1.3]))
    assert filled[fills[-1] > 0] == pytest.approx([0.6, 0.1, 0.0])
    assert block.fill(np.array([0.0, 0.0, 6.0]))[fills[-1] > 0].tolist() == [0, 0, 0]
    assert block.fill(np.zeros(3)) == pytest.approx(block.upper)


def test_a_profession_without_weight_and_a_met_demand_have_no_rows() -> None:
    professions = TABLES["professions"].replace("nursing,2", "nursing,0")
    found = of(hand(professions=professions, need={("medic", "south"): 10}))
    block, row = blocks(found)
    assert (len(row.lower), len(block.lower)) == (0, 0)


def test_a_region_without_weight_counts_only_for_the_worst_region() -> None:
    regions = TABLES["regions"].replace("nation,0.5", "nation,0")
    instance = hand(regions=regions)

    def regions_of(*stages: str) -> set[int]:
        text = model(continuation="none", stages=[(name, 0.0) for name in stages])
        found = shortage(problem_of(instance, text))
        return {int(cell) // 5 % 2 for cell in found.cell}

    assert regions_of("shortfall") == {0}
    assert regions_of("shortfall", "worst_region") == {0, 1}
    assert regions_of("worst_region") == {0, 1}
