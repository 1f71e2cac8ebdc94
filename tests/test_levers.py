"""Plans of every kind of measure, and of courses that take staff, against the independent model."""

import numpy as np
import pytest

import independent
from agreement import CONTINUATIONS, check_optimum, check_whole
from commission_opt.allocation.decided import Decided
from measured import taking, with_measures
from samples import Sample, as_amounts, both, made, model
from some import some


def drawn(seed: int) -> Sample:
    """An instance with a measure of each kind and, but for every third, courses that take staff."""
    random = np.random.default_rng(seed)
    size = (int(random.integers(2, 4)), int(random.integers(1, 4)), int(random.integers(1, 4)))
    synthetic = made(*size, seed)
    tables = with_measures(synthetic.tables, 4, seed)
    return both(synthetic.settings, taking(tables, seed) if seed % 3 else tables)


def check(known: Sample, plan: Decided, text: str) -> None:
    """Follow a plan through by the independent model, and look for rules that it breaks."""
    again, amounts = independent.load_policy(text), as_amounts(known.instance, plan.amounts)
    assert independent.violations(known.case, again, amounts) == []
    simulated = independent.simulate(known.case, again, amounts)
    cells = [
        (profession, region, year)
        for profession in known.instance.professions["profession"]
        for region in known.instance.regions["region"]
        for year in known.instance.years
    ]
    for ours, theirs in (
        (plan.outcome.supply, simulated.supply),
        (plan.outcome.demand, simulated.demand),
        (plan.outcome.shortfall, simulated.shortfall),
        (plan.outcome.supply_base, simulated.base_supply),
    ):
        assert ours.ravel() == pytest.approx([theirs[cell] for cell in cells])


@pytest.mark.each(4)
@pytest.mark.parametrize("seed", some(range(24), 6, 1))
def test_optima_agree(seed: int) -> None:
    known = drawn(seed)
    text = model(1 + seed % 3, integer=False, continuation=CONTINUATIONS[seed % 3], pace="false")
    check_optimum(known, text, check)


@pytest.mark.each(4)
@pytest.mark.parametrize("seed", some(range(24), 6, 2))
def test_whole_plans_are_valid_and_bounds_hold(seed: int) -> None:
    text = model(1 + seed % 2, continuation=CONTINUATIONS[seed // 2 % 3], pace="false")
    check_whole(drawn(seed), text, check)
