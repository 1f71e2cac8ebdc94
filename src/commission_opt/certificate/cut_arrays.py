"""The cuts of trees as flat arrays of a proof file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from commission_opt.certificate.cuts import Cuts, without_cuts

Arrays = dict[str, Any]
CUT = ("cuts", "cut_split", "cut_at", "cut_row", "cut_column", "cut_value")
_PARTS = ("forms", "below", "above")


def flattened(cuts: Sequence[Cuts | None]) -> Arrays:
    """Return the arrays of the cuts of each tree, None for one that has none."""
    every = [each or without_cuts(0, 0) for each in cuts]
    parts = [[sparse.coo_array(getattr(each, name)) for name in _PARTS] for each in every]
    sizes = [
        (len(each), *(part.nnz for part in own)) for each, own in zip(every, parts, strict=True)
    ]
    entries = [part for own in parts for part in own]
    return {
        "cuts": np.array(sizes, dtype=np.int64).reshape(-1, 1 + len(_PARTS)),
        "cut_split": _joined([each.split for each in every], np.int64),
        "cut_at": _joined([each.at for each in every], float),
        "cut_row": _joined([part.coords[0] for part in entries], np.int64),
        "cut_column": _joined([part.coords[1] for part in entries], np.int64),
        "cut_value": _joined([part.data for part in entries], float),
    }


def unflattened(arrays: Arrays, sizes: Any) -> list[Cuts | None]:
    """Return the cuts of each tree.

    Parameters
    ----------
    arrays : mapping
        The arrays that ``flattened`` returns.
    sizes : array of int, shape (trees, 5)
        Columns and rows of each block come first.

    Raises
    ------
    ValueError
        If they do not fit each other or the blocks.
    """
    counts = arrays["cuts"]
    if len(counts) != len(sizes) or (counts < 0).any():
        raise ValueError("there are cuts of other trees")
    lengths = [counts[:, 0]] * 2 + [counts[:, 1:].ravel()] * 3
    for name, length in zip(CUT[1:], lengths, strict=True):
        if len(arrays[name]) != length.sum():
            raise ValueError(f"{name} has another length")
    split, at, row, column, value = (
        np.split(arrays[name], np.cumsum(length))[:-1]
        for name, length in zip(CUT[1:], lengths, strict=True)
    )
    found: list[Cuts | None] = []
    for i, (count, (columns, rows)) in enumerate(zip(counts[:, 0], sizes[:, :2], strict=True)):
        forms, *sides = (
            _matrix(row[k], column[k], value[k], (int(count), int(width)))
            for k, width in enumerate((columns, rows + count, rows + count), 3 * i)
        )
        found.append(Cuts(forms, split[i], at[i], *sides) if count else None)
    return found


def _matrix(row: Any, column: Any, value: Any, shape: tuple[int, int]) -> sparse.csr_array:
    for name, where, most in (("cut_row", row, shape[0]), ("cut_column", column, shape[1])):
        if (where < 0).any() or (where >= most).any():
            raise ValueError(f"{name} has a position outside")
    return sparse.csr_array(sparse.coo_array((value, (row, column)), shape=shape))


def _joined(arrays: Sequence[Any], kind: Any) -> Any:
    return np.concatenate([np.zeros(0, dtype=kind), *arrays]).astype(kind)
