"""Weights by which a risk is under-estimated: no others that it allows prove more."""

from dataclasses import replace

import numpy as np
import pytest

from commission_opt.formulation.goals import allowed, risk_of, worst_weights
from commission_opt.formulation.problem import Planning
from commission_opt.policy import RiskMeasure, UnderUncertainty
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.sampled import sampled
from commission_opt.uncertainty.weights import WeightSearch
from drawn_together import drawn

RISKS = ("cvar", "worst", "regret")


def weighed(risk: RiskMeasure, draws: int = 8) -> Planning:
    problem, futures = drawn(1, integer=False, draws=draws)
    how = UnderUncertainty("drawn", risk, *((0.7, 0.5) if risk == "cvar" else ()))
    least = 10.0 * np.arange(draws) / draws
    known = sampled(problem, futures).measured_from(least)
    return replace(problem, policy=replace(problem.policy, uncertainty=how), drawn=known)


def weighing(problem: Planning, risk: RiskMeasure, gap: float = 1e-6) -> WeightSearch:
    return WeightSearch(problem, risk, Limits(gap=gap), Watch())


def test_two_plans_that_are_worst_in_turn_are_weighed_alike() -> None:
    problem = weighed("worst", 2)
    own = weighing(problem, "worst")
    assert own.after(None, -np.inf, np.array([0.0, 30.0])) == pytest.approx([0.0, 1.0])
    assert own.after(None, -np.inf, np.array([10.0, 0.0])) == pytest.approx([0.75, 0.25])


def test_what_is_nearly_proved_is_enough() -> None:
    own = weighing(weighed("worst", 2), "worst", gap=0.1)
    weights = np.array([0.0, 1.0])
    assert own.after(weights, 29.0, np.array([0.0, 30.0])) is not None
    assert own.after(weights, 29.5, np.array([0.0, 30.0])) is None
    assert own.best is weights
    assert own.bound == 29.5


@pytest.mark.parametrize("risk", RISKS)
def test_no_other_weights_prove_more(risk: RiskMeasure) -> None:
    """Of plans in a ball, of which the best for any weights is known."""
    problem, rng = weighed(risk), np.random.default_rng(3)
    assert problem.drawn is not None
    slopes, base = rng.normal(size=(8, 5)), rng.uniform(80.0, 100.0, 8)
    less = problem.drawn.least if risk == "regret" else np.zeros(8)

    def proved(weights: np.ndarray) -> float:
        return float(weights @ (base - less) - 10.0 * np.linalg.norm(weights @ slopes))

    own, values, bound, least = weighing(problem, risk, gap=1e-4), base, -np.inf, np.inf
    weights = own.after(None, bound, values)
    for _ in range(60):
        least = min(least, risk_of(problem, risk, values))
        if weights is None:
            break
        assert allowed(problem, risk, weights)
        way, bound = weights @ slopes, proved(weights)
        values = base - 10.0 * slopes @ way / np.linalg.norm(way)
        weights = own.after(weights, bound, values)
    assert weights is None, "the best mixture and the bound stayed apart"
    assert own.bound <= least
    others = (worst_weights(problem, risk, rng.uniform(0, 100, 8)) for _ in range(2000))
    mixed = (np.mean([next(others), next(others), next(others)], axis=0) for _ in range(600))
    assert max(map(proved, mixed)) <= own.bound + 1e-4 * abs(own.bound)
