"""The part of a stage on which it hangs who is deployed, once places are given.

Most columns beside the decisions have nothing to do with anybody who can be deployed. Only those
that rows tie to these, be it through others, and their rows are left.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.assemble import HELD, Formulation
from commission_opt.formulation.parts import deployed_columns, is_decided

_KEPT = 8  # answers that are remembered


@dataclass(frozen=True, eq=False)
class Staffing:
    """Columns beside the decisions, and the rows on them.

    Parameters
    ----------
    columns, rows : array of int
        Their positions in the program.
    program : LinearProgram
        Cut out of it, with nothing bought and nothing to minimise; rows are not named.
    drawn : scipy.sparse.csr_array, shape (rows, n)
        What places draw on the rows.
    staff : array of bool, shape (rows,)
        Rows on staff alone: nobody at all can always be deployed.
    held : array of int
        Rows, counted from the first of these, that hold earlier objectives, in their order.
    recent : dict
        The last answers, by what was asked.
    """

    columns: Ints
    rows: Ints
    program: LinearProgram
    drawn: sparse.csr_array
    staff: Bools
    held: Ints
    recent: dict[tuple[bool, bytes], Floats] = field(default_factory=dict)

    def at(self, x: Floats) -> LinearProgram:
        """Return the program where decision columns are given."""
        program, used = self.program, np.asarray(self.drawn @ x)
        upper = program.row_upper - used
        upper[self.staff] = np.maximum(upper[self.staff], 0.0)
        return replace(program, row_lower=program.row_lower - used, row_upper=upper)

    def remember(self, asked: tuple[bool, bytes], answer: Floats) -> Floats:
        """Keep an answer for a while, and return it."""
        answer.setflags(write=False)
        self.recent[asked] = answer
        if len(self.recent) > _KEPT:
            del self.recent[next(iter(self.recent))]
        return answer


def staffing(formulation: Formulation) -> Staffing:
    """Cut out of a stage what hangs on who is deployed."""
    program, n = formulation.program, len(formulation.step)
    by_row = sparse.csr_array(program.matrix)
    beside = sparse.csr_array(by_row[:, n:])
    rows, columns = _tied(beside, deployed_columns(program.columns) - n)
    cut = sparse.csc_array(beside[rows][:, columns])
    staff, held = np.zeros(beside.shape[0], dtype=bool), []
    for block in formulation.rows:
        staff[program.rows[block.name]] = all(map(is_decided, block.coefficients))
    for name, where in program.rows.items():
        held += [np.flatnonzero(rows == where.start)] if name.startswith(HELD) else []
    part = LinearProgram(
        cut,
        np.zeros(len(columns)),
        program.lower[n:][columns],
        program.upper[n:][columns],
        program.row_lower[rows],
        program.row_upper[rows],
        0.0,
        {},
        {},
    )
    return Staffing(
        columns + n,
        rows,
        part,
        sparse.csr_array(by_row[rows][:, :n]),
        staff[rows],
        np.concatenate([np.zeros(0, dtype=np.int64), *held]),
    )


def _tied(matrix: sparse.csr_array, deployed: Ints) -> tuple[Ints, Ints]:
    """Return the rows and columns that are tied to some columns, and these."""
    count = matrix.shape[0]
    blocks: list[list[Any]] = [[None, abs(matrix)], [abs(matrix).T, None]]
    links = sparse.block_array(blocks)
    _, label = connected_components(links, directed=False)
    own = np.zeros(len(label), dtype=bool)
    own[label[count:][deployed]] = True
    kept = own[label]
    kept[:count] &= np.diff(matrix.indptr) > 0
    return np.flatnonzero(kept[:count]), np.flatnonzero(kept[count:])
