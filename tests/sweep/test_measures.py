import numpy as np
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.solvers.status import Limits
from commission_opt.sweep.engine import Measuring, adding
from samples import model, policy, sample

YEARS = 2


@pytest.fixture(scope="module")
def found() -> Allocation:
    given = policy(model(YEARS, integer=False))
    return allocate(sample(3, 3, YEARS, 1).instance, given, Limits(seconds=20.0))


@pytest.fixture(scope="module")
def measures(found: Allocation) -> dict[str, float]:
    return Measuring(found.instance).of(found)


def test_figures_are_added_up_by_code() -> None:
    sums = adding("spend:fund", ["b", "a", "b"])
    assert sums(np.array([1.0, 2.0, 4.0])) == {"spend:fund:a": 2.0, "spend:fund:b": 5.0}


def test_shortfall_and_places_are_those_of_each_code(
    found: Allocation, measures: dict[str, float]
) -> None:
    instance, missing = found.instance, found.outcome.shortfall
    group = instance.professions["group"].to_numpy(str)
    region = instance.regions["region"].to_numpy(str)
    for code in set(group):
        expected = missing[group == code].sum()
        assert measures[f"shortfall:group:{code}"] == pytest.approx(expected)
    for code in set(region):
        assert measures[f"shortfall:region:{code}"] == pytest.approx(
            missing[:, region == code].sum()
        )
        here = instance.courses["region"].to_numpy(str) == code
        assert measures[f"places:region:{code}"] == pytest.approx(found.places[here].sum())
    for t, year in enumerate(instance.years):
        assert measures[f"shortfall:year:{year}"] == pytest.approx(missing[:, :, t].sum())
    assert measures["shortfall"] == pytest.approx(missing.sum())
    assert measures["places"] == pytest.approx(found.places.sum())


@pytest.mark.parametrize("whole", ["spend", "places"])
def test_parts_add_up_to_the_whole(whole: str, measures: dict[str, float]) -> None:
    parts = {k: v for k, v in measures.items() if k.startswith((f"{whole}:fund", f"{whole}:group"))}
    assert len(parts) > 1
    assert sum(parts.values()) == pytest.approx(measures[whole])


def test_there_is_a_price_of_every_budget_row(
    found: Allocation, measures: dict[str, float]
) -> None:
    prices = {k: v for k, v in measures.items() if k.startswith("price:budget:")}
    rows = found.instance.budgets
    assert set(prices) == {
        f"price:budget:{fund}:{region}:{year}"
        for fund, region, year in zip(rows["fund"], rows["region"], rows["year"], strict=True)
    }
    assert min(prices.values()) >= -1e-9
    assert measures["objective"] == found.certificate.objective
    assert measures["bound"] == found.certificate.bound
