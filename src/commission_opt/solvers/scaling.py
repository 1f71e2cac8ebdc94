"""Factors of rows and columns that even out the coefficients of a matrix."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats

_ROUNDS = 10


def scales(matrix: sparse.csr_array) -> tuple[Floats, Floats]:
    """Return factors by Ruiz's rounds, then by Pock and Chambolle's rule.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array, shape (m, n)

    Returns
    -------
    rows, columns : array, shape (m,) and (n,)
        After Ruiz the largest coefficient of each row and column is near 1; then each is divided
        by the root of the sum of what it holds. Empty ones keep a factor of 1.
    """
    entries = sparse.coo_array(matrix)
    row, column = entries.coords
    size = np.abs(entries.data)
    rows, columns = np.ones(matrix.shape[0]), np.ones(matrix.shape[1])
    for k in range(_ROUNDS + 1):
        scaled = size * rows[row] * columns[column]
        gather = np.maximum if k < _ROUNDS else np.add
        of_rows, of_columns = np.zeros_like(rows), np.zeros_like(columns)
        gather.at(of_rows, row, scaled)
        gather.at(of_columns, column, scaled)
        rows /= np.sqrt(np.where(of_rows > 0.0, of_rows, 1.0))
        columns /= np.sqrt(np.where(of_columns > 0.0, of_columns, 1.0))
    return rows, columns


def multiplied(matrix: sparse.csr_array, rows: Floats, columns: Floats) -> sparse.csr_array:
    """Return the matrix with its rows and columns multiplied by factors."""
    data = matrix.data * np.repeat(rows, np.diff(matrix.indptr)) * columns[matrix.indices]
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
