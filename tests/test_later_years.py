"""Plans whose later years are decided in each future, against the extensive form of two stages."""

from dataclasses import replace

import numpy as np
import pytest

import extensive
import independent
from commission_opt.errors import InfeasibleError
from commission_opt.policy import Policy
from commission_opt.solvers.status import Limits
from samples import PACE, as_amounts, deployed_as, model
from some import some
from test_futures import RISKS, futures, risk_of, solved, weighed, what_counts

GAP = 1e-3


def drawn_model(seed: int, *, integer: bool, years: int = 3) -> str:
    return model(
        years, integer=integer, pace="false" if seed % 3 else PACE,
        continuation=("repeat", "last_intake", "none")[seed // 3 % 3], stages=[("shortfall", 0.0)],
    )  # fmt: skip


def deciding(text: str, risk: str, now: int, *, relaxed: bool = True) -> Policy:
    """A model that decides some years now."""
    found = weighed(text, risk)
    assert found.uncertainty is not None
    how = replace(found.uncertainty, decide_now=now, later_relaxed=relaxed)
    return replace(found, uncertainty=how)


@pytest.mark.parametrize("risk", RISKS)
@pytest.mark.parametrize("seed", some(range(18), 9, 1))
def test_relaxed_optima_are_those_of_the_extensive_form(seed: int, risk: str) -> None:
    known, text, now = futures(seed), drawn_model(seed, integer=False), 1 + seed % 2
    cases, p = [sample.case for sample, _ in known], [share for _, share in known]
    again = independent.load_policy(text)
    try:
        best, _ = extensive.solve(cases, p, again, risk, alpha=0.7, weight=0.6, now=now)
    except independent.Infeasible:
        with pytest.raises(InfeasibleError):
            solved(known, deciding(text, risk, now), Limits())
        return
    plan = solved(known, deciding(text, risk, now), Limits(gap=1e-9))
    assert plan.certificate.valid
    assert plan.certificate.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert plan.certificate.bound == pytest.approx(best, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("relaxed", [True, pytest.param(False, marks=pytest.mark.slow)])
@pytest.mark.parametrize("risk", RISKS)
@pytest.mark.parametrize("seed", some(range(18), 9, 4))
def test_whole_plans_keep_every_rule_in_every_future(seed: int, risk: str, relaxed: bool) -> None:
    known, text, now = futures(seed), drawn_model(seed, integer=True), 1 + seed % 2
    cases, p = [sample.case for sample, _ in known], [share for _, share in known]
    again = independent.load_policy(text)
    wanted = deciding(text, risk, now, relaxed=relaxed)
    try:
        best, bound = extensive.solve(
            cases, p, again, risk, 0.7, 0.6, GAP / 10, now, later_relaxed=relaxed
        )
    except independent.Infeasible:
        with pytest.raises(InfeasibleError):
            solved(known, wanted, Limits())
        return
    plan = solved(known, wanted, Limits(gap=GAP, seconds=20))
    assert plan.certificate.valid
    stage = plan.certificate.stages[0]
    values = []
    for case, future in zip(cases, plan.problem.futures, strict=True):
        result = future.outcome(plan.outcome.decision)
        bought = as_amounts(plan.instance, result.amounts)
        own = dict([*bought.items(), *deployed_as(plan.instance, result.deployed).items()])
        loose = again | {"integer": not relaxed}
        assert independent.violations(case, loose, own) == []
        first = {key: x for key, x in bought.items() if key[1] < plan.instance.first_year + now}
        values.append(independent.simulate(case, again, own).objective)
        assert all(x == round(x) for x in first.values())
    counted, small = what_counts(np.array(values), cases, again, risk)
    assert stage.bound <= best * (1 + 1e-6) + small
    assert bound * (1 - 1e-6) - small <= stage.objective
    final = risk_of(counted, np.array(p), risk)
    assert stage.final == pytest.approx(final, rel=1e-9, abs=small)
