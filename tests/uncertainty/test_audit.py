"""An audit says what follows in each future by itself: worked out again, future by future."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.decided import Decided
from commission_opt.certificate.certify import violations
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning, planning
from commission_opt.instance.instance import Instance
from commission_opt.solvers.status import Limits
from commission_opt.uncertainty.audit import spread
from commission_opt.uncertainty.audit.audit import Audit
from commission_opt.uncertainty.audit.audited import AuditedPlan
from commission_opt.uncertainty.audit.quantiles import quantiles, spread_of
from commission_opt.uncertainty.audit.record import audit_record
from commission_opt.uncertainty.audit.sentences import sentences
from futures_made import made, scenario
from handworked import hand
from samples import model, policy
from uncertain import BOUGHT, DRAWN, WRITTEN, audited_in, decided, drawn

PARTS = (DRAWN, WRITTEN, BOUGHT)
SHARE = 0.02


@cache
def audited() -> Audit:
    return audited_in(AuditedPlan(decided(), drawn(*PARTS), SHARE))


def alone(w: int) -> tuple[Planning, Outcome]:
    """The problem of one future, and what follows from the plan in it."""
    return _alone(decided(), drawn(*PARTS).in_future(w))


def _alone(plan: Decided, instance: Instance) -> tuple[Planning, Outcome]:
    problem = planning(instance, plan.policy)
    return problem, problem.outcome(plan.amounts)


def naive(values: list[float], weights: list[float], point: float) -> float:
    """The smallest value whose cumulative probability is at least a point."""
    total = 0.0
    for value, weight in sorted(zip(values, weights, strict=True)):
        total += weight
        if total >= point - 1e-12:
            return value
    return max(values)


def test_results_are_those_of_each_future() -> None:
    found, names = audited(), audited().trial.futures.names
    assert names[:2] == ("fewer join", "less money")
    assert len(names) == 62
    for w in range(0, len(names), 7):
        problem, result = alone(w)
        for objective in problem.policy.objectives:
            value = OBJECTIVES[objective.minimise].value(problem, result)
            assert found.results[objective.minimise][w] == pytest.approx(value, rel=1e-12)
        assert found.results["fte_years"][w] == pytest.approx(result.shortfall.sum(), rel=1e-12)
        worst = max(violation.size for violation in violations(problem, result))
        assert max(sizes[w] for sizes in found.sizes.values()) == pytest.approx(worst, abs=1e-12)


def test_breaks_name_the_worst_future_and_what_is_broken() -> None:
    found = audited()
    assert {each.rule for each in found.breaks} >= {"budgets"}
    for each in found.breaks:
        sizes = found.sizes[each.rule]
        assert each.probability == pytest.approx(
            found.trial.futures.probability[sizes > 1e-6].sum()
        )
        assert each.worst == sizes.max()
        w = found.trial.futures.names.index(each.future)
        assert each.where in [v.where for v in violations(*alone(w))]


def test_spread_has_the_quantiles_of_each_cell() -> None:
    found = audited()
    weights = found.trial.futures.probability.tolist()
    outcomes = [alone(w)[1] for w in range(len(weights))]
    row = 17
    cell = np.unravel_index(row, decided().instance.shape)
    for name in ("demand", "supply", "shortfall"):
        values = [float(getattr(result, name)[cell]) for result in outcomes]
        for point in (5, 25, 50, 75, 95):
            said = found.spread[f"{name}_p{point:02d}"].iloc[row]
            assert said == pytest.approx(naive(values, weights, point / 100), rel=1e-12, abs=1e-12)
    short = sum(p for p, r in zip(weights, outcomes, strict=True) if r.shortfall[cell] > 1e-6)
    assert found.spread["probability_short"].iloc[row] == pytest.approx(short)


def test_totals_are_quantiles_of_sums_and_not_sums_of_quantiles() -> None:
    found = audited()
    weights = found.trial.futures.probability.tolist()
    outcomes = [alone(w)[1] for w in range(len(weights))]
    year, instance = 5, decided().instance
    table = found.totals.set_index(["profession", "year"])
    for code, own in ((instance.professions["profession"].iloc[1], slice(1, 2)), ("", slice(None))):
        values = [float(r.shortfall[own, :, year].sum()) for r in outcomes]
        said = table.loc[(code, instance.years[year]), "shortfall_p95"]
        assert said == pytest.approx(naive(values, weights, 0.95))


def test_who_is_short_is_counted_by_year_and_over_the_horizon() -> None:
    found = audited()
    table = found.short.set_index(["kind", "code", "year"])["probability"]
    instance = decided().instance
    counted = dict.fromkeys(["2026", "2030", ""], 0.0)
    q = 2
    for w, weight in enumerate(found.trial.futures.probability):
        problem, result = alone(w)
        for year in counted:
            own = slice(None) if year == "" else int(year) - instance.first_year
            missing = result.shortfall[:, q, own].sum()
            counted[year] += weight * (missing > SHARE * problem.instance.demand[:, q, own].sum())
    region = instance.regions["region"].iloc[q]
    for year, probability in counted.items():
        assert table["region", region, year] == pytest.approx(probability, abs=1e-12)
    assert 0 < counted[""] < 1


def test_blocks_of_cells_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "_MOST", 3 * 8 * 62 * 50)  # bytes of fifty cells
    again = audited_in(AuditedPlan(decided(), drawn(*PARTS), SHARE))
    pd.testing.assert_frame_equal(again.spread, audited().spread)
    pd.testing.assert_frame_equal(again.short, audited().short)


def test_sentences_say_what_the_futures_are() -> None:
    found = audited()
    record = audit_record(found, None, None, {})
    said = sentences(record)
    low, high, mean, tail, given = (
        float(text.replace(",", ""))
        for text in re.findall(r"[\d,]+\.\d", said[0].split("weighted shortfall is")[1])
    )
    values, weights = found.results["shortfall"], found.trial.futures.probability
    inside = weights[(values >= low - 0.05) & (values <= high + 0.05)].sum()
    assert inside >= 0.9
    assert mean == pytest.approx(values @ weights, abs=0.051)
    assert given == pytest.approx(found.given["shortfall"], abs=0.051)
    assert tail == pytest.approx(spread_of(values, weights)["worst_tenth"], abs=0.051)
    assert "60 draws of “trial” (seed 3) and 2 scenarios written out" in said[-1]
    money = next(each for each in record["rules"] if each["rule"] == "budgets")
    assert money["future"] == "less money"
    assert any("“budgets” is broken" in each for each in said)


def test_of_a_plan_with_later_years_by_scenario_it_says_what_is_evaluated() -> None:
    found = audited()
    later = replace(found, trial=replace(found.trial, now=1))
    record = audit_record(later, None, None, {})
    assert record["decided_now"] == 1
    assert record["evaluated"].startswith("what the plan decides now and, of later years, the mean")
    assert "decides now, for 1 year, and of later years the mean" in sentences(record)[-1]
    assert "decided_now" not in audit_record(found, None, None, {})


def test_a_plan_that_breaks_nothing_is_said_to_keep_every_rule() -> None:
    plan = decided()
    rules = replace(
        plan.policy.rules, budgets=False, placements=False, commitments="soft",
        commitment_price=0.3,
    )  # fmt: skip
    problem = planning(plan.instance, replace(plan.policy, rules=rules))
    last = plan.instance.lines["last_amount"].to_numpy(float)[:, None]
    same = replace(plan, problem=problem, outcome=problem.outcome(np.repeat(last, 2, axis=1)))
    found = audited_in(AuditedPlan(same, drawn(WRITTEN, DRAWN), SHARE))
    record = audit_record(found, None, None, {})
    worth = OBJECTIVES["shortfall"].value(*_alone(same, drawn(WRITTEN, DRAWN).in_future(0)))
    assert found.results["shortfall"][0] == pytest.approx(worth, rel=1e-12)
    assert ("The plan keeps every rule in all of these futures." in sentences(record)) == (
        not record["rules"]
    )
    assert not record["rules"]


def test_who_is_deployed_is_said_to_stay_as_given() -> None:
    pairs = "needed,by,region,ratio,max_share\nmedic,nurse,south,0.5,0.2\n"
    plan = allocate(
        hand(substitution=pairs, need={("nurse", "south"): 40}),
        policy(model(1, pace="false")), Limits(seconds=20),
    )  # fmt: skip
    assert plan.outcome.deployed.any()
    more = scenario("more", 0.5, "demand*=1.5"), scenario("less", 0.5, "demand*=0.5")
    found = audited_in(AuditedPlan(plan, made(plan.instance, *more), SHARE))
    record = audit_record(found, None, None, {})
    assert sentences(record)[-1].endswith(
        "; the places are those of the plan in all of them, and so are those who do the work of "
        "others if all goes as given: nobody is sent elsewhere once a future is known."
    )
    # With half the demand half as many may be deployed, and those of the plan are more.
    broken = [(each["rule"], each["future"]) for each in record["rules"]]
    assert broken == [("substitution", "less")]
    without = audit_record(audited(), None, None, {})
    assert "deployed" not in without
    assert "those who do" not in sentences(without)[-1]


@pytest.mark.parametrize("equal", [True, False])
def test_quantiles_are_the_smallest_values_that_reach_a_point(equal: bool) -> None:
    rng = np.random.default_rng(5)
    values = rng.integers(0, 12, (4, 30)).astype(float)
    weights = np.full(30, 1 / 30) if equal else rng.dirichlet(np.ones(30))
    values[1:3] = 7.0
    values[1, 4], values[2, 4:6] = 9.0, 9.0  # all but one or two are alike
    points = (0.05, 0.1, 0.5, 0.95) if equal else (0.05, 0.1, 0.5, 0.95, 1.0)
    found = quantiles(values, weights, points)
    for row, own in zip(found, values, strict=True):
        assert row.tolist() == [naive(own.tolist(), weights.tolist(), q) for q in points]


def test_the_worst_tenth_is_the_mean_of_a_tail() -> None:
    values, weights = np.arange(20.0), np.full(20, 0.05)
    assert spread_of(values, weights)["worst_tenth"] == pytest.approx(18.5)
    weights = np.array([0.06, *[0.94 / 19] * 19])[::-1]
    tail = (0.06 * 19 + 0.04 * 18) / 0.1
    assert spread_of(values, weights)["worst_tenth"] == pytest.approx(tail)
