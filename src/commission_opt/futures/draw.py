"""A row that is drawn, on the figures of an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from commission_opt.arrays import Floats, Ints
from commission_opt.errors import UsageError
from commission_opt.futures.uncertainty import Uncertain
from commission_opt.instance.instance import Instance
from commission_opt.scenario.axis import NEUTRAL
from commission_opt.scenario.chosen import chosen
from commission_opt.scenario.fields import FIELDS
from commission_opt.scenario.sheets import VariedRows


@dataclass(frozen=True, eq=False)
class Draw:
    """An uncertain row, laid out on the rows of a table.

    A unit is what figures share that are multiplied or increased by the same number: the codes of
    ``each`` and, unless that is level over time, the year. There are U of them, for G combinations
    of codes and S independent steps of time.

    Parameters
    ----------
    row : Uncertain
    table : str
    cells : mapping of str to array of int
        Positions of the figures, by column.
    unit : mapping of str to array of int
        Position of the unit of each of them.
    group, year : array of int, shape (U,)
        Position of the codes of each unit, and years since the first; 0 if level over time.
    asked : array of int, or None
        The units that are asked for, in whose place the U of ``values`` stand; None for all.
    """

    row: Uncertain
    table: str
    cells: Mapping[str, Ints]
    unit: Mapping[str, Ints]
    group: Ints
    year: Ints
    asked: Ints | None = None

    @property
    def groups(self) -> int:
        """Combinations of codes, each with a draw of its own."""
        return int(self.group.max()) + 1

    @property
    def steps(self) -> int:
        """Independent draws over time."""
        return int(self.year.max()) + 1 if self.row.over_time == "walk" else 1

    @property
    def dimensions(self) -> int:
        """Uniform numbers that a scenario needs: for each step a common one and those of groups."""
        return self.steps * (self._common + self._own)

    @property
    def _common(self) -> int:
        return int(self.row.correlation > 0 and self.groups > 1)

    @property
    def _own(self) -> int:
        return 0 if self._common and self.row.correlation == 1 else self.groups

    def values(self, points: Floats) -> Floats:
        """Return the factors or additions of the units.

        Parameters
        ----------
        points : array, shape (W, dimensions)
            Uniform numbers.

        Returns
        -------
        array, shape (W, U)
        """
        asked = slice(None) if self.asked is None else self.asked
        some, group = np.unique(self.group[asked], return_inverse=True)
        common, year = self._common, self.year[asked]
        points = points.reshape(len(points), self.steps, common + self._own)
        if self._own > len(some):
            points = points[..., np.append(np.arange(common), common + some)]
        z = ndtri(points)
        if common:
            rho = self.row.correlation
            z, own = z[..., :1], z[..., 1:]
            z = np.sqrt(rho) * z + (np.sqrt(1 - rho) * own if self._own else 0.0)
            z = np.broadcast_to(z, (*z.shape[:2], len(some)))
        neutral = NEUTRAL[self.row.figures.operator]
        drawn: Floats = self.row.distribution.at(z)
        spread = drawn - neutral
        if self.row.over_time == "walk":
            spread = np.cumsum(spread, axis=1)[:, year, group]
        else:
            spread = spread[:, 0, group]
        if self.row.over_time == "fan":
            spread = spread * np.sqrt(year + 1.0)
        return np.asarray(neutral + spread)


def lay_out(row: Uncertain, instance: Instance, sheet: VariedRows) -> Draw:
    """Look up the figures of a row.

    Raises
    ------
    UsageError
        If it names what the instance does not have, or what these figures lack.
    """
    field = FIELDS[row.figures.field]
    cells = chosen(row.figures, instance, sheet)
    for key in row.each:
        if key not in sheet.codes:
            having = [k for k in sheet.codes if k not in ("year", "study_year")]
            raise UsageError(
                f"{row.figures.field} has no {key!r} for each of which something could be drawn; "
                f"it has {', '.join(having)}"
            )
    if row.over_time != "level" and "year" not in sheet.codes:
        raise UsageError(
            f"{row.figures.field} has no years, so it cannot {row.over_time} over time; write "
            "over_time = 'level', or leave it out"
        )
    rows = np.unique(np.concatenate([*cells.values()]))
    group = _numbered([sheet.codes[key][rows].tolist() for key in row.each], len(rows))
    year = np.zeros(len(rows), dtype=np.int64)
    if row.over_time != "level":
        year = sheet.codes["year"][rows].astype(np.int64) - instance.first_year
    units, unit = np.unique(np.stack([group, year]), axis=1, return_inverse=True)
    at = {column: unit.reshape(-1)[np.searchsorted(rows, own)] for column, own in cells.items()}
    return Draw(row, field.table, cells, at, *units)


def _numbered(codes: list[list[str]], count: int) -> Ints:
    """Return the numbers of combinations of codes in alphabetical order, not that of the rows."""
    combined = [*zip(*codes, strict=True)] or [()] * count
    at = {each: i for i, each in enumerate(sorted({*combined}))}
    return np.array([at[each] for each in combined], dtype=np.int64)
