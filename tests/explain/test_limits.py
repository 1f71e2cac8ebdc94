from __future__ import annotations

import re

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.explain.limits import of_first, standing
from commission_opt.explain.scarce import binding
from commission_opt.files.shipped import find_model
from commission_opt.formulation.rules import LIMITS
from commission_opt.policy_file import parse_policy, read_policy
from samples import model, sample


@pytest.mark.parametrize("years", [1, 2])
def test_limits_are_told_by_their_place_in_the_table_and_the_dearest_first(years: int) -> None:
    instance = sample(4, 3, years, 1).instance
    found = allocate(instance, parse_policy(model(years=years).encode()))
    proof = found.proofs[0]
    for kind in LIMITS.values():
        held = binding(kind, proof.formulation.program, proof.multipliers)
        assert held is not None
        rows, worth = held
        assert (np.diff(worth) <= 0).all()
        prices = np.abs(proof.multipliers[proof.formulation.program.rows[kind.table]])
        assert worth == pytest.approx(prices[rows] * kind.price_step / kind.origin.scale)
        assert np.delete(prices, rows) == pytest.approx(0.0, abs=1e-9 * (1 + prices.max()))


def test_a_kind_that_the_model_leaves_out_has_none() -> None:
    instance = sample(4, 3, 1, 1).instance
    text = model(years=1, budgets=False)
    proof = allocate(instance, parse_policy(text.encode())).proofs[0]
    assert binding(LIMITS["budgets"], proof.formulation.program, proof.multipliers) is None


def test_decisions_are_counted_where_they_stand() -> None:
    instance = sample(4, 3, 2, 1).instance
    found = allocate(instance, parse_policy(model(years=2).encode()))
    said = standing(found.problem, found.proofs[0].formulation.program, found.places)
    numbers = [int(n) for n in re.findall(r"(?<!\S)\d+", said)]
    count, full, _, _, *none = numbers
    assert said.startswith(f"of {count} pairs of a course and a year, ")
    assert count == found.places.size
    assert sum(none) == int((found.places < 0.5).sum())
    capacity = instance.courses["max_intake"].to_numpy(float)[:, None]
    assert full == int(((found.places == capacity) & (capacity > 0)).sum())


def test_only_a_model_with_later_objectives_says_whose_limits_they_are() -> None:
    assert of_first(parse_policy(model().encode())) is None
    said = of_first(read_policy(find_model("value-for-money")))
    assert said is not None
    assert "the weighted shortfall" in said
