"""More futures than always stand side by side: what is taken together, and the rest."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import extensive
import independent
from commission_opt.allocation.allocate import Allocation
from commission_opt.errors import UsageError
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.problem import Planning, planning
from commission_opt.futures.futures import Futures
from commission_opt.instance.instance import Instance
from commission_opt.plan.read import read_plan
from commission_opt.plan.replay import Sameness, replay
from commission_opt.plan.uncertain import allocate_in_futures, problem_in
from commission_opt.plan.verify import verify
from commission_opt.policy import RiskMeasure, UnderUncertainty
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits
from commission_opt.uncertainty import fit
from drawn_posts import with_posts
from drawn_substitution import substituting
from futures_made import made as futures_made
from futures_made import scenario
from mixed_integer import Program
from plan_of_futures import written
from samples import Sample, as_amounts, both, deployed_as, made, model, policy, problem_of

FEW, MANY = 4, pytest.param(fit.MOST_APART + 1, marks=pytest.mark.slow)
PRICE = 12.0  # of a place that a soft commitment misses
PRICED = f'[rules]\ncommitments = "soft"\ncommitment_price = {PRICE}'
WAITS = '\n[uncertainty]\nfile = "test"\ndecide_now = 1\n'
APART = {"posts": "who has a post", "deployment": "does the work of others", "waits": "later years"}
Tables = Mapping[str, pd.DataFrame]


def tables(what: str) -> tuple[Mapping[str, object], Tables]:
    synthetic = made(2, 1, 2 if what == "waits" else 1, 3)
    kinds = {"posts": with_posts, "deployment": substituting}
    found: Tables = synthetic.tables
    if what == "free":
        found = {**found, "commitments": found["commitments"].iloc[:0]}
    if what == "soft":
        own = found["commitments"]
        own = own.assign(max_places=["", "1", "", "122", "", "138"])  # less than is worth it
        found = {**found, "commitments": own}
    return synthetic.settings, kinds[what](found, 3) if what in kinds else found


def text(what: str, *, integer: bool = False) -> str:
    own = model(2 if what == "waits" else 1, integer=integer, pace="false")
    return own + (WAITS if what == "waits" else "")


def factors(count: int) -> list[float]:
    return [float(f) for f in np.linspace(0.9, 1.1, count).round(6)]


def written_out(count: int) -> list[str]:
    """The futures, as scenarios of a file."""
    return [scenario(f"w{w}", 1 / count, f"demand*={f}") for w, f in enumerate(factors(count))]


@cache
def known(what: str, count: int) -> tuple[list[Sample], Futures]:
    """Futures of demand, written for the package and for the independent model."""
    about, given = tables(what)
    demand = given["demand"]
    samples = [
        both(about, {**given, "demand": demand.assign(fte=(demand["fte"].astype(float) * f))})
        for f in factors(count)
    ]
    return samples, futures_made(both(about, given).instance, *written_out(count))


def problem(what: str) -> Planning:
    return problem_of(both(*tables(what)).instance, text(what))


def plan(what: str, count: int, *, integer: bool) -> Allocation:
    instance, (_, futures) = both(*tables(what)).instance, known(what, count)
    how = policy(text(what, integer=integer))
    return allocate_in_futures(instance, how, futures, Limits(gap=1e-4 if integer else 1e-9))


@pytest.mark.parametrize("count", [FEW, MANY])
@pytest.mark.parametrize("what", APART)
def test_what_cannot_be_taken_together_is_planned_for_side_by_side(
    what: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "MOST_APART", count - 1)
    samples, futures = known(what, count)
    assert APART[what] in fit.unfit(problem(what), futures)
    found, again = plan(what, count, integer=False), independent.load_policy(text(what))
    cases, now = [each.case for each in samples], 1 if what == "waits" else None
    best, _ = extensive.solve(cases, futures.probability.tolist(), again, now=now)
    assert found.certificate.valid
    assert len(found.problem.futures) == count
    assert found.certificate.objective == pytest.approx(best, rel=1e-6)
    assert found.certificate.bound == pytest.approx(best, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("what", APART)
def test_whole_plans_side_by_side_keep_every_rule_in_every_future(what: str) -> None:
    count = fit.MOST_APART + 1
    samples, futures = known(what, count)
    found, again = (
        plan(what, count, integer=True),
        independent.load_policy(text(what, integer=True)),
    )
    values = []
    for sample, future in zip(samples, found.problem.futures, strict=True):
        result = future.outcome(found.outcome.decision)
        bought = as_amounts(found.instance, result.amounts)
        own = dict([*bought.items(), *deployed_as(found.instance, result.deployed).items()])
        loose = again | {"integer": what != "waits"}
        assert independent.violations(sample.case, loose, own) == []
        values.append(independent.simulate(sample.case, again, own).objective)
    stage = found.certificate.stages[0]
    assert stage.final == pytest.approx(futures.probability @ values, rel=1e-9)
    assert stage.bound <= stage.final


@pytest.mark.parametrize("what", APART)
def test_too_many_are_refused_with_the_number_that_fits(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, futures = known(what, FEW)
    own = problem(what)
    size = fit.nonzeros(own)
    monkeypatch.setattr(fit, "MOST_APART", 2)
    monkeypatch.setattr(fit, "MOST_NONZEROS", FEW * size)
    assert not fit.taken_together(own, futures)
    monkeypatch.setattr(fit, "MOST_NONZEROS", FEW * size - 1)
    with pytest.raises(UsageError) as refused:
        problem_in(own, futures)
    assert str(refused.value) == (
        f"{FEW} futures cannot be taken together: {fit.unfit(own, futures)}; and side by side "
        f"there is room for {FEW - 1} of this size ({FEW * size - 1:,} coefficients, about 3 "
        f"GiB): draw fewer, at most {FEW - 1}"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "fit_in"), [("annual", 320), ("five-year", 115)])
def test_so_many_futures_of_england_fit_side_by_side(name: str, fit_in: int) -> None:
    instance = read_instance(find_instance("england-2026"))
    own = planning(instance, read_policy(find_model(name)))
    assert fit.MOST_NONZEROS / fit.nonzeros(own) == pytest.approx(fit_in, rel=0.02)


@pytest.mark.parametrize(
    ("change", "together"),
    [
        ({}, True),
        ({"integer": False}, False),
        ({"commissioning_years": 2}, True),
        ({"uncertainty": UnderUncertainty("test", "regret")}, True),
        ({"uncertainty": UnderUncertainty("test", "cvar")}, True),
    ],
)
def test_fewer_are_taken_together_where_side_by_side_is_large_and_no_better(
    change: dict[str, Any], together: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance, how = both(*tables("")).instance, policy(text("", integer=True))
    own, (_, futures) = planning(instance, replace(how, **change)), known("", 7)
    assert not fit.taken_together(own, futures)
    monkeypatch.setattr(fit, "LARGE", 7 * fit.nonzeros(own) - 1)
    assert fit.taken_together(own, futures) == together
    assert not fit.taken_together(own, known("", 6)[1])


@pytest.mark.parametrize("small", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_plans_for_few_are_read_as_they_were_made(
    small: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "LARGE", fit.LARGE if small else 1)
    instance, own = both(*tables("")).instance, text("", integer=True)
    folder = written(tmp_path / "plan", instance, own, *written_out(7))
    monkeypatch.setattr(fit, "LARGE", 1)
    plan = read_plan(folder)
    assert (plan.problem.drawn is None) == small
    assert len(plan.record["uncertainty"]["wait_and_see"]) == 2
    assert plan.record["uncertainty"]["proved_alone"] == 7
    assert verify(plan).holds
    assert replay(plan).sameness is Sameness.IDENTICAL


def promised(instance: Instance) -> list[tuple[list[int], float, float]]:
    """Which courses each commitment is about, and its least and most places."""
    table = instance.commitments
    ends = table["min_places"].fillna(0.0), table["max_places"].fillna(np.inf)
    lines = [np.flatnonzero(own).tolist() for own in instance.commitment_lines]
    return [(own, float(a), float(b)) for own, a, b in zip(lines, *ends, strict=True)]


@pytest.mark.parametrize("risk", ["expected", pytest.param("cvar", marks=pytest.mark.slow)])
@pytest.mark.parametrize("count", [FEW, MANY])
def test_soft_commitments_of_futures_taken_together_cost_what_they_miss(
    risk: RiskMeasure, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "MOST_APART", count - 1)
    instance = both(*tables("soft")).instance
    samples, _ = known("free", count)  # in which nothing is promised
    weighed = text("") + ('\n[uncertainty]\nfile = "test"\nrisk = "cvar"\n' * (risk == "cvar"))
    how = policy(weighed.replace("[rules]", PRICED))
    futures = futures_made(instance, *written_out(count))
    assert fit.taken_together(planning(instance, how), futures)
    found = allocate_in_futures(instance, how, futures, Limits(gap=1e-6))
    promises = promised(instance)

    def more(whole: Program, shared: dict[int, int]) -> None:
        for own, least, most in promises:
            below, beyond = whole.column(PRICE, 0.0, np.inf), whole.column(PRICE, 0.0, np.inf)
            total = {shared[k]: 1.0 for k in own}
            whole.row({**total, below: 1.0}, least, np.inf)
            whole.row({**total, beyond: -1.0}, -np.inf, most)

    cases, p = [each.case for each in samples], futures.probability.tolist()
    best, _ = extensive.solve(cases, p, independent.load_policy(text("")), risk, more=more)
    stage = found.certificate.stages[0]
    assert found.certificate.valid
    assert stage.bound <= best * (1 + 1e-9)
    assert stage.objective >= best * (1 - 1e-9)
    assert stage.gap <= 1e-3
    bought = as_amounts(instance, found.amounts)
    missed = sum(
        max(0.0, least - total, total - most)
        for own, least, most in promises
        if (total := float(found.amounts[own, 0].sum())) >= 0
    )
    assert missed > 1.0
    short = [independent.simulate(c, independent.load_policy(text("")), bought) for c in cases]
    expected = float(np.mean([each.objective for each in short])) + PRICE * missed
    settling = found.certificate.settling
    assert (stage if settling is None else settling).final == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("what", [*APART, "soft"])
def test_plans_for_many_hold_and_are_found_again(what: str, tmp_path: Path) -> None:
    instance, own = both(*tables(what)).instance, text(what, integer=True)
    if what == "soft":
        own = own.replace("[rules]", PRICED)
    folder = written(tmp_path / "plan", instance, own, *written_out(fit.MOST_APART + 1))
    plan = read_plan(folder)
    assert (plan.problem.drawn is not None) == (what == "soft")
    assert verify(plan).holds
    assert replay(plan).sameness is Sameness.IDENTICAL


def test_what_fits_is_taken_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "MOST_APART", FEW - 1)
    given = planning(both(*tables("")).instance, policy(text("")))
    futures = known("", FEW)[1]
    assert fit.unfit(given, futures) == ""
    assert problem_in(given, futures).drawn is not None
