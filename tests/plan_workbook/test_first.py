"""The first sheet of a plan's workbook, against the plan's tables; names, gaps and printing."""

import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from builders import Tiny
from command_line import Run
from commission_opt.allocation.allocate import allocate
from commission_opt.plan.read import StoredPlan, read_plan
from commission_opt.plan.write import write_plan
from commission_opt.plan_workbook import tables
from commission_opt.plan_workbook.book import plan_workbook
from commission_opt.reading.read import read_instance
from commission_opt.views.decision import Proposal, three_lines
from commission_opt.views.shortfall import Baselines
from plan_tables import PlanTables, total
from samples import model, policy, sample

WHY = ("Adult nursing rises.", "=1+1 falls.")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> StoredPlan:
    folder = tmp_path_factory.mktemp("plan")
    write_plan(
        allocate(read_instance(Tiny().write(folder / "tiny")), policy(model(2))), folder / "plan"
    )
    return read_plan(folder / "plan")


@pytest.fixture(scope="module")
def book(plan: StoredPlan) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(plan_workbook(plan, WHY)))


def texts(book: Workbook, sheet: str) -> list[str]:
    return [str(cell.value) for row in book[sheet].iter_rows() for cell in row if cell.value]


def test_the_decision_comes_first_and_hashes_last(book: Workbook) -> None:
    assert book.sheetnames[0] == "decision"
    assert book.sheetnames[-1] == "certificate"
    assert not any("SHA-256" in text for text in texts(book, "decision"))
    last = [text for text in texts(book, "certificate") if text.startswith("SHA-256")]
    assert len(last) > 3


def test_it_has_the_three_lines_and_what_follows(book: Workbook, plan: StoredPlan) -> None:
    said = texts(book, "decision")
    allocation = [r for r in PlanTables(plan.folder).rows("allocation") if r["year"] == "2026"]
    assert any(f"{total(allocation, 'places'):,.0f} training places" in text for text in said)
    assert all(text in said for text in WHY)
    rows = three_lines(Proposal(Baselines(plan.problem, plan.outcome)))
    sheet = [list(row) for row in book["decision"].values]
    top = next(i for i, row in enumerate(sheet) if row[0] == "choice")
    heads = [str(name) for name in sheet[top] if name]
    for row, line in zip(rows.to_dict("records"), sheet[top + 1 : top + 4], strict=True):
        found = dict(zip(heads, line, strict=False))
        assert found["choice"] == row["line"]
        assert found["places in 2026/27"] == row["places"]
        assert found["FTE short in 2031/32"] == pytest.approx(row["short_last"])
        assert found["£m in 2026/27"] == pytest.approx(row["pounds_first"])
    assert book["decision"].cell(top + 2, heads.index("£m in 2026/27") + 1).number_format == (
        "#,##0.0,,"
    )


def test_where_there_is_no_course_is_said_and_is_not_nothing(
    book: Workbook, plan: StoredPlan
) -> None:
    now, change = tables.places(plan.instance, plan.outcome)
    courses = set(zip(plan.instance.courses["p"], plan.instance.courses["q"], strict=True))
    for frame in (now, change):
        for p, profession in enumerate(frame["profession"].tolist()[:-1]):
            assert profession == plan.instance.professions["title"].iloc[p]
            for q, region in enumerate(("North", "South", "Coast")):
                cell = frame[region].iloc[p]
                assert (cell == tables.NO_COURSE) is ((p, q) not in courses)
    assert tables.NO_COURSE in texts(book, "places")


def test_names_stand_in_the_place_of_codes(book: Workbook) -> None:
    for sheet in ("decision", "places", "shortfall", "floors", "posts", "money", "deployment"):
        found = texts(book, sheet)
        for code in ("north", "south", "coast", "adult", "child", "adult-north", "gp-south"):
            assert code not in found, (sheet, code)
    assert "adult-north" in texts(book, "allocation table")


def test_sheets_print_on_few_pages(book: Workbook, tmp_path: Path) -> None:
    first = book["decision"]
    assert first.print_area
    assert (first.page_setup.orientation or "portrait") == "portrait"
    for sheet in book:
        fit = sheet.sheet_properties.pageSetUpPr
        assert fit is not None
        assert fit.fitToPage, sheet.title
        page = sheet.page_setup
        assert (page.fitToWidth or 1, page.fitToHeight or 1) == (1, 1), sheet.title
    assert book["supply table"].print_title_rows == "$1:$1"
    tables = [sheet for sheet in book if sheet.title.endswith(" table")]
    assert [bool(t.print_area) for t in tables] == [t.max_row - 1 > 40 for t in tables]
    assert not all(table.print_area for table in tables)
    instance = sample(2, 31, 1, 1).instance
    write_plan(allocate(instance, policy(model(1))), tmp_path / "plan")
    wide = openpyxl.load_workbook(io.BytesIO(plan_workbook(read_plan(tmp_path / "plan"))))
    assert wide["places"].page_setup.fitToWidth == 3
    assert wide["places"].print_title_cols == "$A:$A"
    table = wide["supply table"]
    rows = table.max_row - 1
    assert rows == 2 * 31 * instance.horizon > 40
    assert table.print_area.replace("$", "") == f"'supply table'!A1:{table.dimensions[3]}41"
    assert f"the first 40 of {rows:,} rows" in str(vars(table.oddFooter)["left"].text)


def test_the_command_says_why(run: Run, plan: StoredPlan, tmp_path: Path) -> None:
    assert run("workbook", "export", plan.folder, tmp_path / "b.xlsx").code == 0
    said = texts(openpyxl.load_workbook(tmp_path / "b.xlsx"), "decision")
    at = said.index("Why: the largest cuts and rises")
    assert "places" in said[at + 1]
    assert "rises" in said[at + 1] or "falls" in said[at + 1]
    assert any(text.startswith("Weighted FTE-years count") for text in said[at:])
