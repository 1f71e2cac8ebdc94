"""From a folder to an instance, or to all that is wrong with it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import Edit, Tiny, add, all_of, cell
from commission_opt import check_instance, read_instance
from commission_opt.errors import InputError
from commission_opt.reading.read import read_contents
from contract import CONTRACT, REQUIRED

# A value that is right in one place is wrong in most others.
VALUES = [
    "", "*", " ", "x", "adult", "nursing", "land", "north", "adult-north", "ward", "tuition", "red",
    "007", "-1", "0", "1", "1.7", "7", "50", "100", "1e15", "1e308", "NaN", "inf", "1,5", "a\nb",
    "1999", "2025", "2026", "2040", "\x00", "“", "é",
]  # fmt: skip


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """A few cells, rows or columns of the tiny instance spoilt, or a piece of text."""
    table = draw(st.sampled_from(sorted(CONTRACT)))
    columns = [c.removesuffix("*") for c in CONTRACT[table].split()]
    column, value = draw(st.sampled_from(columns)), draw(st.sampled_from(VALUES))
    part = draw(st.floats(0, 1, exclude_max=True))

    def line(tiny: Tiny) -> int:
        return 2 + int(part * len(tiny.tables[table]))

    def spoil_text(text: str) -> str:
        at = int(part * len(text))
        return text[:at] + value + text[at:]

    changes: list[Edit] = [
        lambda tiny: tiny.cell(table, line(tiny), column, value),
        lambda tiny: tiny.tables[table].append(dict(tiny.tables[table][line(tiny) - 2])),
        lambda tiny: tiny.drop(table, line(tiny)) if len(tiny.tables[table]) > 1 else None,
        lambda tiny: tiny.rewrite(f"{table}.csv", spoil_text),
        lambda tiny: tiny.rewrite(f"{table}.csv", lambda text: text.splitlines()[0]),
        lambda tiny: tiny.rewrite(f"{table}.csv", lambda text: text.replace(column, "note", 1)),
    ]
    return draw(st.sampled_from([changes[0], *changes]))


@settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(edits(), min_size=1, max_size=4))
def test_whatever_is_wrong_is_a_problem_and_no_crash(some: list[Edit]) -> None:
    tiny = Tiny()
    all_of(*some)(tiny)
    reading = read_contents(tiny.contents())
    errors = [p for p in reading.problems if p.severity == "error"]
    assert (reading.instance is None) == bool(errors)
    assert all(p.message and p.file for p in reading.problems)


def test_a_valid_instance(tmp_path: Path) -> None:
    folder = Tiny().write(tmp_path / "tiny")
    reading = check_instance(folder)
    assert reading.problems == ()
    assert reading.instance is not None
    assert read_instance(str(folder)).name == "tiny"


def test_reading_what_must_be_valid_raises_all_problems(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.cell("courses", 2, "fill_rate", "2")
    tiny.cell("joiners", 2, "fte", "")
    tiny.cell("workforce", 2, "leaver_rate", "0.6")
    folder = tiny.write(tmp_path / "tiny")
    with pytest.raises(InputError) as error:
        read_instance(folder)
    assert str(error.value) == (
        "courses.csv row 2, fill_rate: 2 is not between 0 and 1\n"
        "joiners.csv row 2, fte: is empty; a number is needed"
    )
    assert error.value.exit_code == 1
    severities = [p.severity for p in error.value.problems]
    assert severities == ["error", "error", "warning"]


def test_problems_follow_the_tables_and_their_rows() -> None:
    tiny = Tiny()
    all_of(
        cell("assumptions", 3, "impact", "pink"),
        cell("joiners", 4, "fte", "x"),
        cell("joiners", 2, "year", "x"),
        cell("joiners", 2, "fte", "x"),
        cell("regions", 3, "weight", "x"),
        cell("professions", 4, "weight", "x"),
    )(tiny)
    tiny.settings["horizon"] = "six"
    places = [(p.file, p.row, p.column) for p in read_contents(tiny.contents()).problems]
    assert places == [
        ("instance.toml", None, "horizon"),
        ("professions.csv", 4, "weight"),
        ("regions.csv", 3, "weight"),
        ("joiners.csv", 2, "fte"),
        ("joiners.csv", 2, "year"),
        ("joiners.csv", 4, "fte"),
        ("assumptions.csv", 3, "impact"),
    ]


@pytest.mark.slow
def test_a_missing_table_is_one_problem() -> None:
    for table in REQUIRED:
        tiny = Tiny()
        del tiny.tables[table]
        errors = [p for p in read_contents(tiny.contents()).problems if p.severity == "error"]
        assert [(p.file, p.row, p.column) for p in errors] == [(f"{table}.csv", None, None)]


def test_codes_survive_as_written() -> None:
    """Spreadsheets and data frames like to turn such codes into numbers, dates and nothing."""
    odd = {
        "adult": "007", "child": "1.0", "gp": "TRUE", "nursing": "NA", "medical": "null",
        "north": "01", "south": "1", "coast": "1e3", "land": "nan", "uni-a": "None",
        "adult-north": "2026-01-01", "gp-south": "-", "tuition": "00", "ward": "0",
        "placement": "+",
    }  # fmt: skip
    tiny = Tiny()
    texts = ("title", "value", "table", "column", "owner", "reason", "source")
    for rows in tiny.tables.values():
        for row in rows:
            for column, value in row.items():
                if column not in texts:
                    row[column] = odd.get(value, value)
    instance = read_contents(tiny.contents()).instance
    assert instance is not None
    assert list(instance.professions["profession"]) == ["007", "1.0", "TRUE"]
    assert list(instance.professions["group"]) == ["NA", "NA", "null"]
    assert list(instance.regions["region"]) == ["01", "1", "1e3"]
    assert list(instance.courses["course"]) == ["2026-01-01", "adult-coast", "child-south", "-"]
    assert list(instance.courses["provider"]) == ["None", "uni-b", "None", ""]
    assert set(instance.budgets["fund"]) == {"00", "+"}
    assert set(instance.budgets["region"]) == {"*", "nan", "1e3"}
    assert set(instance.placements["pool"]) == {"0"}
    assert set(instance.scopes) == {"*", "nan", "01", "1", "1e3"}


def test_codes_that_look_alike_as_numbers_differ() -> None:
    tiny = Tiny()
    tiny.cell("regions", 5, "region", "1.0")
    tiny.cell("regions", 2, "region", "1")
    for line in (3, 4):
        tiny.cell("regions", line, "parent", "1")
    messages = [p.message for p in read_contents(tiny.contents()).problems]
    assert "there is no region 'coast' in regions.csv" in messages
    assert not any(message.startswith("repeats the key") for message in messages)


@pytest.mark.each(2)
@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="byte order mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(lambda text: text.replace("\n", "\n\n"), id="blank lines"),
        pytest.param(lambda text: text + "\n\n,,\n", id="blank lines at the end"),
        pytest.param(lambda text: text.replace("\n", ",,\n"), id="empty cells at the end"),
    ],
)
def test_what_spreadsheets_leave_in_files_does_not_matter(write: Edit) -> None:
    tiny, plain = Tiny(), read_contents(Tiny().contents()).instance
    for table in tiny.tables:
        tiny.rewrite(f"{table}.csv", write)  # type: ignore[arg-type]
    reading = read_contents(tiny.contents())
    assert reading.problems == ()
    assert reading.instance is not None
    assert plain is not None
    for name, table_ in plain.tables.items():
        other = reading.instance.tables[name]
        assert other.reset_index(drop=True).equals(table_.reset_index(drop=True)), name


def test_rows_are_counted_as_an_editor_does() -> None:
    tiny = Tiny()
    all_of(add("joiners", "gp,north,2027,x"), cell("regions", 3, "title", "North\nand east"))(tiny)
    tiny.cell("regions", 5, "weight", "x")
    tiny.rewrite("joiners.csv", lambda text: "\ufeff\r\n" + text.replace("\n", "\r\n\r\n"))
    errors = [str(p) for p in read_contents(tiny.contents()).problems]
    assert errors == [
        "regions.csv row 6, weight: 'x' is not a number",
        "joiners.csv row 10, fte: 'x' is not a number",
    ]
