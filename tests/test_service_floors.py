"""Plans for floors of service against the independent model, and by hand."""

import numpy as np
import pandas as pd
import pytest

import independent
from agreement import CONTINUATIONS, check_optimum, check_whole
from commission_opt.allocation.algebraic import allocate_algebraically
from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.decided import Decided
from commission_opt.errors import InfeasibleError
from commission_opt.policy_file import parse_policy
from drawn_floors import LEAST, with_floors
from measured import taking, with_measures
from samples import Sample, as_amounts, both, made, model
from some import some

FIRST = (("below_floor", 0.0),)


def drawn(seed: int, count: int = 8) -> Sample:
    """An instance with floors, for every second with measures and courses that take staff."""
    random = np.random.default_rng(seed)
    size = (int(random.integers(2, 4)), int(random.integers(1, 4)), int(random.integers(1, 4)))
    synthetic = made(*size, seed)
    tables = synthetic.tables
    if seed % 2:
        tables = taking(with_measures(tables, 4, seed), seed)
    return both(synthetic.settings, with_floors(tables, count, seed))


def check(known: Sample, plan: Decided, text: str) -> None:
    """Follow a plan through by the independent model, look for broken rules, compare floors."""
    again, amounts = independent.load_policy(text), as_amounts(known.instance, plan.amounts)
    assert independent.violations(known.case, again, amounts) == []
    expected = independent.simulate(known.case, again, amounts).floors
    table = plan.frames()["floors"]
    keys = [tuple(row) for row in table[["floor", "region", "year"]].itertuples(index=False)]
    assert keys == list(dict.fromkeys(keys))
    assert set(keys) == set(expected)
    required, service = np.array([expected[key] for key in keys]).T
    assert table["required"].to_numpy() == pytest.approx(required, rel=1e-9, abs=1e-9)
    assert table["service"].to_numpy() == pytest.approx(service, rel=1e-9, abs=1e-9)
    below = np.maximum(required - service, 0.0)
    assert table["below"].to_numpy() == pytest.approx(below, rel=1e-9, abs=1e-7)


@pytest.mark.each(4)
@pytest.mark.parametrize("seed", some(range(24), 6, 1))
def test_optima_agree(seed: int) -> None:
    known = drawn(seed)
    text = model(
        1 + seed % 3, integer=False, continuation=CONTINUATIONS[seed % 3], pace="false",
        level=seed % 4 == 3, stages=FIRST,
    )  # fmt: skip
    check_optimum(known, text, check)


@pytest.mark.each(6)
@pytest.mark.parametrize("seed", some(range(24), 4, 2))
def test_whole_plans_are_valid_and_bounds_hold(seed: int) -> None:
    text = model(
        1 + seed % 2, continuation=CONTINUATIONS[seed // 2 % 3], pace="false",
        stages=(("below_floor", 0.01), ("shortfall", 0.01), ("cost", 0.0)),
    )  # fmt: skip
    check_whole(drawn(seed), text, check)


def test_draws_use_every_column() -> None:
    tables = pd.concat([drawn(seed).instance.tables["floors"] for seed in range(4)])
    assert all(tables[name].notna().any() for name in LEAST)
    assert {"*"} < set(tables["year"])
    assert {"*"} < set(tables["region"])
    assert (tables["of"] != "").any()


@pytest.mark.parametrize("seed", some(range(6), 2, 3))
def test_the_readable_model_finds_the_same(seed: int) -> None:
    known = drawn(seed)
    text = model(1, integer=False, pace="false", stages=(*FIRST, ("shortfall", 0.0)))
    policy = parse_policy(text.encode())
    try:
        plan = allocate(known.instance, policy)
    except InfeasibleError:  # courses take more staff than there are
        with pytest.raises(InfeasibleError):
            allocate_algebraically(known.instance, policy)
        return
    again = allocate_algebraically(known.instance, policy)
    ours, theirs = (each.certificate.stages for each in (plan, again))
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.objective == pytest.approx(other.objective, rel=1e-5, abs=1e-5)
