"""Blocks of courses that only priced rows tie to each other, and what their trees see."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from commission_opt.allocation.relaxation import Relaxation
from commission_opt.allocation.settled import pointed
from commission_opt.certificate.trees import Subproblem
from commission_opt.formulation.assemble import Formulation

_MANY_ROWS = 200  # of a block, from which those that are far from binding are left out
_NEAR = 0.02  # how near its end a row must be to be kept, relative to its activity


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


def whole_block(formulation: Formulation) -> Subproblem:
    """Return the block of everything: no row is priced, so its tree may close the whole gap."""
    rows, columns = formulation.program.matrix.shape
    return Subproblem(np.arange(columns), np.arange(rows), len(formulation.step))


def without_slack_rows(
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
