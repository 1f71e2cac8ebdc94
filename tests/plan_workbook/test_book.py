import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl import Workbook

from builders import Tiny
from commission_opt.allocation.allocate import allocate
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.plan.read import StoredPlan, read_plan
from commission_opt.plan.write import write_plan
from commission_opt.plan_workbook import tables as plan_views
from commission_opt.plan_workbook.book import plan_workbook
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from commission_opt.views.commitments import kept_words
from commission_opt.views.money import money
from commission_opt.views.shortfall import Baselines


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> StoredPlan:
    folder = tmp_path_factory.mktemp("plan")
    text = find_model("annual").read_text("utf-8")
    text = text.replace("commissioning_years = 1", "commissioning_years = 2")
    policy = parse_policy(text.encode(), "model.toml")
    instance = read_instance(Tiny().write(folder / "tiny"))
    write_plan(allocate(instance, policy), folder / "plan", command="commission-opt solve tiny")
    return read_plan(folder / "plan")


@pytest.fixture(scope="module")
def path(plan: StoredPlan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    path.write_bytes(plan_workbook(plan))
    return path


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


def test_sheets_charts_and_no_formulas(book: Workbook, path: Path) -> None:
    assert book.sheetnames == [
        "decision", "places", "measures", "pathways", "shortfall", "deployment", "floors", "posts",
        "money", "allocation table", "measures table", "deployment table", "supply table",
        "budgets table", "placements table", "pathways table", "floors table", "certificate",
    ]  # fmt: skip
    for sheet in book:
        assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)
    with zipfile.ZipFile(path) as file:
        charts = [name for name in file.namelist() if name.startswith("xl/charts/chart")]
        drawings = b"".join(file.read(n) for n in file.namelist() if "/drawing" in n)
    assert (
        len(charts) == 2 + 3 + 1 + 1 + 2
    )  # places, units; shortfall by year, region, profession; floors; posts; two funds
    assert drawings.count(b'descr="') == len(charts)


def test_sheets_print_on_pages_that_cut_no_chart(book: Workbook) -> None:
    for name in ("places", "measures", "shortfall", "floors", "posts", "money"):
        page = book[name].page_setup
        fit = book[name].sheet_properties.pageSetUpPr
        assert fit is not None
        assert fit.fitToPage
        assert (page.fitToWidth or 1, page.fitToHeight or 1) == (1, 1)
        assert page.orientation == "landscape"
    assert book["supply table"].print_title_rows == "$1:$1"
    assert book["money"].freeze_panes == "B3"


def test_charts_say_what_they_show(path: Path) -> None:
    with zipfile.ZipFile(path) as file:
        charts = [file.read(n).decode() for n in file.namelist() if n.startswith("xl/charts/chart")]
    places, units, lines, *_, fund = charts
    assert "Units in 2026/27 and last year" in units
    assert "Places in 2026/27 and last year" in places
    assert "<c:v>2026/27</c:v>" in places  # not “all”, which the column is called
    assert "financial year" in lines
    assert "spending and budget" in fund
    assert "£m" in fund


def test_the_tables_are_those_of_the_plan(book: Workbook, plan: StoredPlan) -> None:
    for name in ("allocation", "supply", "budgets", "placements"):
        rows = list(book[f"{name} table"].values)
        expected = pd.read_csv(plan.folder / f"{name}.csv", keep_default_na=False)
        assert rows[0] == tuple(expected.columns)
        found = pd.DataFrame(rows[1:], columns=expected.columns)
        for column in expected:
            if expected[column].dtype.kind in "if":
                np.testing.assert_allclose(
                    found[column].astype(float), expected[column], rtol=1e-14, atol=1e-9
                )
            else:
                cells = ["" if pd.isna(cell) else str(cell) for cell in found[column]]
                assert cells == list(expected[column])


def test_places_add_up(plan: StoredPlan) -> None:
    now, change = plan_views.places(plan.instance, plan.outcome)
    allocation = pd.read_csv(plan.folder / "allocation.csv")
    first = allocation[allocation["year"] == plan.instance.first_year]
    assert now["all"].iloc[-1] == first["places"].sum()
    assert now["last year"].iloc[-1] == first["last_intake"].sum()
    assert change["all"].iloc[-1] == first["change"].sum()
    assert list(now.columns) == [
        "profession",
        "North",
        "South",
        "Coast",
        "all",
        "last year",
        "change",
    ]
    by_year = plan_views.places_by_year(plan.instance, plan.outcome.places)
    assert by_year["2027/28"].sum() == allocation[allocation["year"] == 2027]["places"].sum()


def test_shortfalls_add_up(plan: StoredPlan) -> None:
    supply = pd.read_csv(plan.folder / "supply.csv")
    by_year = plan_views.shortfall_by_year(Baselines(plan.problem, plan.outcome))
    np.testing.assert_allclose(
        by_year["shortfall with the plan"], supply.groupby("year")["shortfall"].sum()
    )
    missing = (supply["demand"] - supply["supply_base"]).clip(lower=0)
    for what in ("profession", "region"):
        table = plan_views.shortfall_by(Baselines(plan.problem, plan.outcome), what)
        assert table["with the plan"].sum() == pytest.approx(supply["shortfall"].sum())
        assert table["without new places or units"].sum() == pytest.approx(missing.sum())


def test_money_counts_no_pound_twice(plan: StoredPlan) -> None:
    table = plan_views.money(plan.instance, plan_views.money_of(plan))
    row = table[(table["fund"] == "tuition") & (table["year"] == "2026/27")].iloc[0]
    assert row["budget"] == 9_000_000  # not also the 8,000,000 of the region within it
    assert row["left"] == pytest.approx(
        row["budget"] - row["committed"] - row["planned"] - row["continued"]
    )


def test_regional_budgets_without_a_national_one_are_summed(tmp_path: Path) -> None:
    tiny = Tiny()
    rows = [("land", "8"), ("north", "5"), ("coast", "3")]
    lines = [f"tuition,{region},2028,{amount}00000000" for region, amount in rows]
    tiny.tables["budgets"] = [r for r in tiny.tables["budgets"] if r["year"] != "2028"]
    tiny.add("budgets", *lines)
    instance = read_instance(tiny.write(tmp_path / "tiny"))
    plan = allocate(instance, parse_policy(find_model("annual").read_bytes(), "model.toml"))
    table = plan_views.money(instance, money(instance, plan.policy, plan.outcome))
    assert float(table[table["year"] == "2028/29"]["budget"].iloc[0]) == 1_100_000_000


def test_the_certificate_and_the_hashes_are_there(book: Workbook, plan: StoredPlan) -> None:
    said = {row[0]: row[1] for row in book["certificate"].values if row[0]}
    name = "objective 1: weighted shortfall of this plan (weighted FTE-years)"
    assert said[name] == pytest.approx(plan.record["stages"][0]["final"], rel=1e-14)
    assert said[kept_words(plan.problem)] == "yes"
    assert said["command"] == "commission-opt solve tiny"
    assert said["SHA-256 of courses.csv"] == plan.record["hashes"]["inputs"]["courses.csv"]
    assert said["commission_opt"] == plan.record["versions"]["commission_opt"]


def test_a_plan_without_money_or_placements(tmp_path: Path) -> None:
    instance = read_instance(find_instance("dutch-gp-2009"))
    policy = parse_policy((find_instance("dutch-gp-2009") / "model.toml").read_bytes(), "m.toml")
    write_plan(allocate(instance, policy), tmp_path / "plan")
    path = tmp_path / "plan.xlsx"
    path.write_bytes(plan_workbook(read_plan(tmp_path / "plan")))
    assert "places" in openpyxl.load_workbook(path).sheetnames
