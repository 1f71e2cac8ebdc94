"""Columns that are drawn: base figures in, figures of many futures out, within their range."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.futures.draw import Draw
from commission_opt.instance.schema import TABLES
from commission_opt.scenario.ranges import ends
from commission_opt.scenario.sheets import VariedRows

Key = tuple[str, str]
"""A table and one of its columns."""

CHUNK = 256  # futures whose figures lie in memory at once


@dataclass(frozen=True, eq=False)
class Touch:
    """What one draw does to a column: which cells, by which of its units, and if it has but one."""

    draw: int
    operator: str
    cells: Ints | slice
    unit: Ints | None
    alike: bool

    def apply(self, block: Floats, values: Floats) -> None:
        """Multiply or increase cells, (w, N), by the values of units, (w, U)."""
        by = values if self.unit is None else np.take(values, self.unit, axis=1)
        change = np.multiply if self.operator == "*=" else np.add
        block[:, self.cells] = change(block[:, self.cells], by)

    def by(self, asked: Ints) -> Touch:
        """Return the same if only some units, ascending, are drawn."""
        return self if self.unit is None else replace(self, unit=np.searchsorted(asked, self.unit))

    def only(self, rows: Ints) -> Touch:
        """Return what it does to some rows, ascending, in whose place the N stand."""
        cells = self.cells
        if isinstance(cells, slice):
            cells = np.arange(cells.start, cells.stop)
        some = np.flatnonzero(np.isin(cells, rows))
        unit = some if self.unit is None else self.unit[some]
        at = np.searchsorted(rows, cells[some])
        return replace(self, cells=_together(at), unit=None if self.alike else unit)


@dataclass(frozen=True, eq=False)
class DrawnColumn:
    """A column that draws change.

    Parameters
    ----------
    touches : tuple of Touch
        In the order of the file.
    cells : array of int
        Positions of all figures that are drawn.
    low, high : float
        Ends of the range of its figures.
    may_leave : bool
        Whether some figure of some draw leaves it.
    """

    touches: tuple[Touch, ...]
    cells: Ints
    low: float
    high: float
    may_leave: bool

    def fill(self, block: Floats, values: Sequence[Floats]) -> None:
        """Turn figures as given, (w, N), into those of draws, set to an end where they leave it.

        ``values`` are those of the units of every draw, (w, U) each.
        """
        self._apply(block, values)
        if self.may_leave:
            np.clip(block, self.low, self.high, out=block)

    def cut(self, base: Floats, values: Sequence[Floats]) -> int:
        """Count the figures of draws that leave their range."""
        block = np.tile(base, (len(values[self.touches[0].draw]), 1))
        self._apply(block, values)
        return int(np.count_nonzero((block < self.low) | (block > self.high)))

    def only(self, rows: Ints) -> DrawnColumn:
        """Return the column of some rows, ascending, in whose place the N stand."""
        touches = (touch.only(rows) for touch in self.touches)
        some = tuple(t for t in touches if isinstance(t.cells, slice) or len(t.cells))
        cells = np.searchsorted(rows, np.intersect1d(self.cells, rows))
        return replace(self, touches=some, cells=cells)

    def _apply(self, block: Floats, values: Sequence[Floats]) -> None:
        for touch in self.touches:
            touch.apply(block, values[touch.draw])


def columns_of(
    draws: Sequence[Draw], sheet: Callable[[str], VariedRows], points: Floats
) -> dict[Key, DrawnColumn]:
    """Return the columns that draws change, by table and column, in the order of the file."""
    extremes = _extremes(draws, points)
    keys = dict.fromkeys((each.table, column) for each in draws for column in each.cells)
    found = {}
    for table, name in keys:
        low, high = ends(TABLES[table].column(name))
        own = [(i, d) for i, d in enumerate(draws) if d.table == table and name in d.cells]
        least = most = sheet(table).columns[name]
        for i, each in own:
            least, most = _moved(least, most, each, name, *extremes[i])
        found[table, name] = DrawnColumn(
            tuple(_touch(i, each, name) for i, each in own),
            np.unique(np.concatenate([each.cells[name] for _, each in own])),
            low,
            high,
            bool((least < low).any() or (most > high).any()),
        )
    return found


def chunks(stop: int, size: int = CHUNK, start: int = 0) -> Iterator[slice]:
    """Cut the positions of futures into slices that fit into memory."""
    for begin in range(start, stop, size):
        yield slice(begin, min(begin + size, stop))


def values_of(
    draws: Sequence[Draw], points: Floats, columns: Iterable[DrawnColumn]
) -> list[Floats]:
    """Return what the units of each draw are multiplied or increased by, (w, U) each.

    Of draws that touch none of the columns nothing is returned.
    """
    at = np.cumsum([0, *(each.dimensions for each in draws)])
    used = {touch.draw for column in columns for touch in column.touches}
    return [
        each.values(points[:, at[i] : at[i + 1]]) if i in used else np.empty((len(points), 0))
        for i, each in enumerate(draws)
    ]


def of_rows(
    draws: Sequence[Draw], columns: Mapping[Key, DrawnColumn], rows: Mapping[str, Ints]
) -> tuple[tuple[Draw, ...], dict[Key, DrawnColumn]]:
    """Return draws and columns for some rows of tables, ascending, and for all of other tables."""
    found = {key: c.only(rows[key[0]]) if key[0] in rows else c for key, c in columns.items()}
    own = [*draws]
    for i, draw in enumerate(draws):
        touched = [t for c in found.values() for t in c.touches if t.draw == i]
        units = [t.unit for t in touched if t.unit is not None]
        if draw.table in rows and units and len(units) == len(touched):
            own[i] = replace(draw, asked=np.unique(np.concatenate(units)))
    for key, column in found.items():
        touches = (t if (a := own[t.draw].asked) is None else t.by(a) for t in column.touches)
        found[key] = replace(column, touches=tuple(touches))
    return tuple(own), found


def _extremes(draws: Sequence[Draw], points: Floats) -> list[tuple[Floats, Floats]]:
    """Return the least and the greatest value of the units of each draw."""
    at, found = 0, []
    for each in draws:
        own = points[:, at : at + each.dimensions]
        ends = [
            (v.min(axis=0), v.max(axis=0)) for v in (each.values(own[c]) for c in chunks(len(own)))
        ]
        least, most = zip(*ends, strict=True)
        found.append((np.min(least, axis=0), np.max(most, axis=0)))
        at += each.dimensions
    return found


def _moved(
    least: Floats, most: Floats, draw: Draw, column: str, low: Floats, high: Floats
) -> tuple[Floats, Floats]:
    """Return bounds on figures after a draw, from those before it."""
    cells, unit = draw.cells[column], draw.unit[column]
    before = np.stack([least[cells], most[cells]])[:, None]
    by = np.stack([low[unit], high[unit]])
    ways = (before * by if draw.row.figures.operator == "*=" else before + by).reshape(4, -1)
    least, most = least.copy(), most.copy()
    least[cells], most[cells] = ways.min(axis=0), ways.max(axis=0)
    return least, most


def _touch(position: int, draw: Draw, column: str) -> Touch:
    cells, unit = draw.cells[column], draw.unit[column]
    as_they_are, alike = np.array_equal(unit, np.arange(len(draw.group))), len(draw.group) == 1
    given = None if as_they_are or alike else unit
    return Touch(position, draw.row.figures.operator, _together(cells), given, alike)


def _together(cells: Ints) -> Ints | slice:
    """Return positions, ascending, as a slice if none is left out."""
    if len(cells) and cells[-1] - cells[0] + 1 == len(cells):
        return slice(int(cells[0]), int(cells[-1]) + 1)
    return cells
