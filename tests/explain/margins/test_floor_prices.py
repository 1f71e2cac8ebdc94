"""Prices of floors against the program solved again with other floors."""

import numpy as np
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.certificate.limits import limit
from commission_opt.explain.margins.floor_prices import FloorPrices, floor_prices, sentences
from commission_opt.explain.margins.margins import margins
from commission_opt.instance.instance import Instance
from commission_opt.solvers.status import Limits, Watch
from samples import model, policy, sample
from some import some

STAGES = (("below_floor", 0.02), ("shortfall", 0.05), ("cost", 0.0))
TEXT = model(1, integer=False, pace="false", stages=STAGES)


def solved(instance: Instance, stages: int, spare: tuple[float, ...] = ()) -> list[float]:
    """The optimum of each stage, what may be lost of those before given as it is."""
    found: list[float] = []
    for k in range(stages):
        text = TEXT
        for (name, tolerance), best, more in zip(STAGES, found, spare, strict=False):
            old = f'minimise = "{name}"\ntolerance = {tolerance}\n'
            assert old in text
            text = text.replace(old, f'minimise = "{name}"\ntolerance = {more / max(best, 1e-9)}\n')
        plan = allocate(instance, policy(text).first_stages(k + 1), Limits(gap=0.0))
        found = [stage.objective for stage in plan.certificate.stages]
    return found


def raised(instance: Instance, row: int, by: float) -> Instance:
    fte = instance.floors["min_fte"].to_numpy(float, copy=True)
    fte[row] = np.nan_to_num(fte[row]) + by
    return instance.changed(floors=instance.floors.assign(min_fte=fte))


def priced(instance: Instance) -> tuple[Allocation, FloorPrices]:
    plan = allocate(instance, policy(TEXT), Limits(gap=0.0))
    prices = floor_prices(plan.problem, plan.outcome.floors, Limits(), Watch())
    assert prices is not None
    return plan, prices


@pytest.mark.slow
@pytest.mark.parametrize("seed", some(range(5), 5))
def test_a_price_is_what_a_little_more_costs(seed: int) -> None:
    instance = sample(2, 2, 1, seed, floors=5).instance
    _, prices = priced(instance)
    base = solved(instance, 3)
    spare = tuple(limit(value, t) - value for value, (_, t) in zip(base, STAGES, strict=True))[:2]
    key = ["floor", "region", "year"]
    where = instance.floors.reset_index(drop=True).reset_index().merge(prices.frame, on=key)
    chosen = where.iloc[np.linspace(0, len(where) - 1, 4).astype(int)]
    step = 1e-2
    for row in chosen.to_dict("records"):
        at = int(row["index"])
        more, less = (
            (np.array(solved(raised(instance, at, sign * step), 3, spare)) - base) / step
            for sign in (1, -1)
        )
        for k, (name, _) in enumerate(STAGES):
            low, high = sorted((-less[k], more[k]))
            near = 1e-3 * max(1.0, abs(high)) + 1e-7 * base[k] / step
            assert low - near <= row[name] <= high + near, (name, row["floor"])


def test_what_is_said_is_in_the_table() -> None:
    plan, prices = priced(sample(2, 2, 1, 1, floors=5).instance)
    said = [*sentences(plan, prices)]
    assert "of service" in said[0]
    answer = margins(plan, seconds=0.0)
    assert answer.frame("floors").equals(prices.frame) or len(answer.frame("floors"))
    assert list(answer.frame("floors")["below"]) == list(prices.frame["below"])
    for sentence in said:
        assert sentence in answer.sentences
    if (prices.frame["shortfall"] > 0).any():
        first = prices.frame.iloc[0]
        assert repr(first["floor"]) in said[-1]
        assert first["shortfall"] == prices.frame["shortfall"].max()


def test_a_model_that_counts_no_floors_has_no_prices() -> None:
    instance = sample(2, 2, 1, 1, floors=5).instance
    plan = allocate(instance, policy(model(1, integer=False)))
    answer = margins(plan, seconds=0.0)
    assert "floors" not in answer.frames()
    assert any("of service" in text for text in answer.sentences)
