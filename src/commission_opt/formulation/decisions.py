"""What is decided, and what is bought in every year because of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.account import Affine
from commission_opt.core.index import Index
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy


@dataclass(frozen=True)
class Block:
    """Columns by line and year that is decided on its own.

    Parameters
    ----------
    name : str
        What its columns count: ``places``.
    index : Index
        Its columns, by line and year.
    start : int
        Its first column in the program.
    """

    name: str
    index: Index
    start: int = 0

    @property
    def stop(self) -> int:
        """The column after its last one."""
        return self.start + self.index.size

    @property
    def grid(self) -> Ints:
        """Columns of the program, by line and year."""
        return np.arange(self.start, self.stop, dtype=np.int64).reshape(self.index.shape)


@dataclass(frozen=True)
class Decisions:
    """How decision columns become places of courses and units of measures.

    There is one column for each line and commissioning year; with a level intake one for each
    course and all its years.

    Parameters
    ----------
    courses, measures : Block
        Columns of courses, and after them those of measures.
    years, horizon : int
        Times at which lines are decided, K, which are the commissioning years unless ``times`` are
        given, and years of the horizon.
    started : Affine, from n columns to L · Y
        What starts on every line in every year of the horizon, at positions of ``Instance.starts``;
        its constant is what no column changes after the last commissioning year.
    times : Times, optional
        Years decided now, and later in each of several futures.
    """

    courses: Block
    measures: Block
    years: int
    horizon: int
    started: Affine
    times: Times | None = None

    @property
    def size(self) -> int:
        """Number of columns."""
        return self.measures.stop

    @property
    def n_lines(self) -> int:
        """Number of lines."""
        return self.courses.index.shape[0] + self.measures.index.shape[0]

    @cached_property
    def line(self) -> Ints:
        """Line of each column, shape (n,)."""
        courses, measures = self.courses.index, self.measures.index
        return np.append(courses.of("line"), courses.shape[0] + measures.of("line"))

    @cached_property
    def time(self) -> Ints:
        """First of the times K that each column decides, shape (n,)."""
        return np.append(self.courses.index.of("year"), self.measures.index.of("year"))

    @cached_property
    def year(self) -> Ints:
        """First commissioning year that each column decides, 0 for the first, shape (n,)."""
        return self.time if self.times is None else self.times.year[self.time]

    @cached_property
    def grid(self) -> Ints:
        """Columns of courses by year that is decided on its own, shape (C, K or 1)."""
        return self.courses.grid

    @cached_property
    def _deciding(self) -> Ints:
        return _deciding(self.courses, self.measures)

    def column(self, line: int | Ints, year: int | Ints) -> Ints:
        """Return the columns that decide lines in commissioning years."""
        return np.asarray(self._deciding[line, year])

    def columns_of(self, lines: Ints) -> Ints:
        """Return the columns of some lines, in their order."""
        starts, stops = (np.searchsorted(self.line, lines, side) for side in ("left", "right"))
        count = stops - starts
        nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return np.asarray(np.repeat(starts, count) + nth)

    def by_year(self, sums: sparse.csr_array) -> sparse.csr_array:
        """Return sums over courses, shape (m, C), as rows over the columns, one for each year.

        Years decided on their own run fastest: ``m`` times as many rows as there are of them.
        """
        years = sparse.eye_array(self.grid.shape[1], format="csr")
        rows = sparse.coo_array(sparse.kron(sums, years))
        return sparse.csr_array((rows.data, rows.coords), shape=(rows.shape[0], self.size))

    def to_amounts(self, columns: Floats) -> Floats:
        """Return places and units by line and commissioning year, shape (L, K)."""
        return columns[self._deciding]

    def as_given(self, amounts: Floats) -> Floats:
        """Return amounts by commissioning year; those decided later as their mean over futures."""
        return amounts if self.times is None else amounts @ self.times.mean

    def of_future(self, w: int, own: Decisions) -> Ints:
        """Return the columns that are those of a layout for one future, shape (n,)."""
        assert self.times is not None
        return self.column(own.line, self.times.of_future[w][own.time])

    def to_columns(self, amounts: Floats) -> Floats:
        """Return the decision columns of places and units, shape (L, K)."""
        return amounts[self.line, self.time]


@dataclass(frozen=True, eq=False)
class Times:
    """When lines are decided, where some years are decided in each of W futures.

    Parameters
    ----------
    year : array of int, shape (K',)
        The commissioning year of each: first those decided now, then those of every future.
    of_future : array of int, shape (W, K)
        The times of the commissioning years in each future.
    probability : array, shape (W,)
        How likely each future is.
    now : int
        How many commissioning years are decided now.
    """

    year: Ints
    of_future: Ints
    probability: Floats
    now: int

    @cached_property
    def mean(self) -> Floats:
        """What each time counts in the mean of a commissioning year, shape (K', K)."""
        found = np.zeros((len(self.year), self.of_future.shape[1]))
        for times, p in zip(self.of_future, self.probability, strict=True):
            found[times, np.arange(len(times))] += p
        found[: self.now, : self.now] = np.eye(self.now)  # whatever probabilities add up to
        return found


def times_of(years: int, now: int, probability: Floats) -> Times:
    """Return when lines are decided, of whose commissioning years the first are decided now."""
    count, later = len(probability), years - now
    first = now + later * np.arange(count)[:, None] + np.arange(later)
    of_future = np.hstack([np.tile(np.arange(now), (count, 1)), first])
    year = np.append(np.arange(now), np.tile(np.arange(now, years), count))
    return Times(year, of_future, probability, now)


def widened(layout: Decisions, times: Times) -> Decisions:
    """Return a layout with columns for what is decided in each future; as given its mean starts."""
    axes, years = ("line", "year"), len(times.year)
    n_courses, decided = layout.courses.index.shape
    n_measures = layout.measures.index.shape[0]
    courses = Block("places", Index(axes, (n_courses, 1 if decided == 1 else years)))
    measures = Block("units", Index(axes, (n_measures, years)), courses.stop)
    wide = Decisions(courses, measures, years, layout.horizon, layout.started, times)
    mean = sum(
        p * selection(wide.of_future(w, layout), wide.size) for w, p in enumerate(times.probability)
    )
    started = Affine(layout.started.constant, sparse.csr_array(layout.started.matrix @ mean))
    return replace(wide, started=started)


def selection(columns: Ints, width: int) -> sparse.csr_array:
    """Return the matrix that picks some of the columns of a program, shape (some, width)."""
    count = len(columns)
    return sparse.csr_array((np.ones(count), (np.arange(count), columns)), shape=(count, width))


def decisions(instance: Instance, policy: Policy, *, by_year: bool = False) -> Decisions:
    """Lay out the decision columns of a model, or with ``by_year`` one for every year."""
    starts, years = instance.starts, policy.commissioning_years
    decided_years = 1 if policy.rules.level_intake and not by_year else years
    axes, n_courses, n_measures = ("line", "year"), len(instance.courses), len(instance.measures)
    courses = Block("places", Index(axes, (n_courses, decided_years)))
    measures = Block("units", Index(axes, (n_measures, years)), courses.stop)
    line, start = starts.of("line"), starts.of("year")
    decided = np.full(starts.size, True)
    if policy.rules.continuation != "repeat":
        decided = start < years
    column = _deciding(courses, measures)[line, np.minimum(start, years - 1)]
    matrix = sparse.csr_array(
        (np.ones(int(decided.sum())), (np.flatnonzero(decided), column[decided])),
        shape=(starts.size, measures.stop),
    )
    fixed = np.zeros(starts.size)
    if policy.rules.continuation == "last_intake":
        last = instance.lines["last_amount"].to_numpy(float)
        fixed = np.where(start >= years, last[line], 0.0)
    return Decisions(courses, measures, years, instance.horizon, Affine(fixed, matrix))


def _deciding(courses: Block, measures: Block) -> Ints:
    """Return the column that decides each line in each commissioning year, shape (L, K)."""
    years = np.arange(measures.index.shape[1])
    of_courses = courses.grid[:, np.minimum(years, courses.index.shape[1] - 1)]
    return np.vstack([of_courses, measures.grid])
