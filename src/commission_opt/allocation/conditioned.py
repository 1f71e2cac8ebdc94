"""A stage in units of its own size, which is what solvers and searches are given.

Weights may be populations, money may be in pence or in billions, FTE in millionths. Solvers have
tolerances that are absolute and drop coefficients that look like nothing; searches break ties by
the last digit. So every row is divided by its largest coefficient of a decision, every column
beside the decisions by its own, the objective by its largest cost, and what is left is rounded to
36 binary digits: equal problems in other units give the same program. The certificate stands on
the program as given, to which multipliers and trees are brought back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.allocation.staffing import Staffing, staffing
from commission_opt.arrays import Floats
from commission_opt.certificate.trees import Tree
from commission_opt.core.linear_program import LinearProgram, activity_range
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import Columns, Hinges, Rows
from commission_opt.formulation.unlimited import useful

DIGITS, EVERY_DIGIT = 36, 53  # binary; rounding of data in other units is in the last of them
_SLACK = 1.0 + 1e-9  # a row end so far beyond what the box allows can never bind


@dataclass(frozen=True)
class Conditioned(Formulation):
    """A stage in units of its own, and the way back; its decision columns still count places.

    Parameters
    ----------
    given : Formulation
        The stage in the units of its instance.
    factors : array, shape (m,)
        Of its rows.
    sizes : array, shape (n,)
        What 1 in each of its columns stands for in the given program.
    """

    given: Formulation
    factors: Floats
    sizes: Floats

    @property
    def unit(self) -> float:
        """What 1 of the objective stands for in units of the given program."""
        return self.aim.scale / self.given.aim.scale

    @cached_property
    def staffing(self) -> Staffing:
        """The part on which it hangs who is deployed."""
        return staffing(self)

    @property
    def hinges(self) -> Hinges | None:
        """The objective as hinges, in units of the program."""
        found = super().hinges
        if found is None:
            return None
        slopes, linear = rounded(found.slopes), rounded(found.linear)
        offset = float(rounded(np.array(found.offset)))
        return replace(found, slopes=slopes, linear=linear, offset=offset)

    def multipliers(self, y: Floats) -> Floats:
        """Return multipliers of the given program."""
        return np.asarray(y * self.factors * self.unit)

    def taken(self, y: Floats) -> Floats:
        """Return multipliers of this program for those of the given one."""
        return np.asarray(y / (self.factors * self.unit))

    def trees(self, trees: Sequence[Tree]) -> tuple[Tree, ...]:
        """Return trees over the given program."""

        def brought(tree: Tree) -> Tree:
            rows = self.factors[tree.block.rows]
            cuts = tree.cuts and tree.cuts.scaled(self.sizes[tree.block.columns], rows)
            factors = np.concatenate([rows, np.ones(len(cuts or ()))]) * self.unit
            inner = tree.inner * factors if len(tree.inner) else tree.inner
            return replace(
                tree, leaves=tree.leaves * factors, inner=inner, cutoff=tree.cutoff * self.unit,
                cuts=cuts,
            )  # fmt: skip

        return tuple(brought(tree) for tree in trees)


def conditioned(given: Formulation, digits: int = DIGITS) -> Conditioned:
    """Bring a stage to units of its own, rounded to so many binary digits."""
    n = len(given.step)
    program = _admissible(useful(given.program, n), given)
    rows, columns = _factors(program, n)
    cost = program.cost * columns
    unit = float(np.max(np.abs(cost), initial=0.0)) or 1.0
    beside = slice(n, None)
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[beside] = rounded(lower[beside] / columns[beside], digits)
    upper[beside] = rounded(upper[beside] / columns[beside], digits)
    matrix = _even_matrix(sparse.csr_array(program.matrix), rows, columns, digits)
    scaled = replace(
        program,
        matrix=sparse.csc_array(matrix),
        cost=rounded(cost / unit, digits),
        lower=lower,
        upper=upper,
        row_lower=rounded(program.row_lower * rows, digits),
        row_upper=_binding(matrix, lower, upper, rounded(program.row_upper * rows, digits)),
        offset=float(rounded(np.array(program.offset / unit), digits)),
    )
    return Conditioned(
        given.problem,
        replace(given.aim, scale=given.aim.scale * unit),
        scaled,
        tuple(_columns(block, columns[program.columns[block.name]]) for block in given.columns),
        tuple(_rows(block, scaled, rows, columns, digits) for block in given.rows),
        given.step,
        given.smallest,
        given.largest,
        given,
        rows,
        columns,
        held=given.held,
        fractional=given.fractional,
    )


def _admissible(program: LinearProgram, given: Formulation) -> LinearProgram:
    """Round bounds that were restricted up to admissible numbers."""
    n = len(given.step)
    cut = np.flatnonzero(program.upper[:n] < given.program.upper[:n])
    if not len(cut) or not given.problem.policy.integer:
        return program
    upper = program.upper.copy()
    step, smallest = given.step[cut], given.smallest[cut]
    most = np.maximum(np.ceil(upper[cut] / step) * step, smallest)
    upper[cut] = np.minimum(most, given.program.upper[cut])
    return replace(program, upper=upper)


def as_given(formulation: Formulation, y: Floats) -> tuple[Formulation, Floats]:
    """Return a stage in the units of its instance, and multipliers of its rows."""
    if isinstance(formulation, Conditioned):
        return formulation.given, formulation.multipliers(y)
    return formulation, y


def rounded(values: Floats, digits: int = DIGITS) -> Floats:
    """Round to so many binary digits that the rounding of units no longer shows."""
    mantissa, exponent = np.frexp(values)
    return np.asarray(np.ldexp(np.round(mantissa * 2.0**digits), exponent - digits))


def _factors(program: LinearProgram, n: int) -> tuple[Floats, Floats]:
    """Return factors of rows and columns; those of the n decision columns are 1.

    Rows with decisions come first, then the columns beside that they have, then the other rows
    and columns.
    """
    entries = sparse.coo_array(program.matrix)
    row, column = entries.coords
    size = np.abs(entries.data)
    rows, columns = np.ones(program.matrix.shape[0]), np.ones(program.matrix.shape[1])
    decided = column < n
    _even(rows, row[decided], size[decided])
    has = np.zeros(len(rows), dtype=bool)
    has[row[decided & (size > 0)]] = True
    own = ~decided & has[row]
    _even(columns, column[own], (size * rows[row])[own])
    tied = np.zeros(len(columns), dtype=bool)
    tied[column[own]] = True
    other = ~has[row]
    first = other & tied[column]
    _even(rows, row[other], (size * columns[column])[other])
    _even(rows, row[first], (size * columns[column])[first])
    last = ~decided & ~tied[column]
    _even(columns, column[last], (size * rows[row])[last])
    return rows, columns


def _even(factors: Floats, at: np.ndarray, size: Floats) -> None:
    """Set factors that bring the largest entry of each row or column to 1, in place."""
    largest = np.zeros(len(factors))
    np.maximum.at(largest, at, size)
    some = largest > 0
    factors[some] = 1.0 / largest[some]


def _even_matrix(
    matrix: sparse.csr_array, rows: Floats, columns: Floats, digits: int
) -> sparse.csr_array:
    by_row = np.repeat(rows, np.diff(matrix.indptr))
    data = rounded(matrix.data * by_row * columns[matrix.indices], digits)
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _binding(matrix: sparse.csr_array, lower: Floats, upper: Floats, most: Floats) -> Floats:
    """Return the upper ends of rows, infinite where the box never reaches them."""
    _, reached = activity_range(matrix, lower, upper)
    return np.where(np.isfinite(reached) & (reached * _SLACK < most), np.inf, most)


def _columns(block: Columns, factors: Floats) -> Columns:
    def fill(x: Floats) -> Floats:
        return np.asarray(block.fill(x) / factors)

    return replace(block, lower=block.lower / factors, upper=block.upper / factors, fill=fill)


def _rows(block: Rows, program: LinearProgram, rows: Floats, columns: Floats, digits: int) -> Rows:
    where = program.rows[block.name]
    return replace(
        block,
        coefficients={
            name: _even_matrix(
                sparse.csr_array(part), rows[where], columns[program.columns[name]], digits
            )
            for name, part in block.coefficients.items()
        },
        lower=program.row_lower[where],
        upper=program.row_upper[where],
        unit=block.unit / rows[where],
        share=None if block.share is None else block.share * rows[where],
    )
