"""Codes that nobody defines, keys that repeat, rows that are missing or contradict each other."""

from pathlib import Path

import pytest

from builders import Edit, add, all_of, cell, drop, line_of_demand, put
from command_line import Run
from refusals import case, check_refused
from some import some

# What else follows where the key of a row that must be there is wrong.
ALSO = {
    "workforce": ["workforce.csv: there is no row for 'gp' in 'coast'; write one, if only with 0"],
    "demand": ["demand.csv, year: 'adult' in 'north' has no row for 2026"],
}

UNKNOWN = [
    case(f"{table}.{column} {code}", cell(table, line, column, code),
        *ALSO.get(table, []), f"{table}.csv row {line}, {column}: {message}")
    for table, line, column, code, message in [
        ("regions", 4, "parent", "isle", "there is no region 'isle'"),
        ("workforce", 10, "profession", "vet", "there is no profession 'vet' in professions.csv"),
        ("workforce", 10, "region", "isle", "there is no region 'isle' in regions.csv"),
        ("demand", 2, "profession", "vet", "there is no profession 'vet' in professions.csv"),
        ("demand", 2, "region", "isle", "there is no region 'isle' in regions.csv"),
        ("posts", 2, "profession", "vet", "there is no profession 'vet' in professions.csv"),
        ("posts", 5, "profession", "nursing", "there is no profession 'nursing' in "
         "professions.csv"),
        ("posts", 3, "region", "nort", "there is no region 'nort' in regions.csv; did you mean "
         "'north'?"),
        ("courses", 5, "profession", "vet", "there is no profession 'vet' in professions.csv"),
        ("courses", 2, "region", "isle", "there is no region 'isle' in regions.csv"),
        ("costs", 4, "course", "gp-isle", "there is no course or measure 'gp-isle' in "
         "courses.csv or measures.csv"),
        ("costs", 2, "profession", "vets", "there is no profession or group 'vets' in "
         "professions.csv"),
        ("budgets", 14, "region", "isle", "there is no region 'isle' in regions.csv"),
        ("placements", 2, "region", "isle", "there is no region 'isle' in regions.csv"),
        ("placement_use", 3, "course", "gp-isle", "there is no course or measure 'gp-isle' in "
         "courses.csv or measures.csv"),
        ("placement_use", 2, "profession", "vet", "there is no profession or group 'vet' in "
         "professions.csv"),
        ("destinations", 4, "profession", "vet", "there is no profession or group 'vet' in "
         "professions.csv"),
        ("destinations", 4, "from_region", "isle", "there is no region 'isle' in regions.csv"),
        ("destinations", 4, "to_region", "isle", "there is no region 'isle' in regions.csv"),
        ("pipeline", 2, "course", "gp-isle", "there is no course 'gp-isle' in courses.csv"),
        ("joiners", 2, "profession", "vet", "there is no profession 'vet' in professions.csv"),
        ("joiners", 2, "region", "isle", "there is no region 'isle' in regions.csv"),
        ("commitments", 2, "profession", "vet", "there is no profession 'vet' in "
         "professions.csv"),
        ("commitments", 2, "group", "vets", "there is no group 'vets' in professions.csv"),
        ("commitments", 2, "region", "isle", "there is no region 'isle' in regions.csv"),
        ("commitments", 2, "provider", "uni-z", "there is no provider 'uni-z' in courses.csv"),
        ("commitments", 2, "course", "gp-isle", "there is no course 'gp-isle' in courses.csv"),
        # A code of the wrong kind is as unknown as any other.
        ("joiners", 2, "profession", "nursing", "there is no profession 'nursing' in "
         "professions.csv"),
        ("commitments", 2, "profession", "nursing", "there is no profession 'nursing' in "
         "professions.csv"),
        ("commitments", 2, "group", "adult", "there is no group 'adult' in professions.csv"),
        # Codes are compared as written; a near one is named.
        ("joiners", 2, "profession", "adlt", "there is no profession 'adlt' in "
         "professions.csv; did you mean 'adult'?"),
        ("pipeline", 2, "course", "Adult-North", "there is no course 'Adult-North' in "
         "courses.csv; did you mean 'adult-north'?"),
        ("joiners", 2, "region", "NORTH", "there is no region 'NORTH' in regions.csv; did you "
         "mean 'north'?"),
    ]
]  # fmt: skip

LEAVES = [
    case(f"parent in {table}.{column}", cell(table, line, column, "land"),
        *ALSO.get(table, []),
        f"{table}.csv row {line}, {column}: region 'land' contains other regions; name a region "
        "within it")
    for table, line, column in [
        ("workforce", 10, "region"),
        ("demand", 2, "region"),
        ("courses", 2, "region"),
        ("placements", 2, "region"),
        ("posts", 2, "region"),
        ("destinations", 2, "from_region"),
        ("destinations", 2, "to_region"),
        ("joiners", 2, "region"),
    ]
]  # fmt: skip

DUPLICATES = [
    case(f"{table} {line}", add(table, line), f"{table}.csv row {last}{where}: repeats the key of "
        f"row {first}")
    for table, line, last, first, where in [
        ("professions", "gp,Again,medical,1", 5, 4, ", profession"),
        ("regions", "coast,Again,,,", 6, 5, ", region"),
        ("workforce", "gp,coast,80,0.08,,", 11, 10, ""),
        ("demand", "gp,coast,2031,1", 56, 55, ""),
        ("courses", "gp-south,gp,coast,,,2,1,1,,,1,1,1,1", 6, 5, ", course"),
        ("costs", "*,,*,placement,1", 6, 5, ""),
        ("costs", "*,adult,1.0,tuition,1", 6, 3, ""),
        ("costs", "gp-south,,*,tuition,1", 6, 4, ""),  # with the course's profession or without
        ("costs", "gp-south,medical,,tuition,1", 6, 4, ""),
        ("budgets", "tuition,,2026,1", 16, 2, ""),
        ("posts", "adult,north,2027,1", 6, 3, ""),
        ("posts", "adult,north,,1", 6, 2, ""),
        ("placements", "ward,north,2027,1", 6, 3, ""),
        ("placements", "ward,north,,1", 6, 2, ""),
        ("placement_use", "adult-north,adult,2,ward,1", 4, 3, ""),
        ("destinations", ",north,south,0", 7, 3, ""),
        ("pipeline", "adult-north,2024,1", 13, 2, ""),
        ("commitments", "keep-nursing,gp,,,,,2027,2027,1,,The board,Again,", 4, 2, ", commitment"),
        ("assumptions", "attrition,courses,completion_rate,0.9,Again,,green,green", 4, 2, ""),
    ]
] + [
    case("two routes of joiners", add("joiners", "gp,coast,2026,1"),
        "joiners.csv row 5: repeats the key of row 4 (profession, region, year), which several "
        "routes of joiners share: write one row for all of them, with their sum, -1")
]  # fmt: skip

MISSING = [
    case("no workforce for a pair", drop("workforce", 4),
        "workforce.csv: there is no row for 'adult' in 'coast'; write one, if only with 0"),
    case("no demand in a year", drop("demand", line_of_demand("child", "south", 2029)),
        "demand.csv, year: 'child' in 'south' has no row for 2029"),
    case("no demand for a pair", drop("demand", *range(50, 56)),
        "demand.csv, year: 'gp' in 'coast' has no row for 2026, 2027, 2028, 2029, 2030, 2031"),
    case("a longer horizon", put("horizon", 7), *(
        f"demand.csv, year: {p!r} in {q!r} has no row for 2032"
        for p in ("adult", "child", "gp") for q in ("north", "south", "coast"))),
]  # fmt: skip

OVERRIDES = [
    case("group and year against profession", add("costs", "*,nursing,2,tuition,1",
        "*,child,*,tuition,2"),
        "costs.csv row 7: rows 6 and 7 both apply to course 'child-south' in study year 2 "
        "(tuition) and neither overrides the other; add a row for 'child-south' and that study "
        "year"),
    case("all and year against course", add("costs", "*,*,2,tuition,1"),
        "costs.csv row 6: rows 2 and 6 both apply to course 'adult-north' in study year 2 "
        "(tuition) and neither overrides the other, in 3 cases in all; add a row for "
        "'adult-north' and that study year",
        "costs.csv row 6: rows 4 and 6 both apply to course 'gp-south' in study year 2 (tuition) "
        "and neither overrides the other; add a row for 'gp-south' and that study year"),
    case("placement weeks", add("placement_use", "child-south,,,ward,18", "*,child,3,ward,22"),
        "placement_use.csv row 5: rows 4 and 5 both apply to course 'child-south' in study year "
        "3 (ward) and neither overrides the other; add a row for 'child-south' and that study "
        "year"),
    case("a course of another profession", cell("costs", 4, "profession", "adult"),
        "costs.csv row 4, profession: course 'gp-south' trains 'gp', not 'adult'; name one of "
        "the two"),
    case("a course of another group", cell("placement_use", 3, "profession", "medical"),
        "placement_use.csv row 3, profession: course 'adult-north' trains 'adult', not "
        "'medical'; name one of the two"),
    case("study year beyond the course", add("costs", "gp-south,,3,tuition,1"),
        "costs.csv row 6, study_year: 3 is beyond the last study year, 2, of every course that "
        "the row speaks of"),
    case("study year beyond the group", add("placement_use", "*,nursing,4,ward,1"),
        "placement_use.csv row 4, study_year: 4 is beyond the last study year, 3, of every "
        "course that the row speaks of"),
    case("study year beyond all", add("costs", "*,*,9,placement,1"),
        "costs.csv row 6, study_year: 9 is beyond the last study year, 3, of every course that "
        "the row speaks of"),
]  # fmt: skip

STRUCTURE = [
    case("profession and group", cell("professions", 4, "group", "child"),
        "professions.csv row 3, profession: 'child' is both a profession and a group; give one "
        "of them another code"),
    case("own parent", cell("regions", 5, "parent", "coast"),
        "regions.csv row 5, parent: region 'coast' lies within itself; take a parent out of the "
        "circle"),
    case("circle of parents", all_of(cell("regions", 2, "parent", "coast"),
        cell("regions", 5, "parent", "land")),
        "regions.csv row 2, parent: region 'land' lies within itself; take a parent out of the "
        "circle",
        "regions.csv row 5, parent: region 'coast' lies within itself; take a parent out of the "
        "circle"),
    case("shares above one", cell("destinations", 5, "share", "0.30000001"),
        "destinations.csv row 4, share: the shares of 'nursing' from 'south' sum to 1.00000001, "
        "more than 1"),
]  # fmt: skip


@pytest.mark.each(3)
@pytest.mark.parametrize(
    ("edit", "errors"), some([*UNKNOWN, *LEAVES, *DUPLICATES, *MISSING, *OVERRIDES, *STRUCTURE], 3)
)
def test_a_bad_key_is_refused(
    run: Run, tmp_path: Path, edit: Edit, errors: tuple[str, ...]
) -> None:
    check_refused(run, tmp_path, edit, errors)
