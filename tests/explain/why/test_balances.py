"""The worth of one more on every line at once: that of each line by itself."""

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.explain.margins.prices import first_stage, next_to_plan
from commission_opt.explain.why.balances import COMMITMENT, STAFF, Balances, Counterpart
from commission_opt.explain.why.one_more import balance
from commission_opt.formulation.parts import PLACES
from commission_opt.policy_file import parse_policy, read_policy
from commission_opt.solvers.status import Limits, Watch
from promised import FLOOR, MODEL, two_by_two
from samples import model, sample


@pytest.mark.parametrize("measures", [0, 2])
def test_gain_and_loss_are_those_of_each_line(measures: int) -> None:
    instance = sample(4, 3, 2, 1, measures=measures).instance
    plan = allocate(instance, parse_policy(model(2).encode()), Limits(seconds=20.0))
    stage = first_stage(plan.problem)
    near = next_to_plan(stage, plan.amounts, Limits(), Watch())
    found = Balances(stage, near.optimum.multipliers)
    reduced = near.reduced[near.program.columns[PLACES]] * near.scale
    assert found.gain - found.loss == pytest.approx(-reduced, abs=1e-9)
    staff = found.sources.index(Counterpart(STAFF))
    for column in range(plan.problem.layout.size):
        worth = balance(near, column, "place")
        supply = worth.loc[worth["kind"] == "supply", "worth"].sum()
        assert found.worth[staff, column] == pytest.approx(supply, abs=1e-7)
        for limit, start in (("budgets", "budget of fund"), ("placements", "capacity of pool")):
            own = worth[worth["kind"] == limit]
            assert own["what"].str.startswith(start).all()
            mine = [i for i, source in enumerate(found.sources) if source.kind == limit]
            sums = found.worth[mine, column].sum()
            assert sums == pytest.approx(own["worth"].sum(), abs=1e-7)
    assert (np.abs(found.worth[staff]) > 0).any()


def test_what_a_commitment_asks_for_is_what_it_costs_a_place() -> None:
    # On paper: a place of nurses in the south brings 3.04, and the £10,000 3.344 in the north.
    plan = allocate(two_by_two(FLOOR), read_policy(MODEL).relaxed())
    stage = first_stage(plan.problem)
    found = Balances(
        stage, next_to_plan(stage, plan.amounts, Limits(), Watch()).optimum.multipliers
    )
    south = plan.instance.courses["course"].tolist().index("nurse-south")
    asked = found.worth[found.sources.index(Counterpart(COMMITMENT, "floor")), south]
    assert asked == pytest.approx(0.304)
    assert found.gain[south] == pytest.approx(3.04 + 0.304)
    assert found.loss[south] == pytest.approx(3.344)
    assert found.net[south] == 0.0
