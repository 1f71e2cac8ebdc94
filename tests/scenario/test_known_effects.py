import numpy as np
import pytest

from commission_opt.accounts.effects import Effects, effects, staff
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.scenario import known_effects as module
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.known_effects import KnownEffects
from commission_opt.scenario.scenario import Scenario, Setting
from samples import model, policy, sample

PATH = [
    ["leavers*=1.1", "budget*=1"],
    ["leavers*=1.1", "budget*=1.2"],
    ["leavers*=1.2", "budget*=1.2"],
    ["leavers*=1.2", "fill_rate*=0.9"],
    ["leavers*=1.2", "cost*=0.9", "demand*=0.9"],
    ["cost*=0.9", "placement_capacity*=1.1"],
    ["leavers*=1.1", "workforce*=1.1"],
    ["workforce*=1.1", "leavers*=1.1"],
    [],
    ["leavers*=1.1"],
    ["share*=0.9", "entrants*=1.1"],
    ["share*=0.9", "stay_rate*=0.5", "fill_rate*=0.9"],
    ["fill_rate*=0.9", "completion_rate*=0.9", "offer_rate*=0.5"],
]


def scenario(texts: list[str]) -> Scenario:
    axes = [parse_axis(text) for text in texts]
    return Scenario("", tuple(Setting(axis, axis.values[0]) for axis in axes))


def figures(of: Effects) -> list[Floats]:
    uses = (of.spend, of.weeks, of.drawn, of.fed)
    return [
        *(of.supply.constant, of.supply.matrix.toarray()),
        *(array for use in uses for array in (use.matrix.toarray(), use.constant, use.upper)),
    ]


def same(a: Effects, b: Effects) -> bool:
    return all(map(np.array_equal, figures(a), figures(b)))


def test_what_is_kept_is_what_would_be_worked_out() -> None:
    instance = sample(3, 2, 2, 0, pools=True).instance
    known = KnownEffects(instance)
    for texts in PATH:
        one = scenario(texts)
        changed, _ = Ground(instance, policy(model(2))).apply(one.settings)
        assert same(known.of(changed, one), effects(changed)), texts


def test_supply_is_worked_out_once_for_neighbours_of_the_same_rates(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = sample(3, 2, 2, 0).instance

    count = 0

    def counted(of: Instance) -> object:
        nonlocal count
        count += 1
        return staff(of)

    monkeypatch.setattr(module, "staff", counted)
    known = KnownEffects(instance, effects(instance))
    for texts in (["leavers*=1.1"], ["leavers*=1.1", "budget*=2"], ["demand*=2"], ["leavers*=1.1"]):
        one = scenario(texts)
        changed, _ = Ground(instance, policy(model(2))).apply(one.settings)
        known.of(changed, one)
    assert count == 1
