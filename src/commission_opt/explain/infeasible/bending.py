"""Places that keep some statements and bend others as little as their prices allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.infeasible.rulebook import NOBODY, Layer, Rulebook
from commission_opt.instance.instance import Bools
from commission_opt.solvers.highs import solve_integer, solve_linear
from commission_opt.solvers.status import Limits, Status, Watch


@dataclass(frozen=True)
class Cell:
    """A figure that may be bent, with all statements that it makes.

    Parameters
    ----------
    statements : tuple of int
        They give way together, each by as much.
    price : float
        Of a unit: £m, a week or a place.
    """

    statements: tuple[int, ...]
    price: float


@dataclass(frozen=True, eq=False)
class Bent:
    """What came of bending.

    Parameters
    ----------
    status : Status
        As the solver has it; nothing in it is to be trusted.
    x : array, shape (n,), or None
        Places.
    by : array, shape (cells,), or None
        How far each cell gives way, £m, weeks or places.
    """

    status: Status
    x: Floats | None = None
    by: Floats | None = None


def bend(
    book: Rulebook,
    active: Bools,
    cells: Sequence[Cell],
    limits: Limits,
    watch: Watch,
    seconds: float,
) -> Bent:
    """Find places that keep statements at the least price for those that give way.

    Parameters
    ----------
    book : Rulebook
    active : array of bool
        The statements that count.
    cells : sequence of Cell
        Those of them that may be bent; with none, any places will do.
    limits : Limits
    watch : Watch
    seconds : float

    Returns
    -------
    Bent
    """
    if not len(book.columns):
        return Bent(*_without_columns(book, active, cells))
    program, integer = _program(book, active, cells)
    if np.any(program.lower > program.upper):
        return Bent(Status.INFEASIBLE)
    inner = watch.inner()
    if integer.any():
        result = solve_integer(program, integer, limits, inner, seconds=seconds)
    else:
        result = solve_linear(program, limits, inner, seconds=seconds)
    if result.x is None:
        return Bent(result.status)
    n = len(book.columns)
    x = np.round(result.x[:n]) if integer.any() else np.maximum(result.x[:n], 0.0)
    return Bent(result.status, x, np.maximum(result.x[n : n + len(cells)], 0.0))


def _without_columns(
    book: Rulebook, active: Bools, cells: Sequence[Cell]
) -> tuple[Status, Floats | None, Floats | None]:
    """Judge rows that no place touches, such as a budget that the pipeline alone breaks."""
    low, high = book.ends(active)
    by = np.zeros(len(cells))
    cell_of = _cell_of(book, cells)
    for ends, of in ((low, book.lower_of), (-high, book.upper_of)):
        for row in np.flatnonzero(ends > 0):
            if cell_of[of[row]] == NOBODY:
                return Status.INFEASIBLE, None, None
            by[cell_of[of[row]]] = max(by[cell_of[of[row]]], ends[row])
    return Status.OPTIMAL, np.zeros(0), by


def _cell_of(book: Rulebook, cells: Sequence[Cell]) -> Ints:
    cell_of = np.full(book.size, NOBODY)
    for k, cell in enumerate(cells):
        cell_of[list(cell.statements)] = k
    return cell_of


class _Program:
    """Columns and rows, stacked as they come."""

    def __init__(self, lower: Floats, upper: Floats, cells: int, prices: Floats) -> None:
        self.lower, self.upper = [lower, np.zeros(cells)], [upper, np.full(cells, np.inf)]
        self.cost = [np.zeros(len(lower)), prices]
        self.integer = [np.zeros(len(lower) + cells, dtype=bool)]
        self.width = len(lower) + cells
        self._rows: list[tuple[Floats, Ints, Ints, Floats, Floats]] = []

    def whole_columns(self, upper: Floats) -> Ints:
        """Add whole columns from 0 up and return their positions."""
        count = len(upper)
        self.lower.append(np.zeros(count))
        self.upper.append(upper)
        self.cost.append(np.zeros(count))
        self.integer.append(np.ones(count, dtype=bool))
        self.width += count
        return np.arange(self.width - count, self.width)

    def rows(
        self, parts: Sequence[tuple[Floats, Ints, Ints]], lower: Floats, upper: Floats
    ) -> None:
        """Add rows given as data, row and column."""
        data, row, column = (np.concatenate([part[i] for part in parts]) for i in range(3))
        self._rows.append((data, row, column, lower, upper))

    def finished(self) -> tuple[LinearProgram, Bools]:
        """Return the program, its rows scaled to a largest coefficient of 1."""
        blocks, lows, highs = [], [np.zeros(0)], [np.zeros(0)]
        for data, row, column, lower, upper in self._rows:
            size = np.zeros(len(lower))
            np.maximum.at(size, row, np.abs(data))
            size[size == 0] = 1.0
            shape = (len(lower), self.width)
            blocks.append(sparse.csr_array((data / size[row], (row, column)), shape=shape))
            lows.append(lower / size)
            highs.append(upper / size)
        nothing = sparse.csr_array((0, self.width))
        program = LinearProgram(
            sparse.csc_array(sparse.vstack([nothing, *blocks])),
            np.concatenate(self.cost),
            np.concatenate(self.lower),
            np.concatenate(self.upper),
            np.concatenate(lows),
            np.concatenate(highs),
            0.0,
            {},
            {},
        )
        return program, np.concatenate(self.integer)


def _program(book: Rulebook, active: Bools, cells: Sequence[Cell]) -> tuple[LinearProgram, Bools]:
    cell_of = _cell_of(book, cells)
    hard = active & (cell_of == NOBODY)
    box = book.admissible_box if book.whole else book.box
    lower, upper = box(hard, book.cap)
    program = _Program(lower, upper, len(cells), np.array([cell.price for cell in cells]))
    n = len(lower)
    low, high = book.ends(hard)
    firm = np.flatnonzero(np.isfinite(low) | np.isfinite(high))
    program.rows([_entries(book, firm)], low[firm], high[firm])
    soft = active & (cell_of != NOBODY)
    for of, ends, sign in (
        (book.lower_of, book.row_lower, 1.0),
        (book.upper_of, book.row_upper, -1.0),
    ):
        rows = np.flatnonzero((of != NOBODY) & soft[np.maximum(of, 0)] & np.isfinite(ends))
        give = (np.full(len(rows), sign), np.arange(len(rows)), n + cell_of[of[rows]])
        _one_sided(program, [_entries(book, rows), give], ends[rows], sign)
    for layers, sign in ((book.floors, 1.0), (book.ceilings, -1.0)):
        for layer in layers:
            _soft_layer(program, layer, soft, cell_of, n, sign)
    if book.whole:
        _cohorts(program, book, hard, soft, cell_of, lower, upper)
        program.integer[0][:n] = True
    return program.finished()


def _entries(book: Rulebook, rows: Ints) -> tuple[Floats, Ints, Ints]:
    some = sparse.coo_array(book.matrix[rows])
    return np.asarray(some.data), some.coords[0].astype(np.int64), some.coords[1].astype(np.int64)


def _one_sided(
    program: _Program, parts: Sequence[tuple[Floats, Ints, Ints]], ends: Floats, sign: float
) -> None:
    endless = np.full(len(ends), np.inf)
    program.rows(parts, *((ends, endless) if sign > 0 else (-endless, ends)))


def _soft_layer(
    program: _Program, layer: Layer, soft: Bools, cell_of: Ints, n: int, sign: float
) -> None:
    which = np.flatnonzero((layer.of != NOBODY) & soft[np.maximum(layer.of, 0)])
    row = np.arange(len(which))
    own = (np.ones(len(which)), row, which)
    give = (np.full(len(which), sign), row, n + cell_of[layer.of[which]])
    _one_sided(program, [own, give], layer.values[which], sign)


def _cohorts(
    program: _Program,
    book: Rulebook,
    hard: Bools,
    soft: Bools,
    cell_of: Ints,
    lower: Floats,
    upper: Floats,
) -> None:
    """Let courses run with admissible numbers: multiples of the step, and the minimum or none."""
    n = len(lower)
    step_soft = (book.step_of != NOBODY) & soft[np.maximum(book.step_of, 0)]
    least_soft = (book.least_of != NOBODY) & soft[np.maximum(book.least_of, 0)]
    step, smallest = book.numbers(hard)
    stepped = np.flatnonzero((step > 1) | step_soft)
    size = book.step[stepped]
    count = program.whole_columns(np.floor(upper[stepped] / size + 1e-9))
    row = np.arange(len(stepped))
    parts = [(np.ones(len(row)), row, stepped), (-size, row, count)]
    program.rows(parts, np.zeros(len(row)), np.where(step_soft[stepped], np.inf, 0.0))
    some = np.flatnonzero(step_soft[stepped])
    row = np.arange(len(some))
    cells = n + cell_of[book.step_of[stepped[some]]]
    for cell in np.unique(cells):  # a step is given up as a whole or not at all
        program.integer[0][cell] = True
        program.upper[1][cell - n] = 1.0
    parts = [
        (np.ones(len(row)), row, stepped[some]),
        (-size[some], row, count[some]),
        (1.0 - size[some], row, cells),
    ]
    program.rows(parts, np.full(len(row), -np.inf), np.zeros(len(row)))

    needed = np.where(least_soft, book.least, smallest)
    runs = np.flatnonzero((needed > np.where(least_soft, 1.0, step)) & (upper > 0))
    runs = runs[(lower[runs] < needed[runs])]
    on = program.whole_columns(np.ones(len(runs)))
    row = np.arange(len(runs))
    bent = np.flatnonzero(least_soft[runs])
    for k in bent:
        cell = int(cell_of[book.least_of[runs[k]]])
        program.upper[1][cell] = min(program.upper[1][cell], needed[runs[k]] - 1.0)
    give = (np.ones(len(bent)), bent, n + cell_of[book.least_of[runs[bent]]])
    own = (np.ones(len(row)), row, runs)
    program.rows(
        [own, (-needed[runs], row, on), give], np.zeros(len(row)), np.full(len(row), np.inf)
    )
    program.rows([own, (-upper[runs], row, on)], np.full(len(row), -np.inf), np.zeros(len(row)))
