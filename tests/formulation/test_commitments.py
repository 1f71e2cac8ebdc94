import math

import pytest

from commission_opt.formulation.commitments import commitment_rows
from commission_opt.formulation.decisions import decisions
from commission_opt.formulation.parts import PLACES, Part
from handworked import hand
from samples import model, policy

HEADER = (
    "commitment,profession,group,region,provider,course,first_year,last_year,"
    "min_places,max_places,owner,reason\n"
)


def part(lines: str, years: int = 2, *, level: bool = False) -> Part:
    instance = hand(commitments=HEADER + lines)
    return commitment_rows(instance, decisions(instance, policy(model(years, level=level))))


@pytest.mark.parametrize(
    ("filters", "courses"),
    [
        ("nurse,,,,", "AB"),
        ("*,*,*,*,*", "ABC"),
        (",medical,,,", "C"),
        (",,south,,", "BC"),
        (",,nation,,", "ABC"),  # a parent covers its regions
        (",,,beta,", "BC"),
        (",,,,A", "A"),
        ("nurse,,south,beta,", "B"),
    ],
)
def test_filters(filters: str, courses: str) -> None:
    row = part(f"promise,{filters},2026,2026,1,,Board,Because\n", years=1).rows[0]
    expected = [float(course in courses) for course in "ABC"]
    assert row.coefficients[PLACES].toarray().tolist() == [expected]


def test_every_year_of_the_range_has_a_row_with_both_limits() -> None:
    row = part("promise,nurse,,,,,2026,2030,10,30,Board,Because\n").rows[0]
    # Columns: A 2026, A 2027, B 2026, B 2027, C 2026, C 2027.
    assert row.coefficients[PLACES].toarray().tolist() == [[1, 0, 1, 0, 0, 0], [0, 1, 0, 1, 0, 0]]
    assert (row.lower.tolist(), row.upper.tolist()) == ([10, 10], [30, 30])
    assert row.label(1) == "commitment 'promise' (Board) in 2027"


def test_an_empty_limit_does_not_bind() -> None:
    lines = "a,,,,,,2026,2026,5,,Board,-\nb,,,,,,2027,2027,,9,Board,-\n"
    row = part(lines).rows[0]
    assert (row.lower.tolist(), row.upper.tolist()) == ([5, -math.inf], [math.inf, 9])
    assert row.coefficients[PLACES].toarray().tolist() == [[1, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 1]]


@pytest.mark.parametrize("years", ["2020,2025", "2028,2030"])
def test_years_that_are_not_commissioned_have_no_effect(years: str) -> None:
    assert part(f"promise,nurse,,,,,{years},5,,Board,Because\n") == Part()


def test_a_range_that_begins_before_the_plan_counts_from_its_first_year() -> None:
    row = part("promise,,,,,A,2020,2026,10,,Board,Because\n").rows[0]
    assert row.coefficients[PLACES].toarray().tolist() == [[1, 0, 0, 0, 0, 0]]


def test_with_a_level_intake_every_year_is_the_one_column() -> None:
    row = part("promise,,,,,B,2026,2027,5,,Board,Because\n", level=True).rows[0]
    assert row.coefficients[PLACES].toarray().tolist() == [[0, 1, 0], [0, 1, 0]]
