"""Grow trees over blocks of courses, until the bound is near enough or the nodes are spent."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from commission_opt.allocation.conditioned import Conditioned
from commission_opt.allocation.growing import Growing
from commission_opt.allocation.relaxation import Relaxation
from commission_opt.allocation.settled import pointed
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.certificate.trees import (
    Subproblem,
    Tree,
    block_program,
    branched_bound,
    priced_cost,
)
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.status import Limits, Watch

_MANY_ROWS = 200  # of a block, from which those that are far from binding are left out
_EXHAUSTED = 20_000  # nodes to prove that there is no plan
_NEAR = 0.02  # how near its end a row must be to be kept, relative to its activity


def strengthened(
    formulation: Formulation,
    relaxation: Relaxation,
    limits: Limits,
    watch: Watch,
    *,
    nodes: int,
    seconds: float,
    places: Floats | None = None,
    blocks: list[Subproblem] | None = None,
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
        Places; no tree is grown beyond what they cost, a tree over everything no further than
        the gap that is asked for.
    blocks : list of Subproblem, optional
        The blocks; those that rows leave if not given.

    Returns
    -------
    Relaxation
        With trees, if they raise the bound, and with better places, if a tree over everything came
        to some; otherwise as it was.
    """
    end = watch.now() + seconds
    program = formulation.program
    blocks = blocks_of(formulation) if blocks is None else blocks
    blocks = _without_slack_rows(formulation, relaxation, blocks)
    tied = np.ones(len(program.row_lower), dtype=bool)
    tied[np.concatenate([np.zeros(0, np.int64), *(block.rows for block in blocks)])] = False
    priced = priced_cost(program, np.where(tied, relaxation.multipliers, 0.0))
    by_row = sparse.csr_array(program.matrix)
    point = None if places is None else pointed(formulation, places)
    trees, whole = [], None
    for k, block in enumerate(blocks):
        now = watch.now()
        if watch.late(end) or watch.stopped:
            trees += _before(relaxation, blocks[k:])  # better than none
            break
        part = block_program(program, by_row, priced, block)
        everything = len(block.columns) == len(program.cost)
        if everything:
            part = replace(part, offset=program.offset)
        known = np.inf if point is None else part.value(point[block.columns])
        # What earlier blocks did not need is left to later ones.
        until = min(end, now + 2.0 * (end - now) / (len(blocks) - k))
        given = relaxation.multipliers[block.rows]
        growing = Growing(formulation, block, part, given, limits, watch, until)
        if everything and point is not None:  # other trees need all, as prices leave a gap too
            growing.cost, growing.gap = partial(_cost, formulation), limits.gap
            growing.size = formulation.aim.size / formulation.aim.scale
        growing.grow(nodes, known)
        trees.append(growing.tree())
        whole = growing.found if whole is None else whole
    bound = branched_bound(formulation, relaxation.multipliers, trees)
    if bound <= relaxation.bound:
        return replace(relaxation, whole=whole) if whole is not None else relaxation
    return replace(relaxation, bound=bound, trees=tuple(trees), whole=whole)


def _before(relaxation: Relaxation, blocks: list[Subproblem]) -> list[Tree]:
    """Return the trees over some blocks that there are already."""
    known = {tree.block.columns.tobytes(): tree for tree in relaxation.trees}
    own = (known.get(block.columns.tobytes()) for block in blocks)
    return [tree for tree in own if tree is not None]


def _cost(formulation: Formulation, x: Floats) -> float:
    """Return what decision columns cost; infinite if they break a row, be it one left out."""
    point = pointed(formulation, formulation.problem.layout.to_amounts(x))
    kept = formulation.program.largest_violation(point) <= TOLERANCE
    return formulation.program.value(point) if kept else np.inf


def _without_slack_rows(
    formulation: Formulation, relaxation: Relaxation, blocks: list[Subproblem]
) -> list[Subproblem]:
    """Leave out the rows of large blocks that are far from binding; what is left bounds them too.

    Rows with columns beside the decisions stay, as the objective stands on these. A tree over
    everything sees all rows, so that where it ends in admissible numbers, these are a plan.
    """
    program = formulation.program
    small = all(len(block.rows) < _MANY_ROWS for block in blocks)
    if small or len(blocks[0].columns) == len(program.cost):
        return blocks
    point = pointed(formulation, formulation.problem.layout.to_amounts(relaxation.columns))
    activity = program.matrix @ point
    room = np.minimum(activity - program.row_lower, program.row_upper - activity)
    beside = abs(program.matrix[:, len(formulation.step) :]).sum(axis=1) > 0
    kept = beside | (room <= _NEAR * np.maximum(1.0, np.abs(activity)))
    kept |= relaxation.multipliers != 0
    return [
        block if len(block.rows) < _MANY_ROWS else replace(block, rows=block.rows[kept[block.rows]])
        for block in blocks
    ]


def whole_block(formulation: Formulation) -> Subproblem:
    """Return the block of everything: no row is priced, so its tree may close the whole gap."""
    rows, columns = formulation.program.matrix.shape
    return Subproblem(np.arange(columns), np.arange(rows), len(formulation.step))


def none_in_whole(formulation: Formulation, limits: Limits, watch: Watch, seconds: float) -> bool:
    """Say whether a tree over everything proves that no whole places satisfy every rule.

    With nothing to minimise any plan costs 0, so a bound above 0 leaves no plan.
    """
    pure = replace(formulation, program=formulation.program.without_cost())
    nothing = np.zeros(len(pure.program.row_lower))
    # Rows with a multiplier are never left out as slack; with one block there are no prices.
    start = Relaxation(pure.program.lower[: len(pure.step)], np.ones_like(nothing), 0.0)
    raised = strengthened(
        pure, start, limits, watch, nodes=_EXHAUSTED, seconds=seconds, blocks=[whole_block(pure)]
    )
    trees = raised.trees
    if isinstance(pure, Conditioned):
        trees = pure.trees(trees)
        pure = replace(pure.given, program=pure.given.program.without_cost())
    return bool(trees) and branched_bound(pure, nothing, trees) > 0.0


def blocks_of(formulation: Formulation) -> list[Subproblem]:
    """Split a program into blocks.

    A row may tie blocks together if it is on several courses and has no column beside them, or has
    no decision at all. If all its columns are in one block after all it belongs to that, like all
    other rows: a pool from which courses of one block alone draw is seen by its tree.
    """
    program, layout = formulation.program, formulation.problem.layout
    n = len(formulation.step)
    rows, columns = program.matrix.shape
    entries = sparse.coo_array(program.matrix)
    row, column = entries.coords
    is_decision = column < n
    course = layout.line[column[is_decision]]
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
                np.concatenate([rows + column[kept], rows + layout.column(layout.line, 0)]),
            ),
        ),
        shape=(rows + columns, rows + columns),
    )
    _, label = connected_components(links, directed=False)
    of_column = label[rows:]
    least, most = np.full(rows, len(label)), np.full(rows, -1)
    np.minimum.at(least, row, of_column[column])
    np.maximum.at(most, row, of_column[column])
    of_row = np.where(least == most, most, -1)
    by_label = np.argsort(of_column, kind="stable")
    rows_by_label = np.argsort(of_row, kind="stable")
    found = []
    for name in np.unique(of_column[:n]):
        mine = by_label[slice(*np.searchsorted(of_column[by_label], [name, name + 1]))]
        its = rows_by_label[slice(*np.searchsorted(of_row[rows_by_label], [name, name + 1]))]
        found.append(Subproblem(np.sort(mine), np.sort(its), int((mine < n).sum())))
    return found
