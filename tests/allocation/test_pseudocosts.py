import numpy as np
import pytest

from commission_opt.allocation.pseudocosts import Pseudocosts, score

ROOM = 1e9


def learnt(*splits: tuple[int, float, float, float, float]) -> Pseudocosts:
    known = Pseudocosts(4)
    for decision, down, up, below, above in splits:
        known.learn(decision, np.array([down, up]), np.array([below, above]))
    return known


def test_the_gain_to_be_expected_grows_with_the_distance() -> None:
    known = learnt((0, 0.5, 0.5, 1.0, 2.0))
    found = known.scores(np.array([0, 0]), np.array([[0.5, 0.25], [0.5, 0.75]]), ROOM)
    assert found == pytest.approx([1.0 * 2.0, 0.5 * 3.0])


def test_it_is_the_mean_of_what_was_gained_for_each_unit() -> None:
    known = learnt((2, 1.0, 1.0, 1.0, 4.0), (2, 0.5, 2.0, 1.5, 4.0))
    found = known.scores(np.array([2]), np.ones((2, 1)), ROOM)
    assert found == pytest.approx([(1.0 + 3.0) / 2 * (4.0 + 2.0) / 2])


def test_a_decision_never_split_is_taken_for_an_average_one() -> None:
    known = learnt((0, 1.0, 1.0, 2.0, 6.0), (1, 1.0, 1.0, 4.0, 2.0))
    assert known.scores(np.array([3]), np.ones((2, 1)), ROOM) == pytest.approx([3.0 * 4.0])


def test_with_nothing_learnt_the_most_balanced_split_is_best() -> None:
    distance = np.array([[0.1, 0.5], [0.9, 0.5]])
    found = Pseudocosts(4).scores(np.array([0, 1]), distance, ROOM)
    assert found[1] > found[0]


def test_gains_beyond_the_room_make_no_difference() -> None:
    assert score(np.array([[1e7, 3.0], [2.0, 2.0]]), 3.0) == pytest.approx([6.0, 6.0])


def test_a_gain_on_one_side_only_still_counts() -> None:
    found = score(np.array([[0.0, 0.0], [2.0, 1.0]]), ROOM)
    assert found[0] > found[1] > 0.0


def test_a_decision_is_known_after_a_few_splits() -> None:
    known = Pseudocosts(2)
    for _ in range(4):
        assert not known.knows(1)
        known.learn(1, np.ones(2), np.ones(2))
    assert known.knows(1)
    assert not known.knows(0)
