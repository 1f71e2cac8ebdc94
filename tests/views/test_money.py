"""Money by fund and year, against the plan's budgets and the naive model's spending."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

import independent
from builders import Tiny
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.reading.read import read_instance
from commission_opt.views.money import Fund, money, unbudgeted
from plan_tables import numbers
from samples import as_amounts, model, policy


def solved(tiny: Tiny, folder: Path, years: int = 2) -> Allocation:
    return allocate(read_instance(tiny.write(folder / "tiny")), policy(model(years)))


def written(path: Path) -> Path:
    path.write_text(model(2), encoding="utf-8")
    return path


def funds(found: Allocation) -> dict[str, Fund]:
    return {f.code: f for f in money(found.instance, found.policy, found.outcome)}


def tuition(lines: Iterable[str]) -> Tiny:
    tiny = Tiny()
    tiny.tables["budgets"] = [r for r in tiny.tables["budgets"] if r["fund"] != "tuition"]
    tiny.add("budgets", *lines)
    return tiny


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("lines", "budget", "open_regions"),
    [
        (["tuition,land,2026,9e6", "tuition,north,2026,4e6"], 9e6, ["coast"]),
        (["tuition,*,2026,9e6", "tuition,north,2026,4e6", "tuition,land,2026,8e6"], 9e6, []),
        (["tuition,north,2026,7e6", "tuition,south,2026,6e6"], 13e6, ["coast"]),
        (["tuition,land,2026,9e6", "tuition,coast,2026,3e6"], 12e6, []),
        (["tuition,north,2026,7e6"], 7e6, ["south", "coast"]),
    ],
)
def test_outermost_budgets_are_added_up_once_and_the_rest_is_beside(
    tmp_path: Path, lines: list[str], budget: float, open_regions: list[str]
) -> None:
    found = funds(solved(tuition(lines), tmp_path))["tuition"]
    assert found.at(2026)[0] == budget
    assert [r for r, c in zip(found.regions, found.covered[:, 0], strict=True) if not c] == (
        open_regions
    )
    assert found.beside[:, 0].sum() == pytest.approx(found.spent[:, ~found.covered[:, 0], 0].sum())
    assert (found.beside[:, 1:].sum() > 0, found.years) == (True, [2026])


def test_of_two_budgets_of_the_same_regions_the_smaller_counts(tmp_path: Path) -> None:
    tiny = tuition(["tuition,*,2026,9e6", "tuition,all,2026,7e6"])
    tiny.add("regions", "all,All,,,")
    for line in (2, 5):
        tiny.cell("regions", line, "parent", "all")
    assert funds(solved(tiny, tmp_path))["tuition"].at(2026)[0] == 7e6


@pytest.mark.each(3)
@pytest.mark.parametrize(
    "lines", [[], ["tuition,land,2026,9e6"], [f"tuition,*,{y},9e6" for y in range(2026, 2032)]]
)
def test_all_that_is_spent_is_in_the_table(tmp_path: Path, lines: list[str]) -> None:
    """Within and beside budgets add up to what a naive model spends under a budget of its own."""
    found = solved(tuition(lines), tmp_path)
    everywhere = tuition(f"tuition,*,{y},9e9" for y in range(2026, 2032))
    case = independent.load(everywhere.write(tmp_path / "all"))
    places = as_amounts(found.instance, found.amounts)
    settings = independent.load_policy(written(tmp_path / "model.toml"))
    used = {k: sum(use) for k, use in independent.simulate(case, settings, places).spend.items()}
    mine = funds(found)["tuition"]
    for i, year in enumerate(found.instance.years):
        total = mine.within[:, i].sum() + mine.beside[:, i].sum()
        assert total == pytest.approx(used["tuition", "*", year], rel=1e-9)


def test_a_fund_without_a_budget_is_told_in_pounds(tmp_path: Path) -> None:
    tiny = Tiny()
    for row in tiny.tables["costs"]:
        row["fund"] = row["fund"].replace("placement", "lodging")
    found = solved(tiny, tmp_path)
    listed = money(found.instance, found.policy, found.outcome)
    (said,) = unbudgeted(listed)
    assert "fund 'lodging'" in said
    assert "has no budget at all" in said
    spent = next(f for f in listed if f.code == "lodging").beside.sum()
    assert spent > 1e5
    assert numbers(said)[0] == pytest.approx(spent / 1e6, abs=0.051)


def test_with_a_budget_everywhere_nothing_is_beside(tmp_path: Path) -> None:
    found = solved(Tiny(), tmp_path)
    listed = money(found.instance, found.policy, found.outcome)
    assert list(unbudgeted(listed)) == []
    for fund in listed:
        assert fund.spent.shape == (3, 3, 6)
        assert not np.isnan(fund.budget).any()
