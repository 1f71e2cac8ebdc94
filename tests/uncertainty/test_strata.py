"""Means of draws: they stand for all of these where what is missing is affine in them."""

import numpy as np
import pytest

from commission_opt.formulation.problem import Planning
from commission_opt.futures.futures import Futures, futures
from commission_opt.futures.reach import Reach
from commission_opt.futures.uncertainty_file import parse_uncertainty
from commission_opt.uncertainty import strata
from commission_opt.uncertainty.sampled import sampled
from commission_opt.uncertainty.strata import in_strata
from futures_made import row, scenario
from samples import both, made, model, problem_of

DEMAND = row(
    "demand", "interval = [0.9, 1.2]", each='"profession"', correlation="0.3", over_time='"fan"'
)
JOINERS = row("joiners", "uniform = [0.5, 1.5]", each='"profession"')
STAFF = row("workforce", "uniform = [-4, 4]", how="+=", each='"region"')
LEAVERS = row("leavers", "uniform = [0.8, 1.3]", each='"profession"')
TOLD = scenario("told", 0.25, "demand*=1.3")


def many(rows: str, draws: int = 200) -> tuple[Planning, Futures]:
    synthetic = made(3, 2, 1, 4)
    problem = problem_of(both(synthetic.settings, synthetic.tables).instance, model(1))
    text = f'name = "many"\ndraws = {draws}\nseed = 2\n{rows}'
    file = parse_uncertainty(text.encode())
    return problem, futures(problem.instance, problem.policy, file)


def missing(reach: Reach, p: np.ndarray, x: np.ndarray) -> np.ndarray:
    """What is expected to be missing in each cell, FTE."""
    found = reach.missing(slice(None))
    left = found.gap.copy()
    np.subtract.at(left, reach.pair, found.stays * (reach.supplies @ x)[:, None, None])
    return np.asarray(np.maximum(left, 0.0) @ p)


@pytest.mark.parametrize("rows", [DEMAND, DEMAND + JOINERS, DEMAND + JOINERS + STAFF + TOLD])
@pytest.mark.parametrize("draws", [200, 203])
def test_means_are_those_of_the_draws_and_miss_little(
    monkeypatch: pytest.MonkeyPatch, rows: str, draws: int
) -> None:
    monkeypatch.setattr(strata, "_FEWEST", 50)
    problem, drawn = many(rows, draws)
    reach, p = Reach(problem, drawn), drawn.probability
    fewer, q = in_strata(reach, p)
    assert len(q) == len(fewer.futures.names) == drawn.explicit + 50
    assert q.sum() == pytest.approx(1.0)
    every, means = reach.missing(slice(None)), fewer.missing(slice(None))
    for name in ("needed", "gap"):
        assert getattr(means, name) @ q == pytest.approx(getattr(every, name) @ p, rel=1e-9)
    assert means.stays == pytest.approx(every.stays)
    for share in (0.0, 0.4, 1.0):
        x = share * sampled(problem, drawn).box[1]
        below, true = missing(fewer, q, x), missing(reach, p, x)
        assert (below <= true + 1e-9).all()
        assert below.sum() > 0.99 * true.sum()
        assert below.sum() < true.sum()  # else nothing was put together


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (DEMAND + LEAVERS, "staff are no affine function of those who leave"),
        (DEMAND + row("demand", "uniform = [0.9, 1.1]", name="twice"), "a product of two draws"),
        (row("workforce", "interval = [-90, 90]", how="+=", each='"profession"'), "cut at 0"),
    ],
)
def test_draws_are_left_alone_where_nothing_is_affine(
    monkeypatch: pytest.MonkeyPatch, rows: str, why: str
) -> None:
    monkeypatch.setattr(strata, "_FEWEST", 50)
    problem, drawn = many(rows)
    reach = Reach(problem, drawn)
    assert in_strata(reach, drawn.probability)[0] is reach, why


def test_few_draws_and_weights_that_differ_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, drawn = many(DEMAND)
    reach = Reach(problem, drawn)
    assert in_strata(reach, drawn.probability)[0] is reach
    monkeypatch.setattr(strata, "_FEWEST", 50)
    weights = drawn.probability.copy()
    weights[3] *= 2.0
    assert in_strata(reach, weights)[0] is reach


def test_limits_that_are_drawn_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strata, "_FEWEST", 50)
    problem, drawn = many(DEMAND + row("budget", "uniform = [0.9, 1.1]"))
    fewer, _ = in_strata(Reach(problem, drawn), drawn.probability)
    assert len(fewer.futures.names) == 50


@pytest.mark.parametrize("rows", [DEMAND + JOINERS, DEMAND + JOINERS + TOLD])
def test_hinges_of_means_are_nowhere_above_the_expectation(
    monkeypatch: pytest.MonkeyPatch, rows: str
) -> None:
    monkeypatch.setattr(strata, "_FEWEST", 25)
    problem, drawn = many(rows)
    known, rng = sampled(problem, drawn), np.random.default_rng(3)
    hinges = known.aim("shortfall").hinges
    assert hinges is not None
    for _ in range(5):
        x = rng.uniform(*known.box)
        value = float(known.probability @ known.values("shortfall", problem.layout.to_amounts(x)))
        assert 0.98 * value <= hinges.value(x) <= value * (1 + 1e-9)
