"""Generated instances bent out of shape: both models still find the same, or both find nothing.

Closed courses, courses above their capacity, coarse steps, rates of 0 and 1 (of measures as well),
demand of 0, joiners who leave, tight budgets, weights of 0, tiers of no width and paces of every
kind.
"""

import numpy as np
import pandas as pd
import pytest

import independent
from commission_opt.allocation.allocate import allocate
from commission_opt.errors import InfeasibleError, InputError
from commission_opt.solvers.status import Limits
from measured import with_measures
from samples import PACE, TIERS, Sample, as_amounts, both, made, model, policy

SEEDS = range(10)
MORE_SEEDS = range(10, 150)


def bend(tables: dict[str, pd.DataFrame], rng: np.random.Generator) -> None:
    courses = tables["courses"]
    n = len(courses)

    def some(share: float) -> np.ndarray:
        return rng.random(n) < share

    courses["last_intake"] = np.where(some(0.3), 0, courses["last_intake"])
    smaller = (courses["max_intake"] * rng.uniform(0, 1, n)).astype(int)
    courses["max_intake"] = np.where(some(0.2), smaller, courses["max_intake"])
    courses["cohort_step"] = np.where(some(0.3), rng.choice([1, 2, 5, 7, 10], n), 1)
    least = (courses["max_intake"] * rng.uniform(0, 1, n)).astype(int)
    courses["min_cohort"] = np.where(some(0.5), least, 0)
    for rate in ("fill_rate", "completion_rate", "join_rate"):
        courses[rate] = np.where(some(0.15), rng.choice([0.0, 1.0], n), courses[rate])
    tables["demand"]["fte"] *= rng.choice([0, 1, 1, 1, 1.3], len(tables["demand"]))
    staff = tables["workforce"]
    extreme = rng.random(len(staff)) < 0.2
    staff["leaver_rate"] = np.where(
        extreme, rng.choice([0.0, 1.0], len(staff)), staff["leaver_rate"]
    )
    if rng.random() < 0.5:
        tables["professions"]["weight"] = rng.choice([0, 0.5, 3], len(tables["professions"]))
    if rng.random() < 0.5:
        budgets = tables["budgets"]
        budgets["amount"] = budgets["amount"] * rng.uniform(0.97, 1.3, len(budgets))
    if rng.random() < 0.3:
        tables["joiners"]["fte"] *= -rng.uniform(0, 6)
    kept = rng.random(len(tables["commitments"])) < rng.choice([0.0, 0.5, 1.0])
    tables["commitments"] = tables["commitments"][kept]


def bend_measures(measures: pd.DataFrame, rng: np.random.Generator) -> None:
    n = len(measures)

    def some(share: float) -> np.ndarray:
        return rng.random(n) < share

    measures["last_amount"] = np.where(some(0.3), 0, measures["last_amount"])
    measures["step"] = np.where(some(0.5), rng.choice([1, 2, 5, 7, 40], n), 1)
    least = (measures["max_amount"] * rng.uniform(0, 1, n)).astype(int)
    measures["min_amount"] = np.where(some(0.5), least, 0)
    measures["success_rate"] = np.where(some(0.2), rng.choice([0.0, 1.0], n), 0.9)
    measures["fte_per_unit"] = np.where(some(0.2), 0.0, measures["fte_per_unit"])
    measures["leaver_rate"] = np.where(some(0.4), rng.choice(["0", "1"], n), "")


def rules(rng: np.random.Generator, years: int, *, integer: bool) -> str:
    return model(
        years,
        integer=integer,
        rate=float(rng.choice([0, 0.035, 0.3])),
        tiers=str(
            rng.choice(
                [
                    "[ { weight = 1 } ]",
                    TIERS,
                    "[ { up_to = 0.02, weight = 0 }, { up_to = 1.5, weight = 1 }, { weight = 7 } ]",
                    "[ { up_to = 0, weight = 1 }, { weight = 1 } ]",
                ]
            )
        ),
        pace=str(
            rng.choice(
                [
                    PACE,
                    "false",
                    "{ max_increase = 0.1, max_decrease = 0.1, allowance = 3 }",
                    "{ max_increase = 0, max_decrease = 1, allowance = 0 }",
                    "{ max_increase = 2, max_decrease = 0, allowance = 0.5 }",
                ]
            )
        ),
        cohorts=bool(rng.integers(2)),
        level=bool(rng.random() < 0.3),
        continuation=str(rng.choice(["repeat", "last_intake", "none"])),
        budgets=bool(rng.random() < 0.8),
        placements=bool(rng.random() < 0.8),
    )


def agree(known: Sample, text: str, *, integer: bool) -> str:
    """Compare the two models; say whether there is a plan."""
    again = independent.load_policy(text)
    try:
        best, _, bound = independent.solve(known.case, again, 30, gap=0.0)
    except independent.Infeasible:
        with pytest.raises(InfeasibleError) as raised:
            allocate(known.instance, policy(text))
        if not integer:
            assert "these cannot all hold together" in str(raised.value)
        return "impossible"
    found = allocate(known.instance, policy(text), Limits(gap=0.0, seconds=30))
    places = as_amounts(known.instance, found.amounts)
    assert found.certificate.valid
    assert independent.violations(known.case, again, places) == []
    simulated = independent.simulate(known.case, again, places).objective
    assert found.certificate.objective == pytest.approx(simulated, rel=1e-9, abs=1e-9)
    assert found.certificate.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert found.certificate.bound <= best * (1 + 1e-9) + 1e-9
    if not integer:
        assert found.certificate.bound == pytest.approx(bound, rel=1e-6, abs=1e-6)
    return "plan"


def met(seed: int) -> set[str]:
    rng = np.random.default_rng(seed)
    years = int(rng.integers(1, 4))
    size = int(rng.integers(1, 4)), int(rng.integers(1, 4)), years, int(rng.integers(0, 50))
    synthetic = made(*size, int(rng.integers(years + 1, 10)))
    tables = {name: table.copy() for name, table in synthetic.tables.items()}
    bend(tables, rng)
    if seed % 2:
        tables = with_measures(tables, int(rng.integers(1, 5)), seed)
        bend_measures(tables["measures"], rng)
    try:
        known = both(synthetic.settings, tables)
    except InputError:  # a commitment that no course can meet any more
        return {"refused"}
    draws = rng.integers(2**32)
    return {
        agree(known, rules(np.random.default_rng(draws), years, integer=integer), integer=integer)
        for integer in (False, True)
    }


def test_both_models_agree() -> None:
    assert set().union(*map(met, SEEDS)) == {"plan", "impossible", "refused"}


@pytest.mark.slow
def test_both_models_agree_on_many() -> None:
    assert set().union(*map(met, MORE_SEEDS)) == {"plan", "impossible", "refused"}
