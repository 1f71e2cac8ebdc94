"""The steps a search may take: one course, one run of commissioning years, one cohort step.

A step moves every year of its run by the same number of places, up or down: by a cohort step, from
nothing to the smallest cohort (the course opens), or from the smallest cohort to nothing (it
closes). What a step does to cells and rows is its amount times a column that never changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from commission_opt.arrays import Ints

_ALL_RUNS = 6  # with more years than this, a run is one year or lasts to the end


@dataclass(frozen=True, eq=False)
class Steps:
    """Runs of years, ordered by block; courses of a block share cells, those of two never do.

    Parameters
    ----------
    first, last : array of int, shape (m,)
        First and last decision column of each run.
    block : array of int, shape (m,)
        Block of its course.
    blocks : tuple of slice
        The runs of each block.
    columns : tuple of array of int
        The decision columns of each block.
    effect : scipy.sparse.csc_array, shape (cells, m)
        What one place more in every year of the run adds to each cell.
    drawn : scipy.sparse.csc_array, shape (rows, m)
        What it adds to the activity of each row.
    """

    first: Ints
    last: Ints
    block: Ints
    blocks: tuple[slice, ...]
    columns: tuple[Ints, ...]
    effect: sparse.csc_array
    drawn: sparse.csc_array


def steps(reach: sparse.csr_array, use: sparse.csr_array, unit: Ints) -> Steps:
    """Lay out the steps over decision columns.

    Parameters
    ----------
    reach, use : scipy.sparse.csr_array, shape (cells, n) and (rows, n)
        What a place adds to each cell and draws on each row.
    unit : array of int, shape (n,)
        What moves together; the columns of a unit stand side by side, in the order of years.
    """
    n = reach.shape[1]
    block_of = _blocks(reach, unit)
    first, last = _runs(unit)
    order = np.argsort(block_of[unit[first]], kind="stable")
    first, last = first[order], last[order]
    length = last - first + 1
    column = np.repeat(np.arange(len(first)), length)
    within = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    each = sparse.csc_array(
        (np.ones(len(column)), (np.repeat(first, length) + within, column)), shape=(n, len(first))
    )
    block = block_of[unit[first]]
    count = int(block_of.max(initial=-1)) + 1
    edges = np.searchsorted(block, np.arange(count + 1))
    columns = tuple(np.flatnonzero(block_of[unit] == b) for b in range(count))
    return Steps(
        first,
        last,
        block,
        tuple(slice(int(a), int(b)) for a, b in pairwise(edges)),
        columns,
        _sorted(reach @ each),
        _sorted(use @ each),
    )


def _runs(unit: Ints) -> tuple[Ints, Ints]:
    """Return the first and last column of every run of years of a unit, by unit."""
    starts = np.flatnonzero(np.diff(unit, prepend=-1))
    sizes = np.diff(np.append(starts, len(unit)))
    found = [np.zeros((0, 3), dtype=np.int64)]
    for size in np.unique(sizes).tolist():
        pairs = [
            (start, end)
            for start in range(size)
            for end in range(start, size)
            if size <= _ALL_RUNS or end in (start, size - 1)
        ]
        own = np.flatnonzero(sizes == size)
        runs = starts[own][:, None, None] + np.array(pairs)
        where = np.broadcast_to(own[:, None, None], (*runs.shape[:2], 1))
        found.append(np.concatenate([where, runs], axis=2).reshape(-1, 3))
    runs = np.concatenate(found)
    runs = runs[np.argsort(runs[:, 0], kind="stable")]
    return runs[:, 1], runs[:, 2]


def _sorted(matrix: sparse.sparray) -> sparse.csc_array:
    result = sparse.csc_array(matrix)
    result.sum_duplicates()
    return result


def _blocks(reach: sparse.csr_array, unit: Ints) -> Ints:
    """Label units by group: those that share cells, be it through others, are in one."""
    entries = sparse.coo_array(reach)
    cell, column = entries.coords
    touched = sparse.csr_array(
        (np.ones(len(cell)), (cell, unit[column])),
        shape=(reach.shape[0], int(unit.max(initial=-1)) + 1),
    )
    _, labels = connected_components(touched.T @ touched, directed=False)
    return np.asarray(labels, dtype=np.int64)
