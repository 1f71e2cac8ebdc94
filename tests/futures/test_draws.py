"""Draws against what their file says of them: black boxes, by their statistics."""

import math

import numpy as np
import pytest
from scipy import stats

from commission_opt.arrays import Floats
from commission_opt.futures.futures import Futures, futures
from commission_opt.futures.uncertainty_file import parse_uncertainty
from commission_opt.scenario.sheets import sheet
from handworked import hand

DRAWS = 4096


def drawn(row: str, *, seed: int = 1, draws: int = DRAWS) -> Futures:
    """Futures of the instance worked out by hand, for one row of uncertainty."""
    text = f'name = "test"\ndraws = {draws}\nseed = {seed}\n[[uncertain]]\nname = "row"\n{row}\n'
    return futures(hand(), None, parse_uncertainty(text.encode()))


def of(made: Futures, profession: str, region: str, year: int, less: float = 0.0) -> Floats:
    """What one cell of demand is, over what it is as given; or what is added to it."""
    codes = sheet(made.instance, "demand").codes
    own = (codes["profession"] == profession) & (codes["region"] == region)
    cell = int(np.flatnonzero(own & (codes["year"] == str(year)))[0])
    figures = made.figures(slice(None))["demand", "fte"][:, cell]
    given = sheet(made.instance, "demand").columns["fte"][cell]
    return figures - less if less else figures / given


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("normal = [1.1, 0.05]", stats.norm(1.1, 0.05)),
        ("uniform = [0.9, 1.2]", stats.uniform(0.9, 0.3)),
        ("triangular = [0.9, 1.0, 1.3]", stats.triang(0.25, 0.9, 0.4)),
        ("triangular = [0.9, 0.9, 1.3]", stats.triang(0, 0.9, 0.4)),
    ],
)
def test_draws_follow_their_distribution(text: str, law: stats.rv_continuous) -> None:
    values = np.sort(of(drawn(f'figures = "demand"\nhow = "*="\n{text}'), "nurse", "north", 2027))
    shares = (np.arange(DRAWS) + 0.5) / DRAWS
    np.testing.assert_allclose(law.cdf(values), shares, atol=2e-3)


@pytest.mark.parametrize(
    ("how", "median"), [("*=", math.sqrt(0.96 * 1.05)), ("+=", (0.96 + 1.05) / 2)]
)
def test_an_interval_holds_80_percent_around_its_median(how: str, median: float) -> None:
    made = drawn(f'figures = "demand"\nhow = "{how}"\ninterval = [0.96, 1.05]')
    values = of(made, "nurse", "north", 2026, less=100 if how == "+=" else 0)
    quantiles = np.quantile(values, [0.1, 0.5, 0.9])
    np.testing.assert_allclose(quantiles, [0.96, median, 1.05], atol=2e-4)
    below = values[values < median] - median
    above = values[values > median] - median
    ratio = np.sqrt(np.mean(below**2) / np.mean(above**2))
    assert ratio == pytest.approx((median - 0.96) / (1.05 - median), rel=5e-3)


def test_values_come_as_often_as_their_probabilities_say() -> None:
    law = "values = [1.2, 0.9, 1.0]\nprobabilities = [0.25, 0.5, 0.25]"
    made = drawn(f'figures = "demand"\nhow = "*="\n{law}')
    values, counts = np.unique(of(made, "medic", "south", 2026).round(9), return_counts=True)
    assert values.tolist() == [0.9, 1.0, 1.2]
    assert counts.tolist() == [DRAWS // 2, DRAWS // 4, DRAWS // 4]


@pytest.mark.parametrize("rho", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("text", ["normal = [1, 0.1]", "uniform = [0.9, 1.1]"])
def test_draws_for_each_code_are_correlated_as_the_file_says(rho: float, text: str) -> None:
    made = drawn(
        f'figures = "demand"\nhow = "*="\n{text}\neach = ["profession", "region"]\n'
        f"correlation = {rho}"
    )
    cells = [of(made, *cell, 2028) for cell in (("nurse", "north"), ("nurse", "south"))]
    cells.append(of(made, "medic", "south", 2028))
    ranks = np.array([stats.rankdata(each) / (DRAWS + 1) for each in cells])
    latent = np.corrcoef(stats.norm.ppf(ranks))
    expected = np.where(np.eye(3) > 0, 1.0, rho)
    np.testing.assert_allclose(latent, expected, atol=0.02)


def test_without_each_all_figures_share_one_draw() -> None:
    made = drawn('figures = "demand"\nhow = "*="\nnormal = [1, 0.1]')
    first = of(made, "nurse", "north", 2026)
    assert made.points.shape[1] == 1
    for cell in (("nurse", "south", 2026), ("medic", "south", 2030)):
        np.testing.assert_allclose(of(made, *cell), first, atol=1e-12)


def test_a_level_is_the_same_in_all_years_and_a_fan_spreads_with_their_root() -> None:
    level = drawn('figures = "demand"\nhow = "*="\nnormal = [1, 0.03]\nover_time = "level"')
    fan = drawn('figures = "demand"\nhow = "*="\nnormal = [1, 0.03]\nover_time = "fan"')
    for h in range(5):
        own = of(level, "nurse", "north", 2026 + h)
        np.testing.assert_allclose(own, of(level, "nurse", "north", 2026), atol=1e-12)
        wider = of(fan, "nurse", "north", 2026 + h)
        np.testing.assert_allclose(wider - 1, (own - 1) * math.sqrt(h + 1), atol=1e-12)


def test_a_fan_of_additions_is_scaled_about_nothing() -> None:
    made = drawn('figures = "demand"\nhow = "+="\nnormal = [2, 1]\nover_time = "fan"')
    first = of(made, "nurse", "north", 2026, less=100)
    assert (first.mean(), first.std()) == pytest.approx((2, 1), rel=1e-2)
    np.testing.assert_allclose(of(made, "nurse", "north", 2029, less=100), 2 * first, atol=1e-9)


def test_the_steps_of_a_walk_are_independent_and_add_up() -> None:
    made = drawn('figures = "demand"\nhow = "*="\nnormal = [1.01, 0.03]\nover_time = "walk"')
    path = np.array([of(made, "nurse", "north", 2026 + h) for h in range(5)])
    steps = np.diff(np.vstack([np.ones(DRAWS), path]), axis=0)
    assert made.points.shape[1] == 5
    np.testing.assert_allclose(steps.mean(axis=1), 0.01, atol=2e-4)
    np.testing.assert_allclose(steps.std(axis=1), 0.03, rtol=0.01)
    np.testing.assert_allclose(path.var(axis=1), 0.03**2 * np.arange(1, 6), rtol=0.05)
    np.testing.assert_allclose(np.corrcoef(steps), np.eye(5), atol=0.03)


def test_a_walk_of_some_years_has_taken_the_steps_before_them() -> None:
    made = drawn(
        'figures = "demand[year=2029-2030]"\nhow = "*="\nnormal = [1, 0.03]\nover_time = "walk"'
    )
    assert of(made, "nurse", "north", 2028).tolist() == [1.0] * DRAWS
    assert of(made, "nurse", "north", 2029).std() == pytest.approx(0.06, rel=0.05)


def test_the_seed_makes_the_draws_and_other_seeds_make_others() -> None:
    row = 'figures = "demand"\nhow = "*="\nnormal = [1, 0.1]\neach = "profession"'
    one, again, other = (of(drawn(row, seed=s), "nurse", "north", 2027) for s in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.allclose(one, other)
