"""Figures of many futures, laid out as the mathematics meets them: futures along the last axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats, Ints
from commission_opt.futures.columns import Key
from commission_opt.instance.instance import Instance
from commission_opt.scenario.sheets import sheet

Figures = Mapping[Key, Floats]  # each of shape (W, N), N rows of ``scenario.sheets.sheet``


class RowsByCell:
    """Where the rows of the tables of an instance stand in its arrays; worked out once.

    Parameters
    ----------
    instance : Instance
    pairs : slice, optional
        The professions and regions that are asked for, of the P * Q; all if not given.
    whole : RowsByCell, optional
        The same of all.
    """

    def __init__(
        self, instance: Instance, pairs: slice | None = None, whole: RowsByCell | None = None
    ) -> None:
        self.instance, self._whole = instance, whole
        self.pairs = pairs or slice(0, instance.shape[0] * instance.shape[1])
        self._given: dict[str, tuple[Mapping[str, Floats], Ints]] = {}
        self._rates: dict[str, tuple[Ints, Ints, Ints, Floats]] = {}

    def within(self, pairs: slice) -> RowsByCell:
        """Return the rows of some professions and regions, in whose place P * Q stands."""
        return RowsByCell(self.instance, pairs, self)

    def column(self, table: str, column: str) -> tuple[Floats, Ints]:
        """Return a column as it is given, and the cell of each row; its own number if it has none.

        Cells are positions in ``Instance.cells``, or in (P, Q) for tables without years, from those
        of the first pair asked for; rows of others are left out.
        """
        columns, at = self._table(table)
        return columns[column], at

    def _table(self, name: str) -> tuple[Mapping[str, Floats], Ints]:
        if name not in self._given:
            if self._whole is None:
                rows = sheet(self.instance, name)
                columns, at = rows.columns, np.arange(len(rows.lines))
                at = self._cells(rows.codes) if name in _BY_CELL else at
            else:
                columns, at = self._whole._table(name)
                if name in _BY_CELL:
                    own = self._own(name)
                    columns = {column: values[own] for column, values in columns.items()}
                    at = at[own] - self.pairs.start * self._years(name)
            self._given[name] = columns, at
        return self._given[name]

    @property
    def of_pairs(self) -> Mapping[str, Ints]:
        """The rows of tables by cell that speak of the pairs asked for."""
        return {name: self._own(name) for name in _BY_CELL}

    def _own(self, name: str) -> Ints:
        pair = (self._whole or self)._table(name)[1] // self._years(name)
        return np.flatnonzero((pair >= self.pairs.start) & (pair < self.pairs.stop))

    def _years(self, name: str) -> int:
        return 1 if name == "workforce" else self.instance.horizon

    def rates(self, name: str) -> tuple[Ints, Ints, Ints, Floats]:
        """Return line, years that are paid, study year and rate of each row of a table of rates.

        All but the first have a second axis, of length 1, for futures.
        """
        if name not in self._rates:
            table: pd.DataFrame = getattr(self.instance, name)
            line = table["line"].to_numpy(int)
            years = self.instance.lines["paid_years"].to_numpy(int)[line]
            study_year, rate = table["study_year"].to_numpy(int), table["rate"].to_numpy(float)
            self._rates[name] = line, years[:, None], study_year[:, None], rate[:, None]
        return self._rates[name]

    def _cells(self, codes: Mapping[str, np.ndarray]) -> Ints:
        instance = self.instance
        p = pd.Index(instance.professions["profession"]).get_indexer(codes["profession"])
        q = pd.Index(instance.regions["region"]).get_indexer(codes["region"])
        pair = p * instance.shape[1] + q
        if "year" not in codes:
            return np.asarray(pair, dtype=np.int64)
        year = codes["year"].astype(float).astype(np.int64) - instance.first_year
        return np.asarray(pair * instance.horizon + year, dtype=np.int64)


_BY_CELL = ("demand", "joiners", "posts", "workforce")


@dataclass(frozen=True, eq=False)
class Varied:
    """The figures of W futures; those that do not vary have one in the place of W.

    Parameters
    ----------
    rows : RowsByCell
    figures : mapping of (table, column) to array, shape (W, N)
        Those that vary.
    charged : dict of str to (array, array)
        What ``spending.per_student`` found, by table of rates.
    """

    rows: RowsByCell
    figures: Figures
    charged: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)

    @property
    def instance(self) -> Instance:
        """The instance as given."""
        return self.rows.instance

    def of(self, table: str, column: str) -> Floats:
        """Return a column by row, shape (N, W) or (N, 1)."""
        if (found := self.figures.get((table, column))) is not None:
            return np.asarray(found.T)
        return self.rows.column(table, column)[0][:, None]

    def placed(self, table: str, column: str, size: int, empty: float = 0.0) -> Floats:
        """Return a column by cell, (size, W) or (size, 1); ``empty`` where there is no row."""
        values, at = self.of(table, column), self.rows.column(table, column)[1]
        placed = np.full((size, values.shape[1]), empty)
        placed[at] = values
        return placed

    @property
    def first(self) -> int:
        """The first pair that is asked for."""
        return int(self.rows.pairs.start)

    @property
    def size(self) -> int:
        """The number of pairs asked for, P * Q if that is all."""
        return int(self.rows.pairs.stop) - self.first

    def leaving(self) -> tuple[Floats, Floats]:
        """Return the early and the later leaver rates, each (P * Q, W) or (P * Q, 1)."""
        size = self.size
        late = self.placed("workforce", "leaver_rate", size)
        early = self.placed("workforce", "early_leaver_rate", size, np.nan)
        return np.where(np.isnan(early), late, early), late
