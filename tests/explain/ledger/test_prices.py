from __future__ import annotations

import pytest

from commission_opt.explain.ledger.prices import Solved, asked, price
from commission_opt.explain.ledger.promises import promises
from promised import CLOSED, FLOOR, two_by_two
from samples import model, problem_of


def test_a_price_lies_between_what_is_proved() -> None:
    with_them = Solved(100.0, 98.0, 100.0, 50.0, 7e6, 6.9e6, 7e6)
    without = Solved(90.0, 89.0, 90.0, 45.0, 8e6, 7.8e6, 8e6)
    found = price(with_them, without)
    assert (found.low, found.value, found.high) == (8.0, 10.0, 11.0)
    assert found.shortfall == 5.0
    assert found.spend == -1e6
    assert (found.spend_low, found.spend_high) == pytest.approx((-1.1e6, -0.8e6))


def test_a_price_is_never_negative() -> None:
    with_them, without = (Solved(v, v - 5.0, v, v, v) for v in (100.0, 101.0))
    found = price(with_them, without)
    assert (found.low, found.value, found.high) == (0.0, 0.0, 4.0)


def test_each_alone_each_owner_and_all_are_asked_once() -> None:
    more = FLOOR.replace("floor,", "second,").replace("nurse-south", "nurse-north")
    problem = problem_of(two_by_two(FLOOR + CLOSED + more), model())
    places = problem.layout.to_places(problem.layout.fixed[: problem.layout.size])
    sets = asked(promises(problem, places))
    assert sets == [
        frozenset(), frozenset({0}), frozenset({1}), frozenset({2}), frozenset({0, 2}),
        frozenset({0, 1, 2}),
    ]  # fmt: skip
