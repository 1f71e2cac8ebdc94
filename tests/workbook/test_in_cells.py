from pathlib import Path

import pytest

from commission_opt.errors import Problem
from commission_opt.workbook.in_cells import InCells, in_rows
from commission_opt.workbook.reading import read_workbook
from workbooks import change, tiny_book


@pytest.fixture
def cells(tmp_path: Path) -> InCells:
    """Of a workbook with three blank rows above the third row of courses."""
    path = change(tiny_book(tmp_path), lambda book: book["courses"].insert_rows(3, 3))
    return InCells(read_workbook(path))


@pytest.mark.each(3)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("budget (budgets.csv row 3)", "budget (budgets!3:3)"),
        ("courses.csv row 2, max_intake: 4 -> 5", "courses!H2: 4 -> 5"),
        ("courses.csv row 3, max_intake and courses.csv row 5", "courses!H6 and courses!8:8"),
        ("placement_use.csv row 2, weeks", "placement_use!E2"),
        ("budgets.csv alone, model.toml row 3", "budgets.csv alone, model.toml row 3"),
        ("otherbudgets.csv row 3", "otherbudgets.csv row 3"),
    ],
)
def test_rows_of_files_become_cells_of_sheets(text: str, expected: str, cells: InCells) -> None:
    assert cells.text(text) == expected


def test_a_problem_is_moved_below_blank_rows(cells: InCells) -> None:
    found = cells.problem(Problem("error", "courses.csv", 4, "region", "is wrong in regions.csv"))
    assert str(found) == "courses!C7: is wrong in sheet regions"
    assert cells.problem(Problem("error", "model.toml", None, "name", "x")).cell is None


def test_rows_that_are_the_sheet_s_stay() -> None:
    assert in_rows("a (budgets.csv row 9), b") == "a (budgets!9:9), b"
