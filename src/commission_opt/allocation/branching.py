"""Grow trees over blocks of courses, until the bound is near enough or the nodes are spent."""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, field, replace

import numpy as np
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

_TRIED = 8  # decisions that are tried before one is split
_BEYOND = 1e7  # multipliers that prove a node impossible


def strengthened(
    formulation: Formulation,
    relaxation: Relaxation,
    limits: Limits,
    watch: Watch,
    *,
    nodes: int,
    seconds: float,
    places: Floats | None = None,
    blocks: list[Block] | None = None,
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
    blocks : list of Block, optional
        The blocks; those that rows leave if not given.

    Returns
    -------
    Relaxation
        With trees, if they raise the bound; otherwise as it was.
    """
    end = time.perf_counter() + seconds
    program = formulation.program
    blocks = blocks_of(formulation) if blocks is None else blocks
    tied = np.ones(len(program.row_lower), dtype=bool)
    tied[np.concatenate([np.zeros(0, np.int64), *(block.rows for block in blocks)])] = False
    priced = priced_cost(program, np.where(tied, relaxation.multipliers, 0.0))
    by_row = sparse.csr_array(program.matrix)
    point = None if places is None else formulation.point(places)
    trees = []
    for k, block in enumerate(blocks):
        now = time.perf_counter()
        if watch.late(end) or watch.stopped:
            break
        part = block_program(program, by_row, priced, block)
        known = np.inf if point is None else part.value(point[block.columns])
        # What earlier blocks did not need is left to later ones.
        until = min(end, now + 2.0 * (end - now) / (len(blocks) - k))
        growing = _Growing(formulation, block, part, limits, watch, until)
        growing.grow(nodes, known)
        trees.append(Tree(block, growing.root()))
    bound = branched_bound(formulation, relaxation.multipliers, trees)
    if bound <= relaxation.bound:
        return relaxation
    return replace(relaxation, bound=bound, trees=tuple(trees))


def whole_block(formulation: Formulation) -> Block:
    """Return the block of everything: no row is priced, so its tree may close the whole gap."""
    rows, columns = formulation.program.matrix.shape
    return Block(np.arange(columns), np.arange(rows), len(formulation.step))


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


def _progress(node: _Node, split: tuple[int, float, _Node, _Node]) -> float:
    """Return how much a split raises the bound on both sides."""
    below, above = (max(child.bound - node.bound, 1e-6) for child in split[2:])
    return below * above


@dataclass(eq=False)
class _Growing:
    """A tree over a block, grown where its bound is least."""

    formulation: Formulation
    block: Block
    part: LinearProgram
    limits: Limits
    watch: Watch
    end: float
    hot: HotProgram = field(init=False)
    top: _Node = field(init=False)

    def __post_init__(self) -> None:
        self.hot = HotProgram(self.part, self.limits, self.watch.inner())
        count = self.block.decisions
        nothing = np.zeros(len(self.part.row_lower))
        self.top = self._node(self.part.lower[:count], self.part.upper[:count], nothing, np.inf)

    def root(self) -> Leaf | Split:
        """Return the tree as it stands, built from its leaves; it may be deep."""
        order, stack = [], [self.top]
        while stack:
            node = stack.pop()
            order.append(node)
            stack += node.split[2:] if node.split else ()
        done: dict[int, Leaf | Split] = {}
        for node in reversed(order):
            if node.split is None:
                done[id(node)] = Leaf(node.multipliers)
            else:
                column, at, below, above = node.split
                done[id(node)] = Split(column, at, done.pop(id(below)), done.pop(id(above)))
        return done[id(self.top)]

    def grow(self, nodes: int, known: float) -> None:
        """Split the leaf with the least bound until it reaches what is known to cost so much."""
        heap = [(self.top.bound, 0, self.top)]
        count = 0
        watch = self.watch
        while heap and count < nodes and not watch.late(self.end) and not watch.stopped:
            bound, _, node = heapq.heappop(heap)
            if bound >= known - 1e-9 * max(1.0, abs(known)):
                break
            tried = [self._children(node, column, at) for column, at in self._choices(node)]
            if not tried:
                break
            node.split = max(tried, key=lambda split: _progress(node, split))
            for child in node.split[2:]:
                count += 1
                heapq.heappush(heap, (child.bound, count, child))

    def _children(self, node: _Node, column: int, at: float) -> tuple[int, float, _Node, _Node]:
        lower, upper = node.lower.copy(), node.upper.copy()
        upper[column] = at
        lower[column] = next_number(self.formulation, int(self.block.columns[column]), at)
        below = self._node(node.lower, upper, node.multipliers, node.bound)
        return column, at, below, self._node(lower, node.upper, node.multipliers, node.bound)

    def _choices(self, node: _Node) -> list[tuple[int, float]]:
        """Return the decisions furthest from an admissible number, and where to split them."""
        if node.x is None:
            return []
        columns = self.block.columns[: self.block.decisions]
        step, smallest = self.formulation.step[columns], self.formulation.smallest[columns]
        x = node.x
        off = np.abs(x / step - np.round(x / step))
        off = np.where(x < smallest, np.minimum(x, smallest - x) / np.maximum(smallest, 1.0), off)
        off[node.upper - node.lower < 1e-9] = 0.0
        some = np.argsort(-off, kind="stable")[:_TRIED]
        below = np.floor(x / step) * step
        below = np.where(below < smallest, 0.0, below)
        return [(int(k), float(below[k])) for k in some if off[k] > 1e-6]

    def _node(self, lower: Floats, upper: Floats, inherited: Floats, least: float) -> _Node:
        """Bound a node; where the solver's multipliers prove less than its parent's, inherit."""
        count = self.block.decisions
        result = self.hot.solve(lower, upper, self.end - time.perf_counter())
        part = replace(
            self.part,
            lower=np.concatenate([lower, self.part.lower[count:]]),
            upper=np.concatenate([upper, self.part.upper[count:]]),
        )
        tried = [] if result.multipliers is None else [result.multipliers]
        if result.ray is not None:  # along it, the bound of an impossible node has no end
            size = _BEYOND / max(1e-9, float(np.max(np.abs(result.ray), initial=0.0)))
            tried += [inherited + size * result.ray, inherited - size * result.ray]
        bounds = [lagrangian_bound(part, y) for y in tried]
        if max(bounds, default=-np.inf) < least:
            tried.append(inherited)
            bounds.append(lagrangian_bound(part, inherited))
        best = int(np.argmax(bounds))
        x = None if result.x is None else result.x[:count]
        return _Node(lower, upper, bounds[best], tried[best], x)
