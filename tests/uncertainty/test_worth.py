from dataclasses import replace

from commission_opt.plan.uncertain import solve_in_futures
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.worth import worth
from futures_made import made
from plan_of_futures import THREE
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
