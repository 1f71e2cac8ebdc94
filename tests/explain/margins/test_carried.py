import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.core.linear_program import lagrangian_bound
from commission_opt.explain.margins.carried import carried
from commission_opt.explain.margins.prices import first_stage
from commission_opt.policy_file import parse_policy
from samples import model, sample


def test_prices_of_a_stage_prove_the_same_where_its_layout_stays() -> None:
    found = allocate(sample(3, 2, 1, 3).instance, parse_policy(model(integer=False).encode()))
    proof = found.proofs[0]
    of, to = proof.formulation, first_stage(found.problem)
    assert to.program.matrix.shape[0] > of.program.matrix.shape[0]  # there is something to carry
    there = carried(proof.multipliers, of, to)
    mine = lagrangian_bound(of.program, proof.multipliers) * of.aim.scale
    assert lagrangian_bound(to.program, there) * to.aim.scale == pytest.approx(mine, rel=1e-9)
    assert np.count_nonzero(there) == np.count_nonzero(proof.multipliers)
