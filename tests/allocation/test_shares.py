"""Fair shares at given sums: stricter than the rule, and weighed by the same prices."""

from dataclasses import replace

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.conditioned import conditioned
from commission_opt.allocation.improve import broken
from commission_opt.allocation.methods import searched
from commission_opt.allocation.shares import at_sums
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.assemble import Formulation
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.status import Limits, Watch
from samples import model, sample, task, written

RULE = 'fair_share = { max_deviation = 0.3, basis = "last_intake" }'
SEEDS = range(4)


def shared(seed: int, years: int = 1) -> Task:
    """A task whose regions have fair shares."""
    text = model(years, rules=RULE)
    return task(conditioned(written(sample(5, 3, years, seed).instance, text)))


def shares_broken(formulation: Formulation, x: Floats) -> float:
    """How far places break the rows of fair shares."""
    program, worst = formulation.program, 0.0
    for name in ("fair_share_most", "fair_share_least"):
        where = program.rows[name]
        activity = (program.matrix[:, : len(x)] @ x)[where]
        over = np.maximum(program.row_lower[where] - activity, activity - program.row_upper[where])
        worst = max(worst, float(over.max()))
    return worst


@pytest.mark.parametrize("years", [1, 2])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_keeps_the_stricter_rows_keeps_the_shares(seed: int, years: int) -> None:
    own = shared(seed, years)
    strict = at_sums(own, own.relaxation.columns)
    assert strict is not None
    program, rng = strict.formulation.program, np.random.default_rng(seed)
    n, found = len(own.relaxation.columns), 0
    for _ in range(6):
        cost = np.append(rng.normal(size=n), np.zeros(len(program.cost) - n))
        result = solve_linear(replace(program, cost=cost), Limits(), Watch())
        if result.x is not None:
            found += 1
            assert shares_broken(own.formulation, result.x[:n]) <= 1e-6
    assert found == 6


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_keeps_its_own_sums(seed: int) -> None:
    own = shared(seed)
    x = searched(own)
    assert x is not None
    assert not len(broken(own.formulation, x))
    strict = at_sums(own, x, exactly=True)
    assert strict is not None
    assert not len(broken(strict.formulation, x))


@pytest.mark.parametrize("seed", SEEDS)
def test_prices_weigh_places_as_before(seed: int) -> None:
    own = shared(seed)
    strict = at_sums(own, own.relaxation.columns)
    assert strict is not None
    one, other = (t.formulation.program.matrix.T @ t.relaxation.multipliers for t in (own, strict))
    np.testing.assert_allclose(other, one, atol=1e-9)


def test_without_shares_there_is_nothing_to_hold() -> None:
    own = task(conditioned(written(sample(4, 3, 1, 0).instance, model(1))))
    assert at_sums(own, own.relaxation.columns) is None


@pytest.mark.slow
def test_many_regions_with_fair_shares_come_near_their_bound() -> None:
    """Searched with the rows as they are, the plan is 0.7 % from its bound for the same work."""
    instance, policy = (
        read_instance(find_instance("england-icb-2026")),
        read_policy(find_model("fair-shares")),
    )
    policy = replace(policy, objectives=policy.objectives[:1])
    found = allocate(instance, policy, Limits(600.0, work=8.0))
    assert found.certificate.valid
    assert found.certificate.stages[0].gap < 0.002
