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


def steps(reach: sparse.csr_array, use: sparse.csr_array, per_course: int) -> Steps:
    """Lay out the steps over decision columns, ``per_course`` of them in a row for each course."""
    n = reach.shape[1]
    course_of = np.arange(n) // per_course
    block_of = _blocks(reach, course_of)
    runs = [
        (start, end)
        for start in range(per_course)
        for end in range(start, per_course)
        if per_course <= _ALL_RUNS or end in (start, per_course - 1)
    ]
    order = np.argsort(block_of, kind="stable")
    start, end = np.array(runs).T
    first = (order[:, None] * per_course + start).ravel()
    last = (order[:, None] * per_course + end).ravel()
    length = last - first + 1
    column = np.repeat(np.arange(len(first)), length)
    within = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    unit = sparse.csc_array(
        (np.ones(len(column)), (np.repeat(first, length) + within, column)), shape=(n, len(first))
    )
    block = np.repeat(block_of[order], len(runs))
    count = int(block_of.max(initial=-1)) + 1
    edges = np.searchsorted(block, np.arange(count + 1))
    columns = tuple(np.flatnonzero(block_of[course_of] == b) for b in range(count))
    return Steps(
        first,
        last,
        block,
        tuple(slice(int(a), int(b)) for a, b in pairwise(edges)),
        columns,
        _sorted(reach @ unit),
        _sorted(use @ unit),
    )


def _sorted(matrix: sparse.sparray) -> sparse.csc_array:
    result = sparse.csc_array(matrix)
    result.sum_duplicates()
    return result


def _blocks(reach: sparse.csr_array, course_of: Ints) -> Ints:
    """Label courses by group: those that share cells, be it through others, are in one."""
    entries = sparse.coo_array(reach)
    cell, column = entries.coords
    touched = sparse.csr_array(
        (np.ones(len(cell)), (cell, course_of[column])),
        shape=(reach.shape[0], int(course_of.max(initial=-1)) + 1),
    )
    _, labels = connected_components(touched.T @ touched, directed=False)
    return np.asarray(labels, dtype=np.int64)
