"""Who stands in for whom, in sentences, on pages and in workbooks: each held to the tables."""

import io
from operator import mul
from pathlib import Path

import openpyxl
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.decided import Decided
from commission_opt.plan.read import read_plan
from commission_opt.plan.write import write_plan
from commission_opt.plan_workbook.book import plan_workbook
from commission_opt.policy_file import parse_policy
from commission_opt.report.page import render
from commission_opt.report.pages import page_of
from commission_opt.views import deployment, words
from commission_opt.views.deployed import by_scenario
from commission_opt.views.names import names_of
from futures_made import row, scenario
from handworked import TABLES, hand
from plan_of_futures import written
from plan_tables import PlanTables, total
from samples import model

PAIRS = "needed,by,region,ratio,max_share\nmedic,nurse,south,0.5,0.2\nnurse,medic,*,1.5,0.2\n"


def text(**keys: object) -> str:
    return model(2, pace="false", **keys)  # type: ignore[arg-type]


def solved(pairs: str = PAIRS, off: str = "", **need: float) -> Decided:
    policy = parse_policy(text().replace("[rules]", f"[rules]\n{off}").encode())
    needs = {(p, "south"): fte for p, fte in need.items()}
    return allocate(hand(substitution=pairs, need=needs), policy)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("views") / "plan"
    write_plan(solved(nurse=40.0), folder)  # type: ignore[arg-type]
    return folder


def said(plan: Decided) -> str:
    return deployment.headline(plan.problem, plan.outcome)


def test_the_sentence_adds_the_table_up(plan: Path) -> None:
    rows = PlanTables(plan).rows("deployment")
    sentence = said(read_plan(plan))
    fte, covers = total(rows, "fte"), total(rows, "covers")
    assert sentence == (
        f"Staff do the work of other professions for {words.count(fte)} FTE-years from 2026/27 to "
        f"2030/31, which cover {words.count(covers)} FTE-years of that work: nurse standing in for "
        "medic."
    )


def test_several_pairs_are_added_up_and_the_largest_is_named() -> None:
    staff = TABLES["workforce"].replace("medic,north,0", "medic,north,20")
    need = {("nurse", "south"): 40, ("nurse", "north"): 120}
    instance = hand(substitution=PAIRS, need=need, workforce=staff)
    found = allocate(instance, parse_policy(text().encode()))
    pairs = deployment.by_pair(found.instance, found.outcome)
    table = found.frames()["deployment"]
    assert len(pairs) == len(table.groupby(["needed", "by"])) == 2
    first = pairs.iloc[0]
    own = table[(table["needed"] == first["needed"]) & (table["by"] == first["by"])]
    assert first["covers"] == pytest.approx(own["covers"].sum())
    assert first["covers"] == pairs["covers"].max()
    assert said(found).endswith(
        f"most of it {first['by']} standing in for {first['needed']}: "
        f"{words.count(own['fte'].sum())} FTE-years for {words.count(own['covers'].sum())}."
    )


def test_nobody_is_said_to_be_nobody() -> None:
    assert said(solved(off="substitution = false")) == (
        "The model leaves everybody at their own work: nobody stands in for others."
    )
    nobody = solved("needed,by,region,ratio,max_share\nmedic,nurse,south,0.5,0\n")
    assert "would not help" in said(nobody)
    assert said(allocate(hand(), parse_policy(text().encode()))) == ""


def test_years_at_the_most_are_counted() -> None:
    found = solved(nurse=40.0)
    row = deployment.by_region(found.instance, found.outcome).iloc[0]
    table = found.frames()["deployment"]
    assert row["full"] == (table["fte"] >= 4.8 - 1e-6).sum()
    assert row["when"] == "2026/27 to 2028/29"
    assert table["year"].tolist() == [2026, 2027, 2028]


def test_the_page_and_the_workbook_say_it(plan: Path) -> None:
    page = render(page_of(plan))
    assert "Staff who stand in for others" in page
    assert "Nurse standing in for Medic" in page
    assert "with those who stand in for others" in page
    book = openpyxl.load_workbook(io.BytesIO(plan_workbook(read_plan(plan))))
    assert {"deployment", "deployment table"} <= set(book.sheetnames)
    cells = [str(c.value) for row in book["deployment"].iter_rows() for c in row if c.value]
    read = read_plan(plan)
    names = names_of(read.instance).professions
    assert deployment.headline(read.problem, read.outcome, names.__getitem__) in cells


def test_the_chart_shows_the_table_year_by_year(plan: Path) -> None:
    rows = PlanTables(plan).rows("deployment")
    by_year = {year: total([r for r in rows if r["year"] == str(year)], "fte")
               for year in range(2026, 2031)}  # fmt: skip
    covers = {
        year: total([r for r in rows if r["year"] == str(year)], "covers") for year in by_year
    }
    page = render(page_of(plan))
    most = max(by_year, key=lambda year: by_year[year])
    assert (
        f"Most are deployed in {words.year(most)}: {words.count(by_year[most])} FTE, who cover "
        f"{words.count(covers[most])} FTE of the work of others; in 2030/31 it is "
        f"{words.count(by_year[2030])}." in page
    )
    for year, fte in by_year.items():
        said = f"Nurse for Medic, {words.year(year)}: {words.count(fte)} FTE deployed, who cover "
        assert f"{said}{words.count(covers[year])}" in page


def test_a_plan_without_the_table_says_nothing_of_it(tmp_path: Path) -> None:
    write_plan(allocate(hand(), parse_policy(text().encode())), tmp_path / "plan")
    page = render(page_of(tmp_path / "plan"))
    assert "stand in for" not in page
    assert "substitution" not in page.replace("substitution.py", "")
    book = openpyxl.load_workbook(io.BytesIO(plan_workbook(read_plan(tmp_path / "plan"))))
    assert not [name for name in book.sheetnames if "deployment" in name]


def test_several_scenarios_are_told_apart(tmp_path: Path) -> None:
    nurses = scenario("nurses", 0.4, "demand[profession=nurse]*=3", "demand[profession=medic]*=0.5")
    demand = row("demand[profession=medic]", "uniform = [0.9, 1.3]")
    instance = hand(substitution=PAIRS, need={("nurse", "south"): 40})
    folder = written(tmp_path / "plan", instance, text(), nurses, demand, draws=3)
    rows, read = PlanTables(folder).rows("deployment"), read_plan(folder)
    p = {"nurses": 0.4, **{f"draw-000{k}": 0.2 for k in (1, 2, 3)}}
    sums = {
        column: [sum(float(r[column]) for r in rows if r["scenario"] == who) for who in p]
        for column in ("fte", "covers")
    }
    fte, covers = (
        [words.count(x) for x in (min(own), max(own), sum(map(mul, p.values(), own)))]
        for own in sums.values()
    )
    told = (
        "Who is deployed is decided once it is known which scenario comes: staff do the work of "
        f"other professions for {fte[0]} to {fte[1]} FTE-years, {fte[2]} expected, which cover "
        f"{covers[0]} to {covers[1]} FTE-years of that work, {covers[2]} expected."
    )
    sections = {section.key: section for section in page_of(folder).sections}
    assert told in sections["futures"].sentences
    assert sections["deployment"].title == "Staff who stand in for others, as given"
    table = by_scenario(read.problem, read.outcome)
    drawn = [f"3 draws: {q}" for q in ("p05", "median", "p95")]
    assert table["scenario"].tolist() == ["nurses", *drawn]
    for column, own in sums.items():
        assert table[column].tolist() == pytest.approx([own[0], *sorted(own[1:])])
    book = openpyxl.load_workbook(io.BytesIO(plan_workbook(read)))
    cells = {str(c.value) for line in book["deployment"].iter_rows() for c in line if c.value}
    assert {"Who stands in for whom, by scenario", *table["scenario"]} <= cells
    assert any(cell.startswith("If all goes as given, staff do the work of") for cell in cells)
