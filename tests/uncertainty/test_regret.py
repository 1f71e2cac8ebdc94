"""Bounds on regret: no plan of its own does better in a future, and the bounds are near."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.arrays import Floats
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.problem import planning
from commission_opt.futures.response import Response
from commission_opt.futures.staff import Staff
from commission_opt.policy import Policy, Rules
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.audit.audit import Audit
from commission_opt.uncertainty.audit.audited import AuditedPlan
from commission_opt.uncertainty.audit.record import audit_record
from commission_opt.uncertainty.audit.sentences import sentences
from figures_drawn import figures
from samples import sample
from uncertain import DRAWN, WRITTEN, audited_in, decided, drawn, regret_of

MORE = """
[[scenario]]
name = "more money"
probability = 0.1
settings = ["budget*=1.1", "completion_rate*=0.97", "placement_capacity*=1.05"]
"""
PARTS = (DRAWN, WRITTEN, MORE)


def audited() -> Audit:
    return audited_in(AuditedPlan(decided(), drawn(*PARTS), 0.05))


def least(w: int) -> float:
    """The least shortfall of any plan in fractions that keeps the rules of one future."""
    problem = planning(drawn(*PARTS).in_future(w), decided().policy.relaxed())
    formulation = formulate(problem, aims(problem)[0])
    return solve_relaxation(formulation, Limits(), Watch()).bound * formulation.aim.scale


def test_nobody_can_do_better_than_the_bounds_say() -> None:
    found = audited()
    regret = regret_of(found)
    assert not isinstance(regret, str)
    values = found.results["shortfall"]
    some = [*range(3), *range(3, len(values), 11)]
    true = np.array([values[w] - least(w) for w in some])
    assert (regret[some] >= true - 1e-6 * values[some]).all()
    # And they say something: less than everything that is missing, and near where it matters.
    assert regret[some].mean() < 0.5 * values[some].mean()
    more = regret_of(found, 40)
    assert not isinstance(more, str)
    assert (more[some] >= true - 1e-6 * values[some]).all()
    assert (more[some] - true).mean() < 0.0515 * values[some].mean()  # a mean of all x goes on


def test_more_passes_never_make_a_bound_worse() -> None:
    found = audited()
    bounds = [regret_of(found, passes) for passes in (0, 2, 5)]
    for one, other in pairwise(bounds):
        assert not isinstance(one, str)
        assert not isinstance(other, str)
        assert (other <= one + 1e-9 * np.abs(one)).all()
        assert other.mean() < one.mean()


@pytest.mark.parametrize("seed", [1, 2])
def test_slopes_are_the_adjoint_of_what_decisions_add(seed: int) -> None:
    instance = sample(5, 4, 2, seed, measures=12).instance
    policy = Policy("t", "T", 2, decided().policy.objectives, rules=Rules(continuation="repeat"))
    problem = planning(instance, policy)
    staff = Staff(problem, np.zeros((len(instance.lines), 2)))
    rng, count = np.random.default_rng(seed), 3
    response = Response(staff, staff.varied(figures(instance, count, seed)))
    columns = rng.normal(size=(problem.layout.size, count))
    size = (instance.shape[0] * instance.shape[1], instance.horizon, count)
    per_supply, per_demand = rng.normal(size=size), rng.normal(size=size)
    supply, spared = response.adds(columns)
    forward = _dot(per_supply, supply) - _dot(per_demand, spared)
    backward = _dot(response.slopes(per_supply, per_demand), columns)
    np.testing.assert_allclose(forward, backward, rtol=1e-10)


def _dot(one: Floats, other: Floats) -> Floats:
    product = one * other
    return np.asarray(product.reshape(-1, product.shape[-1]).sum(axis=0))


def test_sentences_call_them_upper_bounds() -> None:
    found = audited()
    regret = regret_of(found)
    assert not isinstance(regret, str)
    record = audit_record(found, None, regret, {})
    [said] = [each for each in sentences(record) if "known each future" in each]
    assert "upper bounds" in said
    assert f"{found.trial.futures.probability @ regret:,.1f} weighted FTE-years on average" in said


def test_where_there_are_no_bounds_it_says_why() -> None:
    plan = decided()
    policy = replace(plan.policy, objectives=plan.policy.objectives[1:])
    problem = planning(plan.instance, policy)
    other = replace(plan, problem=problem, outcome=problem.outcome(plan.amounts))
    found = audited_in(AuditedPlan(other, drawn(DRAWN), 0.05))
    regret = regret_of(found)
    assert regret == "the shortfall of the worst region is no sum of what is missing"
    said = sentences(audit_record(found, None, regret, {}))
    assert any("is not bounded: the shortfall of the worst region" in each for each in said)
