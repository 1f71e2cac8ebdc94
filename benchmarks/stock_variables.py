"""A program with stock as variables, in place of the supply that is written into its rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.shortage import SHORTAGE, shortage

_NOTHING = 1e-11  # inflow below this is rounding


def with_stock(formulation: Formulation) -> LinearProgram:
    """Write a program with one column N for each profession, region and year that places reach.

    The rows ``N[y] − (1 − leaver rate) N[y − 1] = inflow[y] · x`` define them, and shortage rows
    become ``N + sum of u ≥ gap``. The inflow is what is left of the response of supply when those
    who stay from the year before are taken off.

    Parameters
    ----------
    formulation : Formulation
        Of an objective that counts the shortage.

    Returns
    -------
    LinearProgram
        With the same optimum; its first columns and rows are those of the formulation.
    """
    problem, program = formulation.problem, formulation.program
    decisions, here = program.columns[PLACES].stop, program.rows[SHORTAGE]
    supply = sparse.csr_array(problem.effects.supply.matrix @ problem.layout.started.matrix)
    reached = np.flatnonzero(np.diff(supply.indptr) > 0)
    step = first_difference(formulation)
    inflow = sparse.csr_array(step @ supply)
    inflow.data[np.abs(inflow.data) < _NOTHING] = 0.0
    inflow.eliminate_zeros()

    live = shortage(problem).live
    position = np.zeros(supply.shape[0], dtype=np.int64)
    position[reached] = np.arange(len(reached))
    rows, columns = program.matrix.shape
    stock_in_rows = sparse.csr_array(
        (np.ones(len(live)), (here.start + np.arange(len(live)), position[live])),
        shape=(rows, len(reached)),
    )
    others = sparse.csr_array((len(reached), columns - decisions))
    definition = sparse.hstack([-inflow[reached], others])
    kept = without_entries(program.matrix, here, decisions)
    matrix = sparse.block_array(
        [[kept, stock_in_rows], [definition, step[reached][:, reached]]], format="csc"
    )
    nothing = np.zeros(len(reached))
    lower, upper = program.lower[:decisions], program.upper[:decisions]
    return replace(
        program,
        matrix=sparse.csc_array(matrix),
        cost=np.concatenate([program.cost, nothing]),
        lower=np.concatenate([program.lower, (supply @ lower)[reached]]),
        upper=np.concatenate([program.upper, (supply @ upper)[reached]]),
        row_lower=np.concatenate([program.row_lower, nothing]),
        row_upper=np.concatenate([program.row_upper, nothing]),
    )


def first_difference(formulation: Formulation) -> sparse.csr_array:
    """Return the operator that takes off who stays from the year before, over (P, Q, Y)."""
    instance = formulation.problem.instance
    years = instance.horizon
    stays = np.repeat(1.0 - instance.leaver_rate.ravel(), years)
    stays[::years] = 0.0  # nobody stays from before the first year
    last_year = sparse.diags_array(stays[1:], offsets=-1)
    return sparse.csr_array(sparse.eye_array(len(stays)) - last_year)


def without_entries(matrix: sparse.csc_array, rows: slice, columns: int) -> sparse.csr_array:
    """Return a matrix without what some rows have in the first columns."""
    entries = sparse.coo_array(matrix)
    row, column = entries.coords
    keep = (row < rows.start) | (row >= rows.stop) | (column >= columns)
    return sparse.csr_array((entries.data[keep], (row[keep], column[keep])), shape=matrix.shape)
