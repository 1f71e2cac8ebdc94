import math
from dataclasses import replace

import numpy as np
import pytest

import independent
from commission_opt.accounts.outcome import without_places
from commission_opt.arrays import Floats
from commission_opt.formulation.objectives.shortfall import aim, value
from commission_opt.formulation.shortage import SHORTAGE, tiered, weights
from commission_opt.instance.instance import Instance
from commission_opt.policy import Tier
from handworked import TABLES, hand
from samples import by_cell, model, policy, problem_of, result_of, sample, written

FLAT = "[ { weight = 1 } ]"
STEEP = (Tier(0.05, 1.0), Tier(0.10, 2.0), Tier(math.inf, 4.0))
PLACES = np.array([[20.0], [8.0], [3.0]])
HEADER = "commitment,profession,course,first_year,last_year,min_places,max_places,owner,reason\n"


def test_weights_of_profession_region_and_year_multiply() -> None:
    found = weights(problem_of(hand(), model(rate=0.25)))
    assert found[0, 0, 0] == 2  # nurse in the north
    assert found[0, 1, 1] == pytest.approx(2 * 0.5 * 0.8)
    assert found[1, 1, 2] == pytest.approx(0.5 * 0.64)


@pytest.mark.parametrize(
    ("missing", "weighed"),
    [(0, 0), (3, 3), (5, 5), (8, 5 + 3 * 2), (19, 5 + 5 * 2 + 9 * 4), (150, 5 + 10 + 140 * 4)],
)
def test_tiers_of_a_demand_of_100(missing: float, weighed: float) -> None:
    found = tiered(np.array([float(missing)]), np.array([100.0]), STEEP)
    assert found == pytest.approx([weighed])


def test_a_shortfall_without_demand_counts_at_the_last_weight() -> None:
    assert tiered(np.array([3.0]), np.array([0.0]), STEEP).tolist() == [12]


def value_of(instance: Instance, text: str, shortfall: Floats) -> float:
    """The objective if so many FTE were missing."""
    problem = problem_of(instance, text)
    nothing = np.zeros((len(instance.courses), problem.layout.years))
    return value(problem, replace(result_of(problem, nothing), shortfall=shortfall))


def test_weighted_shortfall() -> None:
    shortfall = np.zeros((2, 2, 5))
    shortfall[0, 0, 0] = 19  # nurse, north: 2 · 51 in tiers
    shortfall[1, 1, 1] = 2  # medic, south, need 12: 0.6 + 0.6 · 2 + 0.8 · 4 = 5, weight 0.5 · 0.8
    assert value_of(hand(), model(rate=0.25), shortfall) == pytest.approx(102 + 2)
    assert value_of(hand(), model(rate=0.25, tiers=FLAT), shortfall) == pytest.approx(38 + 0.8)


@pytest.mark.parametrize("seed", range(3))
def test_weighted_shortfall_agrees_with_the_independent_model(seed: int) -> None:
    known = sample(4, 3, 2, seed)
    rng = np.random.default_rng(seed)
    shortfall = known.instance.demand * rng.uniform(0, 0.3, known.instance.shape)
    expected = independent.weighted_shortfall(
        known.case, independent.load_policy(model()), by_cell(known.instance, shortfall)
    )
    assert value_of(known.instance, model(), shortfall) == pytest.approx(expected, rel=1e-12)


def test_of_places() -> None:
    problem = problem_of(hand(), model(continuation="none", tiers=FLAT, rate=0))
    # What is missing stands in test_outcome.py, so
    # 2 · (10 + 18.2 + 26.7 + 34.19) + (10 + 16 + 24.4 + 31.52 + 37.216) + 0.5 · (2 + 2 + 2).
    found = value(problem, result_of(problem, PLACES))
    assert found == pytest.approx(178.18 + 119.136 + 3)
    # 2 · (10 + 19 + 27.1 + 34.39) + (10 + 20 + 28 + 34.4 + 39.52) + 0.5 · 5 · 2.
    nothing = without_places(problem.instance, problem.policy, problem.effects)
    assert value(problem, nothing) == pytest.approx(180.98 + 131.92 + 5)


def test_what_no_place_can_change_is_a_constant() -> None:
    # 10 nurses in the north and 10 in the south, and 2 medics in each of three years.
    found = aim(problem_of(hand(), model(continuation="none", tiers=FLAT, rate=0)))
    assert found.offset == pytest.approx(2 * 10 + 1 * 10 + 0.5 * (2 + 2 + 2))
    # In tiers 10 of 100 count 15, 10 of 60 3 + 3 · 2 + 4 · 4 = 25, 2 of 12 5; discounted.
    found = aim(problem_of(hand(), model(continuation="none", rate=0.25)))
    assert found.offset == pytest.approx(2 * 15 * 0.8 + 1 * 25 + 0.5 * 5 * (1 + 0.8 + 0.64))


def test_bands_cost_the_weight_of_their_tier() -> None:
    found = aim(problem_of(hand(), model(continuation="none", rate=0.25)))
    (block,), (row,) = found.parts[0].columns, found.parts[0].rows
    fills = row.coefficients[SHORTAGE].toarray()
    assert found.cost[block.name][fills[0] > 0] == pytest.approx([2 * 0.64 * w for w in (1, 2, 4)])
    medics = found.cost[block.name][fills[-1] > 0]  # 2030
    assert medics == pytest.approx([0.5 * 0.4096 * w for w in (1, 2, 4)])


def test_nothing_to_improve() -> None:
    professions = TABLES["professions"].replace("nursing,2", "nursing,0")
    instance = hand(professions=professions, need={("medic", "south"): 10})
    found = aim(problem_of(instance, model(continuation="none")))
    assert (found.cost[SHORTAGE].tolist(), found.offset) == ([], 0)


COMMITTED = HEADER + "nurses,nurse,,2026,2026,30,34,Board,-\nC,,C,2026,2026,,4,Board,-\n"


def soft(price: float) -> str:
    rules = f'commitments = "soft"\ncommitment_price = {price}'
    return model(continuation="none", tiers=FLAT, rate=0, pace="false", rules=rules)


@pytest.mark.parametrize(
    ("places", "missed"),
    [
        ([20, 8, 3], 2),  # 28 of 30
        ([20, 12, 4], 0),
        ([40, 12, 3], 18),  # 52, 18 beyond 34
        ([10, 0, 6], 22),  # 20 missing and 2 beyond
    ],
)
def test_soft_commitments_cost_their_price_for_each_place_missed(
    places: list[float], missed: float
) -> None:
    grid = np.array(places)[:, None]
    hard = problem_of(hand(), model(continuation="none", tiers=FLAT, rate=0, pace="false"))
    plain = value(hard, result_of(hard, grid))
    for price in (0.0, 2.5):
        instance = hand(commitments=COMMITTED)
        problem = problem_of(instance, soft(price))
        assert value(problem, result_of(problem, grid)) == pytest.approx(plain + price * missed)
        formulation = written(instance, soft(price))
        point = formulation.point(grid)
        assert formulation.program.value(point) == pytest.approx(plain + price * missed)
        assert formulation.program.largest_violation(point) <= 1e-12


def test_hard_commitments_cost_nothing() -> None:
    instance = hand(commitments=COMMITTED)
    plain, committed = (problem_of(each, model(tiers=FLAT)) for each in (hand(), instance))
    worth = [value(problem, result_of(problem, PLACES)) for problem in (plain, committed)]
    assert worth[0] == worth[1]
    assert policy(model()).rules.commitments == "hard"
