import numpy as np
import pytest

from commission_opt.explain.best import Best, Least
from commission_opt.explain.ledger.prices import asked, price
from commission_opt.explain.ledger.promises import promises
from promised import CLOSED, FLOOR, two_by_two
from samples import model, problem_of


def reached(least: Least, shortfall: float, spend: Least) -> Best:
    return Best(least, spend, shortfall, np.zeros((0, 0)))


def test_a_price_lies_between_what_is_proved() -> None:
    with_them = reached(Least(100.0, 98.0), 50.0, Least(7e6, 6.9e6))
    without = reached(Least(90.0, 89.0), 45.0, Least(8e6, 7.8e6))
    found = price(with_them, without)
    assert (found.low, found.price, found.high) == (8.0, 10.0, 11.0)
    assert found.shortfall == 5.0
    assert found.spend == -1e6
    assert (found.spend_low, found.spend_high) == pytest.approx((-1.1e6, -0.8e6))


def test_a_price_is_never_negative() -> None:
    with_them, without = (reached(Least(v, v - 5.0), v, Least(v, np.nan)) for v in (100.0, 101.0))
    found = price(with_them, without)
    assert (found.low, found.price, found.high) == (0.0, 0.0, 4.0)
    assert np.isnan([found.spend_low, found.spend_high, found.per_million]).all()


def test_each_alone_each_owner_and_all_are_asked_once() -> None:
    more = FLOOR.replace("floor,", "second,").replace("nurse-south", "nurse-north")
    problem = problem_of(two_by_two(FLOOR + CLOSED + more), model())
    places = problem.layout.to_amounts(problem.layout.started.constant[: problem.layout.size])
    sets = asked(promises(problem, places))
    assert sets == [
        frozenset(), frozenset({0}), frozenset({1}), frozenset({2}), frozenset({0, 2}),
        frozenset({0, 1, 2}),
    ]  # fmt: skip
