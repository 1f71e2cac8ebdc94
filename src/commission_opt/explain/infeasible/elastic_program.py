"""The program of a feasibility relaxation: some statements hold, others give way at a price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from scipy import sparse

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.infeasible.rulebook import NOBODY, Rulebook

Prices = Mapping[tuple[int, ...], float]
"""Of a unit, £m, a week or a place, of statements that give way together, each by as much."""
_Block = tuple[sparse.csr_array, Floats, Floats]


def elastic_program(book: Rulebook, active: Bools, prices: Prices) -> tuple[LinearProgram, Bools]:
    """Return the program whose least is the least price of what gives way.

    Its columns are the places, how far each group gives way and, for whole places, numbers of
    steps and whether courses run; the mask says which must be whole. Of the ``active`` statements
    those with a price may give way; with none, any places will do.
    """
    elastic = _Elastic(book, active, prices)
    blocks = [*elastic.rules(), *(elastic.cohorts() if book.whole else ())]
    matrix = sparse.csr_array(sparse.vstack([rows for rows, _, _ in blocks]))
    count = np.diff(matrix.indptr)
    size = np.maximum.reduceat(np.append(np.abs(matrix.data), 0.0), matrix.indptr[:-1])
    size = np.where((count > 0) & (size > 0), size, 1.0)
    matrix.data = matrix.data / np.repeat(size, count)
    low, high = (np.concatenate([block[i] for block in blocks]) / size for i in (1, 2))
    cost = np.zeros(elastic.width)
    cost[elastic.n : elastic.n + len(prices)] = [*prices.values()]
    box = elastic.lower, elastic.upper
    program = LinearProgram(sparse.csc_array(matrix), cost, *box, low, high, 0.0, {}, {})
    return program, elastic.integer


class _Elastic:
    """Columns of the program: places, how far groups give way, steps, and courses that run."""

    def __init__(self, book: Rulebook, active: Bools, prices: Prices) -> None:
        group = np.full(book.size + 1, NOBODY)  # the last is nobody's
        for k, statements in enumerate(prices):
            group[list(statements)] = k
        self.book, self.hard = book, active & (group[:-1] == NOBODY)
        self._soft = np.append(active & (group[:-1] != NOBODY), False)
        lower, upper = book.box(self.hard, book.cap, tight=book.whole)
        self.n, n, k = len(lower), len(lower), len(prices)
        self._give, self.step, smallest = n + group, *book.numbers(self.hard)
        soft = self._soft[book.least_of]
        self._needed = np.where(soft, book.least, smallest)
        run = (self._needed > np.where(soft, 1.0, self.step)) & (upper > 0) & (lower < self._needed)
        self._stepped = np.flatnonzero(book.whole & ((self.step > 1) | self._soft[book.step_of]))
        self._runs = np.flatnonzero(book.whole & run)
        self.width = n + k + len(self._stepped) + len(self._runs)
        more = np.zeros(self.width - n)
        self.lower, self.upper = np.append(lower, more), np.append(upper, more)
        self.upper[n : n + k] = np.inf
        self.integer = np.full(self.width, book.whole)
        self.integer[n : n + k] = False

    def rules(self) -> Iterator[_Block]:
        """Yield the rows that hold, then those and the bounds that give way."""
        book = self.book
        low, high = (end[book.free] for end in book.ends(self.hard))
        firm = np.flatnonzero(np.isfinite(low) | np.isfinite(high))
        yield self._rows(firm), low[firm], high[firm]
        for bound in (False, True):
            for of, end, sign in (
                (book.lower_of, book.row_lower, 1.0), (book.upper_of, book.row_upper, -1.0),
            ):  # fmt: skip
                some = self._soft[of] & np.isfinite(end) & ((book.bounds != NOBODY) == bound)
                rows = np.flatnonzero(some)
                given = self._rows(rows) + self._entries(self._give[of[rows]], sign)
                endless = np.full(len(rows), np.inf)
                yield (given, end[rows], endless) if sign > 0 else (given, -endless, end[rows])

    def cohorts(self) -> Iterator[_Block]:
        """Yield rows for multiples of the step, and for the smallest number or none."""
        book, stepped, runs = self.book, self._stepped, self._runs
        count = self.width - len(runs) - len(stepped) + np.arange(len(stepped))
        on = self.width - len(runs) + np.arange(len(runs))
        size, soft = book.step[stepped], self._soft[book.step_of[stepped]]
        self.upper[count] = np.floor(self.upper[stepped] / size + 1e-9)
        multiples = self._entries(stepped) - self._entries(count, size)
        yield multiples, np.zeros(len(stepped)), np.where(soft, np.inf, 0.0)
        given_up = self._give[book.step_of[stepped[soft]]]  # as a whole or not at all
        self.integer[given_up], self.upper[given_up] = True, 1.0
        nothing, endless = np.zeros(len(given_up)), np.full(len(given_up), np.inf)
        yield multiples[soft] + self._entries(given_up, 1.0 - size[soft]), -endless, nothing

        soft, needed = self._soft[book.least_of[runs]], self._needed[runs]
        fewer = np.where(soft, self._give[book.least_of[runs]], 0)
        np.minimum.at(self.upper, fewer[soft], needed[soft] - 1.0)
        self.upper[on] = 1.0
        own, nothing, endless = self._entries(runs), np.zeros(len(runs)), np.full(len(runs), np.inf)
        given = self._entries(fewer, soft.astype(float))
        yield own - self._entries(on, needed) + given, nothing, endless
        yield own - self._entries(on, self.upper[runs]), -endless, nothing

    def _entries(self, columns: Ints, values: Floats | float = 1.0) -> sparse.csr_array:
        """Return rows with one entry each."""
        shape, row = (len(columns), self.width), np.arange(len(columns))
        return sparse.csr_array((np.broadcast_to(values, len(columns)), (row, columns)), shape)

    def _rows(self, rows: Ints) -> sparse.csr_array:
        own = self.book.matrix[rows]
        return sparse.csr_array((own.data, own.indices, own.indptr), (len(rows), self.width))
