"""Floors of service: what is wrong with them, and what they ask for in each region and year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from commission_opt.core.index import Index
from commission_opt.errors import Problem
from commission_opt.instance.found import found
from commission_opt.instance.typed import ANY

LEAST = ("min_fte", "min_demand_share", "min_mix_share")
"""The columns of which every floor fills one: how it says the least."""


def check_floors(tables: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    """Report floors that say their least in no way or in several, and ``of`` where it is wrong."""
    frame = tables["floors"]
    given = frame[[*LEAST]].notna()
    said = [" and ".join(name for name in LEAST if row[name]) for row in given.to_dict("records")]
    rows = frame.assign(said=said, count=given.sum(axis=1))
    message = "give one of min_fte, min_demand_share and min_mix_share"
    yield from found("error", "floors", rows[rows["count"] == 0], "min_fte", message)
    message = "{floor!r} gives {said}; give one of them, and write a floor for each of the others"
    yield from found("error", "floors", rows[rows["count"] > 1], "min_fte", message)
    named, mixed = frame["of"].notna() & (frame["of"] != ""), given["min_mix_share"]
    message = "is empty; min_mix_share is a share of the service of a profession or a group"
    yield from found("error", "floors", frame[mixed & (frame["of"] == "")], "of", message)
    message = "{of!r} goes with min_mix_share only; fill that, or leave this empty"
    yield from found("error", "floors", frame[named & ~mixed], "of", message)


def spelled_out(
    table: pd.DataFrame,
    leaves: pd.Series,
    scopes: Mapping[str, npt.NDArray[np.bool_]],
    years: range,
) -> pd.DataFrame:
    """Write a row for each floor, leaf region and year of the horizon.

    Parameters
    ----------
    table : pandas.DataFrame
        ``floors`` as typed, with wildcards.
    leaves : pandas.Series
        Codes of the leaf regions.
    scopes : mapping of str to array of bool
        As in ``Instance``.
    years : range
        The horizon.

    Returns
    -------
    pandas.DataFrame
        The same columns, ``region`` a leaf and ``year`` an integer, and ``q``, the position of the
        region; indexed by the line of the file, in its order, then by region and year.
    """
    codes, every = leaves.to_numpy(object), np.asarray(years)
    rows, where, when = [], [], []
    for i, (region, year) in enumerate(zip(table["region"], table["year"], strict=True)):
        inside = np.flatnonzero(scopes[region])
        own = every if year == ANY else every[every == year]
        rows.append(np.full(len(inside) * len(own), i))
        where.append(np.repeat(inside, len(own)))
        when.append(np.tile(own, len(inside)))
    row, q, year = (np.concatenate([np.empty(0, int), *parts]) for parts in (rows, where, when))
    return table.iloc[row].assign(region=codes[q], year=year, q=q)


def as_table(table: pd.DataFrame, floors: pd.DataFrame) -> pd.DataFrame:
    """Write floors with other figures as a table: each in its row if its regions and years agree.

    Where those of one do not, each region and year has a floor with a name of its own.

    Parameters
    ----------
    table : pandas.DataFrame
        ``floors`` as typed, with wildcards.
    floors : pandas.DataFrame
        Rows as ``spelled_out`` makes them of the table, with other figures.
    """
    first = floors.loc[~floors.index.duplicated(), [*LEAST]]
    if floors[[*LEAST]].equals(first.loc[floors.index]):
        new = table.copy()
        new.loc[first.index, [*LEAST]] = first
        return new
    year = floors["year"].astype(float).astype(object)
    names = floors["floor"] + " (" + floors["region"] + ", " + floors["year"].astype(str) + ")"
    apart = floors.assign(floor=names, year=year)[[*table.columns]]
    return apart.set_index(pd.Index(2 + np.arange(len(apart)), name="row"))


def floor_cells(
    floors: pd.DataFrame, professions: pd.DataFrame, cells: Index, first_year: int
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Say which cells count towards each floor, and of which it asks for a share.

    Parameters
    ----------
    floors : pandas.DataFrame
        F rows as ``spelled_out`` makes them.
    professions : pandas.DataFrame
        With ``profession`` and ``group``.
    cells : Index
        Cells of supply and demand.

    Returns
    -------
    counted, asked : scipy.sparse.csr_array, shape (F, cells)
        1 for each of the professions named, and ``min_mix_share`` for each of those in ``of``.
    """
    own, group = (professions[name].to_numpy(object) for name in ("profession", "group"))
    q, year = floors["q"].to_numpy(int), floors["year"].to_numpy(int) - first_year

    def matrix(named: pd.Series, value: npt.NDArray[np.float64]) -> sparse.csr_array:
        code = named.to_numpy(object)[:, None]
        row, p = np.nonzero((code == own) | (code == group))
        where = (row, cells.at(p, q[row], year[row]))
        return sparse.csr_array((value[row], where), shape=(len(floors), cells.size))

    share = floors["min_mix_share"].fillna(0.0).to_numpy(float)
    return matrix(floors["profession"], np.ones(len(floors))), matrix(floors["of"], share)
