"""What is bought of measures and what it brings, worked out again from tables of plans."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import bought_besides
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.arrays import Floats
from commission_opt.reading.read import read_instance
from commission_opt.views import lines
from commission_opt.views.places import headline
from commission_opt.views.shortfall import Baselines, caveat, cuts, judged
from samples import model, policy


@pytest.fixture(scope="module", params=["repeat", "last_intake", "none"])
def plan(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Allocation:
    folder = bought_besides.write(tmp_path_factory.mktemp("measured") / "instance")
    text = model(
        2, pace="false", continuation=request.param, budgets=request.param != "last_intake"
    )
    return allocate(read_instance(folder), policy(text))


def without(plan: Allocation, line: int) -> Allocation:
    """The same plan with nothing bought of a line."""
    amounts = plan.amounts.copy()
    amounts[line] = 0.0
    return replace(plan, outcome=plan.problem.outcome(amounts))


def spent(tables: Mapping[str, pd.DataFrame]) -> float:
    """Planned and continued under budgets."""
    return float(tables["budgets"][["planned", "continued"]].to_numpy().sum())


@pytest.mark.each(3)
def test_a_line_brings_what_supply_loses_without_it(plan: Allocation) -> None:
    found, tables = lines.bought(plan.problem, plan.outcome), plan.frames()
    supply = tables["supply"]["supply"].sum()
    assert found["line"].tolist() == plan.instance.lines["line"].tolist()
    assert found["fte_years"].sum() == pytest.approx(supply - tables["supply"]["supply_base"].sum())
    assert found["cost"].sum() == pytest.approx(spent(tables))
    if plan.policy.rules.continuation == "last_intake":
        return  # what starts after the plan does so whatever is decided
    for i in range(len(found)):
        other = without(plan, i).frames()
        brought = supply - other["supply"]["supply"].sum()
        assert found["fte_years"][i] == pytest.approx(brought, abs=1e-9)
        assert found["cost"][i] == pytest.approx(spent(tables) - spent(other), abs=1e-6)


def one(plan: Allocation, year: int) -> Floats:
    """One place or unit of every line that starts in a year."""
    started = np.zeros(plan.instance.starts.shape)
    started[:, year] = 1.0
    return started.ravel()


def test_a_cost_per_fte_year_is_worked_out_by_hand(plan: Allocation) -> None:
    # one nurse who returns: £3,000 at once, and 0.9 of her stays from year to year
    factor, years = 1 / 1.035, np.arange(4)
    first = lines.cost_per_fte_year(plan.problem, one(plan, 0))
    assert first[-1] == pytest.approx(3000 / np.sum((0.9 * factor) ** years))
    # one from abroad: £5,000 in each of two years, 0.72 FTE a year later, of whom 0.8 stay
    cost = 5000 * (1 + factor)
    brought = np.sum(0.72 * 0.8 ** years[:3] * factor ** years[1:])
    assert first[-2] == pytest.approx(cost / brought)


def test_nothing_is_known_of_what_brings_nothing(plan: Allocation) -> None:
    last = lines.cost_per_fte_year(plan.problem, one(plan, 3))
    assert np.isnan(last[0])  # nobody graduates within the horizon
    assert last[-1] == pytest.approx(3000)
    assert np.isnan(lines.cost_per_fte_year(plan.problem, 0 * one(plan, 0))).all()


def test_one_more_is_one_in_each_commissioning_year_and_what_follows(plan: Allocation) -> None:
    started = one(plan, 0) + one(plan, 1)
    if plan.policy.rules.continuation == "repeat":
        started = np.ones_like(started)
    found = lines.cost_of_one_more(plan.problem)
    assert found == pytest.approx(lines.cost_per_fte_year(plan.problem, started))


def test_units_by_year_are_those_of_the_table(plan: Allocation) -> None:
    found, table = lines.measures(plan.problem, plan.outcome), plan.frames()["measures"]
    assert found["measure"].tolist() == ["Nurses from abroad", "Return to practice"]
    for i, code in enumerate(["abroad", "back"]):
        rows = table[table["measure"] == code]
        assert found[["2026", "2027"]].to_numpy()[i].tolist() == rows["units"].tolist()
        assert found.loc[i, "last"] == rows["last_amount"].iloc[0]
        assert found.loc[i, "change"] == rows["change"].iloc[0]


def test_sentences_name_units_beside_places(plan: Allocation) -> None:
    tables, futures = plan.frames(), Baselines(plan.problem, plan.outcome)
    units, places = tables["measures"], tables["allocation"]
    now = units[units["year"] == 2026]
    given = places[places["year"] == 2026]["places"].sum()
    said = headline(plan.instance, plan.amounts)
    assert f"{given:,.0f} places in 2026/27" in said
    assert f"{now['units'].sum():,.0f} units in 2026/27" in said
    later = places[places["year"] == 2027]["places"].sum()
    assert f"; {later:,.0f} places and" in said
    for text in (cuts(futures), *judged(futures, plan.certificate, 0.01)):
        assert "without new places;" not in text
        assert "last year's places," not in text
    assert "every measure last year's units again" in caveat(futures)


def test_last_year_repeats_units(plan: Allocation) -> None:
    repeated = Baselines(plan.problem, plan.outcome).last_year
    assert repeated.units.tolist() == [[5.0, 5.0], [0.0, 0.0]]


def test_the_card_counts_units_and_adds_them_to_no_places(plan: Allocation) -> None:
    tables = plan.frames()
    places, units = tables["allocation"]["places"].sum(), tables["measures"]["units"].sum()
    assert f"{places:,.0f} places and {units:,.0f} units" in repr(plan)
    of_measures = plan.card().grids[1]
    assert [row[0] for row in of_measures.rows] == ["abroad", "back"]
    assert sum(float(n.replace(",", "")) for row in of_measures.rows for n in row[2:]) == units


def test_places_and_units_stand_beside_each_other(plan: Allocation) -> None:
    sums, of_all = lines.both(plan.problem, plan.outcome), lines.bought(plan.problem, plan.outcome)
    places, units = plan.places.sum(axis=0), plan.outcome.units.sum(axis=0)
    assert sums[["2026", "2027"]].to_numpy() == pytest.approx(np.array([places, units]))
    for name in ("cost", "fte_years"):
        assert sums[name].sum() == pytest.approx(of_all[name].sum())
    assert sums["change"].tolist() == pytest.approx(
        [places[0] - sums["last"].iloc[0], units[0] - sums["last"].iloc[1]]
    )
    low, high = sorted(sums["per_fte_year"])
    assert low <= lines.in_all(plan.problem, plan.outcome.started) <= high
