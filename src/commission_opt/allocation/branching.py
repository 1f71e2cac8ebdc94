"""Grow trees over blocks of courses, until the bound is near enough or the nodes are spent."""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from commission_opt.allocation.relaxation import Relaxation
from commission_opt.branching import (
    Block,
    Leaf,
    Split,
    Tree,
    block_program,
    branched_bound,
    next_number,
    priced_cost,
)
from commission_opt.formulation.assemble import Formulation
from commission_opt.linear_program import Floats, LinearProgram, lagrangian_bound
from commission_opt.solvers.hot import HotProgram
from commission_opt.solvers.status import Limits, Watch

Ints = npt.NDArray[np.int64]


def strengthened(
    formulation: Formulation,
    relaxation: Relaxation,
    limits: Limits,
    watch: Watch,
    *,
    nodes: int,
    seconds: float,
    places: Floats | None = None,
) -> Relaxation:
    """Raise the bound of a relaxation by a tree over each block.

    Parameters
    ----------
    formulation : Formulation
    relaxation : Relaxation
        Its multipliers price the rows that tie blocks together.
    limits : Limits
    watch : Watch
        Can stop the search.
    nodes : int
        Most nodes of a tree.
    seconds : float
        Time.
    places : array, shape (C, K), optional
        Places; no tree is grown beyond what they cost.

    Returns
    -------
    Relaxation
        With trees, if they raise the bound; otherwise as it was.
    """
    end = time.perf_counter() + seconds
    program = formulation.program
    blocks = blocks_of(formulation)
    tied = np.ones(len(program.row_lower), dtype=bool)
    tied[np.concatenate([np.zeros(0, np.int64), *(block.rows for block in blocks)])] = False
    priced = priced_cost(program, np.where(tied, relaxation.multipliers, 0.0))
    by_row = sparse.csr_array(program.matrix)
    point = None if places is None else formulation.point(places)
    trees = []
    for block in blocks:
        left = end - time.perf_counter()
        if left <= 0 or watch.stopped:
            break
        part = block_program(program, by_row, priced, block)
        known = np.inf if point is None else part.value(point[block.columns])
        growing = _Growing(formulation, block, part, limits)
        growing.grow(nodes, known, end)
        trees.append(Tree(block, growing.root()))
    bound = branched_bound(formulation, relaxation.multipliers, trees)
    if bound <= relaxation.bound:
        return relaxation
    return replace(relaxation, bound=bound, trees=tuple(trees))


def blocks_of(formulation: Formulation) -> list[Block]:
    """Split a program into blocks.

    A row ties blocks together if it is on several courses and has no column beside them, or has no
    decision at all; all other rows belong to a block.
    """
    program, per_course = formulation.program, formulation.problem.layout.per_course
    n = len(formulation.step)
    rows, columns = program.matrix.shape
    entries = sparse.coo_array(program.matrix)
    row, column = entries.coords
    is_decision = column < n
    course = column[is_decision] // per_course
    first, last = np.full(rows, n), np.full(rows, -1)
    np.minimum.at(first, row[is_decision], course)
    np.maximum.at(last, row[is_decision], course)
    beside = np.zeros(rows, dtype=bool)
    beside[row[~is_decision]] = True
    own = (last >= 0) & (beside | (first == last))
    kept = own[row]
    decisions = np.arange(n)
    links = sparse.coo_array(
        (
            np.ones(int(kept.sum()) + n),
            (
                np.concatenate([row[kept], rows + decisions]),
                np.concatenate([rows + column[kept], rows + decisions // per_course * per_course]),
            ),
        ),
        shape=(rows + columns, rows + columns),
    )
    _, label = connected_components(links, directed=False)
    of_column, of_row = label[rows:], np.where(own, label[:rows], -1)
    by_label = np.argsort(of_column, kind="stable")
    rows_by_label = np.argsort(of_row, kind="stable")
    found = []
    for name in np.unique(of_column[:n]):
        mine = by_label[slice(*np.searchsorted(of_column[by_label], [name, name + 1]))]
        its = rows_by_label[slice(*np.searchsorted(of_row[rows_by_label], [name, name + 1]))]
        found.append(Block(np.sort(mine), np.sort(its), int((mine < n).sum())))
    return found


@dataclass(eq=False)
class _Node:
    """A node of a growing tree."""

    lower: Floats
    upper: Floats
    bound: float
    multipliers: Floats
    x: Floats | None
    split: tuple[int, float, _Node, _Node] | None = None

    def frozen(self) -> Leaf | Split:
        if self.split is None:
            return Leaf(self.multipliers)
        column, at, below, above = self.split
        return Split(column, at, below.frozen(), above.frozen())


@dataclass(eq=False)
class _Growing:
    """A tree over a block, grown where its bound is least."""

    formulation: Formulation
    block: Block
    part: LinearProgram
    limits: Limits
    hot: HotProgram = field(init=False)
    top: _Node = field(init=False)

    def __post_init__(self) -> None:
        self.hot = HotProgram(self.part, self.limits)
        count = self.block.decisions
        nothing = np.zeros(len(self.part.row_lower))
        self.top = self._node(self.part.lower[:count], self.part.upper[:count], nothing)

    def root(self) -> Leaf | Split:
        return self.top.frozen()

    def grow(self, nodes: int, known: float, end: float) -> None:
        """Split the leaf with the least bound until it reaches what is known to cost so much."""
        heap = [(self.top.bound, 0, self.top)]
        count = 0
        while heap and count < nodes and time.perf_counter() < end:
            bound, _, node = heapq.heappop(heap)
            choice = self._choice(node)
            if bound >= known - 1e-9 * max(1.0, abs(known)) or choice is None:
                break
            column, at = choice
            lower, upper = node.lower.copy(), node.upper.copy()
            upper[column] = at
            lower[column] = next_number(self.formulation, int(self.block.columns[column]), at)
            below = self._node(node.lower, upper, node.multipliers)
            above = self._node(lower, node.upper, node.multipliers)
            node.split = (column, at, below, above)
            for child in (below, above):
                count += 1
                heapq.heappush(heap, (child.bound, count, child))

    def _choice(self, node: _Node) -> tuple[int, float] | None:
        """Return the decision that is furthest from an admissible number, and where to split it."""
        if node.x is None:
            return None
        columns = self.block.columns[: self.block.decisions]
        step, smallest = self.formulation.step[columns], self.formulation.smallest[columns]
        x = node.x
        off = np.abs(x / step - np.round(x / step))
        off = np.where(x < smallest, np.minimum(x, smallest - x) / np.maximum(smallest, 1.0), off)
        off[node.upper - node.lower < 1e-9] = 0.0
        column = int(np.argmax(off))
        if not off[column] > 1e-6:
            return None
        below = np.floor(x[column] / step[column]) * step[column]
        return column, float(0.0 if below < smallest[column] else below)

    def _node(self, lower: Floats, upper: Floats, inherited: Floats) -> _Node:
        """Bound a node; where the solver has no better multipliers, inherit its parent's."""
        count = self.block.decisions
        result = self.hot.solve(lower, upper)
        part = replace(
            self.part,
            lower=np.concatenate([lower, self.part.lower[count:]]),
            upper=np.concatenate([upper, self.part.upper[count:]]),
        )
        bound, multipliers = lagrangian_bound(part, inherited), inherited
        if result.multipliers is not None:
            own = lagrangian_bound(part, result.multipliers)
            if own > bound:
                bound, multipliers = own, result.multipliers
        x = None if result.x is None else result.x[:count]
        return _Node(lower, upper, bound, multipliers, x)
