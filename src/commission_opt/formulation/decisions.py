"""The places that are decided, and the places of every year that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy


@dataclass(frozen=True)
class Decisions:
    """How decision columns become places.

    With a level intake there is one column per course, else one per course and commissioning
    year, at position ``course * per_course + year``.

    Parameters
    ----------
    n_courses, years, horizon : int
        Courses, commissioning years and years of the horizon.
    per_course : int
        Columns per course.
    places : scipy.sparse.csr_array, shape (C * Y, n)
        Places of every course and start year per unit of each column.
    fixed : array, shape (C * Y,)
        Places after the last commissioning year that no column changes.
    """

    n_courses: int
    years: int
    horizon: int
    per_course: int
    places: sparse.csr_array
    fixed: Floats

    @property
    def size(self) -> int:
        """Number of columns."""
        return self.n_courses * self.per_course

    def to_places(self, columns: Floats) -> Floats:
        """Return places by course and commissioning year, shape (C, K)."""
        grid = columns.reshape(self.n_courses, self.per_course)
        return np.repeat(grid, self.years, axis=1) if self.per_course < self.years else grid

    def to_columns(self, places: Floats) -> Floats:
        """Return the decision columns of places of shape (C, K)."""
        return np.ascontiguousarray(places[:, : self.per_course]).ravel()


def decisions(instance: Instance, policy: Policy, *, by_year: bool = False) -> Decisions:
    """Lay out the decision columns of a model, or with ``by_year`` one for every year."""
    n_courses, horizon = len(instance.courses), instance.horizon
    years = policy.commissioning_years
    per_course = 1 if policy.rules.level_intake and not by_year else years
    course, start = (axis.ravel() for axis in np.indices((n_courses, horizon)))
    decided = np.full(len(start), True)
    if policy.rules.continuation != "repeat":
        decided = start < years
    column = course * per_course + np.minimum(start, per_course - 1)
    position = np.arange(n_courses * horizon)
    shape = (n_courses * horizon, n_courses * per_course)
    places = sparse.csr_array(
        (np.ones(int(decided.sum())), (position[decided], column[decided])), shape=shape
    )
    fixed = np.zeros(n_courses * horizon)
    if policy.rules.continuation == "last_intake":
        last_intake = instance.courses["last_intake"].to_numpy(float)
        fixed = np.where(start >= years, last_intake[course], 0.0)
    return Decisions(n_courses, years, horizon, per_course, places, fixed)
