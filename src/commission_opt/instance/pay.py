"""Pay resolved: of the rows of a fund that speak of the same staff, the most specific one holds.

A row names a profession, a group or all professions; a region or all regions, where a leaf is more
specific than its parent; a year or all years. One row overrides another if it is as specific in
all three. In a profession, region and year one row has to override all others that apply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from commission_opt.arrays import Ints
from commission_opt.core.index import Index
from commission_opt.errors import Problem
from commission_opt.instance import hierarchy
from commission_opt.instance.typed import ANY
from commission_opt.text.counts import plural

Tables = Mapping[str, pd.DataFrame]
Codes = tuple[list[str], list[str], list[float]]
Levels = tuple[int, ...]
"""How specific a row is on each axis; 0 for ``*``."""

_AXES = ("profession", "region", "year")


def pay_by_cell(
    tables: Tables,
    professions: pd.DataFrame,
    regions: pd.DataFrame,
    parent_of: Mapping[str, str],
    years: range,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Resolve ``pay`` to one rate per fund, profession, leaf region and year.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables whose codes are known to exist.
    professions, regions : pandas.DataFrame
        Professions, and leaf regions.
    parent_of : mapping of str to str
        Of each region, "" where it has none.
    years : range
        The horizon.

    Returns
    -------
    pay : pandas.DataFrame
        As ``Instance.pay``.
    problems : list of Problem
        Rows of which neither overrides the other.
    """
    codes = professions["profession"].tolist(), regions["region"].tolist(), [*map(float, years)]
    named = _names(codes, professions["group"].tolist(), parent_of)
    cells = Index(_AXES, tuple(map(len, codes)))
    parts: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for fund, own in tables["pay"].groupby("fund", sort=False):
        applying = _applying(own, named)
        row = _most_specific(applying, cells.shape).ravel()
        cell = np.flatnonzero(row >= 0)
        code = pd.Series([str(fund)] * len(cell), dtype=object)
        rate = own["pay"].reindex(row[cell]).to_numpy(float)
        parts.append(pd.DataFrame({"code": code, "cell": cell, "rate": rate, "row": row[cell]}))
        problems += _clashes(str(fund), applying, row == _CLASH, cells, codes)
    nothing = pd.DataFrame({"code": [], "cell": [], "rate": [], "row": []})
    pay = pd.concat(parts, ignore_index=True) if parts else nothing
    return pay.astype({"code": object, "cell": int, "rate": float, "row": int}), problems


_NONE, _CLASH = -1, -2  # of the line that holds: none applies; none overrides all others


def _names(
    codes: Codes, groups: list[str], parent_of: Mapping[str, str]
) -> list[list[Sequence[object]]]:
    """Return, for each axis and level, the name by which a row of that level speaks of each code.

    It is None where a region has no ancestor of a level; the outermost has level 1.
    """
    professions, regions, years = codes
    chains = [hierarchy.ancestors(leaf, parent_of)[::-1] for leaf in regions]
    depths = range(max(map(len, chains)))
    within = [[chain[k] if k < len(chain) else None for chain in chains] for k in depths]
    return [
        [[ANY] * len(professions), groups, professions],
        [[ANY] * len(regions), *within],
        [[ANY] * len(years), years],
    ]


def _applying(rows: pd.DataFrame, named: list[list[Sequence[object]]]) -> dict[Levels, Ints]:
    """Return by level the line of the row that speaks of each cell, shape (P, Q, Y)."""
    levels = np.stack(
        [
            np.select([rows[axis].isin(set(names)) for names in of], range(len(of)), -1)
            for axis, of in zip(_AXES, named, strict=True)
        ],
        axis=1,
    )
    known = levels.min(axis=1) >= 0  # all but years outside the horizon
    applying: dict[Levels, Ints] = {}
    for level in map(tuple, np.unique(levels[known], axis=0).tolist()):
        own = rows[(levels == level).all(axis=1)]
        coded = [pd.factorize(own[axis]) for axis in _AXES]
        lines = np.full([len(unique) + 1 for _, unique in coded], _NONE)
        lines[tuple(code for code, _ in coded)] = own.index
        at = [
            pd.Index(unique, dtype=object).get_indexer(pd.Index(of[k], dtype=object))
            for (_, unique), of, k in zip(coded, named, level, strict=True)
        ]
        applying[level] = lines[np.ix_(*at)]
    return applying


def _most_specific(applying: Mapping[Levels, Ints], shape: tuple[int, ...]) -> Ints:
    """Return the line that overrides all others in each cell."""
    most = np.full((len(_AXES), *shape), _NONE)
    for levels, lines in applying.items():
        for axis, level in zip(most, levels, strict=True):
            np.maximum(axis, level, out=axis, where=lines != _NONE)
    holds = np.where(most[0] == _NONE, _NONE, _CLASH)
    for levels, lines in applying.items():
        own = (lines != _NONE) & np.all([m == k for m, k in zip(most, levels, strict=True)], axis=0)
        holds[own] = lines[own]
    return holds


def _clashes(
    fund: str,
    applying: Mapping[Levels, Ints],
    clash: npt.NDArray[np.bool_],
    cells: Index,
    codes: Codes,
) -> Iterator[Problem]:
    """Report each pair of rows of which neither overrides the other, where they clash first."""
    if not clash.any():
        return
    where = np.flatnonzero(clash)
    lines = np.stack([each.ravel()[where] for each in applying.values()], axis=1)
    found, first, count = np.unique(lines, axis=0, return_index=True, return_counts=True)
    pairs: dict[tuple[int, ...], tuple[int, int]] = {}
    for rows, at, number in zip(found.tolist(), first.tolist(), count.tolist(), strict=True):
        pair = _overridden_by_none(dict(zip(applying, rows, strict=True)))
        cell, before = pairs.get(pair, (int(where[at]), 0))
        pairs[pair] = min(cell, int(where[at])), before + number
    for (one, other), (cell, number) in sorted(pairs.items()):
        p, q, year = _code(codes, *(int(cells.of(axis, cell)) for axis in _AXES))
        several = f", in {plural(number, 'case')} in all" * (number > 1)
        message = (
            f"rows {one} and {other} both apply to {p!r} in {q!r} in {year:g} ({fund}) and neither "
            f"overrides the other{several}; add a row for {p!r}, {q!r} and that year"
        )
        yield Problem("error", "pay.csv", other, None, message)


def _code(codes: Codes, p: int, q: int, y: int) -> tuple[str, str, float]:
    return codes[0][p], codes[1][q], codes[2][y]


def _overridden_by_none(rows: Mapping[Levels, int]) -> tuple[int, ...]:
    """Return the first two lines that no other that applies overrides."""
    there = {levels: line for levels, line in rows.items() if line != _NONE}
    best = [
        line
        for levels, line in there.items()
        if not any(
            other != levels and all(a >= b for a, b in zip(other, levels, strict=True))
            for other in there
        )
    ]
    return tuple(sorted(best)[:2])
