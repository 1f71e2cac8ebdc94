"""Rows that hold a part of a sum to a share of it, as a search can keep them: at a given sum.

Such a row ties all that is summed. What one course gives up lowers the end of every part by a
little, so that no step mends one part without harm to others. With the sum held between two ends
each part has ends of its own. That is stricter than the rows are, and little is lost where the sum
is near that of the relaxation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.allocation.conditioned import Conditioned
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.parts import PLACES, Rows

_NAME = "sums"
_ROOM = 5e-4  # of a sum, by which there may be fewer
_STEPS = 2.0  # the same at least, in the largest steps of what is summed
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class _Sums:
    """The sums of which rows hold shares.

    Parameters
    ----------
    every : scipy.sparse.csr_array, shape (sums, n)
        1 for each decision column that counts in a sum.
    of : mapping of str to array of int
        By block with shares, of which sum each row holds one.
    low, high : array, shape (sums,)
        Between what each is held.
    """

    every: sparse.csr_array
    of: dict[str, Ints]
    low: Floats
    high: Floats


def at_sums(task: Task, x: Floats, *, exactly: bool = False) -> Task | None:
    """Return a stricter task for places near some; None if no row holds a share of a sum.

    Parameters
    ----------
    task : Task
    x : array, shape (n,)
        Decision columns, of the relaxation or of a plan.
    exactly : bool
        Whether sums stay what they are; else they may be a little less.

    Returns
    -------
    Task or None
        Its multipliers weigh any places as those of the task do. It has nothing to prove bounds by.
    """
    own, y = task.formulation, task.relaxation.multipliers
    blocks = [block for block in own.rows if block.share is not None]
    if not (blocks and isinstance(own, Conditioned)):
        return None
    sums = _sums(own, blocks, x, exactly=exactly)
    rows = (*(_parts(block, sums) for block in own.rows), _held(sums))
    worth = np.zeros(len(sums.low))
    for block in blocks:
        each = _shares(block) * y[own.program.rows[block.name]]
        worth -= np.bincount(sums.of[block.name], each, minlength=len(worth))
    strict = replace(
        own,
        rows=rows,
        program=_program(own.program, rows, sums),
        factors=np.append(own.factors, np.ones(len(worth))),
    )
    relaxation = replace(task.relaxation, multipliers=np.append(y, worth))
    return replace(task, formulation=strict, relaxation=relaxation, prove=None)


def _shares(block: Rows) -> Floats:
    assert block.share is not None
    return block.share


def _sums(own: Conditioned, blocks: Sequence[Rows], x: Floats, *, exactly: bool) -> _Sums:
    """Find the sums, and say where each is held."""
    found: dict[bytes, tuple[int, Ints]] = {}
    of: dict[str, Ints] = {}
    for block in blocks:
        matrix = block.coefficients[PLACES]
        of[block.name] = np.zeros(len(block.lower), dtype=np.int64)
        for i in np.flatnonzero(_shares(block)):
            columns = np.sort(
                matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]].astype(np.int64)
            )
            of[block.name][i], _ = found.setdefault(columns.tobytes(), (len(found), columns))
    each = [columns for _, columns in found.values()]
    every = sparse.csr_array(
        (
            np.ones(sum(map(len, each))),
            (np.repeat(np.arange(len(each)), [len(c) for c in each]), np.concatenate(each)),
        ),
        shape=(len(each), len(x)),
    )
    sums = np.asarray(every @ x)
    if exactly:
        return _Sums(every, of, sums, sums)
    largest = np.array([own.step[columns].max() for columns in each])
    high = np.floor(sums + _ROUNDING)
    return _Sums(every, of, high - np.maximum(_STEPS * largest, np.round(_ROOM * sums)), high)


def _parts(block: Rows, sums: _Sums) -> Rows:
    """Return rows over the parts alone, at ends that they have wherever the sums are."""
    if block.share is None:
        return block
    of = sums.of[block.name]
    parts = block.coefficients[PLACES] + sparse.diags_array(block.share) @ sums.every[of]
    own = sparse.csr_array(parts)
    own.data[np.abs(own.data) < _ROUNDING] = 0.0
    own.eliminate_zeros()
    least, most = block.share * sums.high[of], block.share * sums.low[of]
    return replace(
        block, coefficients={PLACES: own}, lower=block.lower + least, upper=block.upper + most,
        share=None,
    )  # fmt: skip


def _held(sums: _Sums) -> Rows:
    def label(i: int) -> str:
        return f"{_NAME} {i}"

    return Rows(_NAME, {PLACES: sums.every}, sums.low, sums.high, label, label)


def _program(program: LinearProgram, rows: Sequence[Rows], sums: _Sums) -> LinearProgram:
    """Return a program with these rows, of which the last block is new and others are changed."""
    m, n = program.matrix.shape
    lower, upper = program.row_lower.copy(), program.row_upper.copy()
    by_row = sparse.csr_array(program.matrix)
    matrix, at = [], 0
    for block in rows:
        if block.name not in sums.of:
            continue
        where = program.rows[block.name]
        matrix += [by_row[at : where.start], _wide(block, n)]
        lower[where], upper[where], at = block.lower, block.upper, where.stop
    return replace(
        program,
        matrix=sparse.csc_array(sparse.vstack([*matrix, by_row[at:], _wide(rows[-1], n)])),
        row_lower=np.append(lower, sums.low),
        row_upper=np.append(upper, sums.high),
        rows={**program.rows, _NAME: slice(m, m + len(sums.low))},
    )


def _wide(block: Rows, width: int) -> sparse.csr_array:
    own = block.coefficients[PLACES]
    return sparse.csr_array((own.data, own.indices, own.indptr), shape=(own.shape[0], width))
