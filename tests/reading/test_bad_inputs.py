"""Cells that cannot be what their column holds."""

from pathlib import Path

import pytest

from builders import Edit, add, all_of, cell
from command_line import Run
from refusals import case, check_refused
from some import some


def rate(value: str) -> Edit:
    return cell("courses", 3, "completion_rate", value)


def amount(value: str) -> Edit:
    return cell("budgets", 2, "amount", value)


def year(value: str) -> Edit:
    return cell("joiners", 3, "year", value)


def course(value: str) -> Edit:
    return cell("pipeline", 3, "course", value)


RATE, AMOUNT = "courses.csv row 3, completion_rate", "budgets.csv row 2, amount"
YEAR, COURSE = "joiners.csv row 3, year", "pipeline.csv row 3, course"

NUMBERS = [
    case("above one", rate("1.7"), f"{RATE}: 1.7 is not between 0 and 1"),
    case("percentage", rate("85"),
         f"{RATE}: 85 is not between 0 and 1; if it is a percentage, write it as a share, 0.85"),
    case("just above one", rate("1.0000001"), f"{RATE}: 1.0000001 is not between 0 and 1"),
    case("negative rate", rate("-0.1"), f"{RATE}: -0.1 is not between 0 and 1"),
    case("empty", rate(""), f"{RATE}: is empty; a number is needed"),
    case("NaN", rate("NaN"), f"{RATE}: 'NaN' stands for no number; a number is needed"),
    case("NA", rate("NA"), f"{RATE}: 'NA' stands for no number; a number is needed"),
    case("null", rate("null"), f"{RATE}: 'null' stands for no number; a number is needed"),
    case("inf", amount("inf"), f"{AMOUNT}: 'inf' is infinite; a finite number is needed"),
    case("-Infinity", amount("-Infinity"), f"{AMOUNT}: '-Infinity' is infinite; a finite number "
        "is needed"),
    case("overflow", amount("1e999"), f"{AMOUNT}: 1e999 is too large; 1e+15 is the most"),
    case("word", amount("lots"), f"{AMOUNT}: 'lots' is not a number"),
    case("true", amount("TRUE"), f"{AMOUNT}: 'TRUE' is not a number"),
    case("hexadecimal", amount("0x10"), f"{AMOUNT}: '0x10' is not a number"),
    case("other digits", amount("१२"), f"{AMOUNT}: '१२' is not a number"),
    case("thousands", amount("9,000,000"), f"{AMOUNT}: '9,000,000' has a thousands separator or "
        "decimal comma; write digits and a point"),
    case("thin space", amount("9\u202f000"), f"{AMOUNT}: '9\\u202f000' has a thousands separator "
        "or decimal comma; write digits and a point"),
    case("underscore", amount("9_000"), f"{AMOUNT}: '9_000' has a thousands separator or decimal "
        "comma; write digits and a point"),
    case("decimal comma", rate("0,85"), f"{RATE}: '0,85' has a thousands separator or decimal "
        "comma; write digits and a point"),
    case("per cent", rate("85%"), f"{RATE}: '85%' is a percentage; write it as a share, 0.85"),
    case("pounds", amount("£9000000"), f"{AMOUNT}: '£9000000' has a currency sign; write the "
        "number alone"),
    case("euros", amount("-€5"), f"{AMOUNT}: '-€5' has a currency sign; write the number alone"),
    case("space", rate(" 0.85"), f"{RATE}: ' 0.85' has a space before or after the number; take "
        "it out"),
    case("star", rate("*"), f"{RATE}: “*” is not allowed here; write a number"),
    case("negative money", amount("-1"), f"{AMOUNT}: -1 is negative"),
]  # fmt: skip

YEARS = [
    case("slash", year("2026/27"), f"{YEAR}: '2026/27' must be the year in which the financial "
        "year starts, 2026"),
    case("hyphen", year("2026-27"), f"{YEAR}: '2026-27' must be the year in which the financial "
        "year starts, 2026"),
    case("en dash", year("2026–2027"), f"{YEAR}: '2026–2027' must be the year in which the "
        "financial year starts, 2026"),
    case("half year", year("2026.5"), f"{YEAR}: 2026.5 is not a whole number"),
    case("no century", year("27"), f"{YEAR}: 27 is not between 1900 and 2300"),
    case("every year", year("*"), f"{YEAR}: “*” is not allowed here; write a number"),
]  # fmt: skip

CODES = [
    case("space before", course(" adult-coast"), f"{COURSE}: ' adult-coast' has a space before or "
        "after the code; take it out"),
    case("space after", course("adult-coast "), f"{COURSE}: 'adult-coast ' has a space before or "
        "after the code; take it out"),
    case("no-break space", course("adult-coast\xa0"), f"{COURSE}: 'adult-coast\\xa0' has a space "
        "before or after the code; take it out"),
    case("line break", course("adult\ncoast"), f"{COURSE}: 'adult\\ncoast' has a line break or "
        "control character in it"),
    case("empty", course(""), f"{COURSE}: is empty; a code is needed"),
    case("star", course("*"), f"{COURSE}: “*” is not allowed here; name one code"),
    case("star for a region", cell("destinations", 2, "to_region", "*"),
        "destinations.csv row 2, to_region: “*” is not allowed here; name one code"),
    case("star for a pool", cell("placements", 3, "pool", "*"),
        "placements.csv row 3, pool: “*” is not allowed here; name one code"),
    case("star for a fund", cell("costs", 2, "fund", "*"),
        "costs.csv row 2, fund: “*” is not allowed here; name one code"),
    case("empty title", cell("regions", 3, "title", ""), "regions.csv row 3, title: is empty"),
    case("no owner", cell("commitments", 2, "owner", ""), "commitments.csv row 2, owner: is empty"),
    case("no source", cell("assumptions", 2, "source", ""),
        "assumptions.csv row 2, source: is empty"),
    case("rating", cell("assumptions", 2, "quality", "orange"),
        "assumptions.csv row 2, quality: 'orange' is not one of red, amber, green"),
    case("rating in capitals", cell("assumptions", 2, "quality", "Amber"),
        "assumptions.csv row 2, quality: 'Amber' is not one of red, amber, green; write 'amber'"),
    case("no rating", cell("assumptions", 2, "impact", ""),
        "assumptions.csv row 2, impact: is empty"),
]  # fmt: skip


@pytest.mark.each(3)
@pytest.mark.parametrize(("edit", "errors"), some([*NUMBERS, *YEARS, *CODES], 3))
def test_a_bad_cell_is_refused(
    run: Run, tmp_path: Path, edit: Edit, errors: tuple[str, ...]
) -> None:
    check_refused(run, tmp_path, edit, errors)


def test_errors_in_many_tables_are_found_in_one_pass(run: Run, tmp_path: Path) -> None:
    edit = all_of(
        cell("regions", 5, "population", "many"),
        cell("workforce", 2, "early_years", ""),
        cell("courses", 3, "completion_rate", "1.7"),
        cell("courses", 4, "max_intake", "NaN"),
        add("costs", "midwifery-west,*,*,tuition,1", "gp-south,,,tuition,2"),
        cell("budgets", 2, "amount", "1000"),
        cell("destinations", 2, "share", "0.95"),
        cell("joiners", 3, "year", "2027/28"),
        cell("commitments", 2, "min_places", "50"),
        cell("commitments", 2, "max_places", "40"),
    )
    errors = (
        "regions.csv row 5, population: 'many' is not a number",
        "workforce.csv row 2, early_years: is empty; the early rate needs its years",
        "courses.csv row 3, completion_rate: 1.7 is not between 0 and 1",
        "courses.csv row 4, max_intake: 'NaN' stands for no number; a number is needed",
        "costs.csv row 6, course: there is no course or measure 'midwifery-west' in courses.csv or "
        "measures.csv",
        "costs.csv row 7: repeats the key of row 4",
        "budgets.csv row 2, amount: £1,000 is less than the £957,505 that students already on "
        "course cost 'tuition' in 2026",
        "destinations.csv row 2, share: the shares of '*' from 'north' sum to 1.05, more than 1",
        "joiners.csv row 3, year: '2027/28' must be the year in which the financial year starts, "
        "2027",
        "commitments.csv row 2, min_places: 50 is more than max_places, 40",
    )
    check_refused(run, tmp_path, edit, errors)
