"""Wildcards resolved: of the rows that speak of the same thing, the most specific one holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.errors import Problem
from commission_opt.instance import hierarchy
from commission_opt.instance.found import found
from commission_opt.instance.references import who_of
from commission_opt.instance.typed import ANY
from commission_opt.text.counts import plural

Tables = Mapping[str, pd.DataFrame]

_KEY = ["line", "study_year", "code"]


def rates_per_student(tables: Tables, name: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Resolve ``costs`` or ``placement_use`` to one rate per line and study year.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables whose codes are known to exist.
    name : {"costs", "placement_use"}
        The table to resolve.

    Returns
    -------
    rates : pandas.DataFrame
        ``line`` (position in ``Instance.lines``), ``study_year``, ``code`` (the fund or pool),
        ``rate`` (£ or placement weeks per student on course, or unit) and ``row`` of origin.
    problems : list of Problem
        Rows of which neither overrides the other.
    """
    applying = _applying(tables, name)
    holds = applying.drop_duplicates(_KEY)
    dated = applying[applying["dated"]].drop_duplicates(_KEY)
    both = holds[~holds["dated"]].merge(dated, on=_KEY, suffixes=("", "_other"))
    codes = tables["courses"]["course"].tolist()
    clashes = both.groupby(["row", "row_other"], sort=False)
    rates = holds[[*_KEY, "rate", "row"]].reset_index(drop=True)
    return rates, [_clash(name, codes, cases) for _, cases in clashes]


def _clash(name: str, codes: list[str], cases: pd.DataFrame) -> Problem:
    line, study_year, code, *rows = cases[[*_KEY, "row", "row_other"]].iloc[0]
    several = "" if len(cases) == 1 else f", in {plural(len(cases), 'case')} in all"
    message = (
        f"rows {min(rows)} and {max(rows)} both apply to course {codes[line]!r} in study year "
        f"{study_year} ({code}) and neither overrides the other{several}; add a row for "
        f"{codes[line]!r} and that study year"
    )
    return Problem("error", f"{name}.csv", int(max(rows)), None, message)


def _applying(tables: Tables, name: str) -> pd.DataFrame:
    """Return the rates that apply to each line and study year, the most specific first."""
    frame = tables[name]
    target, value = ("fund", "cost") if name == "costs" else ("pool", "weeks")
    rows = who_of(frame, tables["courses"]).assign(
        code=frame[target], rate=frame[value], row=frame.index, study_year=frame["study_year"]
    )
    every = rows.merge(_spoken_of(tables), on=["level", "named"])
    every["dated"] = every["study_year"] != ANY
    years = every["years"].astype(int)
    every = every.loc[every.index.repeat(years.where(~every["dated"], 1))]
    counted = every.groupby(level=0).cumcount() + 1
    every["study_year"] = every["study_year"].where(every["dated"], counted).astype(int)
    every = every[every["study_year"] <= every["years"]]
    by = [*_KEY, "level", "dated", "row"]
    return every.sort_values(by, ascending=[True] * 3 + [False] * 3)


def _spoken_of(tables: Tables) -> pd.DataFrame:
    """Return the lines that each level and code which a row may name speaks of.

    Columns are level, named (the code), line (position) and years (of study, or paid for).
    """
    courses, measures, professions = (tables[n] for n in ("courses", "measures", "professions"))
    group_of = dict(zip(professions["profession"], professions["group"], strict=True))
    paid = pd.concat([courses["duration_years"], measures["paid_years"]], ignore_index=True)
    lines = paid.rename("years").rename_axis("line").reset_index()
    own, n = [*courses["course"], *measures["measure"]], len(courses)
    taught = lines[:n]
    return pd.concat(
        [
            lines.assign(level=3, named=pd.Series(own, dtype=object)),
            taught.assign(level=2, named=courses["profession"].array),
            taught.assign(level=1, named=courses["profession"].map(group_of).array),
            taught.assign(level=0, named=ANY),
        ]
    ).astype({"named": object})


def check_study_years(tables: Tables) -> Iterator[Problem]:
    """Report rows for study years that no course or measure they speak of has."""
    spoken_of = _spoken_of(tables).fillna({"years": np.inf})  # unreadable, so it may be any
    longest = spoken_of.groupby(["level", "named"])["years"].max().reset_index()
    for name in ("costs", "placement_use"):
        frame = tables[name]
        dated = frame[frame["study_year"].notna() & (frame["study_year"] != ANY)]
        who = who_of(dated, tables["courses"])
        rows = who.merge(longest, how="left", on=["level", "named"]).set_index(who.index)
        rows["study_year"] = dated["study_year"].astype(float)
        beyond = rows["study_year"] > rows["years"]
        of_measure = (rows["level"] == 3) & rows["named"].isin(tables["measures"]["measure"])
        for wrong, message in (
            (beyond & ~of_measure, "{study_year:g} is beyond the last study year, {years:g}, of "
             "every course that the row speaks of"),
            (beyond & of_measure, "{study_year:g} is beyond paid_years, {years:g}, of {named!r}"),
        ):  # fmt: skip
            yield from found("error", name, rows[wrong], "study_year", message)


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
    frame = frame.reset_index()
    frame["place"] = frame.groupby(["pool", "region"], sort=False).ngroup()
    always = frame["year"] == ANY
    dated = frame[~always & frame["year"].isin(years)]
    every = frame[always].drop(columns="year").merge(pd.DataFrame({"year": years}), how="cross")
    rows = pd.concat([dated, every]).astype({"year": int}).drop_duplicates(["place", "year"])
    return rows.sort_values(["place", "year"], ignore_index=True)


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
