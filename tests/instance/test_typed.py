"""Cells become codes, texts and numbers."""

import numpy as np
import pandas as pd
import pytest

from builders import Tiny
from commission_opt.instance.raw import parse_csv
from commission_opt.instance.schema import TABLES
from commission_opt.instance.typed import ANY, empty_table, typed_table
from contract import CONTRACT, DEFAULTS, WILD

RANGES = [
    ("professions", "weight", "-1", "is negative"),
    ("regions", "population", "-1", "is negative"),
    ("regions", "weight", "-0.5", "is negative"),
    ("workforce", "fte", "-1", "is negative"),
    ("workforce", "leaver_rate", "1.01", "is not between 0 and 1"),
    ("workforce", "early_leaver_rate", "-0.01", "is not between 0 and 1"),
    ("workforce", "early_years", "-1", "is negative"),
    ("workforce", "early_years", "1.5", "is not a whole number"),
    ("demand", "fte", "-1", "is negative"),
    ("posts", "posts", "-1", "is negative"),
    ("posts", "year", "2026.5", "is not a whole number"),
    ("courses", "duration_years", "0", "is not between 1 and 100"),
    ("courses", "duration_years", "101", "is not between 1 and 100"),
    ("courses", "duration_years", "2.5", "is not a whole number"),
    ("courses", "last_intake", "-1", "is negative"),
    ("courses", "last_intake", "40.5", "is not a whole number"),
    ("courses", "max_intake", "-60", "is negative"),
    ("courses", "max_intake", "60.5", "is not a whole number"),
    ("courses", "min_cohort", "-10", "is negative"),
    ("courses", "min_cohort", "0.5", "is not a whole number"),
    ("courses", "cohort_step", "0", "is less than 1"),
    ("courses", "cohort_step", "2.5", "is not a whole number"),
    ("courses", "fill_rate", "1.1", "is not between 0 and 1"),
    ("courses", "join_rate", "1.1", "is not between 0 and 1"),
    ("courses", "fte_per_joiner", "-1", "is negative"),
    ("costs", "cost", "-9000", "is negative"),
    ("costs", "study_year", "0", "is less than 1"),
    ("costs", "study_year", "1.5", "is not a whole number"),
    ("placements", "capacity", "-1", "is negative"),
    ("placement_use", "study_year", "-1", "is less than 1"),
    ("placement_use", "weeks", "-20", "is negative"),
    ("destinations", "share", "1.1", "is not between 0 and 1"),
    ("pipeline", "started", "-35", "is negative"),
    ("commitments", "min_places", "-40", "is negative"),
    ("commitments", "min_places", "40.5", "is not a whole number"),
    ("commitments", "first_year", "26", "is not between 1900 and 2300"),
]
ODD_CODES = ["007", "1.0", "1e3", "TRUE", "NA", "null", "None", "2026-01-01", "a b", "É", "-", '"']


def typed(name: str, text: str) -> tuple[pd.DataFrame, list[str]]:
    frame, problems = typed_table(parse_csv(name, text.encode()))
    return frame, [str(p) for p in problems]


def starred() -> list[tuple[str, str]]:
    return [
        (table, column.removesuffix("*"))
        for table, columns in CONTRACT.items()
        for column in columns.split()
        if column.endswith("*")
    ]


@pytest.mark.parametrize(("table", "column"), starred())
def test_a_required_column_must_be_there(table: str, column: str) -> None:
    tiny = Tiny()
    tiny.drop_column(table, column)
    frame, problems = typed(table, tiny.text(f"{table}.csv"))
    [problem] = problems
    assert problem.startswith(f"{table}.csv row 1, {column}: the column is missing; it holds the ")
    assert frame[column].isna().all()
    assert list(frame.columns) == [c.name for c in TABLES[table].columns]


@pytest.mark.parametrize(("table", "column"), starred())
def test_a_required_cell_must_be_filled(table: str, column: str) -> None:
    tiny = Tiny()
    tiny.cell(table, 3, column, "")
    frame, problems = typed(table, tiny.text(f"{table}.csv"))
    if column in WILD.get(table, ()):
        assert problems == []
        assert frame.loc[3, column] == ANY
    else:
        [problem] = problems
        assert problem.startswith(f"{table}.csv row 3, {column}: is empty")


def test_an_optional_column_may_be_absent() -> None:
    for table, columns in CONTRACT.items():
        for column in columns.split():
            if not column.endswith("*"):
                tiny = Tiny()
                if column in tiny.tables[table][0]:
                    tiny.drop_column(table, column)
                frame, problems = typed(table, tiny.text(f"{table}.csv"))
                assert problems == []
                assert list(frame.columns) == [c.name for c in TABLES[table].columns]
                if column in WILD.get(table, ()):
                    assert (frame[column] == ANY).all()


@pytest.mark.parametrize(("table", "column"), DEFAULTS)
def test_an_empty_cell_takes_the_default(table: str, column: str) -> None:
    tiny = Tiny()
    tiny.cell(table, 2, column, "")
    frame, problems = typed(table, tiny.text(f"{table}.csv"))
    assert problems == []
    assert frame.loc[2, column] == DEFAULTS[table, column]
    tiny.drop_column(table, column)
    frame, problems = typed(table, tiny.text(f"{table}.csv"))
    assert problems == []
    assert (frame[column] == DEFAULTS[table, column]).all()


def test_codes_stay_as_written() -> None:
    rows = "".join(f'"{code.replace(chr(34), chr(34) * 2)}",T,g\n' for code in ODD_CODES)
    frame, problems = typed("professions", "profession,title,group\n" + rows)
    assert problems == []
    assert list(frame["profession"]) == ODD_CODES


@pytest.mark.parametrize(
    ("cell", "value"),
    [("0", 0), ("5", 5), ("-2.50", -2.5), ("+1", 1), (".5", 0.5), ("5.", 5), ("1e3", 1000),
     ("1E-2", 0.01), ("007", 7), ("1e15", 1e15), ("-0", 0)],
)  # fmt: skip
def test_numbers(cell: str, value: float) -> None:
    frame, problems = typed("joiners", f"profession,region,year,fte\na,b,2026.0,{cell}\n")
    assert problems == []
    assert frame.loc[2, "fte"] == value
    assert frame.loc[2, "year"] == 2026


@pytest.mark.parametrize(("table", "column", "cell", "message"), RANGES)
def test_a_number_out_of_range(table: str, column: str, cell: str, message: str) -> None:
    tiny = Tiny()
    tiny.cell(table, 2, column, cell)
    frame, problems = typed(table, tiny.text(f"{table}.csv"))
    assert problems == [f"{table}.csv row 2, {column}: {cell} {message}"]
    assert frame[column].isna().loc[2]


def test_a_cell_that_cannot_be_read_is_missing() -> None:
    frame, problems = typed("joiners", "profession,region,year,fte\n a,b,x,inf\n")
    assert len(problems) == 3
    assert frame.loc[2].isna().to_dict() == {
        "profession": True, "region": False, "year": True, "fte": True,
    }  # fmt: skip


def test_columns_of_ones_own() -> None:
    text = "note,profession,noted by,title,group,source,notes\nx,a,b,A,g,c,\n"
    frame, problems = typed("professions", text)
    assert problems == []
    assert frame.loc[2].to_dict() == {"profession": "a", "title": "A", "group": "g", "weight": 1}


@pytest.mark.parametrize("name", ["comment", "Note", "sources", "a note"])
def test_other_columns_are_refused(name: str) -> None:
    _, problems = typed("professions", f"profession,title,group,{name}\na,A,g,x\n")
    assert problems == [
        f"professions.csv row 1, {name}: is not a column of this table; columns of your own start "
        "with “note”"
    ]


@pytest.mark.parametrize("name", CONTRACT)
def test_an_absent_table_is_empty(name: str) -> None:
    frame = empty_table(TABLES[name])
    assert frame.empty
    assert list(frame.columns) == [c.removesuffix("*") for c in CONTRACT[name].split()]
    assert frame.index.name == "row"


def test_missing_numbers_are_told_from_zero() -> None:
    frame, problems = typed("regions", "region,title,population\na,A,\nb,B,0\n")
    assert problems == []
    np.testing.assert_array_equal(frame["population"], [np.nan, 0])
