import pytest
from hypothesis import given
from hypothesis import strategies as st

from commission_opt.files.spreadsheet.cells import LONGEST_TEXT, Cell, CellKind
from commission_opt.workbook.origin import Texts
from commission_opt.workbook.table_sheet import CellText, Holds, reader, unusable

HOLDS: tuple[Holds, ...] = ("code", "text", "number")


def read(
    kind: CellKind, text: str, holds: Holds, texts: Texts | None = None, row: int = 2
) -> CellText:
    return reader(holds, texts or Texts())(Cell(0, kind, text), row)


@pytest.mark.each(3)
@pytest.mark.parametrize("holds", HOLDS)
@given(st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=20))
def test_text_is_kept_as_it_stands(holds: Holds, text: str) -> None:
    said = read("text", text, holds)
    assert (said.text, said.error) == (text, None)


@pytest.mark.parametrize("text", ["007", "1.0", " x ", "TRUE", "2026-01-01", "#N/A"])
def test_codes_that_a_spreadsheet_would_change_are_kept_without_a_word(text: str) -> None:
    assert read("text", text, "code") == CellText(text)


@pytest.mark.parametrize("text", ["12", "1e3", "-.5", "007"])
def test_a_number_kept_as_text_is_read_with_a_warning(text: str) -> None:
    said = read("text", text, "number")
    assert (said.text, said.error) == (text, None)
    assert said.warning is not None
    assert "sums leave it out" in said.warning
    assert read("text", text, "code").warning is None


@pytest.mark.parametrize("text", ["*", "1,2", "12 ", "nan", "x"])
def test_text_that_is_no_number_is_left_to_the_checks_of_the_table(text: str) -> None:
    assert read("text", text, "number") == CellText(text)


@pytest.mark.parametrize("holds", ["text", "number"])
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e14, max_value=1e14))
def test_a_number_is_its_shortest_text(holds: Holds, number: float) -> None:
    said = read("number", repr(number), holds)
    assert float(said.text) == number
    assert len(said.text) <= len(repr(number))
    assert (said.error, said.warning) == (None, None)


def test_a_number_has_the_text_that_it_had_before_where_it_is_the_same_number() -> None:
    texts = Texts({0.1: "0.10"}, {3: "1e-1"})
    assert read("number", "0.1", "number", texts).text == "0.10"
    assert read("number", "0.1", "number", texts, row=3).text == "1e-1"
    assert read("number", "0.2", "number", texts, row=3).text == "0.2"


def test_a_number_is_no_code() -> None:
    said = read("number", "7", "code")
    assert said.text == ""
    assert said.error is not None
    assert said.error.startswith("is the number 7, but codes are text")


@pytest.mark.parametrize("holds", HOLDS)
@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "x", "1" * 60 + "x"])
def test_damaged_numbers_are_named(text: str, holds: Holds) -> None:
    said = read("number", text, holds)
    assert said.text == ""
    assert said.error is not None
    assert said.error.endswith("is not a number")
    assert len(said.error) < 70


@pytest.mark.parametrize(
    ("holds", "word"),
    [("number", "give the cell the format “Number”"), ("code", "as text"), ("text", "as text")],
)
def test_a_date_is_named_and_never_used(holds: Holds, word: str) -> None:
    said = read("date", "2025-12-09", holds)
    assert said.text == ""
    assert said.error is not None
    assert "a date, 2025-12-09" in said.error
    assert word in said.error


@pytest.mark.parametrize("holds", HOLDS)
@pytest.mark.parametrize(
    ("kind", "text", "word"),
    [
        ("formula", "A1+1", "is a formula; paste its value"),
        ("error", "#REF!", "holds the error #REF!"),
        ("boolean", "TRUE", "is the logical value TRUE"),
    ],
)
def test_what_is_neither_text_nor_number_is_refused(
    kind: CellKind, text: str, word: str, holds: Holds
) -> None:
    assert unusable(Cell(0, kind, text)).startswith(word)
    said = read(kind, text, holds)
    assert said == CellText("", unusable(Cell(0, kind, text)))


def test_an_apostrophe_is_part_of_a_code() -> None:
    said = read("text", "'007", "code")
    assert said.text == "'007"
    assert said.warning is not None
    assert read("text", "'tis", "text").warning is None


@pytest.mark.parametrize("holds", ["code", "text"])
@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|x", "-2+3+cmd|x", "+SUM(A1)"])
def test_texts_that_look_like_formulas_are_kept_with_a_warning(text: str, holds: Holds) -> None:
    said = read("text", text, holds)
    assert (said.text, said.error) == (text, None)
    assert said.warning is not None
    assert said.warning.startswith("looks like a formula")


@pytest.mark.parametrize("text", ["-", "+5", "-north", "a=b", "a|b", "x(1)"])
def test_texts_that_merely_resemble_them_are_not(text: str) -> None:
    assert read("text", text, "code") == CellText(text)


@pytest.mark.parametrize("holds", HOLDS)
def test_the_longest_text_and_one_beyond(holds: Holds) -> None:
    assert read("text", "x" * LONGEST_TEXT, holds) == CellText("x" * LONGEST_TEXT)
    said = read("text", "x" * (LONGEST_TEXT + 1), holds)
    assert said == CellText("", "holds 32,768 characters; 32,767 are the most")
