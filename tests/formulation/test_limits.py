import numpy as np
import pytest

from commission_opt.formulation.decisions import decisions
from commission_opt.formulation.limits import (
    BUDGET_UNIT,
    budget_label,
    limit_rows,
    placement_label,
)
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import Use, budget_use, placement_use
from handworked import hand
from samples import model, policy

# A place on course A costs fill · 1,000 = 500 in its first year and 0.5 · √0.64 · 3,000 = 1,200
# in its second; a place on B costs 500 in its only year; one on C 10,000 in each of three.
BUDGETS = "fund,region,year,amount\n"


def rows(
    instance: Instance, years: int = 1, *, level: bool = False, continuation: str = "repeat"
) -> Rows:
    layout = decisions(instance, policy(model(years, level=level, continuation=continuation)))
    label = budget_label(instance)
    part = limit_rows("budgets", budget_use(instance), layout, BUDGET_UNIT, label)
    return part.rows[0]


def pounds(of: Rows) -> list[list[float]]:
    table: list[list[float]] = (of.coefficients[PLACES].toarray() * BUDGET_UNIT).tolist()
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
    found = rows(hand(budgets=BUDGETS + "tuition,*,2027,1e6\n"), continuation=continuation)
    assert pounds(found) == [pytest.approx(coefficients)]
    assert found.upper * BUDGET_UNIT == pytest.approx([left])
    assert found.lower.tolist() == [-np.inf]


def test_each_commissioning_year_has_its_own_cost() -> None:
    instance = hand(budgets=BUDGETS + "tuition,*,2027,1e6\n")
    assert pounds(rows(instance, 2)) == [pytest.approx([1200, 500, 0, 500, 0, 0])]
    assert pounds(rows(instance, 2, level=True)) == [pytest.approx([1700, 500, 0])]


def test_the_pipeline_is_charged_first() -> None:
    pipeline = "course,start_year,started\nA,2025,50\nB,2025,7\n"
    found = rows(hand(budgets=BUDGETS + "tuition,*,2026,1e6\n", pipeline=pipeline))
    # 50 started in 2025, 40 are in their second year in 2026 at 3,000; B is over.
    assert found.upper * BUDGET_UNIT == pytest.approx([1e6 - 120_000])
    assert pounds(found) == [pytest.approx([500, 500, 0])]


def test_every_row_is_a_limit_of_its_own() -> None:
    lines = "tuition,*,2026,3e6\ntuition,nation,2026,2e6\ntuition,south,2026,1e6\n"
    found = rows(hand(budgets=BUDGETS + lines + "grant,*,2028,4e6\n"))
    assert found.upper.tolist() == pytest.approx([3, 2, 1, 4])
    assert pounds(found) == [
        pytest.approx([500, 500, 0]),
        pytest.approx([500, 500, 0]),
        pytest.approx([0, 500, 0]),
        pytest.approx([0, 0, 30_000]),  # the cohorts of 2026, 2027 and 2028
    ]


def test_a_year_after_the_horizon_is_no_limit() -> None:
    instance = hand(budgets=BUDGETS + "tuition,*,2030,1e6\ntuition,*,2031,1\n")
    assert rows(instance).upper.tolist() == [1]


def test_budgets_are_named_by_fund_region_year_and_row() -> None:
    lines = "tuition,*,2026,3e6\ntuition,south,2027,1e6\n"
    found = rows(hand(budgets=BUDGETS + lines))
    assert found.label(0) == "budget of fund 'tuition' in 2026 (budgets.csv row 2)"
    assert found.label(1) == "budget of fund 'tuition' in 'south' in 2027 (budgets.csv row 3)"


def test_placements() -> None:
    instance = hand(
        placements="pool,region,year,capacity\nward,south,*,90\nward,south,2027,70\n",
        placement_use="profession,study_year,pool,weeks\nmedic,1,ward,4\nmedic,2,ward,6\n"
        "nurse,*,ward,10\n",
        pipeline="course,start_year,started\nC,2025,5\n",
    )
    layout = decisions(instance, policy(model(continuation="none")))
    use, label = placement_use(instance), placement_label(instance)
    found = limit_rows("placements", use, layout, 1.0, label).rows[0]
    year = {found.label(i): i for i in range(len(found.upper))}
    first = year["capacity of pool 'ward' in 'south' in 2026"]
    second = year["capacity of pool 'ward' in 'south' in 2027"]
    assert len(year) == 5
    # Courses of the south only: B is one year long, C has 4 weeks and then 6.
    assert found.coefficients[PLACES].toarray()[first].tolist() == [0, 10, 4]
    assert found.coefficients[PLACES].toarray()[second].tolist() == [0, 0, 6]
    # The five who started C in 2025 need 6 weeks each in 2026 and none in their third year.
    assert (found.upper[first], found.upper[second]) == (90 - 30, 70)


def test_without_limits_there_are_no_rows() -> None:
    instance = hand()
    nothing = Use(budget_use(instance).per_place, np.zeros(0), np.zeros(0))
    layout = decisions(instance, policy(model()))
    assert limit_rows("budgets", nothing, layout, 1.0, str) == Part()
