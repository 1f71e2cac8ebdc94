"""A bound beyond the linear relaxation: trees over blocks of courses, proved by weak duality.

Rows that tie blocks of courses together, such as budgets, are priced into the objective by their
multipliers. What is left falls apart into blocks, and the bound of a block may come from a tree: a
node splits the admissible numbers of one decision at a value, so that every admissible plan is in
one of its leaves, and each leaf has multipliers of its own. The least bound of its leaves bounds
the block, whatever the splits and the multipliers are.

Numbers that cost no less than a value need no leaf, if the tree claims no more than that value. So
its nodes may have multipliers too: their reduced costs, and what rows imply of the box that these
leave, close more numbers from node to node. Both are worked out again here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.certificate.cuts import Cuts, with_cuts
from commission_opt.certificate.propagation import Box, Implications, implications
from commission_opt.core.linear_program import (
    LinearProgram,
    box_terms,
    lagrangian_bound,
    priced,
    rounded_down,
    row_terms,
)
from commission_opt.formulation.assemble import Formulation

_ROUNDS = 4  # at each node


@dataclass(frozen=True, eq=False)
class Subproblem:
    """A part of a program that only priced rows tie to others.

    Parameters
    ----------
    columns : array of int
        Its columns; its decisions come first, in their order.
    rows : array of int
        Its rows; none touches any other column.
    decisions : int
        Number of its decision columns.
    """

    columns: Ints
    rows: Ints
    decisions: int


@dataclass(frozen=True, eq=False)
class Tree:
    """The tree over a block, its nodes as one meets them going down, below before above.

    Parameters
    ----------
    block : Subproblem
    split : array of int, shape (nodes,)
        Position among the block's columns of the decision that a node splits; -1 for a leaf.
    at : array, shape (nodes,)
        Places: below, the decision takes at most so many, above, more.
    leaves : array, shape (leaves, rows)
        Multipliers of the block's rows, and of its cuts after them, at the end of each branch.
    inner : array, shape (splits, rows) or (0, rows)
        Multipliers at each split, by which its box and those below it are narrowed; none if they
        are not.
    cutoff : float
        Numbers that cost no less may be left out, so that no more is claimed of the block; in units
        of the priced program without its constant.
    cuts : Cuts, optional
        Further rows of the block.

    Raises
    ------
    ValueError
        If the nodes are those of no tree, or split what is no decision.
    """

    block: Subproblem
    split: Ints
    at: Floats
    leaves: Floats
    inner: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    cutoff: float = np.inf
    cuts: Cuts | None = None

    def __post_init__(self) -> None:
        inner, block = self.split >= 0, self.block
        rows = len(block.rows) + len(self.cuts or ())
        if self.cuts is not None and not (
            self.cuts.forms.shape[1] == len(block.columns)
            and self.cuts.below.shape[1] == rows
            and (self.cuts.split < block.decisions).all()
        ):
            raise ValueError("cuts are those of another block")
        open_ends = np.cumsum(np.append(1, np.where(inner, 1, -1)))
        if open_ends[-1] != 0 or (open_ends[:-1] <= 0).any() or len(self.at) != len(self.split):
            raise ValueError("the nodes are those of no tree")
        if self.leaves.shape != (int((~inner).sum()), rows):
            raise ValueError("a tree has other leaves than its nodes say")
        if len(self.inner) and self.inner.shape != (int(inner.sum()), rows):
            raise ValueError("a tree has other splits than its nodes say")
        if np.isnan(self.cutoff):
            raise ValueError("a tree is cut off nowhere")
        if (self.split >= self.block.decisions).any() or not np.isfinite(self.at[inner]).all():
            raise ValueError("a tree splits a column that is no decision, or nowhere")


def branched_bound(formulation: Formulation, multipliers: Floats, trees: Sequence[Tree]) -> float:
    """Return the bound that multipliers and trees prove.

    Parameters
    ----------
    formulation : Formulation
    multipliers : array, shape (m,)
        Any multipliers of the rows outside the trees.
    trees : sequence of Tree
        Over blocks that share neither columns nor rows.

    Returns
    -------
    float
        In units of the program; ∞ if a block has no admissible numbers at all.

    Raises
    ------
    ValueError
        If places need not be whole, a position is none of the program, a row of a block touches a
        column outside, or blocks overlap.
    """
    program = formulation.program
    if not trees:
        return lagrangian_bound(program, multipliers)
    if not formulation.problem.policy.integer:
        raise ValueError("trees split whole places")
    _check_blocks(formulation, trees)
    own_rows = np.concatenate([tree.block.rows for tree in trees])
    own_columns = np.concatenate([tree.block.columns for tree in trees])
    outside = np.ones(len(multipliers), dtype=bool)
    outside[own_rows] = False
    costs = priced(program, np.where(outside, multipliers, 0.0))
    products, errors = box_terms(program, costs, own_columns)
    unsure = own_columns[costs.error[own_columns] > 0]
    farthest = np.maximum(np.abs(program.lower), np.abs(program.upper))[unsure]
    by_row = sparse.csr_array(program.matrix)
    bounds = [_tree_bound(formulation, by_row, costs.cost, tree) for tree in trees]
    if np.inf in bounds:
        return np.inf
    return rounded_down(
        [program.offset, *bounds],
        np.concatenate([row_terms(program, costs), products]),
        np.concatenate([errors, costs.error[unsure] * farthest]),
    )


def _check_blocks(formulation: Formulation, trees: Sequence[Tree]) -> None:
    """Refuse blocks whose positions are not in the program, or not each of them once."""
    rows, columns = formulation.program.matrix.shape
    for size, parts in (
        (rows, [tree.block.rows for tree in trees]),
        (columns, [tree.block.columns for tree in trees]),
    ):
        own = np.concatenate(parts)
        if own.dtype.kind != "i" or (own < 0).any() or (own >= size).any():
            raise ValueError("a block has positions that are not in the program")
        if len(np.unique(own)) < len(own):
            raise ValueError("blocks overlap")
    for block in (tree.block for tree in trees):
        split = block.columns[: block.decisions]
        if not 0 <= block.decisions == len(split) or (split >= len(formulation.step)).any():
            raise ValueError("a block splits columns that are no decisions")
    for tree in trees:
        own = tree.split[tree.split >= 0]
        own = own if tree.cuts is None else np.concatenate([own, tree.cuts.split])
        split = tree.block.columns[own]
        if not formulation.whole[split].all():
            raise ValueError("a tree splits decisions that need not be whole")


def priced_cost(program: LinearProgram, multipliers: Floats) -> Floats:
    """Return the cost of each column when rows are priced by multipliers."""
    return priced(program, multipliers).cost


def block_program(
    program: LinearProgram, by_row: sparse.csr_array, priced: Floats, block: Subproblem
) -> LinearProgram:
    """Cut a block out of a program; raise ValueError if one of its rows reaches further."""
    rows = by_row[block.rows]
    matrix = sparse.csc_array(sparse.csc_array(rows)[:, block.columns])
    if matrix.nnz != rows.nnz:
        raise ValueError("a row of a block touches a column outside")
    return LinearProgram(
        matrix,
        priced[block.columns],
        program.lower[block.columns],
        program.upper[block.columns],
        program.row_lower[block.rows],
        program.row_upper[block.rows],
        0.0,
        {},
        {},
    )


def next_number(formulation: Formulation, column: int, at: float) -> float:
    """Return the smallest admissible number of a decision above some places."""
    step, smallest = formulation.step[column], formulation.smallest[column]
    if at < 0.0:
        return 0.0
    return float(smallest if at < smallest else (np.floor(at / step) + 1.0) * step)


def _tree_bound(
    formulation: Formulation, by_row: sparse.csr_array, priced: Floats, tree: Tree
) -> float:
    """Return the least bound of the leaves, at most where the tree is cut off."""
    block = tree.block
    whole = block_program(formulation.program, by_row, priced, block)
    split = block.columns[: block.decisions]
    numbers = implications(formulation, block.rows, split)
    if tree.cuts is not None:
        pairs = zip(split[tree.cuts.split].tolist(), tree.cuts.at.tolist(), strict=True)
        following = np.array([next_number(formulation, column, at) for column, at in pairs])
        whole = with_cuts(whole, tree.cuts, following)
    least, leaves, inner = tree.cutoff, iter(tree.leaves), iter(tree.inner)
    stack: list[LinearProgram | None] = [whole]
    for decision, at in zip(tree.split.tolist(), tree.at.tolist(), strict=True):
        part = stack.pop()
        if decision < 0:
            multipliers = next(leaves)
            bound = np.inf if part is None else lagrangian_bound(part, multipliers)
            if bound < least:
                left = part and narrowed(numbers, part, multipliers, tree.cutoff)
                bound = np.inf if left is None else bound
            least = min(least, bound)
            continue
        multipliers = next(inner, None)
        if part is not None and multipliers is not None:
            part = boxed(part, narrowed(numbers, part, multipliers, tree.cutoff))
        below = above = None
        if part is not None:
            column = int(split[decision])
            upper, lower = part.upper.copy(), part.lower.copy()
            upper[decision] = min(upper[decision], at)
            lower[decision] = max(lower[decision], next_number(formulation, column, at))
            if part.lower[decision] <= upper[decision]:
                below = replace(part, upper=upper)
            if lower[decision] <= part.upper[decision]:
                above = replace(part, lower=lower)
        below, above = (side and boxed(side, implied(numbers, side)) for side in (below, above))
        stack += [above, below]
    return least


def implied(numbers: Implications, part: LinearProgram) -> Box | None:
    """Return what rows leave of the box of a node; None if they leave no number."""
    n = len(numbers.step)
    return numbers.tightened(part.lower[:n], part.upper[:n], _ROUNDS)


def narrowed(
    numbers: Implications, part: LinearProgram, multipliers: Floats, cutoff: float
) -> Box | None:
    """Return what reduced costs and then rows leave of the box of a node that is split."""
    found = numbers.cheaper(part, multipliers, cutoff)
    return found and numbers.tightened(*found, _ROUNDS)


def boxed(part: LinearProgram, found: Box | None) -> LinearProgram | None:
    """Return the program of a node in a smaller box; None if there is none."""
    if found is None:
        return None
    lower, upper = (
        np.concatenate([end, was[len(end) :]])
        for end, was in zip(found, (part.lower, part.upper), strict=True)
    )
    return replace(part, lower=lower, upper=upper)
