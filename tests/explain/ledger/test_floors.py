"""What each floor costs, against plans made anew without it."""

from collections.abc import Collection

import numpy as np
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.explain import figures
from commission_opt.explain.ledger.ledger import ledger
from commission_opt.instance.instance import Instance
from commission_opt.solvers.status import Limits
from handworked import hand
from samples import model, policy, sample
from some import some

STAGES = (("below_floor", 0.0), ("shortfall", 0.0))
TEXT = model(1, integer=False, pace="false", stages=STAGES)
HEAD = "floor,profession,region,year,min_fte,min_demand_share,min_mix_share,of\n"


def solved(instance: Instance) -> Allocation:
    return allocate(instance, policy(TEXT), Limits(gap=1e-9))


def without(instance: Instance, names: Collection[str]) -> Instance:
    left = instance.floors[~instance.floors["floor"].isin(names)]
    return instance.changed(floors=left)


def eased(instance: Instance) -> Instance:
    """The instance with floors so low that a plan keeps them, though not by itself."""
    floors = instance.floors
    least = solved(instance).outcome.floors
    kept = (least.service * 0.999).clip(min=0.0)
    fte = np.where(floors["min_mix_share"].isna(), np.minimum(least.required, kept), np.nan)
    mix = floors["min_mix_share"].where(floors["min_mix_share"].isna(), 0.0)
    return instance.changed(
        floors=floors.assign(min_fte=fte, min_demand_share=np.nan, min_mix_share=mix)
    )


@pytest.mark.parametrize("seed", some([5, 6, 7, 8, 9], 2))
def test_a_price_is_what_is_lost_because_of_a_floor(seed: int) -> None:
    instance = eased(sample(3, 2, 2, seed, floors=6).instance)
    plan = solved(instance)
    answer = ledger(plan, Limits(), relaxed_only=True)
    frame = answer.frame("floors").set_index("floor")
    base = plan.certificate.stages[1].objective
    names = list(dict.fromkeys(instance.floors["floor"]))
    assert {*frame.index} == {*names, *(["all together"] if len(names) > 1 else [])}
    for name, row in frame.iterrows():
        lifted = solved(without(instance, names if name == "all together" else [str(name)]))
        saved = base - lifted.certificate.stages[-1].objective
        near = 1e-6 * max(1.0, base)
        assert row["price"] == pytest.approx(saved, abs=near)
        assert row["low"] - near <= saved <= row["high"] + near
    dearest, every = frame["price"].iloc[:-1], frame["price"].iloc[-1]
    assert dearest.is_monotonic_decreasing
    assert every > 0.01
    assert answer.sentences[-1] == (
        f"{len(names)} floors of service, all kept, cost {figures.fte(every)} weighted FTE-years "
        f"of the weighted shortfall together; the dearest is {frame.index[0]!r}: "
        f"{figures.fte(dearest.iloc[0])} if it alone is lifted."
    )


def test_floors_that_cost_nothing_are_said_to() -> None:
    # Three medics more must be there than are needed; no budget says that nurses pay for them.
    floors = "many,medic,south,2030,13,,,\nfew,medic,south,2026,1,,,\n"
    need = {("medic", "south"): 10.0}
    plan = solved(hand(floors=HEAD + floors, need=need))
    answer = ledger(plan, Limits(), relaxed_only=True)
    assert answer.sentences[-1] == (
        "2 floors of service, all kept, cost nothing: the best without them is no better."
    )
    assert answer.frame("floors")["price"].tolist() == [0.0, 0.0, 0.0]
    assert answer.sentences[0] == "This plan has no commitments and no hand-made overrides."


def test_floors_that_are_missed_or_not_counted_have_no_price() -> None:
    said = "this one is held to none."
    missed = hand(floors=HEAD + "many,medic,south,2026,100,,,\n")
    for plan in (solved(missed), allocate(missed, policy(model(1, integer=False, pace="false")))):
        answer = ledger(plan, Limits(), relaxed_only=True)
        assert answer.sentences[-1].endswith(said)
        assert "floors" not in [table.name for table in answer.tables]
    assert not any("floor" in each for each in ledger(solved_without(), Limits()).sentences)


def solved_without() -> Allocation:
    return allocate(hand(), policy(model(1, integer=False, pace="false")))
