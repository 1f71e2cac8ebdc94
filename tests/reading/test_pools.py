"""What is wrong with pools of people, and with the pathways between them and courses."""

from pathlib import Path

import pytest

from builders import Edit, Tiny, all_of, cell, rows
from command_line import Run
from refusals import case, check_accepted, check_refused
from some import some

FEEDS, DRAWS = 2, 3  # lines of pathways.csv
EVERY, DATED = 2, 3  # lines of eligible.csv


def link(line: int, column: str, value: str) -> Edit:
    return cell("pathways", line, column, value)


def pool(line: int, column: str, value: str) -> Edit:
    return cell("eligible", line, column, value)


def more(table: str, *lines: str) -> Edit:
    return lambda tiny: tiny.add(table, *lines)


def eligible(*lines: str) -> Edit:
    def replaced(tiny: Tiny) -> None:
        tiny.tables["eligible"] = rows("pool,region,year,entrants,stay_rate,offer_rate", *lines)

    return replaced


elsewhere = eligible("school,south,*,9,,")
without_every_year = eligible("school,land,2026,9,,", "school,land,2028,9,,")


@pytest.mark.each(2)
@pytest.mark.parametrize(("edit", "problems"), some([
    case("a draw from a misspelt pool", link(DRAWS, "pool", "schol"),
        "pathways.csv row 3, pool: there is no pool 'schol' in eligible.csv; did you mean "
        "'school'?"),
    case("a draw outside the pool's region", elsewhere,
        "pathways.csv row 3, pool: pool 'school' has no row in eligible.csv that covers region "
        "'north' of the course"),
    case("no such course", link(DRAWS, "course", "adult-nort"),
        "pathways.csv row 3, course: there is no course 'adult-nort' in courses.csv; did you mean "
        "'adult-north'?"),
    case("a measure", link(DRAWS, "course", "abroad"),
        "pathways.csv row 3, course: there is no course 'abroad' in courses.csv; it is a measure"),
    case("another role", link(DRAWS, "role", "Draws"),
        "pathways.csv row 3, role: 'Draws' is not one of feeds, draws; write 'draws'"),
    case("a share in per cent", link(DRAWS, "share", "50"),
        "pathways.csv row 3, share: 50 is not between 0 and 1; if it is a percentage, write it as "
        "a share, 0.5"),
    case("no share", link(DRAWS, "share", ""),
        "pathways.csv row 3, share: is empty; a number is needed"),
    case("a draw that takes time", link(DRAWS, "lag_years", "1"),
        "pathways.csv row 3, lag_years: 1 is given for a draw; only those who feed a pool take "
        "time: leave empty"),
    case("half a year", link(FEEDS, "lag_years", "0.5"),
        "pathways.csv row 2, lag_years: 0.5 is not a whole number"),
    case("who goes on joins too", link(FEEDS, "share", "0.3"),
        "pathways.csv row 2, share: the shares of those qualified on course 'gp-south' who go on "
        "sum to 1.2 with its join_rate, 0.9, more than 1; who goes on does not join"),
    case("more drawn than there are", all_of(
        more("pathways", "other,adult-north,draws,0.6,"), more("eligible", "other,*,*,9,,")),
        "pathways.csv row 3, share: the shares that course 'adult-north' draws sum to 1.1, more "
        "than 1"),
    case("a pathway twice", more("pathways", "school,adult-north,draws,0.1,"),
        "pathways.csv row 4: repeats the key of row 3"),
    case("a pool twice", more("eligible", "school,land,*,9,,"),
        "eligible.csv row 4: repeats the key of row 2"),
    case("overlapping regions", more("eligible", "school,north,*,9,,"),
        "eligible.csv row 4, region: region 'north' is in pool 'school' in 'land' already; regions "
        "of a pool must not overlap"),
    case("years without a row", without_every_year,
        "eligible.csv row 2, year: pool 'school' in region 'land' has no row for 2027, 2029, 2030, "
        "2031; write one, if only with 0, or one with “*” for every year"),
    case("fewer than nobody", pool(EVERY, "entrants", "-5"),
        "eligible.csv row 2, entrants: -5 is negative"),
    case("all and more stay", pool(EVERY, "stay_rate", "1.5"),
        "eligible.csv row 2, stay_rate: 1.5 is not between 0 and 1"),
    case("offers to nobody", all_of(link(DRAWS, "role", "feeds"), link(DRAWS, "share", "0.1"),
                                    pool(EVERY, "offer_rate", "0.2")),
        "eligible.csv row 2, offer_rate: 0.2 of them must be offered a place, but no course draws "
        "from pool 'school' in 'land'"),
    case("no such region", eligible("school,Land,*,9,,"),
        "eligible.csv row 2, region: there is no region 'Land' in regions.csv; did you mean "
        "'land'?"),
], 3))  # fmt: skip
def test_what_is_wrong_is_refused(
    edit: Edit, problems: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    check_refused(run, tmp_path, edit, problems)


@pytest.mark.parametrize(("edit", "problems"), some([
    case("a feed of nothing", link(FEEDS, "pool", "schol"),
        "pathways.csv row 2, pool: there is no pool 'schol' in eligible.csv; those who go "
        "on are counted nowhere; did you mean 'school'?"),
    case("nothing draws", all_of(link(DRAWS, "role", "feeds"), link(DRAWS, "share", "0.1")),
        "eligible.csv row 2, pool: no course draws from pool 'school' in 'land'; it limits "
        "nothing"),
    case("beyond the horizon", pool(DATED, "year", "2040"),
        "eligible.csv row 3, year: 2040 is outside the horizon 2026–2031; the row is ignored"),
], 2))  # fmt: skip
def test_what_is_odd_is_warned_of(
    edit: Edit, problems: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    check_accepted(run, tmp_path, edit, problems)


def test_a_cohort_that_qualified_is_not_ignored_while_it_is_yet_to_come(
    run: Run, tmp_path: Path
) -> None:
    # GP training takes two years, and those who go on come a year later: in 2026.
    late = more("pipeline", "gp-south,2023,5", "gp-south,2022,5")
    check_accepted(run, tmp_path, late, (
        "pipeline.csv row 14, start_year: the cohort of 2022 entered in 2024, before 2026; it is "
        "already in the workforce and is ignored",
    ))  # fmt: skip
