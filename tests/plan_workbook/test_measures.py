"""The sheet of measures of a plan's workbook, against the tables of the plan."""

import io

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import bought_besides
from commission_opt.allocation.allocate import allocate
from commission_opt.plan.read import StoredPlan, read_plan
from commission_opt.plan.write import write_plan
from commission_opt.plan_workbook.book import plan_workbook
from commission_opt.reading.read import read_instance
from commission_opt.views import words
from commission_opt.views.names import names_of
from samples import model, policy

Rows = list[dict[str, object]]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> StoredPlan:
    folder = tmp_path_factory.mktemp("measures")
    instance = read_instance(bought_besides.write(folder / "instance"))
    write_plan(allocate(instance, policy(model(2, pace="false"))), folder / "plan")
    return read_plan(folder / "plan")


@pytest.fixture(scope="module")
def book(plan: StoredPlan) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(plan_workbook(plan)))


def rows(sheet: Worksheet, heading: str) -> Rows:
    """The rows of the table with this first heading, to the first blank row."""
    cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    top = next(i for i, row in enumerate(cells) if row[0] == heading)
    names = [str(name) for name in cells[top] if name is not None]
    found: Rows = []
    for row in cells[top + 1 :]:
        if row[0] is None or row[1] is None:
            break
        found.append(dict(zip(names, row, strict=False)))
    return found


def test_units_by_year_and_their_sums(plan: StoredPlan, book: openpyxl.Workbook) -> None:
    shown = rows(book["measures"], "measure")
    table = plan.frames()["measures"]
    assert [row["measure"] for row in shown] == [
        "Nurses from abroad", "Return to practice", "all measures",
    ]  # fmt: skip
    for year in (2026, 2027):
        of_year = table[table["year"] == year]
        said = [row[words.year(year)] for row in shown]
        assert said == [*of_year["units"], of_year["units"].sum()]
    assert [row["change"] for row in shown] == [
        *table[table["year"] == 2026]["change"], table[table["year"] == 2026]["change"].sum(),
    ]  # fmt: skip
    for column in ("£", "FTE-years"):
        *each, total = (float(str(row[column])) for row in shown)
        assert total == pytest.approx(sum(each))


def test_lines_side_by_side_add_up_to_money_and_supply(
    plan: StoredPlan, book: openpyxl.Workbook
) -> None:
    shown, tables = rows(book["measures"], "line"), plan.frames()
    assert [row["line"] for row in shown] == [
        *names_of(plan.instance).courses.values(), *names_of(plan.instance).measures.values(),
    ]  # fmt: skip
    sums = {c: sum(float(str(row[c])) for row in shown) for c in ("bought", "£", "FTE-years")}
    bought = tables["allocation"]["places"].sum() + tables["measures"]["units"].sum()
    spent = tables["budgets"][["planned", "continued"]].to_numpy().sum()
    supply = tables["supply"]
    assert sums["bought"] == bought
    assert sums["£"] == pytest.approx(spent)
    assert sums["FTE-years"] == pytest.approx((supply["supply"] - supply["supply_base"]).sum())


def test_facts_count_units_beside_places(plan: StoredPlan, book: openpyxl.Workbook) -> None:
    facts = {str(a): b for a, b in book["certificate"].iter_rows(values_only=True, max_col=2)}
    table = plan.frames()["measures"]
    assert facts["units in 2026/27"] == table[table["year"] == 2026]["units"].sum()
    assert facts["units in all commissioning years"] == table["units"].sum()
    assert facts["places in all commissioning years"] == plan.places.sum()
    headings = [str(cell.value) for cell in book["shortfall"][2]]
    assert "shortfall without new places or units" in headings
    assert "measures table" in book.sheetnames
