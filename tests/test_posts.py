"""Plans where staff may be without a post, against the independent model."""

import numpy as np
import pytest

import independent
import naive
from agreement import CONTINUATIONS, all_decided, check_optimum, check_whole
from commission_opt.allocation.decided import Decided
from commission_opt.formulation.assemble import aims
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.service import service
from drawn_posts import with_posts
from drawn_substitution import substituting
from measured import taking, with_measures
from samples import Sample, both, by_cell, made, model, problem_of
from some import some


def drawn(seed: int) -> Sample:
    """An instance with posts; two of three have measures too, some courses that take staff.

    In every fourth, staff may do the work of others.
    """
    random = np.random.default_rng(seed)
    size = (int(random.integers(2, 4)), int(random.integers(1, 4)), int(random.integers(1, 4)))
    synthetic = made(*size, seed)
    tables = with_posts(synthetic.tables, seed)
    if seed % 3:
        tables = with_measures(tables, 4, seed)
    tables = substituting(tables, seed) if seed % 4 == 2 else tables
    return both(synthetic.settings, taking(tables, seed) if seed % 2 else tables)


def drawn_model(seed: int, *, integer: bool) -> str:
    """A model with shortfall or staff without a post first, the other after it."""
    stages = [("shortfall", 0.01), ("unemployed", 0.0)][:: -1 if seed % 4 == 3 else 1]
    return model(
        1 + seed % 3, integer=integer, continuation=CONTINUATIONS[seed // 2 % 3], pace="false",
        level=seed % 5 == 4, stages=stages,
    )  # fmt: skip


def check(known: Sample, plan: Decided, text: str) -> None:
    """Follow a plan through by the independent model, and look for rules that it breaks."""
    again, amounts = naive.load_policy(text), all_decided(known, plan)
    assert independent.violations(known.case, again, amounts) == []
    simulated, outcome = independent.simulate(known.case, again, amounts), plan.outcome
    assert by_cell(known.instance, outcome.shortfall) == pytest.approx(simulated.shortfall)
    idle = by_cell(known.instance, outcome.unemployed)
    assert {k: v for k, v in idle.items() if v == v} == pytest.approx(simulated.unemployed)
    values = {
        "shortfall": simulated.objective,
        "unemployed": independent.unemployment(known.case, again, amounts),
    }
    for name, value in values.items():
        ours = OBJECTIVES[name].value(plan.problem, outcome)
        assert ours == pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.each(3)
@pytest.mark.parametrize("seed", some(range(24), 8, 1))
def test_optima_agree(seed: int) -> None:
    known, text = drawn(seed), drawn_model(seed, integer=False)
    check_optimum(known, text, check)


@pytest.mark.each(4)
@pytest.mark.parametrize("seed", some(range(24), 6, 2))
def test_whole_plans_are_valid_and_bounds_hold(seed: int) -> None:
    check_whole(drawn(seed), drawn_model(seed, integer=True), check)


@pytest.mark.each(3)
@pytest.mark.parametrize("seed", some(range(24), 8, 3))
def test_hinges_have_the_value_of_the_objectives_or_more_where_work_is_reshaped(seed: int) -> None:
    known = drawn(seed)
    problem = problem_of(known.instance, drawn_model(seed, integer=False))
    rng = np.random.default_rng(seed)
    most = service(problem).upper
    n = problem.layout.size
    reshaped = (known.instance.lines["kind"] == "reshape").to_numpy()[problem.layout.line]
    for aim in aims(problem):
        for k in range(6):
            x = rng.uniform(0, 1, len(most)) * most
            x[rng.uniform(size=len(x)) < 0.3] = 0.0
            if k % 2:
                x[:n][reshaped] = 0.0
            deployed = x[n:].reshape(known.instance.deployments.shape) if len(x) > n else None
            result = problem.outcome(problem.layout.to_amounts(x[:n]), deployed)
            value = OBJECTIVES[aim.name].value(problem, result)
            columns = {c.name: c.fill(x) for part in aim.parts for c in part.columns}
            costs = {name: cost @ columns[name] for name, cost in aim.cost.items()}
            assert sum(costs.values()) + aim.offset == pytest.approx(value)
            assert aim.hinges is not None
            hinges = aim.hinges if deployed is None else aim.hinges.given(deployed)
            found = hinges.value(x[:n])
            assert found >= value - 1e-9 * abs(value)
            if not x[:n][reshaped].any():
                assert found == pytest.approx(value)
