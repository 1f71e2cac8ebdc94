from dataclasses import replace

import pytest

from builders import Tiny
from commission_opt.activities import KINDS
from commission_opt.instance.raw import RawTable, parse_csv
from commission_opt.instance.schema import TABLES, Column
from commission_opt.workbook.drop_downs import DropDowns, drop_downs, must_be_filled, rule_text

COLUMNS = {name: [c.name for c in table.columns] for name, table in TABLES.items()}
EMPTY = {name: RawTable(name, tuple(COLUMNS[name]), (), (), ()) for name in TABLES}
NO_YEARS = range(0)


def tiny(**more: RawTable) -> DropDowns:
    files = Tiny().contents()
    read = {name: files.get(f"{name}.csv") for name in TABLES}
    raw = {name: EMPTY[name] if t is None else parse_csv(name, t) for name, t in read.items()}
    return drop_downs({**raw, **more}, COLUMNS, range(2026, 2032))


def rule(lists: DropDowns, table: str, column: str) -> dict[str, object]:
    found = lists.validation(table, TABLES[table].column(column))
    assert found is not None
    return found


def test_lists_have_every_code_once_and_what_else_may_be_named() -> None:
    lists = tiny().lists
    assert lists["who"] == ("*", "nursing", "medical", "adult", "child", "gp")
    assert lists["professions"] == ("*", "adult", "child", "gp")
    assert lists["group"] == ("nursing", "medical")
    assert lists["groups"] == ("*", "nursing", "medical")
    assert lists["regions"] == ("*", "land", "north", "south", "coast")
    assert lists["courses"] == ("*", "adult-north", "adult-coast", "child-south", "gp-south")
    assert lists["lines"] == (*lists["courses"], "abroad", "return")
    assert lists["providers"] == ("*", "uni-a", "uni-b")  # an empty one is none
    assert lists["funds"] == ("tuition", "placement")
    assert lists["pools"] == ("ward",)
    assert lists["people"] == ("school",)


def test_a_star_among_the_codes_is_no_code() -> None:
    raw = RawTable("courses", ("course", "provider"), (("*", "*"), ("a", "b")), (2, 3), ())
    lists = tiny(courses=raw).lists
    assert (lists["courses"], lists["providers"]) == (("*", "a"), ("*", "b"))


def test_a_new_workbook_has_no_lists() -> None:
    assert drop_downs(EMPTY, COLUMNS, NO_YEARS).lists == {}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("costs", "profession"),
        ("budgets", "region"),
        ("commitments", "course"),
        ("costs", "course"),
        ("placement_use", "course"),
    ],
)
def test_a_list_points_at_its_codes_and_no_further(table: str, column: str) -> None:
    lists = tiny()
    source = str(rule(lists, table, column)["source"])
    name = {"profession": "who", "region": "regions", "course": "lines"}[column]
    if table == "commitments":
        name = "courses"  # measures have a column of their own
    letter = "ABCDEFGHIJ"[list(lists.lists).index(name)]
    assert source == f"='_lists'!${letter}$2:${letter}${len(lists.lists[name]) + 1}"
    assert "when this workbook was made" in str(rule(lists, table, column)["error_message"])


@pytest.mark.parametrize(
    ("table", "column", "source"),
    [
        ("workforce", "profession", "=professions!$A$2:$A$5000"),
        ("workforce", "region", "=regions!$A$2:$A$5000"),
        ("destinations", "to_region", "=regions!$A$2:$A$5000"),
        ("pipeline", "course", "=courses!$A$2:$A$5000"),
        ("regions", "parent", "=regions!$A$2:$A$5000"),
        ("measures", "profession", "=professions!$A$2:$A$5000"),
        ("measures", "region", "=regions!$A$2:$A$5000"),
        ("commitments", "measure", "=measures!$A$2:$A$5000"),
    ],
)
def test_codes_of_one_sheet_are_drawn_from_it_and_warned_of(
    table: str, column: str, source: str
) -> None:
    found = rule(drop_downs(EMPTY, COLUMNS, NO_YEARS), table, column)
    assert (found["source"], found["error_type"]) == (source, "warning")
    assert found["show_error"] is True


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("costs", "course"),
        ("costs", "profession"),
        ("budgets", "region"),
        ("commitments", "region"),
    ],
)
def test_a_new_workbook_offers_codes_but_does_not_object_to_a_star(table: str, column: str) -> None:
    assert rule(drop_downs(EMPTY, COLUMNS, NO_YEARS), table, column)["show_error"] is False


def test_lists_follow_the_column_wherever_it_stands() -> None:
    moved = {**COLUMNS, "professions": ["note", *COLUMNS["professions"]]}
    found = drop_downs(EMPTY, moved, NO_YEARS)
    assert rule(found, "demand", "profession")["source"] == "=professions!$B$2:$B$5000"


def test_no_column_is_offered_its_own_codes() -> None:
    lists = tiny()
    for table, column in (("professions", "profession"), ("regions", "region"),
                          ("courses", "course"), ("measures", "measure")):  # fmt: skip
        assert lists.validation(table, TABLES[table].column(column)) is None
    assert lists.validation("courses", TABLES["courses"].column("title")) is None


def test_lists_look_after_rows_to_come() -> None:
    raw = RawTable("courses", ("course",), (("a",),) * 7_000, tuple(range(2, 7_002)), ())
    assert tiny(courses=raw).last_row["courses"] == 8_000
    assert tiny().last_row["courses"] == 5_000
    full = RawTable("courses", ("course",), (("a",),) * 1_048_000, (), ())
    assert drop_downs({**EMPTY, "courses": full}, COLUMNS, NO_YEARS).last_row["courses"] == 2**20


def test_years_are_offered_where_a_star_may_stand() -> None:
    assert rule(tiny(), "placements", "year")["source"] == ["*", *map(str, range(2026, 2032))]
    unknown = drop_downs(EMPTY, COLUMNS, NO_YEARS)
    assert unknown.validation("placements", TABLES["placements"].column("year")) is None
    long = replace(tiny(), years=range(2026, 2126))  # more than stand in a validation
    assert long.validation("placements", TABLES["placements"].column("year")) is None


@pytest.mark.parametrize(("longest", "most"), [("3", 7), ("9", 9), ("101", 7), ("x", 7), ("", 7)])
def test_study_years_reach_to_the_end_of_the_longest_course(longest: str, most: int) -> None:
    raw = RawTable("courses", ("course", "duration_years"), (("a", longest),), (2,), ())
    source = rule(tiny(courses=raw), "costs", "study_year")["source"]
    assert source == ["*", *map(str, range(1, most + 1))]
    paid = RawTable("measures", ("measure", "paid_years"), (("m", longest),), (2,), ())
    assert rule(tiny(measures=paid), "costs", "study_year")["source"] == source


@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [
        ("courses", "fill_rate", ("decimal", "between", 0, 1)),
        ("courses", "duration_years", ("integer", "between", 1, 100)),
        ("courses", "max_intake", ("integer", ">=", 0, None)),
        ("demand", "fte", ("decimal", ">=", 0, None)),
        ("demand", "year", ("integer", "between", 1900, 2300)),
    ],
)
def test_ranges(table: str, column: str, expected: tuple[object, ...]) -> None:
    found = rule(tiny(), table, column)
    low = found.get("minimum", found.get("value"))
    assert (found["validate"], found["criteria"], low, found.get("maximum")) == expected


def test_a_number_without_limits_is_not_looked_at() -> None:
    assert tiny().validation("joiners", TABLES["joiners"].column("fte")) is None


def test_choices_are_offered() -> None:
    assert rule(tiny(), "assumptions", "quality")["source"] == ["red", "amber", "green"]
    assert rule(tiny(), "assumptions", "table")["source"] == [*TABLES]
    assert rule(tiny(), "measures", "kind")["source"] == [*KINDS]


@pytest.mark.parametrize("table", TABLES)
def test_what_is_said_fits_into_a_spreadsheet(table: str) -> None:
    for column in TABLES[table].columns:
        found = tiny().validation(table, column) or {"error_title": "", "error_message": ""}
        assert len(str(found["error_title"])) <= 32
        assert len(str(found["error_message"])) <= 255


@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [
        ("courses", "fill_rate", "Required; 0 to 1"),
        ("courses", "provider", "May be empty; a code, compared as written"),
        ("courses", "cohort_step", "Empty means 1; whole number; at least 1"),
        ("costs", "study_year", "* or empty for all; whole number; at least 1"),
        ("assumptions", "quality", "Required; red / amber / green"),
        ("joiners", "fte", "Required"),
    ],
)
def test_rules_in_words(table: str, column: str, expected: str) -> None:
    assert rule_text(TABLES[table].column(column)) == expected


def test_a_column_where_empty_means_all_need_not_be_filled() -> None:
    assert must_be_filled(Column("a", "", "code", required=True))
    assert not must_be_filled(Column("a", "", "code", required=True, wildcard=True))
    assert not must_be_filled(Column("a", "", "code"))
