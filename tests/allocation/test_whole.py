import numpy as np
import pytest

from commission_opt.allocation.whole import whole_formulation
from handworked import TABLES, hand
from samples import model, written


def test_columns_count_steps() -> None:
    budgets = "fund,region,year,amount\ntuition,*,2026,16000\ngrant,*,2027,70000\n"
    formulation = written(hand(budgets=budgets), model())
    whole = whole_formulation(formulation)
    base = formulation.program
    # A runs in steps of 5: its box of 15 to 35 places is 3 to 7 steps. Rows are scaled to 1.
    assert whole.program.lower[:3].tolist() == [3, 2, 0]
    assert whole.program.upper[:3].tolist() == [7, 12, 6]
    places = base.matrix.toarray() * np.array([5.0, 1, 1] + [1] * (len(base.cost) - 3))
    largest = np.abs(places).max(axis=1)
    assert whole.program.matrix.toarray() == pytest.approx(places / largest[:, None])
    assert whole.program.row_lower == pytest.approx(base.row_lower / largest)
    assert whole.program.row_upper == pytest.approx(base.row_upper / largest)
    assert whole.integer[:3].all()
    assert not whole.integer[3 : len(base.cost)].any()


def test_a_binary_only_where_a_course_may_close_and_has_a_minimum() -> None:
    # A must run (its lower bound is 15 places) and B and C have no minimum.
    assert len(whole_formulation(written(hand(), model())).program.cost) == len(
        written(hand(), model()).program.cost
    )
    # Without a pace of change A may close.
    formulation = written(hand(), model(pace="false"))
    n, whole = len(formulation.program.cost), whole_formulation(formulation)
    assert len(whole.program.cost) == n + 1
    assert whole.integer[n]
    # 2 steps of 5 make the least cohort, 8 the largest: 2 b ≤ x ≤ 8 b.
    links = whole.program.matrix.toarray()[-2:]
    assert links[:, [0, n]].tolist() == [[1, -2], [1, -8]]
    assert not np.delete(links, [0, n], axis=1).any()
    assert whole.program.row_lower[-2:].tolist() == [0, -np.inf]
    assert whole.program.row_upper[-2:].tolist() == [np.inf, 0]
    # And none without minimum cohorts, where a step is the least.
    least = whole_formulation(written(hand(), model(pace="false", cohorts=False)))
    assert len(least.program.cost) == n


def test_a_course_that_cannot_open_has_no_binary() -> None:
    courses = TABLES["courses"].replace("20,40,10,5", "20,14,11,5")
    formulation = written(hand(courses=courses), model(pace="false"))
    assert len(whole_formulation(formulation).program.cost) == len(formulation.program.cost)


def test_places_are_whole_steps() -> None:
    whole = whole_formulation(written(hand(), model()))
    x = np.zeros(len(whole.program.cost))
    x[:3] = [3.0000004, 1.9999996, 0]
    assert whole.to_columns(x).tolist() == [15, 2, 0]
