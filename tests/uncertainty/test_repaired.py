"""The nearest places that hold in every future, against all that there are in a small problem."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from commission_opt.certificate.certify import keeps_rules
from commission_opt.formulation.futures import Possible, in_futures
from commission_opt.formulation.goals import goal_value, goals
from commission_opt.formulation.problem import Planning
from commission_opt.policy import UnderUncertainty
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.repaired import nearest
from commission_opt.uncertainty.sampled import sampled
from drawn_together import drawn
from handworked import hand
from samples import model, problem_of

BUDGETS = "fund,region,year,amount\n"


def two_futures(amounts: tuple[int, int]) -> Planning:
    """The problem by hand, with as much money for tuition a year as one of two futures has."""

    def of(amount: int) -> str:
        return BUDGETS + "".join(f"tuition,*,{year},{amount}\n" for year in range(2026, 2031))

    text = model(pace="false", cohorts=False)
    problem = problem_of(hand(budgets=of(max(amounts))), text)
    policy = replace(problem.policy, uncertainty=UnderUncertainty("two"))
    own = [Possible(str(a), 0.5, hand(budgets=of(a))) for a in amounts]
    return in_futures(replace(problem, policy=policy), own)


@pytest.mark.parametrize("least", [20_000, 45_000, 70_000])
def test_no_places_are_nearer_or_as_near_and_better(least: int) -> None:
    problem = two_futures((least, 200_000))
    most = problem.cohorts.largest
    wanted = most[:, None].copy()
    assert not keeps_rules(problem, problem.outcome(wanted))
    found = nearest(problem, wanted, Limits(gap=0.0, seconds=20), Watch())
    assert found is not None
    assert keeps_rules(problem, problem.outcome(found))
    ranges = [
        range(0, int(top) + 1, int(step))
        for top, step in zip(most, problem.cohorts.step, strict=True)
    ]
    if np.prod([len(each) for each in ranges]) > 50_000:
        ranges = [each[-8:] if len(each) > 8 else each for each in ranges]
    best = (np.inf, np.inf)
    for places in product(*ranges):
        amounts = np.array(places, dtype=float)[:, None]
        result = problem.outcome(amounts)
        if keeps_rules(problem, result):
            value = goal_value(problem, goals(problem)[0], result)
            best = min(best, (round(float(np.abs(amounts - wanted).sum()), 6), value))
    distance = float(np.abs(found - wanted).sum())
    assert distance <= best[0] + 1e-6
    if distance > best[0] - 1e-6:
        value = goal_value(problem, goals(problem)[0], problem.outcome(found))
        assert value <= best[1] * (1 + 1e-6)


def test_rows_of_draws_are_added_until_all_are_kept() -> None:
    problem, futures = drawn(1, integer=True)
    policy = replace(problem.policy, uncertainty=UnderUncertainty("drawn"))
    problem = replace(problem, policy=policy)
    known = sampled(problem, futures)
    together = replace(problem, drawn=known)
    found = nearest(together, _most(problem), Limits(gap=1e-3, seconds=20), Watch())
    assert found is not None
    assert keeps_rules(together, together.outcome(found))
    assert not keeps_rules(together, together.outcome(_most(problem)))


def _most(problem: Planning) -> np.ndarray:
    return np.repeat(problem.cohorts.largest[:, None], problem.policy.commissioning_years, axis=1)
