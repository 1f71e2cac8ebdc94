"""The places that are decided, and the places of every year that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.index import Index
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy


@dataclass(frozen=True)
class Decisions:
    """How decision columns become places.

    With a level intake there is one column per course, else one per course and commissioning
    year.

    Parameters
    ----------
    index : Index
        Columns by course and first commissioning year that they decide.
    years, horizon : int
        Commissioning years and years of the horizon.
    places : scipy.sparse.csr_array, shape (C * Y, n)
        Places of every course and start year per unit of each column.
    fixed : array, shape (C * Y,)
        Places after the last commissioning year that no column changes.
    """

    index: Index
    years: int
    horizon: int
    places: sparse.csr_array
    fixed: Floats

    @property
    def size(self) -> int:
        """Number of columns."""
        return self.index.size

    @property
    def n_courses(self) -> int:
        """Number of courses."""
        return self.index.shape[0]

    @cached_property
    def course(self) -> Ints:
        """Course of each column, shape (n,)."""
        return self.index.of("course")

    @cached_property
    def year(self) -> Ints:
        """First commissioning year that each column decides, 0 for the first, shape (n,)."""
        return self.index.of("year")

    @cached_property
    def grid(self) -> Ints:
        """Columns by course and year that is decided on its own."""
        return np.arange(self.size, dtype=np.int64).reshape(self.index.shape)

    def column(self, course: int | Ints, year: int | Ints) -> Ints:
        """Return the columns that decide courses in commissioning years."""
        return self.index.at(course, np.minimum(year, self.index.shape[1] - 1))

    def columns_of(self, courses: Ints) -> Ints:
        """Return the columns of some courses, in their order."""
        return np.asarray(self.grid[courses].ravel())

    def to_places(self, columns: Floats) -> Floats:
        """Return places by course and commissioning year, shape (C, K)."""
        return columns[self.column(np.arange(self.n_courses)[:, None], np.arange(self.years))]

    def to_columns(self, places: Floats) -> Floats:
        """Return the decision columns of places of shape (C, K)."""
        return places[self.course, self.year]


def decisions(instance: Instance, policy: Policy, *, by_year: bool = False) -> Decisions:
    """Lay out the decision columns of a model, or with ``by_year`` one for every year."""
    starts, years = instance.starts, policy.commissioning_years
    decided_years = 1 if policy.rules.level_intake and not by_year else years
    index = Index(("course", "year"), (len(instance.courses), decided_years))
    course, start = starts.of("course"), starts.of("year")
    decided = np.full(starts.size, True)
    if policy.rules.continuation != "repeat":
        decided = start < years
    column = index.at(course, np.minimum(start, decided_years - 1))
    places = sparse.csr_array(
        (np.ones(int(decided.sum())), (np.flatnonzero(decided), column[decided])),
        shape=(starts.size, index.size),
    )
    fixed = np.zeros(starts.size)
    if policy.rules.continuation == "last_intake":
        last_intake = instance.courses["last_intake"].to_numpy(float)
        fixed = np.where(start >= years, last_intake[course], 0.0)
    return Decisions(index, years, instance.horizon, places, fixed)
