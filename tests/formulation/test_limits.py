import numpy as np

from commission_opt.accounts.outcome import Drawn
from commission_opt.formulation.limits import limit_rows, overdrawn
from commission_opt.formulation.parts import PLACES
from handworked import hand
from samples import model, problem_of


def test_without_limits_there_are_no_rows() -> None:
    problem = problem_of(hand(), model())
    found = limit_rows("budgets", np.zeros(0), problem.reach.spend[:0], 1.0, str, str)
    assert (found.columns, found.rows, found.box) == ((), (), None)


def test_rows_are_counted_in_their_unit() -> None:
    instance = hand(budgets="fund,region,year,amount\ntuition,*,2026,7000\n")
    problem = problem_of(instance, model())
    left = problem.effects.spend.left(problem.layout.fixed)
    in_pounds, in_thousands = (
        limit_rows("b", left, problem.reach.spend, unit, str, str).rows[0] for unit in (1.0, 1000.0)
    )
    assert in_pounds.upper.tolist() == [7000]
    assert in_thousands.upper.tolist() == [7]
    assert in_pounds.coefficients[PLACES].toarray().tolist() == [[500, 500, 0]]
    assert in_thousands.coefficients[PLACES].toarray().tolist() == [[0.5, 0.5, 0]]


def test_what_is_overdrawn_counts_relative_to_its_limit() -> None:
    limit, nothing = np.array([100.0, 10.0, 0.0]), np.zeros(3)
    used = Drawn(limit, np.array([60.0, 1, 0]), np.array([30.0, 5, 0]), np.array([30.0, 6, 0]))
    found = overdrawn(used, "limit {}".format)
    assert (found.size, found.where) == (0.2, "limit 0")  # 20 of 100 and 2 of 10: the first
    inside = overdrawn(Drawn(limit, nothing, limit, nothing), str)
    assert (inside.size, inside.where) == (0, "")
