"""Problems are readable on any screen, whatever headings, keys and file names are like."""

import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from commission_opt.cli import problems as module
from commission_opt.cli.problems import first_of_each_kind, print_problems
from commission_opt.cli.screen import Console
from commission_opt.errors import Problem

MESSAGE = "the message says in some twenty words or so what is wrong here and what is to be done"


def printed(problems: list[Problem], width: int) -> str:
    page = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        screen = Console(file=page, width=width, color_system=None)
        patch.setattr(module, "console", lambda: screen)
        print_problems(problems)
    return page.getvalue()


@given(
    st.sampled_from([60, 80, 120, 200]),
    st.text(st.characters(codec="utf-8"), max_size=300),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=300),
    st.booleans(),
)
@example(60, "", "\U000e0080", False)
@example(60, "", "\u0301" * 40, True)
@example(60, "\u4e00" * 300, "\u4e00" * 300, False)
@example(60, "", "\u4e00" * 300, True)
def test_the_message_has_most_of_the_width(width: int, column: str, file: str, cell: bool) -> None:
    where = f"{file}!A1" if cell else None
    page = printed([Problem("error", file, 12, column, MESSAGE, where)], width)
    assert all(cell_len(line) <= width for line in page.splitlines())
    words = re.sub(r"[│\s]+", "", page)
    assert MESSAGE.replace(" ", "") in words
    said = [line for line in page.splitlines() if "what is" in line or "message says" in line]
    assert said
    assert len(page.splitlines()) <= 6 + 2 * len(MESSAGE) // (width // 2) + 3


def test_of_many_of_a_kind_the_first_are_shown_and_the_rest_counted() -> None:
    many = [Problem("error", "demand.csv", row, "fte", f"'{row}x' is no number")
            for row in range(2, 25_002)]  # fmt: skip
    one = Problem("error", "costs.csv", 3, "cost", "'y' is no number")
    shown, left = first_of_each_kind([*many, one])
    assert [each.problem.row for each in shown] == [2, 3, 4, 3]
    assert [each.more for each in shown] == [
        "",
        "",
        "… and 24,997 more like it, rows 5 to 25001",
        "",
    ]
    assert left == 0
    page = printed([*many, one], 80)
    assert "25,001 errors, 0 warnings" in page
    assert len(page.splitlines()) < 20


def test_of_many_kinds_the_first_are_shown() -> None:
    many = [Problem("error", "demand.csv", 2, f"column {chr(0x4E00 + i)}", "is none")
            for i in range(500)]  # fmt: skip
    page = printed(many, 80)
    assert "… and 440 more of other kinds; --json lists them all" in page
    assert "500 errors" in page
