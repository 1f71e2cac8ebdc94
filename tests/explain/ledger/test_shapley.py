"""Shapley values, on games in which they are known."""

from itertools import permutations

import numpy as np
import pytest

from commission_opt.explain.ledger.shapley import Game, Keeping, Kept, shapley_values

MONEY = {0: 5.0, 1: 3.0, 2: 4.0}  # what each commitment takes


def scarce(kept: Kept) -> Keeping:
    """Commitments take from one purse of 6; beyond it each pound costs 1."""
    return max(0.0, sum(MONEY[i] for i in kept) - 6.0), kept


def with_idle(kept: Kept) -> Keeping:
    """The same, beside fifty commitments that are met anyway."""
    return scarce(kept & {0, 1, 2})[0], kept | frozenset(range(3, 53))


def by_hand(n: int) -> list[float]:
    orders = list(permutations(range(n)))
    cost = np.zeros(n)
    for order in orders:
        for k, one in enumerate(order):
            before, after = (frozenset(order[:m]) for m in (k, k + 1))
            cost[one] += scarce(after)[0] - scarce(before)[0]
    return list(cost / len(orders))


def test_all_orders_of_three() -> None:
    found = shapley_values(Game(scarce, 3), few=6, orders=20)
    assert found.cost == pytest.approx(by_hand(3))
    assert found.cost.sum() == pytest.approx(scarce(frozenset(range(3)))[0])
    assert found.orders is None
    assert not found.error.any()


def test_all_orders_count_alike() -> None:
    """Whoever comes fourth of five pays: each is fourth in a fifth of all orders."""
    found = shapley_values(Game(lambda kept: (float(len(kept) >= 4), kept), 5), few=6, orders=20)
    assert found.cost == pytest.approx([0.2] * 5)


def test_commitments_that_are_met_anyway_cost_no_solves() -> None:
    solved: list[Kept] = []

    def solve(kept: Kept) -> Keeping:
        solved.append(kept)
        return with_idle(kept)

    found = shapley_values(Game(solve, 53), few=6, orders=20)
    assert found.cost[:3] == pytest.approx(by_hand(3))
    assert not found.cost[3:].any()
    assert len(solved) <= 8


def test_a_sample_adds_up_and_comes_near() -> None:
    def threshold(kept: Kept) -> Keeping:
        """Only the fourth commitment that is made costs anything."""
        return float(len(kept) >= 4) + float({0, 1} <= kept), kept

    found = shapley_values(Game(threshold, 7), few=2, orders=400)
    assert found.orders == 400
    assert found.cost.sum() == pytest.approx(2.0)
    exact = np.array([1 / 7 + (i < 2) / 2 for i in range(7)])
    assert (found.error > 0).all()
    assert (np.abs(found.cost - exact) <= 2 * found.error).all()


def test_values_are_taken_over_only_where_they_must_be_equal() -> None:
    game = Game(scarce, 3)
    for kept in (frozenset[int](), frozenset({0, 1, 2}), frozenset({0, 2}), frozenset({1})):
        assert game(kept) == scarce(kept)[0]
