import math

import numpy as np
import pytest

import independent
from commission_opt.effects import effects
from commission_opt.formulation.decisions import decisions
from commission_opt.formulation.parts import PLACES, Part
from commission_opt.formulation.shortfall import (
    in_tiers,
    shortfall_part,
    shortfall_weights,
    tiered,
    weighted_shortfall,
    year_weights,
)
from commission_opt.instance.instance import Instance
from commission_opt.policy import Tier
from handworked import TABLES, hand
from samples import by_cell, model, policy, sample

FLAT = (Tier(math.inf, 1.0),)
TIERS = (Tier(0.05, 1.0), Tier(0.10, 2.0), Tier(math.inf, 4.0))


def part(
    instance: Instance, tiers: tuple[Tier, ...] = FLAT, continuation: str = "none", rate: float = 0
) -> Part:
    layout = decisions(instance, policy(model(continuation=continuation)))
    return shortfall_part(instance, rate, tiers, effects(instance), layout)


def test_years_are_discounted_from_the_first() -> None:
    assert year_weights(hand(), 0.25) == pytest.approx([1, 0.8, 0.64, 0.512, 0.4096])
    assert year_weights(hand(), 0).tolist() == [1] * 5


def test_weights_of_profession_region_and_year_multiply() -> None:
    weights = shortfall_weights(hand(), 0.25)
    assert weights[0, 0, 0] == 2  # nurse in the north
    assert weights[0, 1, 1] == pytest.approx(2 * 0.5 * 0.8)
    assert weights[1, 1, 2] == pytest.approx(0.5 * 0.64)


@pytest.mark.parametrize(
    ("missing", "bands", "weighed"),
    [
        (0, [0, 0, 0], 0),
        (3, [3, 0, 0], 3),
        (5, [5, 0, 0], 5),
        (8, [5, 3, 0], 11),  # 5 · 1 + 3 · 2
        (19, [5, 5, 9], 51),  # 5 · 1 + 5 · 2 + 9 · 4
        (150, [5, 5, 140], 575),  # supply can be negative; the last tier is open
    ],
)
def test_tiers_of_a_demand_of_100(missing: float, bands: list[float], weighed: float) -> None:
    shortfall, demand = np.array([float(missing)]), np.array([100.0])
    assert [band[0] for band in in_tiers(shortfall, demand, TIERS)] == pytest.approx(bands)
    assert tiered(shortfall, demand, TIERS) == pytest.approx([weighed])


def test_a_shortfall_without_demand_counts_at_the_last_weight() -> None:
    assert tiered(np.array([3.0]), np.array([0.0]), TIERS).tolist() == [12]


def test_weighted_shortfall() -> None:
    shortfall = np.zeros((2, 2, 5))
    shortfall[0, 0, 0] = 19  # nurse, north: 2 · 51 in tiers
    shortfall[1, 1, 1] = 2  # medic, south, need 12: 0.6 + 0.6 · 2 + 0.8 · 4 = 5, weight 0.5 · 0.8
    assert weighted_shortfall(hand(), 0.25, TIERS, shortfall) == pytest.approx(102 + 2)
    assert weighted_shortfall(hand(), 0.25, FLAT, shortfall) == pytest.approx(38 + 0.8)


@pytest.mark.parametrize("seed", range(3))
def test_weighted_shortfall_agrees_with_the_independent_model(seed: int) -> None:
    known = sample(4, 3, 2, seed)
    rng = np.random.default_rng(seed)
    shortfall = known.instance.demand * rng.uniform(0, 0.3, known.instance.shape)
    expected = independent.weighted_shortfall(
        known.case, independent.load_policy(model()), by_cell(known.instance, shortfall)
    )
    tiers = policy(model()).objectives[0].tiers
    found = weighted_shortfall(known.instance, 0.035, tiers, shortfall)
    assert found == pytest.approx(expected, rel=1e-12)


def test_what_no_place_can_change_is_a_constant() -> None:
    # Missing without places: nurses in the north 0, 10, 19, 27.1 and 34.39 FTE (A adds from
    # 2028), in the south 10, 20, 28, 34.4 and 39.52 (B adds from 2027), medics in the south
    # 2 in every year (C adds from 2029). So 2 · 10 + 1 · 10 + 0.5 · (2 + 2 + 2) = 33 is settled.
    found = part(hand())
    assert found.offset == pytest.approx(33)
    (row,) = found.rows
    assert [row.label(i) for i in range(len(row.lower))] == [
        *(f"demand for 'nurse' in 'north' in {y}" for y in (2028, 2029, 2030)),
        *(f"demand for 'nurse' in 'south' in {y}" for y in (2027, 2028, 2029, 2030)),
        *(f"demand for 'medic' in 'south' in {y}" for y in (2029, 2030)),
    ]
    assert row.lower == pytest.approx([19, 27.1, 34.39, 20, 28, 34.4, 39.52, 2, 2])
    assert (row.upper == math.inf).all()


def test_rows_count_supply_and_the_shortfall_that_is_left() -> None:
    (row,) = part(hand()).rows
    answer = row.coefficients[PLACES].toarray()
    assert answer[2] == pytest.approx([0.01, 0, 0])  # nurses, north, 2030
    assert answer[6] == pytest.approx([0.0128, 0.256, 0])  # nurses, south, 2030
    assert answer[7] == pytest.approx([0, 0, 1])  # medics, south, 2029
    assert (row.coefficients["shortfall"].toarray() == np.eye(9)).all()


def test_repeated_places_add_up() -> None:
    (row,) = part(hand(), continuation="repeat").rows
    # Nurses in the north in 2030: the cohorts of 2026, 2027 and 2028 give 0.01, 0.02 and 0.04.
    assert row.coefficients[PLACES].toarray()[2] == pytest.approx([0.07, 0, 0])


def test_what_last_intakes_give_is_taken_off_the_demand() -> None:
    (row,) = part(hand(), continuation="last_intake").rows
    # 20 places of A in 2027 and 2028 give 20 · (0.02 + 0.04) = 1.2 FTE in the north in 2030.
    assert row.lower[2] == pytest.approx(34.39 - 1.2)


def test_bands_are_bounded_by_what_is_missing() -> None:
    found = part(hand(), TIERS, rate=0.25)
    (block,) = found.columns
    (row,) = found.rows
    assert (block.lower == 0).all()
    fills = row.coefficients["shortfall"].toarray()
    # Nurses in the north in 2028, need 100: bands of 5, 5 and the other 9 of 19.
    first = np.flatnonzero(fills[0])
    assert block.upper[first] == pytest.approx([5, 5, 9])
    assert found.cost["shortfall"][first] == pytest.approx([2 * 0.64 * w for w in (1, 2, 4)])
    # Medics, need 12: 0.6, 0.6 and the other 0.8 of 2.
    last = np.flatnonzero(fills[-1])
    assert block.upper[last] == pytest.approx([0.6, 0.6, 0.8])
    assert fills @ block.upper == pytest.approx(row.lower)


def test_bands_that_nothing_fills_are_left_out() -> None:
    found = part(hand(need={("medic", "south"): 10.25}), TIERS)
    # 0.25 of 10.25 are missing: less than 5 %, so one band for each of the two years.
    fills = found.rows[0].coefficients["shortfall"].toarray()[-2:]
    bands = [found.columns[0].upper[row > 0].tolist() for row in fills]
    assert bands == [[0.25], [0.25]]


def test_a_profession_without_weight_and_a_met_demand_have_no_rows() -> None:
    professions = TABLES["professions"].replace("nursing,2", "nursing,0")
    found = part(hand(professions=professions, need={("medic", "south"): 10}))
    assert (len(found.rows[0].lower), len(found.columns[0].lower), found.offset) == (0, 0, 0)
