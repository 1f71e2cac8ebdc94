"""What follows in many futures at once is what follows in each of them by itself."""

from functools import cache

import numpy as np
import pytest

from commission_opt.arrays import Floats
from commission_opt.formulation.problem import Planning, planning
from commission_opt.futures.kernel import COVERED, Kernel
from commission_opt.futures.outcomes import Outcomes
from commission_opt.futures.staff import Staff
from commission_opt.instance.generate import generate
from commission_opt.instance.instance import Instance
from commission_opt.policy import Objective, Policy, Rules, Tier
from figures_drawn import figures, in_future
from samples import both, sample
from some import some

_TIERS = (Tier(0.05, 1.0), Tier(0.1, 2.0), Tier(np.inf, 4.0))
_BALANCE = ("needed", "demand", "supply", "service", "shortfall")


@cache
def instance_of(kind: str, seed: int) -> Instance:
    """A small instance with one kind of thing beside courses, or with everything."""
    if kind == "levers":
        synthetic = generate(4, 3, 2, seed, 9, levers=True)
        return both(synthetic.settings, synthetic.tables).instance
    more = {"measures": {"measures": 12}, "pools": {"pools": True}, "posts": {"posts": True},
            "floors": {"floors": 4, "measures": 3}}.get(kind, {})  # fmt: skip
    return sample(5, 4, 2, seed, **more).instance  # type: ignore[arg-type]


def model(instance: Instance, years: int, continuation: str) -> Policy:
    """A model with every objective that the instance can have."""
    aims = ["worst_region", "cost", "change", "surplus"]
    aims += ["unemployed"] * instance.has_posts + ["below_floor"] * (len(instance.floors) > 0)
    objectives = (Objective("shortfall", tiers=_TIERS), *(Objective(aim) for aim in aims))
    rules = Rules(continuation=continuation)  # type: ignore[arg-type]
    return Policy("test", "Test", years, objectives, rules=rules, discount_rate=0.03)


def bought(problem: Planning, seed: int) -> Staff:
    """Places, units and FTE deployed at random, in fractions and often too many."""
    rng = np.random.default_rng(seed)
    instance = problem.instance
    most = instance.lines["max_amount"].to_numpy(float)[:, None]
    amounts = most * rng.uniform(0.0, 1.1, (len(most), problem.policy.commissioning_years))
    deployed = None
    if problem.deploys:
        deployed = rng.uniform(0.0, 30.0, instance.deployments.shape)
    return Staff(problem, amounts, deployed)


def close(one: Floats, other: Floats) -> None:
    scale = max(1.0, float(np.max(np.abs(other), initial=0.0)))
    assert np.max(np.abs(one - other), initial=0.0) <= 1e-12 * scale


def same(one: Outcomes, other: Outcomes) -> None:
    for name in _BALANCE:
        close(getattr(one.balance, name), getattr(other.balance, name))
    assert one.objectives.keys() == other.objectives.keys()
    for name, values in other.objectives.items():
        close(one.objectives[name], values)
    assert one.broken.keys() == other.broken.keys()
    for rule, broken in other.broken.items():
        close(one.broken[rule].size, broken.size)
        for w, size in enumerate(broken.size):
            if size > 1e-9:
                assert one.broken[rule].where(w) == broken.where(w)


_CASES = [
    (kind, seed, continuation)
    for seed, kind in enumerate(("plain", "levers", "measures", "pools", "posts", "floors"))
    for continuation in ("repeat", "none", "last_intake")
]


@pytest.mark.parametrize(("kind", "seed", "continuation"), some(_CASES, 4))
def test_many_futures_at_once_are_each_future_by_itself(
    kind: str, seed: int, continuation: str
) -> None:
    instance = instance_of(kind, seed)
    problem = planning(instance, model(instance, 1 + seed % 3, continuation))
    kernel = Kernel(bought(problem, seed))
    columns = sorted(COVERED - ({("courses", "fill_rate"), ("courses", "completion_rate")}
                                if len(instance.eligible) else set()))  # fmt: skip
    drawn = figures(instance, 5, seed, columns)
    assert not kernel.reason(drawn)
    alone = kernel.one_by_one(in_future(instance, drawn, w) for w in range(5))
    same(kernel.outcomes(drawn), alone)


@pytest.mark.each(3)
@pytest.mark.parametrize("kind", ["plain", "levers", "measures", "pools", "posts", "floors"])
def test_staff_of_some_professions_are_theirs_among_all(kind: str) -> None:
    instance = instance_of(kind, 2)
    kernel = Kernel(bought(planning(instance, model(instance, 1, "repeat")), 2))
    drawn = figures(instance, 5, 2)
    whole = kernel.balance(kernel.bought.varied(drawn))[0]
    for own in (slice(0, 1), slice(1, 3), slice(3, instance.shape[0])):
        part = kernel.within(own)
        rows = part.bought.rows.of_pairs
        some = {key: v[:, rows[key[0]]] if key[0] in rows else v for key, v in drawn.items()}
        found = part.balance(part.bought.varied(some))[0]
        for name in _BALANCE:
            assert np.array_equal(getattr(found, name), getattr(whole, name)[own])
