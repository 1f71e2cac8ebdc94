"""Generated instances of several sizes and seeds: each gets a certified plan, always the same.

The sizes are large enough for every part of the search; bigger ones are for ``benchmarks/``.
"""

import numpy as np
import pytest

import naive
from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.methods import Method
from commission_opt.solvers.status import Limits
from samples import as_amounts, model, policy, sample
from some import some

SIZES = [(40, 7, 1), (30, 7, 5), (12, 20, 3)]
SMALLER = [(16, 7, 1), (8, 4, 3)]
SOME = [(size, seed) for seed, size in enumerate(SMALLER, start=1)]
ALL = [(size, seed) for size in SIZES for seed in range(1, 11)]
# Courses may close, must stay level, may not move at all, or start again after the plan.
RULES = [
    {"pace": "false"},
    {"level": True},
    {"continuation": "last_intake"},
    {"cohorts": False, "continuation": "none"},
    {"pace": "{ max_increase = 0.05, max_decrease = 0.05, allowance = 1 }"},
]


def check(size: tuple[int, int, int], seed: int, text: str) -> None:
    professions, regions, years = size
    known = sample(professions, regions, years, seed, 12)
    limits = Limits(seconds=300, gap=0.0)
    found = allocate(known.instance, policy(text), limits, method=Method.FAST)
    assert found.certificate.valid, found.certificate.where
    places = as_amounts(known.instance, found.amounts)
    assert naive.kept(known.case, naive.load_policy(text), places)
    achieved = found.certificate.achieved
    assert achieved is not None
    assert achieved >= 0.98
    again = allocate(known.instance, policy(text), limits, method=Method.FAST)
    assert np.array_equal(again.places, found.places)
    assert again.certificate.bound == found.certificate.bound


@pytest.mark.slow
@pytest.mark.parametrize(("size", "seed"), some(SOME, 2))
def test_some(size: tuple[int, int, int], seed: int) -> None:
    check(size, seed, model(size[2]))


@pytest.mark.slow
@pytest.mark.parametrize(("size", "seed"), ALL)
def test_all(size: tuple[int, int, int], seed: int) -> None:
    check(size, seed, model(size[2]))


@pytest.mark.each(3)
@pytest.mark.parametrize("rules", some(RULES, 2))
def test_other_rules(rules: dict[str, object]) -> None:
    check((5, 3, 3), 1, model(3, **rules))  # type: ignore[arg-type]
