import math

import numpy as np
import pytest

from breaking import broken
from commission_opt.formulation.parts import PLACES, Part
from commission_opt.formulation.rules.commitments import MISSED, missed_places, rows
from commission_opt.instance.instance import Instance
from handworked import hand
from samples import model, problem_of
from some import some

HEADER = (
    "commitment,profession,group,region,provider,course,first_year,last_year,"
    "min_places,max_places,owner,reason\n"
)
SOFT = 'commitments = "soft"\ncommitment_price = 3'


def part(lines: str, years: int = 2, *, level: bool = False, rules: str = "") -> Part:
    instance = hand(commitments=HEADER + lines)
    return rows(problem_of(instance, model(years, level=level, rules=rules)))


@pytest.mark.parametrize(
    ("filters", "courses"),
    some(
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
        3,
    ),
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


@pytest.mark.parametrize("rules", ["", SOFT])
@pytest.mark.parametrize("years", ["2020,2025", "2028,2030"])
def test_years_that_are_not_commissioned_have_no_effect(years: str, rules: str) -> None:
    found = part(f"promise,nurse,,,,,{years},5,,Board,Because\n", rules=rules)
    assert (found.columns, found.rows, found.box) == ((), (), None)


def test_a_range_that_begins_before_the_plan_counts_from_its_first_year() -> None:
    row = part("promise,,,,,A,2020,2026,10,,Board,Because\n").rows[0]
    assert row.coefficients[PLACES].toarray().tolist() == [[1, 0, 0, 0, 0, 0]]


def test_with_a_level_intake_every_year_is_the_one_column() -> None:
    row = part("promise,,,,,B,2026,2027,5,,Board,Because\n", level=True).rows[0]
    assert row.coefficients[PLACES].toarray().tolist() == [[0, 1, 0], [0, 1, 0]]


def test_broken() -> None:
    below = broken(model(2), A=[20, 15])  # 15 + 8 < 25
    assert below == pytest.approx({"commitment 'nurses' in 2027": 2 / 25})
    above = broken(model(2), A=[20, 25])  # 25 + 8 > 30
    assert above == pytest.approx({"commitment 'nurses' in 2027": 3 / 30})
    assert broken(model(2), A=[15, 20]) == {}  # no commitment in 2026


def test_a_soft_commitment_is_never_broken() -> None:
    for a in (15, 25):
        assert broken(model(2, rules=SOFT), A=[20, a]) == {}


BOTH = "both,nurse,,,,,2026,2027,25,30,Board,-\nonly,,,,,C,2027,2027,,4,Board,-\n"


def test_soft_rows_take_up_what_is_missing_and_what_is_beyond() -> None:
    found = part(BOTH, rules=SOFT)
    (row,), (block,) = found.rows, found.columns
    assert row.coefficients[PLACES].toarray().tolist() == [
        [1, 0, 1, 0, 0, 0],
        [0, 1, 0, 1, 0, 0],
        [0, 0, 0, 0, 0, 1],
    ]
    assert row.lower.tolist() == [25, 25, -math.inf]
    assert row.upper.tolist() == [30, 30, 4]
    # Two columns for what is missing, then three for what is beyond.
    assert row.coefficients[MISSED].toarray().tolist() == [
        [1, 0, -1, 0, 0],
        [0, 1, 0, -1, 0],
        [0, 0, 0, 0, -1],
    ]
    # At most all 25 are missing; at most 40 + 12 − 30 = 22 and 6 − 4 = 2 are beyond.
    assert (block.name, block.lower.tolist()) == (MISSED, [0] * 5)
    assert block.upper.tolist() == [25, 25, 22, 22, 2]
    assert len({block.key(i) for i in range(5)}) == 5
    for i, code in enumerate(["both,2026", "both,2027", "both,2026", "both,2027", "only,2027"]):
        assert code in block.key(i)
    # A 10 and then 30, B 8 and then 5, C 0 and then 6: 7 missing, then 5 and 2 beyond.
    filled = block.fill(np.array([10.0, 30, 8, 5, 0, 6]))
    assert filled.tolist() == [7, 0, 0, 5, 2]


@pytest.mark.parametrize(
    ("a", "b", "c", "missed"),
    [
        ([10, 30], [8, 5], [0, 6], [7, 5, 2]),
        ([20, 20], [8, 8], [3, 3], [0, 0, 0]),
        ([15, 20], [10, 10], [6, 4], [0, 0, 0]),  # at the limits; C may have 6 in 2026
        ([0, 40], [0, 12], [0, 5], [25, 22, 1]),
    ],
)
def test_missed_places(a: list[float], b: list[float], c: list[float], missed: list[float]) -> None:
    instance: Instance = hand(commitments=HEADER + BOTH)
    assert missed_places(instance, np.array([a, b, c], dtype=float)).tolist() == missed
