"""Plans whose later years are decided in each future, against the extensive form of two stages."""

from dataclasses import replace

import numpy as np
import pytest

import extensive
import independent
from commission_opt.allocation import two_stages
from commission_opt.allocation.allocate import allocate
from commission_opt.errors import InfeasibleError
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.futures import in_futures
from commission_opt.formulation.problem import planning
from commission_opt.plan.uncertain import possible
from commission_opt.policy import Policy
from commission_opt.solvers.status import Limits
from futures_made import made, scenario
from plan_of_futures import solved as solved_for
from plan_of_futures import weighing
from samples import PACE, as_amounts, deployed_as, model, policy, sample
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


@pytest.mark.parametrize("now", [1, 2, 3])
def test_every_row_of_a_future_is_in_the_program_of_all(now: int) -> None:
    instance = sample(3, 2, 3, 1).instance  # in which rows of several years are alike
    how = scenario("a", 0.4), scenario("b", 0.3, "budget*=1.1"), scenario("c", 0.3, "demand*=1.1")
    wanted = deciding(model(3), "expected", now)
    own = [possible(made(instance, *how))[w] for w in range(3)]
    problem = in_futures(planning(instance, wanted), own)
    whole, n = formulate(problem, aims(problem)[0]).program, problem.layout.size
    there: dict[bytes, float] = {}
    for row, most in zip(whole.matrix.toarray()[:, :n], whole.row_upper, strict=True):
        there[row.tobytes()] = min(there.get(row.tobytes(), np.inf), most)
    for future in problem.futures:
        alone, own_n = (
            formulate(future.problem, aims(future.problem)[0]),
            future.problem.layout.size,
        )
        at = np.arange(own_n) if future.columns is None else future.columns[:own_n]
        program = alone.program
        for k, (row, most) in enumerate(
            zip(program.matrix.toarray(), program.row_upper, strict=True)
        ):
            if not row[own_n:].any():
                wide = np.zeros(n)
                wide[at] = row[:own_n]
                assert there[wide.tobytes()] <= most, alone.row_label(k)


@pytest.mark.parametrize("risk", some(RISKS, 3, 1))
def test_risk_falls_as_less_is_decided_now(risk: str) -> None:
    known, text = futures(6), drawn_model(6, integer=False)
    limits, years = Limits(gap=1e-9), (3, 2, 1)
    values = [solved(known, deciding(text, risk, k), limits).certificate.objective for k in years]
    every = solved(known, weighed(text, risk), limits).certificate.objective
    assert values[0] == every
    assert values[1] <= values[0] * (1 + 1e-9)
    assert values[2] <= values[1] * (1 + 1e-9)


def test_to_decide_all_years_now_is_the_plan_of_today() -> None:
    instance, text = sample(2, 2, 2, 3).instance, model(2)
    today, _ = solved_for(instance, weighing(text, "cvar"))
    now, record = solved_for(instance, weighing(text, "cvar") + "decide_now = 2\n")
    for name, table in today.frames().items():
        assert table.to_csv() == now.frames()[name].to_csv()
    assert "later" not in now.frames()
    assert "decide_now" not in record.record


def test_one_scenario_is_the_plan_of_today_whatever_is_decided_now() -> None:
    instance, text = sample(2, 2, 3, 3).instance, model(3, integer=False)
    today = allocate(instance, policy(text), Limits(gap=1e-9))
    more = weighing(text, "worst") + "decide_now = 1\n"
    only, record = solved_for(instance, more, scenario("only", 1.0))
    assert only.certificate.objective == pytest.approx(today.certificate.objective, rel=1e-9)
    assert only.certificate.valid
    assert record.record["evpi"] == pytest.approx([0.0, 0.0], abs=1e-3)


@pytest.mark.parametrize("risk", some(RISKS[:3], 3, 2))
def test_to_wait_and_see_is_no_worse_and_the_mean_plan_no_better(risk: str) -> None:
    instance, text = sample(2, 2, 2, 5).instance, weighing(model(2), risk) + "decide_now = 1\n"
    _, record = solved_for(instance, text)
    said = record.record
    slack = 1e-9 * said["value"][1]
    assert said["wait_and_see"][0] <= said["value"][1] + slack
    assert said["expected_value_plan"] is not None
    assert said["value"][0] <= said["expected_value_plan"][1] + slack


def test_waiting_is_worth_much_where_the_future_decides_what_can_be_paid() -> None:
    instance = sample(2, 2, 3, 3).instance
    money = scenario("as given", 0.5), scenario("more money", 0.5, "budget*=1.5")
    text = weighing(model(3, pace="false", integer=False), "expected")
    now, later = (
        solved_for(instance, text + more, *money)[0].certificate.objective
        for more in ("", "decide_now = 1\n")
    )
    assert later < 0.95 * now


def test_waiting_is_worth_nothing_where_futures_are_alike() -> None:
    instance = sample(2, 2, 3, 3).instance
    alike = scenario("one", 0.25, "demand*=1.1"), scenario("other", 0.75, "demand*=1.1")
    text = weighing(model(3, integer=False), "expected")
    (now, _), (later, record) = (
        solved_for(instance, text + more, *alike) for more in ("", "decide_now = 1\n")
    )
    value = now.certificate.objective
    assert later.certificate.objective == pytest.approx(value, rel=1e-7)
    assert record.record["evpi"][1] <= 1e-6 * value
    assert record.record["vss"][1] <= 1e-6 * value


def test_a_scenario_in_which_nothing_can_be_done_later_is_named_with_its_rules() -> None:
    none = scenario("no room", 0.1, "budget*=0.7")
    text = weighing(model(2), "expected") + "decide_now = 1\n"
    with pytest.raises(InfeasibleError) as caught:
        solved_for(sample(2, 2, 2, 3).instance, text, scenario("as given", 0.9), none)
    assert "in scenario 'no room'" in str(caught.value)
    assert "budget" in str(caught.value)


@pytest.mark.slow
def test_many_decisions_are_rounded_and_followed_future_by_future(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(two_stages, "_BRANCHED", 0)  # as for large problems
    known, text = futures(7), drawn_model(7, integer=True)
    cases, p = [each.case for each, _ in known], [share for _, share in known]
    best, bound = extensive.solve(cases, p, independent.load_policy(text), gap=GAP / 10, now=1)
    plan = solved(known, deciding(text, "expected", 1), Limits(gap=GAP, seconds=60))
    assert plan.certificate.valid
    assert bound * (1 - 1e-6) <= plan.certificate.objective <= best * (1 + 5 * GAP)
