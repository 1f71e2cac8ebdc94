from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from builders import Tiny, cell
from commission_opt.errors import InputError
from commission_opt.instance.schema import SETTINGS, TABLES
from commission_opt.instance.source import source_of
from commission_opt.reading.read import check_instance
from commission_opt.workbook.layout import sheet_columns
from commission_opt.workbook.making import export_workbook, new_workbook
from workbooks import change, tiny_book


def opened(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


def new(folder: Path, like: Path | None = None) -> Path:
    path = folder / "new.xlsx"
    path.write_bytes(new_workbook(like) if like else _new())
    return path


@cache
def _new() -> bytes:
    return new_workbook(None)


@pytest.mark.slow
def test_a_new_workbook_has_every_sheet_and_column(tmp_path: Path) -> None:
    book = opened(new(tmp_path))
    assert book.sheetnames == ["read me", "instance", *TABLES, "_lists"]
    for name, table in TABLES.items():
        assert [c.value for c in book[name][1]] == [c.name for c in table.columns]
    assert [row[0].value for row in book["instance"].iter_rows(min_row=2)] == [*SETTINGS]


def test_an_empty_new_workbook_says_what_is_missing(tmp_path: Path) -> None:
    problems = check_instance(new(tmp_path)).problems
    found = {str(p).partition(":")[0] + str(p).partition(":")[2][:12] for p in problems}
    assert {p.file for p in problems} == {"instance", *(n for n, t in TABLES.items() if t.required
                                                         and n not in ("costs", "budgets",
                                                                       "assumptions"))}  # fmt: skip
    assert "instance!B2 is missing;" in found
    cells = [p.cell for p in problems if p.file == "instance"]
    assert cells == [f"instance!B{row}" for row in range(2, 8)]  # as they stand on the sheet


@pytest.mark.slow
def test_headings_are_locked_and_everything_else_is_not(tmp_path: Path) -> None:
    sheet = opened(tiny_book(tmp_path))["courses"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    for allowed in ("sort", "autoFilter", "insertRows", "deleteRows", "formatCells"):
        assert getattr(sheet.protection, allowed) is False, allowed  # False is not forbidden
    assert sheet["A1"].protection.locked
    assert not sheet["A2"].protection.locked
    assert not sheet["H3"].protection.locked
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:Q5"


def test_headings_explain_their_column_and_mark_what_is_required(tmp_path: Path) -> None:
    sheet = opened(tiny_book(tmp_path))["costs"]
    comment = sheet["E1"].comment
    assert comment is not None
    assert "£ per student on course in that study year" in comment.text
    assert "Required" in comment.text
    assert "Example: 5200" in comment.text
    dark, pale = sheet["E1"].fill.fgColor.rgb, sheet["B1"].fill.fgColor.rgb
    assert dark != pale
    assert sheet["A1"].fill.fgColor.rgb == pale  # may be empty: that means *


def test_sheets_print_as_wide_as_a_page_with_their_headings(tmp_path: Path) -> None:
    book = opened(tiny_book(tmp_path))
    for name in TABLES:
        page = book[name].page_setup
        fit = book[name].sheet_properties.pageSetUpPr
        assert fit is not None
        assert fit.fitToPage
        assert (page.paperSize, page.fitToWidth or 1, page.fitToHeight) == (9, 1, 0)
        assert book[name].print_title_rows == "$1:$1"
    assert book["courses"].page_setup.orientation == "landscape"
    assert book["demand"].page_setup.orientation != "landscape"


@pytest.mark.slow
def test_empty_columns_show_what_is_typed_into_them(tmp_path: Path) -> None:
    for path in (new(tmp_path), new(tmp_path, Tiny().write(tmp_path / "tiny"))):
        book = opened(path)
        assert book["courses"].column_dimensions["L"].number_format == "General"
        assert book["workforce"].column_dimensions["C"].number_format == "General"
        assert book["budgets"].column_dimensions["D"].number_format == "#,##0"
    assert opened(new(tmp_path))["professions"].column_dimensions["B"].width > 25  # titles


def validations(path: Path, sheet: str) -> dict[str, str]:
    found = opened(path)[sheet].data_validations.dataValidation
    return {str(v.sqref).partition("2:")[0]: str(v.formula1) for v in found}


@pytest.mark.slow
def test_drop_down_lists_are_drawn_from_the_other_sheets(tmp_path: Path) -> None:
    path = tiny_book(tmp_path)
    assert validations(path, "courses")["B"] == "professions!$A$2:$A$5000"
    assert validations(path, "workforce")["B"] == "regions!$A$2:$A$5000"
    costs = validations(path, "costs")
    assert costs["C"] == '"*,1,2,3,4,5,6,7"'
    book = opened(path)
    lists = {
        column[0].value: [c.value for c in column[1:] if c.value]
        for column in book["_lists"].columns
    }
    assert lists["who"] == ["*", "nursing", "medical", "adult", "child", "gp"]
    assert lists["funds"] == ["tuition", "placement"]
    assert lists["pools"] == ["ward"]
    assert costs["B"].startswith("'_lists'!$A$2:$A$")
    assert validations(path, "assumptions")["G"] == '"red,amber,green"'
    assert validations(path, "placements")["C"] == '"*,2026,2027,2028,2029,2030,2031"'


def test_a_new_workbook_offers_what_will_stand_on_the_sheets(tmp_path: Path) -> None:
    assert validations(new(tmp_path), "costs")["B"] == "professions!$A$2:$A$5000"


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    for sheet in opened(tiny_book(tmp_path)):
        assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)


@pytest.mark.slow
def test_a_new_workbook_from_an_instance_keeps_codes_and_leaves_figures_empty(
    tmp_path: Path,
) -> None:
    book = opened(new(tmp_path, Tiny().write(tmp_path / "tiny")))
    assert [c.value for c in book["demand"][2]] == ["adult", "north", 2026, None]
    assert [c.value for c in book["costs"][2]] == ["*", "nursing", "*", "tuition", None]
    assert [c.value for c in book["commitments"][2]][-3:-1] == ["The board", "Workforce plan"]
    assert book["instance"]["B4"].value == 2026


def test_absent_columns_stand_where_they_belong() -> None:
    costs = TABLES["costs"]
    assert sheet_columns(costs, ["note", "fund", "course", "cost"]) == [
        "note", "fund", "course", "profession", "study_year", "cost",
    ]  # fmt: skip


@pytest.mark.slow
def test_columns_and_tables_that_a_folder_lacks_can_be_filled(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.drop_column("courses", "provider")
    tiny.drop_column("commitments", "provider")
    del tiny.tables["joiners"]
    path = tmp_path / "b.xlsx"
    path.write_bytes(export_workbook(source_of(tiny.contents())))

    def fill(book: Workbook) -> None:
        assert book["courses"]["D1"].value == "provider"
        book["courses"]["D2"] = "uni-a"
        book["joiners"].append(["adult", "north", 2026, 6])

    instance = check_instance(change(path, fill)).instance
    assert instance is not None
    assert instance.files["joiners.csv"] == b"profession,region,year,fte\nadult,north,2026,6\n"
    assert instance.files["courses.csv"].startswith(b"course,profession,region,provider,title,")
    assert instance.files["commitments.csv"].startswith(
        b"commitment,profession,group,region,course,"
    )


@pytest.mark.parametrize(
    ("column", "text", "word"),
    [
        ("title", "x" * 32_768, "32,767 characters"),
        ("title", "x" * 40_000, "at most"),
        ("title", "a _x0041_x0042_ b", "part of '_x0041_x0042_'"),
    ],
)
def test_what_no_cell_can_hold_is_refused(column: str, text: str, word: str) -> None:
    tiny = Tiny()
    cell("courses", 3, column, text)(tiny)
    with pytest.raises(InputError, match=word) as caught:
        export_workbook(source_of(tiny.contents()))
    assert str(caught.value).startswith("courses.csv row 3, title")


def test_a_folder_that_cannot_be_read_whole_is_refused() -> None:
    tiny = Tiny()
    tiny.rewrite("courses.csv", lambda text: text + "too,few\n")
    with pytest.raises(InputError, match="has 2 cells"):
        export_workbook(source_of(tiny.contents()))
    twice = Tiny()
    twice.rewrite("regions.csv", lambda text: text.replace("parent", "title", 1))
    with pytest.raises(InputError, match="twice"):
        export_workbook(source_of(twice.contents()))
