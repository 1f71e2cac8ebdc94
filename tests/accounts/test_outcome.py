from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import independent
from commission_opt.accounts.effects import effects
from commission_opt.accounts.outcome import Outcome, outcome, start_years, without_places
from commission_opt.formulation.objectives import shortfall
from commission_opt.formulation.problem import planning
from handworked import hand
from samples import as_amounts, by_cell, few, model, policy, problem_of, sample, variants

PLACES = np.array([[20.0], [8.0], [3.0]])
LIMITS = {
    "budgets": "fund,region,year,amount\ntuition,*,2026,90000\ntuition,*,2027,70000\n",
    "placements": "pool,region,year,capacity\nward,north,2027,80\n",
    "placement_use": "profession,study_year,pool,weeks\nnurse,*,ward,10\n",
    "pipeline": "course,start_year,started\nA,2025,10\n",
}


def of(text: str, tables: Mapping[str, str] | None = None) -> Outcome:
    instance = hand(tables)
    return outcome(instance, policy(text), effects(instance), PLACES)


@pytest.mark.parametrize(
    ("continuation", "after"),
    [("repeat", [21, 9, 4]), ("last_intake", [20, 8, 3]), ("none", [0, 0, 0])],
)
def test_start_years(continuation: str, after: list[float]) -> None:
    places = np.array([[11.0, 21.0], [7.0, 9.0], [2.0, 4.0]])
    commissioned, continued = start_years(
        hand(), policy(model(2, continuation=continuation)), places
    )
    assert commissioned.reshape(3, 5).tolist() == [[*row, 0, 0, 0] for row in places]
    assert continued.reshape(3, 5).tolist() == [[0, 0, n, n, n] for n in after]


def test_supply_shortfall_and_surplus() -> None:
    result = of(model(continuation="none"))
    # Nurses in the north: 100, 90, 81, 72.9, 65.61 and from 20 places of A 20 · 0.04 = 0.8 FTE
    # in 2028, of whom half leave in each of two years.
    assert result.supply[0, 0] == pytest.approx([100, 90, 81.8, 73.3, 65.81])
    assert result.shortfall[0, 0] == pytest.approx([0, 10, 18.2, 26.7, 34.19])
    # In the south: 50, 40, 32, 25.6, 20.48, from 8 places of B 4 FTE in 2027 and from A 0.4 FTE
    # in 2028, less a fifth a year.
    assert result.supply[0, 1] == pytest.approx([50, 44, 35.6, 28.48, 22.784])
    # Medics: 10 and 3 more from 2029, where 12 are needed.
    assert result.shortfall[1, 1] == pytest.approx([2, 2, 2, 0, 0])
    assert result.surplus[1, 1] == pytest.approx([0, 0, 0, 1, 1])
    assert result.shortfall_base[1, 1].tolist() == [2] * 5
    assert result.started.reshape(3, 5).tolist() == [[n, 0, 0, 0, 0] for n in (20, 8, 3)]


def test_without_places_nothing_is_commissioned_or_continued() -> None:
    instance = hand(LIMITS)
    for continuation in ("repeat", "last_intake", "none"):
        problem = problem_of(instance, model(2, continuation=continuation))
        found = without_places(instance, problem.policy, problem.effects)
        assert found.places.tolist() == [[0, 0]] * 3
        assert not found.started.any()
        assert found.supply == pytest.approx(found.supply_base)
        assert found.shortfall == pytest.approx(found.shortfall_base)
        assert found.spend.total == pytest.approx(found.spend.committed)


@pytest.mark.parametrize(
    ("continuation", "continued"), [("repeat", 14_000), ("last_intake", 14_000), ("none", 0)]
)
def test_money_is_split_into_committed_planned_and_continued(
    continuation: str, continued: float
) -> None:
    spend = of(model(continuation=continuation), LIMITS).spend
    assert spend.limit.tolist() == [90_000, 70_000]
    # 8 of the 10 students of 2025 are in their second year in 2026, at 3,000.
    assert spend.committed == pytest.approx([24_000, 0])
    # 20 places at 500 and 8 at 500; a year later 20 at 1,200.
    assert spend.planned == pytest.approx([14_000, 24_000])
    assert spend.continued == pytest.approx([0, continued])
    assert spend.total == pytest.approx([38_000, 24_000 + continued])
    assert spend.headroom == pytest.approx([52_000, 46_000 - continued])


def test_placement_weeks() -> None:
    weeks = of(model(), LIMITS).weeks
    # In 2027 the first cohort of A is in its second year (20 · 0.5 · 0.8 · 10) and the second in
    # its first (20 · 0.5 · 10); the pipeline has qualified.
    assert (weeks.committed[0], weeks.planned[0]) == pytest.approx((0, 80))
    assert weeks.continued == pytest.approx([100])
    assert weeks.headroom == pytest.approx([-100])


@given(st.integers(0, 3), st.integers(0, 10**6))
@few
def test_agrees_with_the_independent_model(seed: int, draw: int) -> None:
    known = sample(4, 3, 2, seed, measures=seed)
    instance, effect = known.instance, effects(known.instance)
    rng = np.random.default_rng(draw)
    texts = list(variants(2, integer=False))
    text = texts[int(rng.integers(len(texts)))]
    top = instance.lines["max_amount"].to_numpy(float)[:, None]
    amounts = rng.uniform(0, 1, (len(top), 2)) * top
    problem = planning(instance, policy(text), effect)
    found = outcome(instance, problem.policy, effect, amounts)
    expected = independent.simulate(
        known.case, independent.load_policy(text), as_amounts(instance, amounts)
    )
    assert by_cell(instance, found.supply) == pytest.approx(expected.supply)
    assert by_cell(instance, found.supply_base) == pytest.approx(expected.base_supply)
    assert by_cell(instance, found.shortfall) == pytest.approx(expected.shortfall, abs=1e-9)
    nothing = without_places(instance, problem.policy, effect)
    worth = [shortfall.value(problem, result) for result in (found, nothing)]
    assert worth[0] == pytest.approx(expected.objective, rel=1e-12)
    assert worth[1] == pytest.approx(expected.without_new_places, rel=1e-12)
    for drawn, frame, keys, uses in (
        (found.spend, instance.budgets, ["fund", "region", "year"], expected.spend),
        (found.weeks, instance.placements, ["pool", "region", "year"], expected.placements),
    ):
        lines = [tuple(row) for row in frame[keys].itertuples(index=False)]
        assert len(lines) == len(uses) > 0
        for i, key in enumerate(lines):
            split = (drawn.committed[i], drawn.planned[i], drawn.continued[i])
            assert split == pytest.approx(tuple(uses[key]))


def test_a_surplus_and_a_shortfall_never_meet() -> None:
    known = sample(4, 3, 2, 0)
    places = np.tile(known.instance.courses["max_intake"].to_numpy(float)[:, None], 2)
    found = outcome(known.instance, policy(model(2)), effects(known.instance), places)
    assert (found.surplus * found.shortfall == 0).all()
    assert found.surplus - found.shortfall == pytest.approx(found.supply - known.instance.demand)
