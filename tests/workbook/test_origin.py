from hypothesis import given
from hypothesis import strategies as st

from commission_opt.files.spreadsheet.cells import LONGEST_TEXT, Cell, Sheet
from commission_opt.instance.raw import RawTable
from commission_opt.workbook.layout import number_of, plain, shown
from commission_opt.workbook.origin import (
    HEADINGS,
    Original,
    Texts,
    origin_of,
    origin_rows,
    read_origin,
)


def demand(*fte: str) -> RawTable:
    rows = tuple(("adult", "007", "2026", text) for text in fte)
    header = ("profession", "region", "year", "fte")
    return RawTable("demand", header, rows, tuple(range(2, len(rows) + 2)), ())


def sheet(*rows: tuple[str, ...]) -> Sheet:
    cells = {
        i: [Cell(at, "text", text) for at, text in enumerate(row) if text]
        for i, row in enumerate([HEADINGS, *rows], start=1)
    }
    return Sheet("_origin", cells)


def again(origin: Original) -> Original:
    return read_origin(sheet(*origin_rows(origin)))


NUMBERS = st.sampled_from(
    ["0.10", "0.1", "1e-1", ".1", "007", "7", "7.0", "+7", "1e3", "1000", "*", "x", "", "1e999"]
) | st.floats(allow_nan=False, allow_infinity=False).map(repr)


@given(st.lists(NUMBERS, max_size=20))
def test_every_number_gets_its_own_text_back(texts: list[str]) -> None:
    found = again(origin_of("", {"demand": demand(*texts)})).texts.get(("demand", "fte"), Texts())
    for row, text in enumerate(texts, start=2):
        number = number_of(text)
        if number is not None:
            number = float(f"{number:.16G}")  # as it is written and read
            assert (found.of(number, row) or plain(number)) == text


@given(st.lists(NUMBERS, max_size=10), st.floats(-1e6, 1e6), st.integers(1, 15))
def test_no_text_changes_a_number(texts: list[str], number: float, row: int) -> None:
    found = origin_of("", {"demand": demand(*texts)}).texts.get(("demand", "fte"), Texts())
    text = found.of(number, row)
    assert text is None or shown(float(text)) == shown(number)


def test_a_text_of_a_row_is_only_used_for_the_number_that_it_says() -> None:
    texts = Texts({0.2: "0.20"}, {2: "0.10"})
    assert [texts.of(0.1, 2), texts.of(0.1, 3), texts.of(0.3, 2)] == ["0.10", None, None]
    assert texts.of(0.2, 2) == "0.20"


def test_numbers_that_are_written_plainly_need_no_memory() -> None:
    assert origin_of("", {"demand": demand("1", "0.5", "1000", "*", "")}).texts == {}


def test_a_text_is_remembered_by_value_if_there_is_one_and_else_by_row() -> None:
    one = origin_of("", {"demand": demand("0.10", "0.10", "0.2")}).texts["demand", "fte"]
    assert one == Texts({0.1: "0.10"}, {})
    several = origin_of("", {"demand": demand("0.10", "1e-1", "0.1")}).texts["demand", "fte"]
    assert several == Texts({}, {2: "0.10", 3: "1e-1"})


def test_codes_are_no_numbers() -> None:
    found = origin_of("", {"demand": demand("5.0")})
    assert found.texts.keys() == {("demand", "fte")}


def test_headers_come_back_with_any_name() -> None:
    names = ("profession", 'a "b", c', "", "note\nx")
    raw = RawTable("demand", names, (), (), ())
    assert again(origin_of("", {"demand": raw})).headers == {"demand": names}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_the_lines_of_the_settings_come_back(text: str) -> None:
    assert again(Original(settings=text)).settings == text


def test_settings_with_a_line_that_no_cell_holds_are_not_remembered() -> None:
    assert again(Original(settings="a = 1\n" + "x" * (LONGEST_TEXT + 1))).settings == ""
    assert again(Original(settings="x" * LONGEST_TEXT)).settings == "x" * LONGEST_TEXT


def test_a_workbook_without_the_sheet_remembers_nothing() -> None:
    assert read_origin(None) == Original()


def test_what_is_not_said_in_the_expected_way_is_left_out() -> None:
    found = read_origin(
        sheet(
            ("header", "no_table", "", "", "a,b"),
            ("number", "demand", "fte", "", "no number"),
            ("number", "demand", "fte", "x", "0.10"),
            ("number", "demand", "fte", "²", "0.20"),
            ("something", "demand", "fte", "2", "0.30"),
        )
    )
    assert found.headers == {}
    assert found.settings == ""
    assert found.texts == {("demand", "fte"): Texts({0.1: "0.10", 0.2: "0.20"})}


def test_cells_that_are_no_text_are_left_out() -> None:
    cells = [Cell(0, "text", "line"), Cell(4, "formula", "A1")]
    assert read_origin(Sheet("_origin", {2: cells})).settings == ""
