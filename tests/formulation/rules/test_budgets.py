import numpy as np
import pytest

from breaking import LIMITS, broken
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.formulation.rules import budgets
from commission_opt.instance.instance import Instance
from handworked import hand
from samples import model, problem_of

# A place on course A costs fill · 1,000 = 500 in its first year and 0.5 · √0.64 · 3,000 = 1,200
# in its second; a place on B costs 500 in its only year; one on C 10,000 in each of three.
HEADER = "fund,region,year,amount\n"


def rows(
    instance: Instance, years: int = 1, *, level: bool = False, continuation: str = "repeat"
) -> Rows:
    text = model(years, level=level, continuation=continuation)
    (found,) = budgets.rows(problem_of(instance, text)).rows
    assert found.name == "budgets"
    return found


def pounds(of: Rows) -> list[list[float]]:
    table: list[list[float]] = (of.coefficients[PLACES].toarray() * budgets.UNIT).tolist()
    return table


@pytest.mark.parametrize(
    ("continuation", "coefficients", "left"),
    [
        # In 2027 the cohort of 2026 is in its second year and that of 2027 in its first.
        ("repeat", [1200 + 500, 500, 0], 1e6),
        # 20 places of A and 8 of B start in 2027 whatever is decided.
        ("last_intake", [1200, 0, 0], 1e6 - 20 * 500 - 8 * 500),
        ("none", [1200, 0, 0], 1e6),
    ],
)
def test_continuation(continuation: str, coefficients: list[float], left: float) -> None:
    found = rows(hand(budgets=HEADER + "tuition,*,2027,1e6\n"), continuation=continuation)
    assert pounds(found) == [pytest.approx(coefficients)]
    assert found.upper * budgets.UNIT == pytest.approx([left])
    assert found.lower.tolist() == [-np.inf]


def test_each_commissioning_year_has_its_own_cost() -> None:
    instance = hand(budgets=HEADER + "tuition,*,2027,1e6\n")
    assert pounds(rows(instance, 2)) == [pytest.approx([1200, 500, 0, 500, 0, 0])]
    assert pounds(rows(instance, 2, level=True)) == [pytest.approx([1700, 500, 0])]


def test_the_pipeline_is_charged_first() -> None:
    pipeline = "course,start_year,started\nA,2025,50\nB,2025,7\n"
    found = rows(hand(budgets=HEADER + "tuition,*,2026,1e6\n", pipeline=pipeline))
    # 50 started in 2025, 40 are in their second year in 2026 at 3,000; B is over.
    assert found.upper * budgets.UNIT == pytest.approx([1e6 - 120_000])
    assert pounds(found) == [pytest.approx([500, 500, 0])]


def test_every_row_is_a_limit_of_its_own() -> None:
    lines = "tuition,*,2026,3e6\ntuition,nation,2026,2e6\ntuition,south,2026,1e6\n"
    found = rows(hand(budgets=HEADER + lines + "grant,*,2028,4e6\n"))
    assert found.upper.tolist() == pytest.approx([3, 2, 1, 4])
    assert pounds(found) == [
        pytest.approx([500, 500, 0]),
        pytest.approx([500, 500, 0]),
        pytest.approx([0, 500, 0]),
        pytest.approx([0, 0, 30_000]),  # the cohorts of 2026, 2027 and 2028
    ]


def test_a_year_after_the_horizon_is_no_limit() -> None:
    instance = hand(budgets=HEADER + "tuition,*,2030,1e6\ntuition,*,2031,1\n")
    assert rows(instance).upper.tolist() == [1]


def test_rows_are_named_by_fund_region_year_and_row() -> None:
    lines = "tuition,*,2026,3e6\ntuition,south,2027,1e6\n"
    found = rows(hand(budgets=HEADER + lines))
    assert found.label(0) == "budget of fund 'tuition' in 2026 (budgets.csv row 2)"
    assert found.label(1) == "budget of fund 'tuition' in 'south' in 2027 (budgets.csv row 3)"


def test_without_budgets_or_with_the_rule_off_there_are_no_rows() -> None:
    some = hand(budgets=HEADER + "tuition,*,2026,1e6\n")
    for instance, on in ((hand(), True), (some, False)):
        found: Part = budgets.rows(problem_of(instance, model(budgets=on)))
        assert (found.columns, found.rows, found.box) == ((), (), None)


def test_broken_budgets_name_their_row() -> None:
    found = broken(model(2), B=[9, 8])
    assert found == pytest.approx(
        {"budget of fund 'tuition' in 2026 (budgets.csv row 2)": 500 / 14_000}
    )
    assert broken(model(2, budgets=False), B=[9, 8]) == {}
    # Three cohorts of C in 2028, the last of them continued: 3 + 4 + 4 students at 10,000.
    found = broken(model(2), C=[3, 4])
    assert found == pytest.approx(
        {"budget of fund 'grant' in 'south' in 2028 (budgets.csv row 3)": 20_000 / 90_000}
    )
    assert broken(model(2, continuation="none"), C=[3, 4]) == {}


def test_the_pipeline_counts() -> None:
    instance = hand(LIMITS, pipeline="course,start_year,started\nA,2025,1\n")
    # One student in the second year: 0.8 · 3,000.
    found = broken(model(2), instance)
    assert found == pytest.approx(
        {"budget of fund 'tuition' in 2026 (budgets.csv row 2)": 2400 / 14_000}
    )
