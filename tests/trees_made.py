"""Trees over blocks of courses, grown or drawn at random."""

import numpy as np

from commission_opt.allocation.branching import strengthened
from commission_opt.allocation.relaxation import Relaxation, solve_relaxation
from commission_opt.arrays import Floats
from commission_opt.certificate.trees import (
    Subproblem,
    Tree,
)
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.status import Limits, Watch


def relaxed(formulation: Formulation) -> Relaxation:
    return solve_relaxation(formulation, Limits(), Watch())


def grown(formulation: Formulation, nodes: int, places: Floats | None = None) -> Relaxation:
    return strengthened(
        formulation,
        relaxed(formulation),
        Limits(),
        Watch(),
        nodes=nodes,
        seconds=60.0,
        places=places,
    )


def random_tree(
    formulation: Formulation, block: Subproblem, rng: np.random.Generator, depth: int
) -> Tree:
    """Split at random, all branches as deep."""
    split, at = np.zeros(0, dtype=np.int64), np.zeros(0)
    nodes = [depth]
    while nodes:
        left = nodes.pop()
        column = int(rng.integers(block.decisions)) if left else -1
        most = float(formulation.largest[block.columns[max(column, 0)]]) + 2
        split, at = np.append(split, column), np.append(at, rng.uniform(-1, most))
        nodes += [left - 1, left - 1] * (left > 0)
    return Tree(block, split, at, rng.normal(size=(2**depth, len(block.rows))))


def one_leaf(block: Subproblem, multipliers: Floats) -> Tree:
    return Tree(block, np.array([-1]), np.zeros(1), multipliers[block.rows][None, :])
