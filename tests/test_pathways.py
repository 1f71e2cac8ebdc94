"""Plans on instances with pools of people, against the independent model."""

import numpy as np
import pytest

import independent
from agreement import CONTINUATIONS, check_optimum
from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.decided import Decided
from commission_opt.errors import InfeasibleError
from commission_opt.instance.schema import TABLES
from commission_opt.instance.typed import ANY
from commission_opt.policy_file import parse_policy
from commission_opt.solvers.status import Limits
from drawn_pathways import with_pools
from equality import check_equal, check_optima
from measured import taking, with_measures
from samples import Sample, as_amounts, both, made, model
from some import some


def drawn(seed: int) -> Sample:
    """An instance with pools; measures and courses that take staff with every third.

    Some continue last year's intakes, which needs people enough; elsewhere many pools bind.
    """
    random = np.random.default_rng(seed)
    size = (int(random.integers(2, 4)), int(random.integers(1, 6)), int(random.integers(1, 4)))
    synthetic = made(*size, seed)
    tables = with_pools(synthetic.tables, seed, (1.05, 1.3) if seed % 3 == 1 else (0.5, 1.0))
    if seed % 3 == 0:
        tables = taking(with_measures(tables, 4, seed), seed)
    return both(synthetic.settings, tables)


def check(known: Sample, plan: Decided, text: str) -> None:
    """Follow a plan through by the independent model, and look for rules that it breaks."""
    again, amounts = independent.load_policy(text), as_amounts(known.instance, plan.amounts)
    assert independent.violations(known.case, again, amounts) == []
    simulated = independent.simulate(known.case, again, amounts)
    keys = known.instance.eligible[["pool", "region", "year"]].itertuples(index=False, name=None)
    theirs = [simulated.pools[key] for key in keys]
    for name, ours in vars(plan.outcome.pools).items():
        assert ours.ravel() == pytest.approx([getattr(pool, name) for pool in theirs]), name


@pytest.mark.each(4)
@pytest.mark.parametrize("seed", some(range(24), 6, 1))
def test_optima_agree(seed: int) -> None:
    known = drawn(seed)
    text = model(
        1 + seed // 2 % 3, integer=False, continuation=CONTINUATIONS[seed % 3], level=seed % 5 == 2,
        pace="false",
    )  # fmt: skip
    check_optimum(known, text, check, why="")


@pytest.mark.each(4)
@pytest.mark.parametrize("seed", some(range(24), 6, 2))
def test_whole_plans_are_valid_and_bounds_hold(seed: int) -> None:
    known = drawn(seed)
    text = model(1 + seed // 2 % 3, continuation=CONTINUATIONS[seed % 3], pace="false")
    try:
        plan = allocate(known.instance, parse_policy(text.encode()), Limits(gap=0.01, seconds=10))
    except InfeasibleError:
        with pytest.raises(independent.Infeasible):
            independent.solve(known.case, independent.load_policy(text), time_limit=20)
        return
    assert plan.certificate.valid
    check(known, plan, text)
    relaxed, _, _ = independent.solve(
        known.case, independent.load_policy(text.replace("integer = true", "integer = false"))
    )
    assert plan.certificate.objective >= relaxed * (1 - 1e-7)
    assert plan.certificate.stages[0].bound <= plan.certificate.objective * (1 + 1e-9)


@pytest.mark.each(3)
@pytest.mark.parametrize("seed", some(range(12), 4, 3))
def test_both_formulations_say_the_same(seed: int) -> None:
    known = drawn(seed)
    text = model(
        1 + seed // 2 % 3, integer=seed % 2 == 0, continuation=CONTINUATIONS[seed % 3],
        level=seed % 5 == 2, stages=(("shortfall", 0.01), ("cost", 0.0)),
    )  # fmt: skip
    policy = parse_policy(text.encode())
    try:
        check_equal(known.instance, policy, seed)
        check_optima(known.instance, policy)
    except InfeasibleError as error:  # the readable model has no row without places
        assert "whatever the places" in str(error)  # noqa: PT017


@pytest.mark.slow
def test_every_column_is_in_use() -> None:
    tables = [drawn(seed).instance.tables for seed in range(6)]
    for name in ("pathways", "eligible"):
        for column in TABLES[name].columns:
            cells = [cell for table in tables for cell in table[name][column.name]]
            assert len({*cells}) > 1, column.name
    regions = {cell for table in tables for cell in table["eligible"]["region"]}
    assert {ANY} < regions
