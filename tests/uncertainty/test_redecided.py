"""Later years decided anew: an independent program of each future, and limits that give way."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import planning
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.audit.audited import AuditedPlan, done
from commission_opt.uncertainty.audit.record import audit_record
from commission_opt.uncertainty.audit.redecided import Redecided, redecided
from commission_opt.uncertainty.audit.sentences import sentences
from uncertain import DRAWN, WRITTEN, audited_in, decided, drawn

PARTS = (DRAWN, WRITTEN)


@cache
def trial() -> AuditedPlan:
    """A plan of two years that is the best for what was given, in other futures."""
    plan = decided()
    problem = planning(plan.instance, plan.policy.relaxed().first_stages(1))
    formulation = formulate(problem, aims(problem)[0])
    best = solve_relaxation(formulation, Limits(), Watch())
    amounts = problem.layout.to_amounts(best.columns)
    made = replace(plan, problem=problem, outcome=problem.outcome(amounts))
    return AuditedPlan(made, drawn(*PARTS), 0.05)


@cache
def anew(years: int = 1) -> Redecided:
    return done(redecided(trial(), years, 10), trial())


def test_values_lie_between_no_change_and_a_free_hand() -> None:
    found = anew()
    assert found.names[:2] == ("fewer join", "draw-0001")
    assert len(found.names) == 11
    assert found.probability.sum() == pytest.approx(1.0)
    assert found.probability[0] == 0.25
    for w in range(0, 11, 3):
        problem = planning(trial().futures.in_future(w), trial().plan.policy)
        fixed = OBJECTIVES["shortfall"].value(problem, problem.outcome(trial().plan.amounts))
        assert found.fixed[w] == pytest.approx(fixed, rel=1e-12)
        formulation = formulate(problem, aims(problem)[0])
        free = solve_relaxation(formulation, Limits(), Watch()).bound * formulation.aim.scale
        assert free <= found.high[w] + 1e-6 * fixed
        assert found.high[w] <= fixed + 1e-6 * fixed
    assert (found.low <= found.high).all()
    np.testing.assert_allclose(found.low, found.high, rtol=1e-6)
    assert (found.high < found.fixed - 1e-6 * found.fixed).any()


def test_the_first_years_stay() -> None:
    # With the first year moved by hand, the same program again: bounds as extra rows of a copy.
    w, layout = 3, trial().plan.problem.layout
    problem = planning(trial().futures.in_future(w), trial().plan.policy)
    formulation = formulate(problem, aims(problem)[0])
    program, x = formulation.program, layout.to_columns(trial().plan.amounts)
    lower, upper = program.lower.copy(), program.upper.copy()
    for column in range(layout.size):
        if layout.year[column] == 0:
            lower[column] = upper[column] = x[column]
    held = replace(formulation, program=replace(program, lower=lower, upper=upper))
    solved = solve_relaxation(held, Limits(), Watch())
    assert anew().low[w] == pytest.approx(solved.bound * held.aim.scale, rel=1e-6)


def test_limits_that_the_first_years_break_give_way() -> None:
    plan = trial().plan
    more = plan.problem.outcome(plan.amounts * np.array([1.1, 1.0]))
    other = replace(trial(), plan=replace(plan, outcome=more))
    broken = audited_in(other).sizes["budgets"]
    found = done(redecided(other, 1, 3), other)
    assert (broken[: len(found.high)] > 0.01).any()
    assert np.isfinite(found.high).all()


def test_sentences_tell_what_could_be_mended() -> None:
    found = anew()
    record = audit_record(audited_in(trial()), None, None, {}, redecided=found)
    [said] = [each for each in sentences(record) if "decided anew" in each]
    mean, high = (found.probability @ each for each in (found.fixed, found.high))
    assert f"{mean:,.1f}" in said
    assert f"{high:,.1f} weighted FTE-years on average over 11 futures" in said
    assert "decides for 1 year stayed" in said
    assert f"mend {100 * (mean - found.probability @ found.low) / mean:.1f} %" in said
    assert "optimistic" in said
    none = replace(found, low=found.low * np.nan, high=found.high * np.nan)
    record = audit_record(audited_in(trial()), None, None, {}, redecided=none)
    assert any("no later decisions were found" in each for each in sentences(record))
    some = np.where(np.arange(11) == 4, np.nan, 1.0)
    record = audit_record(
        audited_in(trial()), None, None, {},
        redecided=replace(found, low=found.low * some, high=found.high * some),
    )  # fmt: skip
    assert any("In 1 other future no later" in each for each in sentences(record))
