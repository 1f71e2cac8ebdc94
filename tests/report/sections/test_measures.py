"""What a page says of measures, against the tables of its plan."""

import re
from pathlib import Path

import pytest

import bought_besides
from builders import Tiny
from commission_opt.allocation.allocate import allocate
from commission_opt.explain.margins.margins import margins
from commission_opt.plan.write import write_plan
from commission_opt.plan_workbook.tables import shortfall_by_year
from commission_opt.reading.read import read_instance
from commission_opt.report.facts import Facts
from commission_opt.report.page import render
from commission_opt.report.pages import plan_page
from commission_opt.report.sections.decision import decision, headline
from commission_opt.report.sections.measures import measures
from commission_opt.report.sections.shortfall import shortfall
from commission_opt.text.counts import plural
from commission_opt.views.decision import units_words
from plan_tables import numbers
from report_pages import Parsed, facts_of, make_plan
from samples import model, policy

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")


@pytest.fixture(scope="module")
def bought(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    folder = tmp_path_factory.mktemp("bought")
    unused = "locum,recruit,paramedic,north,Locums,0,0.5,1,,,,0,4,,"
    costs = bought_besides.COSTS + "locum,,1,tuition,9000000\n"
    made = bought_besides.write(
        folder / "i", bought_besides.ABROAD, bought_besides.BACK, unused, costs=costs
    )
    write_plan(allocate(read_instance(made), policy(model(2, pace="false"))), folder / "plan")
    return facts_of(folder / "plan")


def test_units_of_each_measure_are_those_of_the_plan(bought: Facts) -> None:
    units, _ = measures(bought).exhibits
    table = bought.found.plan.frames()["measures"]
    cells = [dict(zip(units.table.frame.columns, row, strict=True)) for row in units.table.shown()]
    assert [row["measure"] for row in cells] == [
        "Nurses from abroad", "Return to practice", "Locums",
    ]  # fmt: skip
    for year in (2026, 2027):
        said = [int(row[str(year)]) for row in cells]
        assert said == table[table["year"] == year]["units"].tolist()
        column = list(units.table.frame.columns).index(str(year))
        assert int(units.total[column]) == sum(said)
    assert cells[2]["per"] == "–"
    assert cells[2]["more"] != "–"


def test_what_units_and_places_bring_is_what_supply_and_money_gain(bought: Facts) -> None:
    said = measures(bought).sentences[0]
    tables = bought.found.plan.frames()
    supply = (tables["supply"]["supply"] - tables["supply"]["supply_base"]).sum()
    spent = tables["budgets"][["planned", "continued"]].to_numpy().sum()
    cost_units, of_units, cost_places, of_places = numbers(said.split("horizon,")[1])
    assert of_units + of_places == pytest.approx(supply, abs=1.01)
    assert cost_units + cost_places == pytest.approx(spent / 1e6, abs=0.11)


def test_lines_stand_side_by_side_the_cheapest_first(bought: Facts) -> None:
    _, costs = measures(bought).exhibits
    frame = costs.table.frame
    assert len(frame) == len(bought.instance.lines)
    pounds = frame["per"].fillna(frame["more"]).dropna().tolist()
    assert pounds == sorted(pounds)
    first = frame.iloc[0]
    assert f"least on {first['line']}, £{pounds[0]:,.0f}" in costs.charts[0].summary
    svg = costs.charts[0].svg()
    assert "measure, none: one more" in svg
    assert "Locums: £" in svg


def test_page_one_counts_units_beside_places(bought: Facts) -> None:
    now = bought.outcome.units[:, 0]
    figure = next(f for f in headline(bought) if f[0] == "units in 2026/27")
    assert figure[1:] == (f"{now.sum():,.0f}", f"+{now.sum() - 5:,.0f} on last year")
    points = decision(bought).points
    kinds = plural(int((now > 0).sum()), "measure")
    assert points[1].startswith(f"Besides places, {now.sum():,.0f} units of {kinds} are bought")
    text = " ".join(points)
    assert "without new places or units" in text
    assert "last year's places repeated" not in text


def test_nothing_bought_is_said_plainly(tmp_path: Path) -> None:
    late = "late,recruit,nurse,north,Too late,9,1,,,,,{},10,,"
    for last, said in ((0, ", as last year."), (3, "; last year it was 3.")):
        folder = tmp_path / str(last)
        folder.mkdir()
        made = bought_besides.write(folder / "i", late.format(last), costs="late,,1,tuition,9\n")
        write_plan(allocate(read_instance(made), policy(model(1, pace="false"))), folder / "plan")
        text = units_words(facts_of(folder / "plan").proposal)
        assert text == f"Besides places, no units are bought in 2026/27{said}"


@pytest.mark.slow
def test_an_explained_page_says_what_more_units_are_worth(bought: Facts) -> None:
    answer = margins(bought.found.plan)
    text = Parsed(render(plan_page(bought, answer))).all("body")[0].text
    assert "Plan of training places and other measures" in text
    assert "What an FTE-year costs at the margin" in text
    assert "the plan in all" in text
    frame = answer.frame("line_costs")
    assert set(frame["line"][1:]) == set(bought.instance.lines["line"])
    for row in frame.to_dict("records"):
        mine = bought.lines[bought.lines["line"] == row["line"]]
        for name in ("per_fte_year", "one_more"):
            assert mine[name].tolist() == pytest.approx([row[name]] * len(mine), nan_ok=True)


@pytest.mark.slow
def test_a_page_without_measures_says_nothing_of_units(tmp_path: Path) -> None:
    tiny = Tiny()
    del tiny.tables["measures"]
    facts = facts_of(make_plan(tmp_path, tiny))
    text = Parsed(render(plan_page(facts))).all("body")[0].text
    assert "besides places" not in text
    assert not re.search(r"\bunits?\b", text.split("Assumptions")[0])
    assert "without new places" in text


def test_need_that_measures_take_away_is_shown_beside_the_need(tmp_path: Path) -> None:
    calls = "calls,reshape,paramedic,north,Calls taken elsewhere,0,1,,,,,0,20,,"
    made = bought_besides.write(tmp_path / "i", calls, costs="calls,,1,tuition,500\n")
    write_plan(allocate(read_instance(made), policy(model(1, pace="false"))), tmp_path / "plan")
    found = facts_of(tmp_path / "plan")
    by_year = shortfall(found).exhibits[0].table.frame
    supply = found.found.plan.frames()["supply"].groupby("year")[["demand", "demand_after"]].sum()
    assert by_year["left"].tolist() == pytest.approx(supply["demand_after"].tolist())
    assert (by_year["left"] < by_year["demand"]).any()
    assert by_year["demand"].tolist() == pytest.approx(supply["demand"].tolist())
    sheet = shortfall_by_year(found.futures)
    assert sheet["demand with the plan"].tolist() == pytest.approx(by_year["left"].tolist())


def test_need_is_shown_once_where_nothing_is_taken_away(bought: Facts) -> None:
    assert "left" not in shortfall(bought).exhibits[0].table.frame
    assert "demand with the plan" not in shortfall_by_year(bought.futures)


def test_charts_add_up_over_regions_where_there_are_many(tmp_path: Path) -> None:
    rows = [
        f'm{i}-{region},recruit,nurse,{region},"Route {i}, {region}",0,{1 + i / 100},,,,,1,1,,'
        for i in range(13)
        for region in ("north", "south")
    ]
    folder = bought_besides.write(tmp_path / "i", *rows, costs="m0-north,,*,tuition,10\n")
    plan = allocate(read_instance(folder), policy(model(1, pace="false")))
    write_plan(plan, tmp_path / "plan")
    units, costs = measures(facts_of(tmp_path / "plan")).exhibits
    assert len(units.table.frame) == 26
    text = "The chart adds up those that do the same in several regions; the table has all."
    assert text in units.charts[0].summary
    for chart in (units.charts[0], costs.charts[0]):
        assert "Route 12" in chart.svg()
        assert "Route 12, north" not in chart.svg()
    assert "added up; the table has all" in costs.charts[0].summary
