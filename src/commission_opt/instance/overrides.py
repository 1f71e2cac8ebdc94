"""Wildcards resolved: of the rows that speak of the same thing, the most specific one holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.errors import Problem
from commission_opt.instance import hierarchy
from commission_opt.instance.found import found
from commission_opt.instance.typed import ANY

Tables = Mapping[str, pd.DataFrame]


def capacities(tables: Tables, years: range) -> pd.DataFrame:
    """Resolve ``placements`` to one capacity per pool, region and year of the horizon.

    Returns
    -------
    pandas.DataFrame
        ``pool``, ``region``, ``year``, ``capacity`` (placement weeks), ``row``, in the
        order of the table and by year.
    """
    rows = by_year(tables["placements"], years)
    return rows[["pool", "region", "year", "capacity", "row"]]


def by_year(frame: pd.DataFrame, years: range) -> pd.DataFrame:
    """Resolve rows by pool, region and year, or for every year, to one for each year.

    Parameters
    ----------
    frame : pandas.DataFrame
        With the columns pool, region and year, indexed by line.
    years : range
        The horizon; rows for other years are left out.

    Returns
    -------
    pandas.DataFrame
        All columns, ``row`` and ``place``, the number of the pool and region; by these in the
        order of the table, and by year. Years without a row are left out.
    """
    table = frame.reset_index()
    places: dict[tuple[str, str], int] = {}
    named = zip(table["pool"], table["region"], strict=True)
    place = [places.setdefault(pair, len(places)) for pair in named]
    held: dict[tuple[int, int], int] = {}
    within = set(years)
    rows = [*enumerate(zip(place, table["year"], strict=True))]
    for i, (where, year) in rows:
        if year != ANY and year in within:
            held.setdefault((where, int(year)), i)
    for i, (where, year) in rows:
        if year == ANY:
            for each in years:
                held.setdefault((where, each), i)
    keys = sorted(held)
    resolved = table.iloc[[held[key] for key in keys]].reset_index(drop=True)
    when, at = [year for _, year in keys], [where for where, _ in keys]
    return resolved.assign(year=np.array(when, dtype=int), place=np.array(at, dtype=int))


def substitutes(
    tables: Tables, p: Mapping[str, int], q: Mapping[str, int], parent_of: Mapping[str, str]
) -> pd.DataFrame:
    """Resolve ``substitution`` to one row per pair of professions and leaf region.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
    p, q : mapping of str to int
        Positions of professions and leaf regions.
    parent_of : mapping of str to str
        The region that contains each.

    Returns
    -------
    pandas.DataFrame
        As ``Instance.substitution``; pairs in the order of the table, then by leaf region. What
        the row of the leaf says holds, else that of its parent and so on, and that of all last.
    """
    frame = tables["substitution"]
    if not len(frame):
        pairs = frame[["needed", "by", "region"]].astype({"region": "str"}).assign(n=0, b=0, q=0)
        return pairs.assign(ratio=frame["ratio"], max_share=frame["max_share"])
    levels = [
        (leaf, region, level)
        for leaf in q
        for level, region in enumerate([*hierarchy.ancestors(leaf, parent_of), ANY])
    ]
    applying = pd.DataFrame(levels, columns=["leaf", "region", "level"]).astype({"region": object})
    rows = frame.reset_index().merge(applying, on="region")
    pair = ["needed", "by"]
    first = frame.reset_index().drop_duplicates(pair)[pair]
    rows = rows.merge(first.assign(pair=range(len(first))), on=pair)
    rows = rows.assign(n=rows["needed"].map(p), b=rows["by"].map(p), q=rows["leaf"].map(q))
    rows = rows.sort_values(["pair", "q", "level"]).drop_duplicates(["pair", "q"])
    kept = [*pair, "leaf", "n", "b", "q", "ratio", "max_share"]
    resolved: pd.DataFrame = rows.set_index("row")[kept].rename(columns={"leaf": "region"})
    return resolved.astype({"n": int, "b": int, "q": int, "ratio": float, "max_share": float})


def by_cell(
    frame: pd.DataFrame, values: Floats, professions: pd.Series, regions: pd.Series, years: range
) -> Floats:
    """Put values of rows by profession, leaf region and year, or every year, where they hold.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows with the columns profession, region and year.
    values : array, one for each row
    professions, regions : pandas.Series
        Codes, in the order of the cells.
    years : range
        Of the horizon; rows of other years are left out.

    Returns
    -------
    array, shape (P, Q, Y)
        Of the cell's own row, else of that for every year; NaN where there is neither.
    """
    grid = np.full((len(professions), len(regions), len(years)), np.nan)
    p = pd.Index(professions).get_indexer(frame["profession"])
    q = pd.Index(regions).get_indexer(frame["region"])
    every, dated = (frame["year"] == ANY).to_numpy(), frame["year"].isin(years).to_numpy()
    grid[p[every], q[every]] = values[every, None]
    at = frame["year"][dated].to_numpy(int) - years[0]
    grid[p[dated], q[dated], at] = values[dated]
    return grid


def destination_shares(tables: Tables) -> pd.DataFrame:
    """Resolve ``destinations`` to shares per profession and region of the course.

    The rows of the most specific level that has any (profession, else group, else all) are
    used whole; where no row applies, all joiners stay.

    Returns
    -------
    pandas.DataFrame
        ``profession``, ``from_region``, ``to_region`` (codes) and ``share``.
    """
    frame, professions, courses = (tables[n] for n in ("destinations", "professions", "courses"))
    group_of = dict(zip(professions["profession"], professions["group"], strict=True))
    rules: dict[tuple[object, str], list[tuple[str, float]]] = {}
    for profession, start, end, share in zip(
        *(frame[c].tolist() for c in ("profession", "from_region", "to_region", "share")),
        strict=True,
    ):
        rules.setdefault((profession, start), []).append((end, share))
    resolved: list[tuple[str, str, str, float]] = []
    left = dict.fromkeys(zip(courses["profession"], courses["region"], strict=True))
    for level in (lambda code: code, group_of.get, lambda _: ANY):
        found = {pair: rules.get((level(pair[0]), pair[1])) for pair in left}
        resolved += [(*pair, *rule) for pair, own in found.items() for rule in own or ()]
        left = dict.fromkeys(pair for pair, own in found.items() if own is None)
    resolved += [(profession, region, region, 1.0) for profession, region in left]
    columns = ["profession", "from_region", "to_region", "share"]
    return pd.DataFrame(resolved, columns=columns, dtype=object).astype({"share": float})


def check_shares(tables: Tables) -> Iterator[Problem]:
    """Report shares of joiners that sum to more than one."""
    frame = tables["destinations"].dropna(subset=["profession", "from_region", "share"])
    key = ["profession", "from_region"]
    totals = frame.groupby(key)["share"].transform("sum")
    over = frame.assign(total=totals)[totals > 1 + 1e-9].drop_duplicates(key)
    message = "the shares of {profession!r} from {from_region!r} sum to {total:.12g}, more than 1"
    return found("error", "destinations", over, "share", message)
