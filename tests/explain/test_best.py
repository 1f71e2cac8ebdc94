from dataclasses import replace

import pytest

from commission_opt.explain.best import BestPlaces
from commission_opt.formulation.problem import planning
from commission_opt.solvers.status import Limits, Watch
from other_units import in_units
from samples import model, policy


def test_budgets_of_pennies_buy_what_those_of_pounds_do() -> None:
    usual, pennies = (
        BestPlaces(Limits(), Watch()).best(
            planning(in_units(0, "money", constant), policy(model(integer=False)))
        )
        for constant in (1.0, 1e-10)
    )
    assert pennies.least.value == pytest.approx(usual.least.value, rel=1e-9)
    assert pennies.least.bound == pytest.approx(usual.least.bound, rel=1e-9)
    assert pennies.spend.value == pytest.approx(1e-10 * usual.spend.value, rel=1e-6)


def test_of_a_model_in_whole_places_the_best_in_fractions_is_returned() -> None:
    problem = planning(in_units(0), policy(model()))
    found, places = BestPlaces(Limits(), Watch()).least(problem)
    fractions = replace(problem, policy=problem.policy.relaxed())
    free, _ = BestPlaces(Limits(), Watch()).least(fractions)
    assert found.value == pytest.approx(found.bound, rel=1e-9)
    # Its box is that of whole places, in which there may be less room.
    assert free.value <= found.value * (1 + 1e-9)
    assert (places % 1 != 0).any()
