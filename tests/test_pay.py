"""Plans in which budgets carry pay, against the independent model and by hand."""

import numpy as np
import pytest

import independent
import naive
from commission_opt.allocation.algebraic import allocate_algebraically
from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.decided import Decided
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.solvers.status import Limits
from drawn_pay import with_pay
from measured import taking, with_measures
from samples import Sample, as_amounts, both, made, model
from some import some

CONTINUATIONS = ("repeat", "last_intake", "none")
PAY = "fund,profession,region,year,pay\n"


def drawn(seed: int) -> Sample:
    """An instance that pays staff, with measures or courses that take staff or both."""
    random = np.random.default_rng([seed, 7])
    regions = int(random.integers(1, 5))
    synthetic = made(int(random.integers(2, 4)), regions, int(random.integers(1, 4)), seed)
    tables = synthetic.tables
    if seed % 3 != 1:
        tables = with_measures(tables, 4, seed)
    if seed % 3:
        tables = taking(tables, seed)
    return both(synthetic.settings, with_pay(synthetic.settings, tables, seed))


def check(known: Sample, plan: Decided, text: str) -> None:
    """Follow a plan through by the independent model, and look for rules that it breaks."""
    again, amounts = independent.load_policy(text), as_amounts(known.instance, plan.amounts)
    assert independent.violations(known.case, again, amounts) == []
    spend = independent.simulate(known.case, again, amounts).spend
    budgets, ours = known.instance.budgets, plan.outcome.spend
    keys = budgets[["fund", "region", "year"]].itertuples(index=False, name=None)
    theirs = np.array([spend[key] for key in keys])
    found = np.stack([ours.committed, ours.planned, ours.continued], axis=1)
    assert found == pytest.approx(theirs, rel=1e-9, abs=1e-3)


@pytest.mark.parametrize("seed", some(range(24), 8, 2))
def test_optima_agree(seed: int) -> None:
    known = drawn(seed)
    text = model(
        1 + seed % 3, integer=False, continuation=CONTINUATIONS[seed % 3], pace="false",
        level=seed % 4 == 3,
    )  # fmt: skip
    best, _, _ = independent.solve(known.case, independent.load_policy(text))
    plan = allocate(known.instance, parse_policy(text.encode()), Limits(gap=1e-9))
    assert plan.certificate.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
    check(known, plan, text)


@pytest.mark.parametrize("seed", some(range(24), 12, 4))
def test_whole_plans_are_valid_and_bounds_hold(seed: int) -> None:
    known = drawn(seed)
    text = model(1 + seed % 2, continuation=("repeat", "none")[seed // 2 % 2], pace="false")
    plan = allocate(known.instance, parse_policy(text.encode()), Limits(gap=0.01, seconds=10))
    assert plan.certificate.valid
    check(known, plan, text)
    relaxed, _, _ = independent.solve(
        known.case, independent.load_policy(text.replace("integer = true", "integer = false"))
    )
    assert plan.certificate.stages[0].bound <= plan.certificate.objective * (1 + 1e-9)
    assert plan.certificate.objective >= relaxed * (1 - 1e-7)


@pytest.mark.parametrize("seed", some(range(12), 6, 3))
def test_the_cost_with_pay_is_that_of_the_naive_model(seed: int) -> None:
    known = drawn(seed)
    text = model(
        1 + seed % 3, integer=False, continuation=("repeat", "none")[seed % 2], pace="false",
        stages=(("shortfall", 0.02), ("cost", 0.0)),
    )  # fmt: skip
    text += "pay = true\n"
    plan = allocate(known.instance, parse_policy(text.encode()))
    amounts = as_amounts(known.instance, plan.amounts)
    found = naive.values(known.case, naive.load_policy(text), amounts)["cost"]
    assert plan.certificate.stages[1].final == pytest.approx(found, rel=1e-9)
    again = allocate_algebraically(known.instance, parse_policy(text.encode()))
    assert again.certificate.stages[1].final == pytest.approx(found, rel=1e-5)


def test_what_is_drawn_has_cells_where_a_row_of_each_kind_holds() -> None:
    seen = {tuple(row) for seed in range(12) for row in _levels(drawn(seed).instance)}
    assert seen >= {(0, 0, 0), (1, 0, 0), (2, 0, 1), (2, 1, 1), (2, 1, 0)}


def _levels(instance: Instance) -> list[tuple[int, int, int]]:
    table = instance.tables["pay"].loc[instance.pay["row"].unique()]
    known = set(instance.professions["profession"])
    level = np.where(table["profession"] == "*", 0, np.where(table["profession"].isin(known), 2, 1))
    rest = [(table[column] != "*").astype(int) for column in ("region", "year")]
    return list(zip(level.tolist(), *rest, strict=True))
