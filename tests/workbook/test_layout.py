import pytest
from hypothesis import given
from hypothesis import strategies as st

from commission_opt.workbook.layout import needs_text, number_of, plain, shown


@pytest.mark.parametrize(
    ("number", "text"),
    [(1.0, "1"), (-0.0, "0"), (0.1, "0.1"), (1e15, "1000000000000000.0"), (1e-7, "1e-07")],
)
def test_plain_text_of_numbers(number: float, text: str) -> None:
    assert plain(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_plain_text_reads_back(number: float) -> None:
    assert float(plain(number)) == number


@pytest.mark.parametrize(
    "text", ["", "*", "x", "1,5", " 1", "1_0", "nan", "inf", "1e400", "1e-320"]
)
def test_what_no_cell_holds_as_a_number(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize(
    ("text", "needed"),
    [("1", False), ("1.0", True), ("0.10", True), ("1e3", True), ("007", True), ("0.763", False)],
)
def test_which_texts_must_be_kept(text: str, needed: bool) -> None:
    assert needs_text(text, float(text)) is needed


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-290, max_value=1e290))
def test_a_number_shows_the_same_before_and_after_it_is_written(number: float) -> None:
    written = float(f"{number:.16G}")
    assert shown(written) == shown(number)
    assert shown(shown(number)) == shown(number)
