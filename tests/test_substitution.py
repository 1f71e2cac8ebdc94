"""Plans in which staff do the work of others, against the independent model."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

import independent
import naive
import naive_relaxation
from agreement import CONTINUATIONS, all_decided, check_optimum, check_whole
from commission_opt.allocation.algebraic import allocate_algebraically
from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.decided import Decided
from commission_opt.policy_file import parse_policy
from commission_opt.solvers.status import Limits
from drawn_substitution import substituting
from measured import taking, with_measures
from samples import Sample, both, by_cell, made, model
from some import some


def drawn(seed: int) -> Sample:
    """An instance whose staff can do each other's work; with measures and takers in turn."""
    random = np.random.default_rng(seed)
    size = (int(random.integers(2, 4)), int(random.integers(2, 4)), int(random.integers(1, 4)))
    synthetic = made(*size, seed)
    tables = substituting(synthetic.tables, seed)
    if seed % 2:
        tables = with_measures(tables, 4, seed)
    return both(synthetic.settings, taking(tables, seed) if seed % 3 == 1 else tables)


def check(known: Sample, plan: Decided, text: str) -> None:
    """Follow a plan through by the independent model, and look for rules that it breaks."""
    again, decided = independent.load_policy(text), all_decided(known, plan)
    assert independent.violations(known.case, again, decided) == []
    simulated = independent.simulate(known.case, again, decided)
    for ours, theirs in (
        (plan.outcome.supply, simulated.supply),
        (plan.outcome.service, simulated.service),
        (plan.outcome.shortfall, simulated.shortfall),
    ):
        assert by_cell(known.instance, ours) == pytest.approx(theirs)


@pytest.mark.each(4)
@pytest.mark.parametrize("seed", some(range(24), 6, 1))
def test_optima_agree(seed: int) -> None:
    known = drawn(seed)
    text = model(
        1 + seed % 3,
        integer=False,
        continuation=CONTINUATIONS[seed % 3],
        pace="false",
        level=seed % 4 == 3,
    )
    plan = check_optimum(known, text, check)
    if plan is None:
        return
    best = plan.certificate.objective
    assert plan.certificate.bound == pytest.approx(best, rel=1e-6, abs=1e-6)
    off = text.replace("[rules]", "[rules]\nsubstitution = false")
    without = allocate(known.instance, parse_policy(off.encode()), Limits(gap=1e-9))
    assert not without.outcome.deployed.any()
    assert without.certificate.objective >= best * (1 - 1e-9)
    check(known, without, off)


@pytest.mark.each(4)
@pytest.mark.parametrize("seed", some(range(24), 6, 2))
def test_whole_plans_are_valid_and_bounds_hold(seed: int) -> None:
    text = model(1 + seed % 2, continuation=CONTINUATIONS[seed // 2 % 3], pace="false")
    check_whole(drawn(seed), text, check)


@pytest.mark.parametrize("seed", some([0, 2, 3, 5, 6, 9], 2, 3))
def test_the_readable_model_finds_the_same(seed: int) -> None:
    known = drawn(seed)
    policy = parse_policy(model(2, integer=False, pace="false").encode())
    ours = allocate(known.instance, policy, Limits(gap=1e-9))
    theirs = allocate_algebraically(known.instance, policy)
    assert theirs.certificate.valid
    assert theirs.certificate.objective == pytest.approx(ours.certificate.objective, rel=1e-6)


STAGES = [
    [("shortfall", 0.02), ("surplus", 0.0), ("cost", 0.0)],
    [("worst_region", 0.01), ("shortfall", 0.0)],
    [("cost", 0.1), ("shortfall", 0.01), ("surplus", 0.05), ("change", 0.0)],
    [("surplus", 0.05), ("worst_region", 0.05), ("shortfall", 0.0)],
]


@pytest.mark.parametrize(("seed", "stages"), some([*product((0, 2, 6), STAGES)], 4, 5))
def test_stages_find_their_optima(seed: int, stages: list[tuple[str, float]]) -> None:
    synthetic = made(2 + seed % 3 % 2, 3, 2, seed)
    known = both(synthetic.settings, substituting(synthetic.tables, seed))
    text = model(2, integer=False, pace="false", stages=stages)
    again = naive.load_policy(text)
    plan = allocate(known.instance, parse_policy(text.encode()), Limits(gap=1e-9))
    assert plan.certificate.valid
    decided = all_decided(known, plan)
    assert independent.violations(known.case, again, decided) == []
    final, held = naive.values(known.case, again, decided), {}
    for stage in plan.certificate.stages:
        assert stage.final == pytest.approx(final[stage.minimise], rel=1e-9, abs=1e-9)
        held[stage.minimise] = stage.limit
    program = naive_relaxation.Relaxation(known.case, again)
    least, most = program.best(held, 1e-6), program.best(held, 1e-7)
    for stage, low, high in zip(plan.certificate.stages, least, most, strict=True):
        near = 1e-6 * max(1.0, abs(high)) + 0.3 * (high - low)
        assert low - near <= stage.objective <= high + near


@pytest.mark.parametrize("seed", some([0, 2, 3, 5], 1, 1))
def test_floors_count_those_deployed(seed: int) -> None:
    synthetic = made(3, 2, 2, seed)
    tables = substituting(synthetic.tables, seed)
    professions = tables["professions"]["profession"].tolist()
    floors = [
        {"floor": "share", "profession": professions[0], "min_demand_share": 1.0},
        {"floor": "mix", "profession": professions[1], "min_mix_share": 0.7, "of": professions[2]},
    ]
    rows = pd.DataFrame(floors, dtype=object).fillna("").assign(region="*", year="*")
    known = both(synthetic.settings, {**tables, "floors": rows})
    text = model(2, integer=False, pace="false", stages=[("below_floor", 0.0)])
    best, _, _ = independent.solve(known.case, independent.load_policy(text))
    plan = allocate(known.instance, parse_policy(text.encode()), Limits(gap=1e-9))
    assert plan.certificate.valid
    assert plan.outcome.deployed.any()
    assert plan.certificate.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
