import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from commission_opt.reading.read import check_instance
from commission_opt.workbook.keyed import read_side
from commission_opt.workbook.merge import Merge, merge, merged_book
from workbooks import Change, change, put, tiny_book


def note(name: str, *rows: tuple[object, ...]) -> Change:
    def add(book: Workbook) -> None:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)

    return add


def merged(folder: Path, national: tuple[Change, ...], **returns: tuple[Change, ...]) -> Merge:
    sent = change(tiny_book(folder, name="national.xlsx"), *national)
    paths = [sent, *(change(sent, *each, to=f"{name}.xlsx") for name, each in returns.items())]
    first, *others = (read_side(path, path.name) for path in paths)
    return merge(first, others)


def opened(result: Merge, folder: Path) -> Workbook:
    path = folder / "merged.xlsx"
    path.write_bytes(merged_book(result))
    assert [p for p in check_instance(path).problems if p.severity == "error"] == []
    return openpyxl.load_workbook(path)


def names(result: Merge) -> list[str]:
    return [kept.name for kept in result.notes]


@pytest.mark.slow
def test_notes_of_returns_are_kept_under_a_name_that_says_whose_they_are(tmp_path: Path) -> None:
    rows = (("why", 12), (datetime.date(2026, 4, 1), "007"), ("=A1+1", 0.1))
    result = merged(tmp_path, (), north=(note("note rates", *rows),), south=(note("Note rates"),))
    assert names(result) == ["note rates (north)"]  # an empty sheet says nothing
    book = opened(result, tmp_path)
    found = book["note rates (north)"]
    assert list(found.values) == [
        ("why", 12),
        ("2026-04-01", "007"),
        ("(a formula, see north.xlsx)", 0.1),
    ]
    assert list(book["note merged"].values)[1:] == [
        ("north.xlsx", "sheet of notes kept", "note rates", "", "", "", "note rates (north)")
    ]


@pytest.mark.slow
def test_notes_of_the_national_workbook_are_kept_once(tmp_path: Path) -> None:
    sent = (note("note plan", ("ask by May",)),)
    result = merged(tmp_path, sent, north=(), south=(put("note plan!A2", "asked"),))
    assert names(result) == ["note plan", "note plan (south)"]
    book = opened(result, tmp_path)
    assert list(book["note plan"].values) == [("ask by May",)]
    assert list(book["note plan (south)"].values) == [("ask by May",), ("asked",)]


@pytest.mark.slow
def test_the_report_of_an_earlier_merge_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    result = merged(tmp_path, (note("note merged", ("old",)),), north=())
    assert names(result) == ["note merged (national)"]
    book = opened(result, tmp_path)
    assert next(iter(book["note merged"].values))[0] == "file"
    assert list(book["note merged (national)"].values) == [("old",)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "name", "expected"),
    [
        ("north", "note of the regions and their x", "note of the regions and (north)"),
        ("a-very-long-name-of-a-region", "note", "note (a-very-long-name)"),
        ("a[1]", "note", "note (a_1_)"),
    ],
)
def test_names_are_such_as_a_sheet_can_have(
    file: str, name: str, expected: str, tmp_path: Path
) -> None:
    result = merged(tmp_path, (), **{file: (note(name, ("x",)),)})
    assert names(result) == [expected]
    assert expected in opened(result, tmp_path).sheetnames


@pytest.mark.slow
def test_names_that_are_cut_to_the_same_are_told_apart(tmp_path: Path) -> None:
    long = "note of the regions and their "
    result = merged(tmp_path, (), north=(note(long + "a", ("x",)), note(long + "b", ("y",))))
    assert names(result) == ["note of the regions and (north)", "note of the regions a (north 2)"]
    opened(result, tmp_path)
