"""Figures of many futures, laid out as the mathematics meets them: futures along the last axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._given: dict[str, tuple[Mapping[str, Floats], Ints]] = {}

    def column(self, table: str, column: str) -> tuple[Floats, Ints]:
        """Return a column as it is given, and the cell of each row; its own number if it has none.

        Cells are positions in ``Instance.cells``, or in (P, Q) for tables without years.
        """
        if table not in self._given:
            rows = sheet(self.instance, table)
            count = len(rows.lines)
            at = self._cells(rows.codes) if table in _BY_CELL else np.arange(count)
            self._given[table] = (rows.columns, at)
        columns, at = self._given[table]
        return columns[column], at

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
    """

    rows: RowsByCell
    figures: Figures

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

    def leaving(self) -> tuple[Floats, Floats]:
        """Return the early and the later leaver rates, each (P * Q, W) or (P * Q, 1)."""
        size = self.instance.shape[0] * self.instance.shape[1]
        late = self.placed("workforce", "leaver_rate", size)
        early = self.placed("workforce", "early_leaver_rate", size, np.nan)
        return np.where(np.isnan(early), late, early), late
