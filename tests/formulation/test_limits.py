from dataclasses import replace

import numpy as np

from commission_opt.accounts.outcome import Drawn
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.rules import LIMITS
from handworked import hand
from samples import model, problem_of, result_of

BUDGETS = LIMITS["budgets"]


def test_without_limits_there_are_no_rows() -> None:
    found = BUDGETS.rows(problem_of(hand(budgets="fund,region,year,amount\n"), model()))
    assert (found.columns, found.rows, found.box) == ((), (), None)


def test_rows_are_counted_in_their_unit() -> None:
    instance = hand(budgets="fund,region,year,amount\ntuition,*,2026,7000\n")
    problem = problem_of(instance, model())
    in_pounds, in_thousands = (
        replace(BUDGETS, origin=replace(BUDGETS.origin, scale=unit)).rows(problem).rows[0]
        for unit in (1.0, 1000.0)
    )
    assert in_pounds.upper.tolist() == [7000]
    assert in_thousands.upper.tolist() == [7]
    assert in_pounds.coefficients[PLACES].toarray().tolist() == [[500, 500, 0]]
    assert in_thousands.coefficients[PLACES].toarray().tolist() == [[0.5, 0.5, 0]]


def test_what_is_overdrawn_counts_relative_to_its_limit() -> None:
    problem, limits = problem_of(hand(), model()), replace(BUDGETS, label=lambda _, i: f"limit {i}")
    result = result_of(problem, np.zeros((3, problem.policy.commissioning_years)))
    limit, nothing = np.array([100.0, 10.0, 0.0]), np.zeros(3)
    used = Drawn(limit, np.array([60.0, 1, 0]), np.array([30.0, 5, 0]), np.array([30.0, 6, 0]))
    found = limits.overdrawn(problem, replace(result, spend=used))
    assert (found.size, found.where) == (0.2, "limit 0")  # 20 of 100 and 2 of 10: the first
    drawn = Drawn(limit, nothing, limit, nothing)
    inside = limits.overdrawn(problem, replace(result, spend=drawn))
    assert (inside.size, inside.where) == (0, "")
