import pytest

from builders import FIRST_YEAR, HORIZON, Row, Tiny
from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import SETTINGS, TABLES, Column
from commission_opt.instance.typed import typed_table
from commission_opt.reading.read import read_contents
from commission_opt.workbook.read_me import SETTING_HINTS, header_help

EXAMPLES = {name: {c.name: c.example for c in table.columns} for name, table in TABLES.items()}


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_an_example_that_is_right(name: str) -> None:
    row = EXAMPLES[name]
    assert list(row) == [column.name for column in TABLES[name].columns]
    frame, problems = typed_table(RawTable(name, tuple(row), (tuple(row.values()),), (2,), ()))
    assert problems == []
    assert len(frame) == 1


def test_the_examples_go_together() -> None:
    tiny = Tiny()
    tiny.settings |= {"first_year": FIRST_YEAR}
    years = [str(FIRST_YEAR + k) for k in range(HORIZON)]
    example = {name: dict(row) for name, row in EXAMPLES.items()}
    tables: dict[str, list[Row]] = {name: [row] for name, row in example.items()}
    coast = example["regions"]
    tables["regions"] = [
        coast,
        {**coast, "region": "valley"},
        {**coast, "region": "south", "parent": ""},
    ]
    for name in ("workforce", "demand"):
        tables[name] += [{**example[name], "region": "valley"}]
    for name in ("professions", "workforce", "demand"):  # of those whom the course takes
        taken = example["courses"]["from_profession"]
        tables[name] += [{**row, "profession": taken} for row in tables[name]]
    tables["demand"] = [{**row, "year": year} for row in tables["demand"] for year in years]
    tables["measures"] = [{**example["measures"], "lasts_years": ""}]  # another kind has it
    tables["pathways"] += [{**example["pathways"], "role": "draws", "lag_years": ""}]
    tables["eligible"] = [{**example["eligible"], "year": ""}]  # every year needs a row
    others = dict.fromkeys(("min_demand_share", "min_mix_share", "of"), "")
    tables["floors"] = [{**example["floors"], **others}]  # a floor says one thing
    promise = {**example["commitments"], "measure": ""}
    filters = dict.fromkeys(("profession", "group", "region", "provider", "course"), "")
    of_measure = {**example["commitments"], **filters, "commitment": "keep-abroad"}
    tables["commitments"] = [promise, of_measure]
    tables["destinations"] += [{**example["destinations"], "from_region": "coast", "share": "1"}]
    tiny.tables = tables
    errors = [p for p in read_contents(tiny.contents()).problems if p.severity == "error"]
    assert errors == []


def test_help_says_what_it_holds_its_rule_its_unit_and_an_example() -> None:
    said = header_help("courses", TABLES["courses"].column("fill_rate"))
    assert said.split("\n\n") == [
        "Share of places that are filled.",
        "Required; 0 to 1.",
        "A share: 0.85 or 85% for 85 in a hundred, not 85.",
        "Example: 0.95",
    ]


@pytest.mark.parametrize(
    ("table", "column", "word"),
    [
        ("demand", "year", "not 2026/27 or 01/04/2026"),
        ("pipeline", "start_year", "not 2026/27 or 01/04/2026"),
        ("demand", "fte", "full-time equivalents"),
        ("courses", "region", "one that contains no other"),
        ("costs", "course", "* or empty for all; a code, compared as written."),
        ("regions", "parent", "May be empty; a code"),
        ("regions", "weight", "Empty means 1; at least 0."),
        ("measures", "lasts_years", "Leave it empty where kind is recruit."),
        ("measures", "success_rate", "A share: 0.85 or 85%"),
        ("measures", "fte_per_unit", "full-time equivalents"),
    ],
)
def test_what_people_stumble_over_is_said(table: str, column: str, word: str) -> None:
    assert word in header_help(table, TABLES[table].column(column))


def test_a_study_year_is_no_calendar_year() -> None:
    assert "2026" not in header_help("costs", TABLES["costs"].column("study_year"))


def test_a_column_of_one_s_own_is_said_to_be_unused() -> None:
    of: Column | None = None
    assert "does not use it" in header_help("costs", of)


def test_every_setting_has_a_hint() -> None:
    assert SETTING_HINTS.keys() == SETTINGS.keys()
