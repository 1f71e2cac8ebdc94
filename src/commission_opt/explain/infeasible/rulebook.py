"""All statements of an instance under a model, as bounds and rows over the places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import largest_excess
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.origin import Origin, Statement
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Bools

NOBODY = -1
_SHARED = 100.0  # times the places promised that a group may need so that a region has its share


@dataclass(frozen=True, eq=False)
class Layer:
    """Bounds of decision columns that come from statements of one kind.

    Parameters
    ----------
    values : array, shape (n,)
        The bounds, infinite where there is none.
    of : array of int, shape (n,)
        The statement behind each, ``NOBODY`` where there is none.
    """

    values: Floats
    of: Ints


@dataclass(frozen=True, eq=False)
class Rulebook:
    """All statements of an instance under a model, over the places by course and year.

    Parameters
    ----------
    problem : Planning
        The instance under its model.
    matrix : scipy.sparse.csr_array, shape (m, n)
        Rows over the places, course by course and year by year.
    row_lower, row_upper : array, shape (m,)
    lower_of, upper_of : array of int, shape (m,)
        The statement behind each end of each row.
    floors, ceilings : tuple of Layer
        Bounds of the places.
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
    floors: tuple[Layer, ...]
    ceilings: tuple[Layer, ...]
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

    def only(self, active: Bools) -> Rulebook:
        """Return the rows that some statements bind, and the columns in them or with a floor.

        Places of other columns may be 0, whatever else those statements say.
        """
        low, high = self.ends(active)
        rows = np.flatnonzero(np.isfinite(low) | np.isfinite(high))
        matrix = sparse.csr_array(self.matrix[rows])
        touched = np.zeros(matrix.shape[1], dtype=bool)
        touched[matrix.indices[matrix.data != 0]] = True
        touched |= self.box(active, np.inf)[0] > 0
        some = np.flatnonzero(touched)

        def cut(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
            return tuple(Layer(layer.values[some], layer.of[some]) for layer in layers)

        return replace(
            self,
            matrix=sparse.csr_array(sparse.csc_array(matrix)[:, some]),
            row_lower=self.row_lower[rows],
            row_upper=self.row_upper[rows],
            lower_of=self.lower_of[rows],
            upper_of=self.upper_of[rows],
            floors=cut(self.floors),
            ceilings=cut(self.ceilings),
            step=self.step[some],
            least=self.least[some],
            step_of=self.step_of[some],
            least_of=self.least_of[some],
            columns=self.columns[some],
        )

    def moved(self, by: Mapping[int, float]) -> Rulebook:
        """Return the same statements, some of which give way by so much, £m, weeks or places."""
        give = np.zeros(self.size)
        give[list(by)] = list(by.values())

        def given(of: Ints) -> Floats:
            return np.where(of != NOBODY, give[np.maximum(of, 0)], 0.0)

        return replace(
            self,
            row_lower=self.row_lower - given(self.lower_of),
            row_upper=self.row_upper + given(self.upper_of),
            floors=tuple(Layer(f.values - given(f.of), f.of) for f in self.floors),
            ceilings=tuple(Layer(c.values + given(c.of), c.of) for c in self.ceilings),
            step=self.step - given(self.step_of),
            least=self.least - given(self.least_of),
        )

    def spread(self, part: Rulebook, x: Floats) -> Floats:
        """Return places of a part over all columns, 0 elsewhere."""
        wide = np.zeros(len(self.columns))
        wide[np.searchsorted(self.columns, part.columns)] = x
        return wide

    @cached_property
    def cap(self) -> float:
        """Places beyond which no column need go.

        Places may be many only to meet commitments, floors, cohorts or shares; with fewer, every
        other statement is kept as well.
        """
        promised = self.row_lower[np.isfinite(self.row_lower) & (self.row_lower > 0)].sum()
        floors = [float(np.max(layer.values, initial=0.0)) for layer in self.floors]
        own = float(np.max(np.maximum(self.least, self.step), initial=1.0))
        return (_SHARED if self._shared else 2.0) * float(
            promised + max(floors, default=0.0) + 2 * own
        )

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

    def box(self, active: Bools, cap: float) -> tuple[Floats, Floats]:
        """Return the bounds that some statements set, ``cap`` where they set none."""
        lower, upper = np.zeros(self.matrix.shape[1]), np.full(self.matrix.shape[1], cap)
        for layer in self.floors:
            lower = np.maximum(lower, np.where(_on(active, layer.of), layer.values, 0.0))
        for layer in self.ceilings:
            upper = np.minimum(upper, np.where(_on(active, layer.of), layer.values, cap))
        return lower, upper

    def admissible_box(self, active: Bools, cap: float) -> tuple[Floats, Floats]:
        """Return the same, tightened to numbers that are admissible under the statements."""
        step, smallest = self.numbers(active)
        lower, upper = self.box(active, cap)
        return outermost(lower, upper, step, smallest)

    def ends(self, active: Bools) -> tuple[Floats, Floats]:
        """Return the ends of rows that some statements set, infinite where they set none."""
        return (
            np.where(_on(active, self.lower_of), self.row_lower, -np.inf),
            np.where(_on(active, self.upper_of), self.row_upper, np.inf),
        )

    def behind_floor(self, column: int | np.integer, active: Bools) -> list[int]:
        """Return the statement that sets the lower bound of a column."""
        return self._behind(self.floors, column, active, max)

    def behind_ceiling(self, column: int | np.integer, active: Bools) -> list[int]:
        """Return the statement that sets the upper bound of a column."""
        return self._behind(self.ceilings, column, active, min)

    def behind_cohort(self, column: int | np.integer, active: Bools) -> list[int]:
        """Return the statements that say which numbers a column may take."""
        both = int(self.least_of[column]), int(self.step_of[column])
        return [s for s in both if s != NOBODY and active[s]]

    def _behind(
        self,
        layers: tuple[Layer, ...],
        column: int | np.integer,
        active: Bools,
        furthest: Callable[[list[tuple[float, int]]], tuple[float, int]],
    ) -> list[int]:
        found = [
            (float(layer.values[column]), int(layer.of[column]))
            for layer in layers
            if layer.of[column] != NOBODY and active[layer.of[column]]
        ]
        return [furthest(found)[1]] if found else []

    def breach(self, active: Bools, x: Floats, *, whole: bool | None = None) -> float:
        """Return how far places are from keeping some statements, relative to max(1, |limit|).

        Worked out from the places alone; ``whole`` says whether they must be admissible numbers,
        as the model says if it is not given.
        """
        lower, upper = self.box(active, np.inf)
        low, high = self.ends(active)
        use = self.matrix @ x
        # Rows are as sensitive as what they stand for: £m become £, as in the rules' own checks.
        size = self._row_size
        worst = max(
            largest_excess(lower - x, lower),
            largest_excess(x - upper, upper),
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
        return np.array([self.origins[s].scale for s in of])

    def statement(self, number: int) -> Statement:
        """Return a statement as it stands in the files."""
        return self.origins[number].statement(self.problem, int(self.items[number]))


def _on(active: Bools, of: Ints) -> Bools:
    """Say behind which entries an active statement stands."""
    if not len(active):
        return np.zeros(len(of), dtype=bool)
    return np.asarray((of != NOBODY) & active[np.maximum(of, 0)])
