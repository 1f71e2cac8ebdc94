from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commission_opt.accounts.effects import Effects, effects
from commission_opt.formulation.problem import planning
from handworked import hand
from samples import model, policy


def test_a_problem_bundles_what_rules_and_objectives_need() -> None:
    instance, chosen = hand(), policy(model(2, level=True, cohorts=False))
    problem = planning(instance, chosen)
    assert problem.instance is instance
    assert problem.policy is chosen
    assert (problem.layout.grid.shape, problem.layout.years) == ((3, 1), 2)
    assert problem.cohorts.smallest.tolist() == [5, 1, 1]
    assert problem.effects.supply.constant.shape == (instance.cells.size,)
    assert problem.effects.supply.constant == pytest.approx(effects(instance).supply.constant)


def test_effects_that_are_known_are_taken() -> None:
    instance = hand()
    known = effects(instance)
    assert planning(instance, policy(model()), known).effects is known


def test_the_layout_follows_the_continuation() -> None:
    instance = hand()
    last = planning(instance, policy(model(continuation="last_intake"))).layout
    assert last.started.constant.reshape(3, 5).tolist() == [[0, *[n] * 4] for n in (20, 8, 3)]
    none = planning(instance, policy(model(continuation="none"))).layout
    assert np.count_nonzero(none.started.constant) == 0


def test_what_follows_from_the_same_inputs_is_taken_from_the_last_problem() -> None:
    instance, chosen = hand(), policy(model(2))
    last = planning(instance, chosen)
    more = replace(instance, demand=instance.demand + 1.0)
    found = planning(more, chosen, last.effects, last=last)
    assert found.instance is more
    assert (found.layout, found.cohorts) == (last.layout, last.cohorts)
    matrices = [
        [account.matrix for account in vars(of.column_effects).values()] for of in (found, last)
    ]
    assert all(one is other for one, other in zip(*matrices, strict=True))


def with_supply(of: Effects, **changed: Any) -> Effects:
    return replace(of, supply=replace(of.supply, **changed))


def test_what_is_there_before_anything_is_bought_is_never_taken_from_the_last_problem() -> None:
    instance, chosen = hand(), policy(model(2, continuation="last_intake"))
    last = planning(instance, chosen)
    more = with_supply(last.effects, constant=last.effects.supply.constant + 1.0)
    found = planning(instance, chosen, more, last=last).column_effects.supply
    before = last.column_effects.supply
    assert found.constant == pytest.approx(before.constant + 1.0)
    assert found.matrix is before.matrix


def test_nothing_is_taken_from_the_last_problem_that_no_longer_holds() -> None:
    instance, chosen = hand(), policy(model(2))
    last = planning(instance, chosen)
    doubled = with_supply(last.effects, matrix=last.effects.supply.matrix * 2.0)
    found = planning(instance, chosen, doubled, last=last)
    assert found.column_effects.supply.matrix.sum() == pytest.approx(
        2.0 * last.column_effects.supply.matrix.sum()
    )
    courses = instance.courses.assign(max_intake=instance.courses["max_intake"] * 2)
    wider = planning(replace(instance, courses=courses), chosen, last.effects, last=last)
    assert wider.cohorts.capacity.tolist() == (2 * last.cohorts.capacity).tolist()
    level = planning(instance, policy(model(2, level=True)), last.effects, last=last)
    assert level.layout.grid.shape[1] == 1
    assert level.column_effects.supply.matrix.shape[1] == level.layout.size
