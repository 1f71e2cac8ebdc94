from collections.abc import Callable

import numpy as np
import pytest

from commission_opt.frontier.lines import Frontier, Support, enclose

Pieces = list[tuple[float, float]]  # value at 0 and slope


def oracle(pieces: Pieces, loose: float = 0.0) -> Callable[[float], Support]:
    """The greatest of some lines, solved exactly, or with a bound so far below."""

    def solve(at: float) -> Support:
        value, slope = max((start + slope * at, slope) for start, slope in pieces)
        return Support(at, value, value - loose, slope)

    return solve


def convex(count: int, rng: np.random.Generator) -> tuple[Pieces, list[float]]:
    """So many pieces over 0 to 1, falling and perhaps rising again, and their kinks."""
    kinks = np.sort(rng.uniform(0.05, 0.95, count - 1))
    slopes = np.sort(rng.normal(-20.0, 15.0, count))
    value, pieces, last = 100.0, [], 0.0
    for slope, kink in zip(slopes, [*kinks, 1.0], strict=True):
        pieces.append((value - slope * last, float(slope)))
        value, last = value + slope * (kink - last), kink
    return pieces, kinks.tolist()


def truth(pieces: Pieces, at: float) -> float:
    return max(start + slope * at for start, slope in pieces)


@pytest.mark.each(5)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 30])
@pytest.mark.parametrize("seed", range(5))
def test_every_piece_is_found_with_two_solves_each_at_most(count: int, seed: int) -> None:
    pieces, _ = convex(count, np.random.default_rng([count, seed]))
    found = enclose(oracle(pieces), (0.0, 1.0), 1e-9)
    assert found.distance <= 1e-9
    assert found.solves <= 2 * count + 1
    for at in np.linspace(0.0, 1.0, 501):
        exact = truth(pieces, at)
        assert found.value(at) == pytest.approx(exact, rel=1e-8)
        assert found.bound(at) == pytest.approx(exact, rel=1e-8)


@pytest.mark.each(3)
@pytest.mark.parametrize("seed", range(10))
def test_the_distance_holds_everywhere_and_saves_solves(seed: int) -> None:
    pieces, _ = convex(60, np.random.default_rng(seed))
    near, far = (enclose(oracle(pieces), (0.0, 1.0), d) for d in (1e-6, 1e-2))
    assert far.solves < near.solves
    for frontier, distance in ((near, 1e-6), (far, 1e-2)):
        assert frontier.distance <= distance
        largest = max(abs(s.objective) for s in frontier.supports)
        for at in np.linspace(0.0, 1.0, 997):
            value, bound, exact = frontier.value(at), frontier.bound(at), truth(pieces, at)
            assert bound <= exact + 1e-9
            assert exact <= value + 1e-9
            assert value - bound <= distance * max(abs(value), 1e-3 * largest) + 1e-9


def test_a_frontier_that_comes_down_to_nothing_ends() -> None:
    pieces = [(10.0, -20.0), (4.0, -6.0), (0.0, 0.0)]
    found = enclose(oracle(pieces), (0.0, 1.0), 1e-3)
    assert found.solves <= 7
    assert found.value(0.9) == pytest.approx(0.0, abs=1e-9)


def test_one_point_is_a_frontier() -> None:
    found = enclose(oracle([(3.0, -1.0)]), (0.5, 0.5), 1e-3)
    assert found.solves == 1
    assert found.distance == 0.0
    assert found.value(0.5) == found.bound(0.5) == 2.5


def test_a_straight_line_takes_two_solves() -> None:
    found = enclose(oracle([(3.0, -1.0)]), (0.0, 1.0), 1e-6)
    assert (found.solves, found.distance) == (2, 0.0)


def test_a_level_line_at_nothing_takes_two_solves() -> None:
    assert enclose(oracle([(0.0, 0.0)]), (0.0, 1.0), 1e-6).solves == 2


def test_a_kink_that_is_hit_says_any_slope_between_its_pieces() -> None:
    def solve(at: float) -> Support:
        slope = -1.0 if at < 0.5 else 1.0 if at > 0.5 else 0.3
        return Support(at, abs(at - 0.5) + 1.0, abs(at - 0.5) + 1.0, slope)

    found = enclose(solve, (0.0, 1.0), 1e-9)
    assert [s.t for s in found.supports] == [0.0, 0.5, 1.0]


def test_loose_bounds_are_said_and_do_not_hide_what_can_be_improved() -> None:
    pieces, _ = convex(12, np.random.default_rng(3))
    found = enclose(oracle(pieces, loose=0.5), (0.0, 1.0), 1e-4)
    assert found.distance >= 0.5 / 100
    assert found.solves < 200
    exact = [abs(found.value(at) - truth(pieces, at)) for at in np.linspace(0, 1, 301)]
    assert max(exact) <= found.distance * 100


def test_the_number_of_solves_is_kept() -> None:
    def parabola(at: float) -> Support:
        return Support(at, at * at + 1.0, at * at + 1.0, 2.0 * at)

    found = enclose(parabola, (-1.0, 1.0), 1e-12, most=9)
    assert found.solves == 9
    assert 1e-12 < found.distance < 0.05


def test_steep_pieces_close_together_are_told_apart() -> None:
    # as at the end of the caps on the worst region: slopes of 1e10 within a span of 1e-3
    kinks = 0.1224 + np.array([1e-7, 5e-7, 3e-6, 2e-5, 2e-4])
    slopes = [-3e10, -1e10, -2e9, -3e8, -1e7, 0.0]
    value, last, pieces = 2.3e6, 0.1224, []
    for slope, kink in zip(slopes, [*kinks, 0.1234], strict=True):
        pieces.append((value - slope * last, slope))
        value, last = value + slope * (kink - last), kink

    def solve(at: float) -> Support:
        k = int(np.searchsorted(kinks, at))
        value = 2.3e6
        for slope, low, high in zip(slopes, [0.1224, *kinks], [*kinks, 0.1234], strict=True):
            value += slope * (min(max(at, low), high) - low)
        return Support(at, value, value, slopes[k])

    found = enclose(solve, (0.1224, 0.1234), 1e-4)
    assert found.distance <= 1e-4
    assert found.solves <= 13


def test_values_and_bounds_between_supports() -> None:
    left, right = Support(0.0, 4.0, 4.0, -2.0), Support(2.0, 2.0, 2.0, 0.0)
    frontier = Frontier((left, right), 0.5, 2)
    assert [frontier.value(t) for t in (0.0, 0.5, 2.0)] == [4.0, 3.5, 2.0]
    assert [frontier.bound(t) for t in (0.0, 0.5, 1.5)] == [4.0, 3.0, 2.0]
