"""Rows of two tables that share a key, found without making tables of them."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.arrays import Ints


def matches(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Return the positions of all pairs of rows with the same key.

    Parameters
    ----------
    left, right : array of int
        Keys of the rows of two tables, none negative.

    Returns
    -------
    i, j : array of int
        Every pair with ``left[i] == right[j]``, in the order of left and then of right.
    """
    n_keys = 1 + max(left.max(initial=-1), right.max(initial=-1))
    at = np.arange(len(right))
    by_key = sparse.csr_array((at, (right, at)), shape=(n_keys, len(right)))[left]
    return np.repeat(np.arange(len(left)), np.diff(by_key.indptr)), by_key.indices.astype(np.int64)
