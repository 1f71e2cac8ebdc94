from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commission_opt.plan.read import read_plan
from commission_opt.plan.uncertain import solve_in_futures
from commission_opt.plan.verify import verify
from commission_opt.plan.write import write_plan
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.worth import worth
from futures_made import made, row
from plan_of_futures import THREE, weighing
from samples import model, policy, sample


def test_nobody_who_asks_for_the_end_waits_for_what_a_plan_is_worth() -> None:
    instance = sample(2, 2, 1, 3).instance
    futures, limits = made(instance, *THREE), Limits(seconds=20)
    plan, _ = solve_in_futures(instance, policy(model()), futures, limits)
    watch = Watch()
    watch.stop()
    found = worth(replace(plan, alone=()), futures.mean(), limits, watch)
    assert (found.mean_amounts, found.wait_and_see, found.alone) == (None, None, ())
    assert "stopped" in found.reason


@pytest.mark.slow
@pytest.mark.parametrize("risk", ["expected", "cvar", "worst"])
def test_each_of_many_futures_is_solved_where_that_is_asked_for(risk: str, tmp_path: Path) -> None:
    instance, text = sample(2, 2, 1, 3).instance, weighing(model(), risk)
    tables = row("demand", "interval = [0.9, 1.1]"), row("leavers", "interval = [0.8, 1.2]")
    futures, limits = made(instance, *tables, draws=120), Limits(seconds=20)
    how = policy(text)
    _, by_duality = solve_in_futures(instance, how, futures, limits)
    plan, told = solve_in_futures(instance, how, futures, limits, exact=True)
    write_plan(plan, tmp_path / "plan", uncertain=told)
    assert (by_duality.record["proved_alone"], told.record["proved_alone"]) == (0, 120)
    low, high = by_duality.record["wait_and_see"]
    least, most = told.record["wait_and_see"]
    assert low - 1e-6 * high <= least <= most <= high
    assert most - least < 0.01 * most < high - low
    assert plan.bounds is not None
    assert (plan.bounds <= np.array([proof.value for proof in plan.alone])).all()
    assert verify(read_plan(tmp_path / "plan")).holds
