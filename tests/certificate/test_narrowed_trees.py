"""Trees whose nodes are narrowed: never above the best plan, and smaller."""

from dataclasses import replace

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.blocks import whole_block
from commission_opt.allocation.branching import strengthened
from commission_opt.certificate.propagation import propagated
from commission_opt.certificate.trees import (
    branched_bound,
)
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.solvers.status import Limits, Watch
from enumeration import NAMES, every_plan, tiny
from samples import model, policy, problem_of, sample, written
from trees_made import random_tree, relaxed


@pytest.mark.each(5)
@pytest.mark.parametrize("seed", range(20))
def test_any_narrowed_tree_is_valid(seed: int) -> None:
    """Wherever it is cut off and whatever narrows it: it closes no better plan than it claims."""
    rng = np.random.default_rng(seed)
    name = NAMES[seed % len(NAMES)]
    known = tiny(name)
    problem = problem_of(known.instance, known.text([("shortfall", 0.0)]))
    formulation = formulate(problem, aims(problem)[0])
    best = min(plan["shortfall"] for plan in every_plan(name))
    multipliers, block = relaxed(formulation).multipliers, whole_block(formulation)
    for scale in (0.0, 0.0, 0.3):
        for cutoff in (0.5 * best, best - 1e-6, best + 1e-6, 1.5 * best + 1.0, np.inf):
            tree = random_tree(formulation, block, rng, 3)
            shape = len(tree.leaves) - 1, len(block.rows)
            inner = np.tile(multipliers, (shape[0], 1)) + scale * rng.normal(size=shape)
            leaves = np.tile(multipliers, (len(tree.leaves), 1))
            tree = replace(
                tree, leaves=leaves, inner=inner, cutoff=cutoff - formulation.program.offset
            )
            bound = branched_bound(formulation, multipliers, [tree])
            assert bound <= min(best, cutoff) + 1e-9


def test_a_narrowed_tree_needs_fewer_nodes() -> None:
    formulation = propagated(written(sample(6, 3, 1, 3).instance, model()))
    plan = allocate(sample(6, 3, 1, 3).instance, policy(model()), Limits(gap=1e-5)).places
    [tree] = strengthened(
        formulation, relaxed(formulation), Limits(gap=1e-5), Watch(),
        nodes=2000, seconds=60.0, places=plan, blocks=[whole_block(formulation)],
    ).trees  # fmt: skip
    nothing = np.zeros(len(formulation.program.row_lower))
    bound = branched_bound(formulation, nothing, [tree])
    plain = replace(tree, inner=np.zeros((0, 0)), cutoff=np.inf)
    assert branched_bound(formulation, nothing, [plain]) < bound
    value = formulation.program.value(formulation.point(plan))
    assert bound >= value - 1.001e-5 * abs(value)
