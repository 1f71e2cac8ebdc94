"""Lines that do the same in several regions are added up, and no others."""

from pathlib import Path

import numpy as np
import pytest

import bought_besides
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.reading.read import read_instance
from commission_opt.views import lines
from commission_opt.views.lines import alike
from samples import model, policy

ROWS = (
    'back-n,recruit,nurse,north,"Return, nurses, north",0,1,,,,,3,20,,',
    'back-s,recruit,nurse,south,"Return, nurses, south",0,1,,,,,4,30,,',
    'dear-n,recruit,nurse,north,"Return, nurses, dear",0,1,,,,,0,20,,',
    "other-n,recruit,paramedic,north,From abroad,0,1,,,,,1,20,,",
    "other-s,recruit,paramedic,south,Back again,0,1,,,,,1,20,,",
)
COSTS = (("back-n", 3000), ("back-s", 3000), ("dear-n", 4000), ("other-n", 3000), ("other-s", 3000))
GROUPS = ([0, 1], [2, 3], [4, 5], [6], [7, 8])  # lines of each, courses first


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Allocation:
    costs = "".join(f"{code},,*,tuition,{cost}\n" for code, cost in COSTS)
    folder = tmp_path_factory.mktemp("alike") / "instance"
    bought_besides.write(folder, *ROWS, costs=costs)
    return allocate(read_instance(folder), policy(model(2, pace="false")))


def test_they_go_by_what_their_titles_share(plan: Allocation) -> None:
    found = alike(plan.problem, plan.outcome)
    assert found["name"].tolist()[2:] == [
        "Return, nurses", "Return, nurses, dear", "Paramedic science, recruitment",
    ]  # fmt: skip
    assert found["kind"].tolist() == ["course"] * 2 + ["recruitment"] * 3


def test_they_are_added_up(plan: Allocation) -> None:
    found, each = alike(plan.problem, plan.outcome), lines.bought(plan.problem, plan.outcome)
    for name, of in (("last", "last_amount"), ("cost", "cost"), ("fte_years", "fte_years")):
        sums = [each[of].to_numpy()[rows].sum() for rows in GROUPS]
        assert found[name].to_numpy() == pytest.approx(sums), name
    for k, year in enumerate(("2026", "2027")):
        sums = [plan.amounts[rows, k].sum() for rows in GROUPS]
        assert found[year].to_numpy() == pytest.approx(sums)
    assert found["change"].to_numpy() == pytest.approx((found["2026"] - found["last"]).to_numpy())
    assert found["most"].tolist()[2:] == [50, 20, 40]


@pytest.mark.parametrize("name", ["per_fte_year", "one_more"])
def test_what_an_fte_year_costs_lies_between_what_it_costs_on_each(
    plan: Allocation, name: str
) -> None:
    found = alike(plan.problem, plan.outcome)[name].to_numpy()
    each = lines.bought(plan.problem, plan.outcome)[name].to_numpy()
    for value, rows in zip(found, GROUPS, strict=True):
        known = each[rows][np.isfinite(each[rows])]
        if len(known):
            assert known.min() * (1 - 1e-9) <= value <= known.max() * (1 + 1e-9)
        else:
            assert np.isnan(value)
    assert np.isfinite(found).any()


def test_courses_are_added_up_over_regions(tmp_path: Path) -> None:
    folder = bought_besides.write(tmp_path / "instance")
    plan = allocate(read_instance(folder), policy(model(1, pace="false")))
    found = alike(plan.problem, plan.outcome)
    assert len(found) == plan.instance.courses["profession"].nunique() + len(plan.instance.measures)
