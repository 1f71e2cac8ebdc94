"""Multipliers of one formulation of a stage, carried to another that has more rows."""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import Rows


def carried(multipliers: Floats, of: Formulation, to: Formulation) -> Floats:
    """Return multipliers as those of the same rows of another formulation.

    Parameters
    ----------
    multipliers : array, shape (m,)
        Of the rows of ``of``.

    Returns
    -------
    array, shape (m',)
        In units of the program of ``to``; 0 for rows that ``of`` does not have.
    """
    found = np.zeros(len(to.program.row_lower))
    theirs = {block.name: block for block in of.rows}
    for block in to.rows:
        if block.name in theirs:
            values = multipliers[of.program.rows[block.name]]
            found[to.program.rows[block.name]] = _of_block(values, theirs[block.name], block)
    return found * (of.aim.scale / to.aim.scale)


def _of_block(values: Floats, of: Rows, to: Rows) -> Floats:
    """Return values of the rows of a block as those of the same items, else as they come."""
    if len(of.lower) == len(to.lower):
        return values
    found = np.zeros(len(to.lower))
    if of.items is not None and to.items is not None:
        _, mine, here = np.intersect1d(of.items, to.items, return_indices=True)
        found[here] = values[mine]
    return found
