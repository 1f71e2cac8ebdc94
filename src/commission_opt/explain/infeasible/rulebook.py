"""All statements of an instance under a model, as bounds and rows over the places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.core.linear_program import largest_excess
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.origin import Origin, Statement
from commission_opt.formulation.problem import Planning

NOBODY = -1
_OF_ROWS = ("row_lower", "row_upper", "lower_of", "upper_of")
_OF_COLUMNS = ("step", "least", "step_of", "least_of", "columns")
_SHARED = 100.0  # times the places promised that a group may need so that a region has its share


@dataclass(frozen=True, eq=False)
class Rulebook:
    """All statements of an instance under a model, over the places by course and year.

    Parameters
    ----------
    problem : Planning
        The instance under its model.
    matrix : scipy.sparse.csr_array, shape (m, n)
        Rows over the places, course by course and year by year; then rows that bound one column.
    row_lower, row_upper : array, shape (m,)
    lower_of, upper_of : array of int, shape (m,)
        The statement behind each end of each row.
    bounds : array of int, shape (m,)
        The column that a row bounds; ``NOBODY`` for a row of the program.
    step, least : array, shape (n,)
        Step, and least number of places if any, that each column's course takes.
    step_of, least_of : array of int, shape (n,)
        The statements behind them.
    origins : tuple of Origin, length s
    items : array of int, shape (s,)
        Which item of its origin each statement is.
    columns : array of int, shape (n,)
        Which decision, course by course and year by year, each column is.
    """

    problem: Planning
    matrix: sparse.csr_array
    row_lower: Floats
    row_upper: Floats
    lower_of: Ints
    upper_of: Ints
    bounds: Ints
    step: Floats
    least: Floats
    step_of: Ints
    least_of: Ints
    origins: tuple[Origin, ...]
    items: Ints
    columns: Ints

    @property
    def size(self) -> int:
        """Number of statements."""
        return len(self.origins)

    @property
    def whole(self) -> bool:
        """Whether places must be whole."""
        return self.problem.policy.integer

    @property
    def everything(self) -> Bools:
        """All statements, as a mask."""
        return np.ones(self.size, dtype=bool)

    @cached_property
    def of_numbers(self) -> frozenset[int]:
        """The statements that say which numbers of places a course may take."""
        return frozenset(np.concatenate([self.step_of, self.least_of]).tolist()) - {NOBODY}

    def mask(self, statements: Sequence[int]) -> Bools:
        """Return some statements as a mask."""
        chosen = np.zeros(self.size, dtype=bool)
        chosen[list(statements)] = True
        return chosen

    @property
    def free(self) -> slice:
        """The rows of the program, which bound no column alone."""
        return slice(0, int(np.sum(self.bounds == NOBODY)))

    def only(self, active: Bools) -> Rulebook:
        """Return the rows that some statements bind, and the columns in them or with a floor.

        Places of other columns may be 0, whatever else those statements say.
        """
        low, high = self.ends(active)
        bound = np.isfinite(low) | np.isfinite(high)
        rows = sparse.csr_array(self.matrix[np.flatnonzero(bound & (self.bounds == NOBODY))])
        touched = self.box(active, np.inf)[0] > 0
        touched[rows.indices[rows.data != 0]] = True
        some, kept = np.flatnonzero(touched), bound & np.append(touched, True)[self.bounds]
        return replace(
            self,
            matrix=sparse.csr_array(sparse.csc_array(self.matrix[np.flatnonzero(kept)])[:, some]),
            bounds=np.append(np.cumsum(touched) - 1, NOBODY)[self.bounds[kept]],
            **{name: getattr(self, name)[kept] for name in _OF_ROWS},
            **{name: getattr(self, name)[some] for name in _OF_COLUMNS},
        )

    def moved(self, by: Mapping[int, float]) -> Rulebook:
        """Return the same statements, some of which give way by so much, £m, weeks or places."""
        give = np.zeros(self.size + 1)  # the last is nobody's
        give[list(by)] = list(by.values())
        return replace(
            self,
            row_lower=self.row_lower - give[self.lower_of],
            row_upper=self.row_upper + give[self.upper_of],
            step=self.step - give[self.step_of],
            least=self.least - give[self.least_of],
        )

    @cached_property
    def cap(self) -> float:
        """Places beyond which no column need go.

        Places may be many only to meet commitments, floors, cohorts or shares, or because courses
        take staff whose pay is then saved; with fewer, every other statement is kept as well.
        """
        asked, bound = self.row_lower, self.bounds != NOBODY
        promised, floors = asked[(asked > 0) & ~bound].sum(), asked[bound]
        own = float(np.max(np.maximum(self.least, self.step), initial=1.0))
        return (_SHARED if self._shared else 2.0) * float(
            promised + np.max(floors, initial=0.0) + self._saved + 2 * own
        )

    @property
    def _saved(self) -> float:
        """Places that it takes at most to bring rows down to their ends by what places save."""
        if not len(self.problem.instance.pay):
            return 0.0
        down = np.zeros(len(self.row_upper))
        row = np.repeat(np.arange(len(down)), np.diff(self.matrix.indptr))
        np.maximum.at(down, row, -self.matrix.data)
        some = (down > 0) & (self.row_upper < 0)
        return float(np.sum(-self.row_upper[some] / down[some]))

    @property
    def _shared(self) -> bool:
        """Whether a row weighs one course against another, or asks for parts of places."""
        matrix, count = self.matrix, len(self.row_lower)
        row = np.repeat(np.arange(count), np.diff(matrix.indptr))
        course = self.columns[matrix.indices] // self.problem.policy.commissioning_years
        several = np.bincount(row, course != course[matrix.indptr[row]], count) > 0
        against = several & (np.bincount(row, matrix.data < 0, count) > 0)
        asked = np.isfinite(self.row_lower) & (self.row_lower > 0)
        return bool(np.any(against | asked & (np.bincount(row, matrix.data < 1, count) > 0)))

    def numbers(self, active: Bools) -> tuple[Floats, Floats]:
        """Return step and smallest positive number of each column under some statements."""
        step = np.where(_on(active, self.step_of), self.step, 1.0)
        least = np.where(_on(active, self.least_of), self.least, 0.0)
        return step, np.maximum(np.ceil(least / step), 1.0) * step

    def box(self, active: Bools, cap: float, *, tight: bool = False) -> tuple[Floats, Floats]:
        """Return the bounds that some statements set, ``cap`` where they set none.

        With ``tight`` they are moved to numbers that are admissible under the statements.
        """
        lower, upper = np.zeros(len(self.columns)), np.full(len(self.columns), cap)
        low, high = self.ends(active)
        bound = self.bounds != NOBODY
        np.maximum.at(lower, self.bounds[bound], low[bound])
        np.minimum.at(upper, self.bounds[bound], high[bound])
        return outermost(lower, upper, *self.numbers(active)) if tight else (lower, upper)

    def ends(self, active: Bools) -> tuple[Floats, Floats]:
        """Return the ends of rows that some statements set, infinite where they set none."""
        return (
            np.where(_on(active, self.lower_of), self.row_lower, -np.inf),
            np.where(_on(active, self.upper_of), self.row_upper, np.inf),
        )

    def behind(self, active: Bools, *, tight: bool) -> tuple[Ints, ...]:
        """Return the statements that set lower and upper bounds, ``NOBODY`` where there are none.

        With ``tight`` also those that set the least number and the step.
        """
        found = [np.where(_on(active, of), of, NOBODY) for of in (self.least_of, self.step_of)]
        sides = (self.row_lower, self.lower_of, 1), (self.row_upper, self.upper_of, -1)
        bounds = [np.full(len(self.columns), NOBODY) for _ in sides]
        for (end, of, order), behind in zip(sides, bounds, strict=True):
            rows = np.flatnonzero((self.bounds != NOBODY) & _on(active, of))
            rows = rows[np.lexsort((of[rows], end[rows]))][::order]
            behind[self.bounds[rows]] = of[rows]  # the last, which is the tightest, stays
        return (*bounds, *(found if tight else ()))

    def breach(self, active: Bools, x: Floats, *, whole: bool | None = None) -> float:
        """Return how far places are from keeping some statements, relative to max(1, |limit|).

        Worked out from the places alone; ``whole`` says whether they must be admissible numbers,
        as the model says if it is not given.
        """
        low, high = self.ends(active)
        use = self.matrix @ x
        # Rows are as sensitive as what they stand for: £m become £, as in the rules' own checks.
        size = self._row_size
        worst = max(
            float(np.max(-x, initial=0.0)),
            largest_excess((low - use) * size, low * size),
            largest_excess((use - high) * size, high * size),
        )
        if self.whole if whole is None else whole:
            step, smallest = self.numbers(active)
            nearest = np.round(x / step) * step
            off = np.abs(x - nearest)
            few = (nearest > 0) & (nearest < smallest)
            off = np.where(few, np.maximum(off, smallest - nearest), off)
            worst = max(worst, float(np.max(off, initial=0.0)))
        return worst

    @cached_property
    def _row_size(self) -> Floats:
        of = np.where(self.upper_of != NOBODY, self.upper_of, self.lower_of)
        return np.array([*(origin.scale for origin in self.origins), 1.0])[of]

    def statement(self, number: int) -> Statement:
        """Return a statement as it stands in the files."""
        return self.origins[number].statement(self.problem, int(self.items[number]))


def _on(active: Bools, of: Ints) -> Bools:
    """Say behind which entries an active statement stands."""
    return np.asarray(np.append(active, False)[of])  # the last is nobody's
