"""The nodes of a growing tree, and the tree that the certificate follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.certificate.cuts import Cuts
from commission_opt.certificate.trees import Subproblem, Tree


@dataclass(eq=False)
class Node:
    """A node of a growing tree."""

    lower: Floats
    upper: Floats
    bound: float
    multipliers: Floats
    x: Floats | None
    split: Fork | None = None


@dataclass(frozen=True, eq=False)
class Fork:
    """A decision takes at most a number of places, or more."""

    decision: int
    at: float
    below: Node
    above: Node


def gains(node: Node, fork: Fork) -> Floats:
    """Return how much a split raises the bound below and above."""
    return np.array([fork.below.bound - node.bound, fork.above.bound - node.bound])


def tree_of(top: Node, block: Subproblem, rows: int, cuts: Cuts, cutoff: float) -> Tree:
    """Return the tree under a node, whose multipliers are of so many rows, as it stands."""
    nodes, stack = [], [top]
    while stack:
        node = stack.pop()
        nodes.append(node)
        stack += (node.split.above, node.split.below) if node.split else ()
    leaves, inner = (
        np.array([node.multipliers for node in nodes if (node.split is None) == leaf])
        for leaf in (True, False)
    )
    return Tree(
        block,
        np.array([node.split.decision if node.split else -1 for node in nodes]),
        np.array([node.split.at if node.split else 0.0 for node in nodes]),
        leaves.reshape(len(leaves), rows),
        inner.reshape(len(inner), rows),
        cutoff,
        cuts,
    )
