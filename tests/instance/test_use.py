"""What students on course use of budgets and pools, against sums done by hand."""

import numpy as np
import pytest

from builders import Tiny
from commission_opt.core.account import Account
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import budget_use, matches, placement_use, still_on_course
from commission_opt.reading.read import read_contents

ADULT_2, ADULT_3 = 0.85 ** (1 / 3), 0.85 ** (2 / 3)


@pytest.fixture(scope="module")
def tiny() -> Instance:
    instance = read_contents(Tiny().contents()).instance
    assert instance is not None
    return instance


def of_place(instance: Instance, use: Account, course: str, start: int) -> dict[int, float]:
    """What one place uses, by the position of the limit."""
    c = list(instance.courses["course"]).index(course)
    column = use.matrix[:, [c * instance.horizon + start - instance.first_year]].toarray()
    return {int(i): float(column[i, 0]) for i in np.flatnonzero(column)}


def limit_of(instance: Instance, fund: str, region: str, year: int) -> int:
    rows = instance.budgets.reset_index()
    found = (rows["fund"] == fund) & (rows["region"] == region) & (rows["year"] == year)
    [position] = np.flatnonzero(found)
    return int(position)


def test_those_who_leave_do_so_evenly() -> None:
    share = still_on_course(np.array([0.512]), np.array([3]), np.array([1, 2, 3]))
    np.testing.assert_allclose(share, [1, 0.8, 0.64])


def test_a_place_is_charged_to_every_budget_that_covers_it(tiny: Instance) -> None:
    expected = {
        limit_of(tiny, "tuition", "*", 2026): 0.95 * 9500,
        limit_of(tiny, "tuition", "*", 2027): 0.95 * ADULT_2 * 9000,
        limit_of(tiny, "tuition", "*", 2028): 0.95 * ADULT_3 * 9000,
        limit_of(tiny, "placement", "*", 2026): 0.95 * 2000,
        limit_of(tiny, "placement", "*", 2027): 0.95 * ADULT_2 * 2000,
        limit_of(tiny, "placement", "*", 2028): 0.95 * ADULT_3 * 2000,
        limit_of(tiny, "tuition", "land", 2026): 0.95 * 9500,
    }
    assert of_place(tiny, budget_use(tiny), "adult-north", 2026) == pytest.approx(expected)


def test_another_region_has_its_own_budget(tiny: Instance) -> None:
    used = of_place(tiny, budget_use(tiny), "adult-coast", 2026)
    assert used[limit_of(tiny, "tuition", "coast", 2027)] == pytest.approx(0.95 * ADULT_2 * 9000)
    assert limit_of(tiny, "tuition", "land", 2026) not in used


def test_nothing_is_charged_after_the_horizon(tiny: Instance) -> None:
    expected = {
        limit_of(tiny, "tuition", "*", 2031): 0.9 * 40000,
        limit_of(tiny, "placement", "*", 2031): 0.9 * 2000,
    }
    assert of_place(tiny, budget_use(tiny), "gp-south", 2031) == pytest.approx(expected)


def test_the_pipeline_is_charged_without_a_fill_rate(tiny: Instance) -> None:
    use = budget_use(tiny)
    coast = use.constant[limit_of(tiny, "tuition", "coast", 2027)]
    assert coast == pytest.approx(19 * ADULT_3 * 9000)
    assert use.constant[limit_of(tiny, "tuition", "*", 2028)] == 0
    assert list(use.upper) == list(tiny.budgets["amount"])


def test_weeks_in_the_region_of_the_course(tiny: Instance) -> None:
    use = placement_use(tiny)
    pools = tiny.placements
    used = of_place(tiny, use, "adult-north", 2027)
    assert {(pools["region"][i], pools["year"][i]): round(v, 9) for i, v in used.items()} == {
        ("north", 2027): 0.95 * 20,
        ("north", 2028): round(0.95 * ADULT_2 * 25, 9),
        ("north", 2029): round(0.95 * ADULT_3 * 20, 9),
    }
    assert of_place(tiny, use, "gp-south", 2026) == {}
    [north] = np.flatnonzero((pools["region"] == "north") & (pools["year"] == 2026))
    assert use.constant[north] == pytest.approx(35 * ADULT_3 * 20 + 38 * ADULT_2 * 25)


@pytest.mark.parametrize("seed", range(20))
def test_all_pairs_are_found_in_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    left, right = (rng.integers(0, 6, rng.integers(0, 9)) for _ in range(2))
    i, j = matches(left, right)
    expected = [(a, b) for a, x in enumerate(left) for b, y in enumerate(right) if x == y]
    assert list(zip(i, j, strict=True)) == expected
