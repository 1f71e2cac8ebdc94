import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commission_opt.files.spreadsheet.cells import Cell, CellKind, Sheet
from commission_opt.workbook.settings_sheet import HEADINGS, Pairs, Settings, flatten, read_settings

Given = tuple[CellKind, str]


def sheet(*rows: tuple[Given | None, ...], first: int = 2) -> Sheet:
    heading = [Cell(at, "text", text) for at, text in enumerate(HEADINGS)]
    cells = {
        row: [Cell(at, *cell) for at, cell in enumerate(given) if cell is not None]
        for row, given in enumerate(rows, start=first)
    }
    return Sheet("instance", {1: heading, **cells})


def text(value: str) -> Given:
    return ("text", value)


def number(value: str) -> Given:
    return ("number", value)


def read(one: Sheet, original: str = "") -> Settings:
    return read_settings(one, original)


def of(pairs: Pairs) -> Sheet:
    rows = [
        (text(key), text(value) if isinstance(value, str) else number(repr(value)))
        for key, value in pairs.items()
    ]
    return sheet(*rows)


def said(one: Sheet) -> list[str]:
    return [str(problem) for problem in read(one).problems]


PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
ODD = st.sampled_from(['a "b"', "a\nb", "\x7f", "\\", "ä", "a.b", "x = 1", "[a]", "#"])


@given(st.dictionaries(PLAIN | ODD, PLAIN | ODD | st.integers(-(10**9), 10**9), max_size=6))
def test_any_keys_and_values_make_settings_that_say_the_same(values: Pairs) -> None:
    keys = {key: value for key, value in values.items() if not key.startswith("sources.")}
    keys.pop(HEADINGS[0], None)
    found = read(of(keys))
    assert found.problems == ()
    assert tomllib.loads(found.content.decode()) == keys


@given(st.dictionaries(PLAIN, PLAIN, min_size=1, max_size=4))
def test_sources_stand_in_a_table_of_their_own(sources: dict[str, str]) -> None:
    settings = {"name": "a", "sources": sources}
    pairs = flatten(settings)
    assert pairs.keys() == {"name", *(f"sources.{key}" for key in sources)}
    assert tomllib.loads(read(of(pairs)).content.decode()) == settings


def test_whole_numbers_stay_whole() -> None:
    assert read(of({"first_year": 2026.0})).content == b"first_year = 2026\n"
    assert read(of({"rate": 0.1})).content == b"rate = 0.1\n"


@pytest.mark.parametrize(
    "value", [True, [1, 2], {"a": 1}, float("inf"), 10**400], ids=["bool", "list", "table", "inf",
                                                                  "huge"]
)  # fmt: skip
def test_what_no_cell_holds_is_shown_as_text(value: object) -> None:
    assert flatten({"key": value}) == {"key": str(value)}


ORIGINAL = '# mine\nname = "a"\n\n[sources]\nx   =   "y"\n'


def test_the_lines_stay_if_the_sheet_says_the_same() -> None:
    pairs: Pairs = {"name": "a", "sources.x": "y"}
    assert read(of(pairs), ORIGINAL).content.decode() == ORIGINAL
    assert read(of(dict(reversed(pairs.items()))), ORIGINAL).content.decode() == ORIGINAL


def test_an_empty_text_is_an_empty_cell() -> None:
    original = 'name = "a" # mine\ntitle = ""\n'
    found = read(sheet((text("name"), text("a")), (text("title"), None)), original)
    assert found.content.decode() == original


def test_a_key_may_be_called_key_below_the_heading() -> None:
    assert read(of({"key": "a"})).content == b'key = "a"\n'


@pytest.mark.parametrize(
    "pairs",
    [
        {"name": "b", "sources.x": "y"},
        {"name": "a"},
        {"name": "a", "sources.x": "y", "sources.z": "y"},
    ],
)
def test_the_lines_go_if_anything_is_said_otherwise(pairs: Pairs) -> None:
    found = read(of(pairs), ORIGINAL).content.decode()
    assert "# mine" not in found
    assert flatten(tomllib.loads(found)) == pairs


@pytest.mark.parametrize("original", ["not = = toml", "a = 1\na = 2\n", "x = " + "[" * 100_000])
def test_an_original_that_cannot_be_read_is_not_used(original: str) -> None:
    assert read(of({"name": "a"}), original).content == b'name = "a"\n'


def test_rows_are_those_of_the_sheet() -> None:
    found = read(sheet((text("name"), text("a")), (None,), (text("title"), text("b")), first=4))
    assert found.rows == {"name": 4, "title": 6}


def test_a_key_without_a_value_is_there_and_says_nothing() -> None:
    found = read(sheet((text("name"), None)))
    assert (found.content, found.rows, found.problems) == (b"", {"name": 2}, ())


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((None, text("x")), "instance!B2: is a value without a key"),
        ((text("a"), ("formula", "1")), "instance!B2: is a formula"),
        (((("boolean", "TRUE")), text("x")), "instance!A2: is the logical value TRUE"),
        ((text("a"), ("error", "#N/A")), "instance!B2: holds the error #N/A"),
        ((text("a"), ("date", "2025-12-09")), "instance!B2: is a date, 2025-12-09"),
        ((text("a"), text("b"), text("c"), text("d")), "instance!D2: stands where nothing is"),
    ],
)
def test_what_is_wrong_is_named_by_cell(row: tuple[Given | None, ...], expected: str) -> None:
    assert any(one.startswith(expected) for one in said(sheet(row))), said(sheet(row))


def test_the_column_of_help_may_hold_anything() -> None:
    assert said(sheet((text("a"), text("b"), ("formula", "1")))) == []


def test_a_repeated_key_is_an_error_and_the_first_holds() -> None:
    twice = sheet((text("name"), text("a")), (text("name"), text("b")))
    assert said(twice) == ["instance!A3: repeats the key of row 2"]
    assert read(twice).content == b'name = "a"\n'


def test_merged_cells_are_named() -> None:
    merged = Sheet("instance", of({"name": "a"}).rows, merged=("A3:B3",))
    assert said(merged) == ["instance!A3:B3: the cells are merged; unmerge them"]
