"""Draws that are nearly alike, put together before what is missing in them is worked out.

Where staff and demand are affine in what is drawn, what is missing at the mean of some draws is by
Jensen's inequality nowhere above the mean of what is missing in each: an under-estimate from means
is one of all draws. The objective is a sum over professions, so each has strata of its own: draws
are sorted by what sways its figures most, within strata of that by what sways them next, and
neighbours are put together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.futures.columns import Key, Touch
from commission_opt.futures.draw import Draw
from commission_opt.futures.futures import Futures
from commission_opt.futures.kernel import LIMITS
from commission_opt.futures.reach import Reach

AFFINE: frozenset[Key] = frozenset({("demand", "fte"), ("joiners", "fte"), ("workforce", "fte")})
"""Columns in which what is missing is affine."""
_FEWEST = 2048  # that are left of the draws


@dataclass(frozen=True, eq=False)
class _Means(Draw):
    """A row of an uncertainty file whose means stand in the place of uniform numbers."""

    @property
    def dimensions(self) -> int:
        """As many as there are units."""
        return len(self.group)

    def values(self, points: Floats) -> Floats:
        """Return the factors or additions of the units, shape (W, U)."""
        return points


@dataclass(frozen=True, eq=False)
class _Swayed:
    """What one row of an uncertainty file does to one column.

    Parameters
    ----------
    draw : Draw
    points : array, shape (W, dimensions)
    unit : array of int, shape (V,)
        The units of each profession, profession by profession.
    ends : array of int, shape (P + 1,)
        Where the units of each profession begin.
    worth : array, shape (V,)
        FTE of all cells by which 1 of each unit changes a profession.
    touch : Touch
        What these units do to cells.
    """

    draw: Draw
    points: Floats
    unit: Ints
    ends: Ints
    worth: Floats
    touch: Touch

    def of(self, profession: int) -> slice:
        """Return the units of a profession."""
        return slice(int(self.ends[profession]), int(self.ends[profession + 1]))

    def values(self, own: slice) -> Floats:
        """Return what some units are in all draws."""
        return replace(self.draw, asked=self.unit[own]).values(self.points)


def in_strata(reach: Reach, p: Floats) -> tuple[Reach, Floats]:
    """Return how far decisions reach in means of draws, and what each of these counts.

    The same where draws are not many, do not count alike, or what is missing is not affine in what
    is drawn.

    Parameters
    ----------
    reach : Reach
        W futures.
    p : array, shape (W,)
        What each counts.
    """
    futures = reach.futures
    told, count = futures.explicit, len(futures.points)
    fewer = count // max(1, count // _FEWEST)
    if fewer == count or (p[told:] != p[told]).any() or not _affine(futures):
        return reach, p
    starts = np.arange(fewer) * count // fewer
    sizes = np.diff(np.append(starts, count))
    swayed = list(_swayed(futures))
    means = [np.empty((fewer, len(each.unit))) for each in swayed]
    for profession in range(reach.problem.instance.shape[0]):
        own = [each.of(profession) for each in swayed]
        values = [each.values(some) for each, some in zip(swayed, own, strict=True)]
        sways = [v @ each.worth[some] for each, v, some in zip(swayed, values, own, strict=True)]
        order = _order(sways, fewer)
        for into, some, each in zip(means, own, values, strict=True):
            into[:, some] = np.add.reduceat(each[order], starts) / sizes[:, None]
    return replace(reach, futures=_of_means(futures, swayed, means)), np.append(
        p[:told], p[told] * sizes
    )


def _affine(futures: Futures) -> bool:
    """Say whether what is missing is affine in what is drawn."""
    for key, column in futures.columns.items():
        if key in LIMITS:
            continue
        touched = sum(len(d.cells[key[1]]) for d in futures.draws if _draws(d, key))
        if key not in AFFINE or column.may_leave or touched > len(column.cells):
            return False
    return True


def _draws(draw: Draw, key: Key) -> bool:
    return draw.table == key[0] and key[1] in draw.cells


def _swayed(futures: Futures) -> Iterator[_Swayed]:
    """Yield what each row does to each column of which staff and demand follow."""
    codes = futures.instance.codes[0]
    at = np.cumsum([0, *(each.dimensions for each in futures.draws)])
    count = 0
    for i, draw in enumerate(futures.draws):
        for column in draw.cells:
            if (draw.table, column) not in AFFINE:
                continue
            rows, cells = futures.sheet(draw.table), draw.cells[column]
            number = {code: p for p, code in enumerate(codes)}
            of = np.array([number[code] for code in rows.codes["profession"][cells].tolist()])
            named, new = np.unique(of * len(draw.group) + draw.unit[column], return_inverse=True)
            profession, unit = np.divmod(named, len(draw.group))
            operator = draw.row.figures.operator
            worth = np.ones(len(cells)) if operator == "+=" else rows.columns[column][cells]
            total = np.zeros(len(named))
            np.add.at(total, new, worth)
            yield _Swayed(
                draw, futures.points[:, at[i] : at[i + 1]], unit,
                np.searchsorted(profession, np.arange(len(codes) + 1)),
                total, Touch(count, operator, cells, new, alike=False),
            )  # fmt: skip
            count += 1


def _order(sways: Sequence[Floats], count: int) -> Ints:
    """Return draws so that neighbours are alike, in about so many strata.

    Parameters
    ----------
    sways : sequence of array, shape (W,)
        What each row of the file does in each draw.
    count : int
    """
    most_first = sorted((each for each in sways if np.ptp(each) > 0), key=np.std, reverse=True)
    if not most_first:
        return np.arange(len(sways[0]))
    *coarse, finest = most_first
    strata = max(1, round(count ** (1.0 / len(most_first))))
    blocks = [np.argsort(np.argsort(each)) * strata // len(each) for each in coarse]
    return np.lexsort((finest, *reversed(blocks)))


def _of_means(futures: Futures, swayed: Sequence[_Swayed], means: Sequence[Floats]) -> Futures:
    """Return futures whose draws are means."""
    fewer, columns = len(means[0]), {}
    for key in AFFINE & futures.columns.keys():
        own = tuple(e.touch for e in swayed if e.draw.table == key[0] and key[1] in e.draw.cells)
        columns[key] = replace(futures.columns[key], touches=own)
    return replace(
        futures,
        names=(*futures.names[: futures.explicit], *map(str, range(fewer))),
        probability=np.full(futures.explicit + fewer, np.nan),
        points=np.hstack(means),
        draws=tuple(
            _Means(e.draw.row, e.draw.table, {}, {}, e.unit, np.zeros_like(e.unit)) for e in swayed
        ),
        columns=columns,
    )
