"""Whom a row speaks of, and problems that are reported once."""

import pandas as pd

from builders import Edit, Tiny, all_of, cell, drop
from commission_opt.instance.references import who_of
from commission_opt.reading.read import Reading, read_contents


def read(edit: Edit) -> Reading:
    tiny = Tiny()
    edit(tiny)
    return read_contents(tiny.contents())


def test_levels_of_a_row() -> None:
    rows = [("c", "*"), ("c", "p"), ("c", "g"), ("*", "p"), ("*", "g"), ("*", "*"), (None, "p")]
    frame = pd.DataFrame(rows, columns=["course", "profession"], dtype=object)
    courses = pd.DataFrame({"course": ["c"], "profession": ["p"]})
    level, named = who_of(frame, courses)
    assert level.tolist() == [3, 3, 3, 2, 1, 0, 3]
    assert named == ["c", "c", "c", "p", "g", "*", None]


def test_a_table_without_its_codes_is_one_problem() -> None:
    for table, column in (("professions", "profession"), ("regions", "region")):
        reading = read(lambda tiny, t=table, c=column: tiny.drop_column(t, c))  # type: ignore[misc]
        files = [p.file for p in reading.problems if p.severity == "error"]
        assert f"{table}.csv" in files
        unknown = [p for p in reading.problems if p.message.startswith(f"there is no {column}")]
        assert unknown == []


def test_a_profession_may_have_costs_and_no_course() -> None:
    named = all_of(cell("costs", 4, "course", "*"), cell("costs", 4, "profession", "gp"))
    reading = read(all_of(named, drop("courses", 5), drop("pipeline", 6, 12), drop("pathways", 2)))
    assert reading.problems == ()
    assert reading.instance is not None
    assert set(reading.instance.costs["line"]) == {0, 1, 2}


def test_a_row_may_name_a_course_with_its_group() -> None:
    assert read(cell("costs", 4, "profession", "medical")).problems == ()


def test_columns_of_filters_may_all_be_empty() -> None:
    columns = ("profession", "group", "region", "provider", "course")
    reading = read(all_of(*(cell("commitments", 2, column, "") for column in columns)))
    assert reading.problems == ()
    assert reading.instance is not None
    courses = len(reading.instance.courses)
    assert reading.instance.commitment_lines[0, :courses].all()
    assert not reading.instance.commitment_lines[0, courses:].any()
