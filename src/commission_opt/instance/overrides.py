"""Wildcards resolved: of the rows that speak of the same thing, the most specific one holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.references import who_of
from commission_opt.instance.typed import ANY

Tables = Mapping[str, pd.DataFrame]


def rates_per_student(tables: Tables, name: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Resolve ``costs`` or ``placement_use`` to one rate per course and study year.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables whose codes are known to exist.
    name : {"costs", "placement_use"}
        The table to resolve.

    Returns
    -------
    rates : pandas.DataFrame
        ``course`` (position in ``courses``), ``study_year``, ``code`` (the fund or pool),
        ``rate`` (£ or placement weeks per student on course) and ``row`` of origin.
    problems : list of Problem
        Rows of which neither overrides the other.
    """
    target, value = ("fund", "cost") if name == "costs" else ("pool", "weeks")
    frame = tables[name]
    who = who_of(frame, tables["courses"])
    rules = frame[["study_year"]].assign(
        who=who["level"],
        who_code=who["code"],
        code=frame[target],
        rate=frame[value].astype(float),
        row=frame.index,
    )
    spread = _spread_study_years(_match_courses(rules, tables))
    problems = []
    key = ["course", "study_year", "code"]
    winners, ambiguous = _most_specific(spread, key, ["who", "by_year"])
    codes = tables["courses"]["course"].to_numpy()
    for course, study_year, code, row, other, cases in ambiguous:
        message = (
            f"rows {min(row, other)} and {max(row, other)} both apply to course "
            f"{codes[course]!r} in study year {study_year} ({code}) and neither overrides "
            f"the other{'' if cases == 1 else f', in {cases} cases in all'}; add a row for "
            f"{codes[course]!r} and that study year"
        )
        problems.append(Problem("error", f"{name}.csv", max(row, other), None, message))
    columns = ["course", "study_year", "code", "rate", "row"]
    return winners[columns].sort_values(key, ignore_index=True), problems


def _match_courses(rules: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Pair every rule with the courses that it speaks of."""
    courses = tables["courses"]
    group_of = tables["professions"].set_index("profession")["group"]
    groups = courses["profession"].map(group_of[~group_of.index.duplicated()])
    positions = pd.DataFrame({"course": np.arange(len(courses))})
    positions["duration"] = courses["duration_years"].to_numpy(dtype=float)
    keys = {3: courses["course"], 2: courses["profession"], 1: groups}
    parts = [rules[rules["who"] == 0].merge(positions, how="cross")]
    for level, codes in keys.items():
        parts.append(
            rules[rules["who"] == level].merge(
                positions.assign(who_code=codes.to_numpy()), on="who_code"
            )
        )
    return pd.concat(parts, ignore_index=True)


def check_study_years(tables: Tables) -> Iterator[Problem]:
    """Report rows for study years that no course they speak of has."""
    longest = _longest(tables)
    for name in ("costs", "placement_use"):
        frame = tables[name]
        fixed = frame[frame["study_year"].notna() & (frame["study_year"] != ANY)]
        spoken_of = who_of(fixed, tables["courses"]).assign(study_year=fixed["study_year"])
        for row, level, code, study_year in spoken_of.itertuples():
            duration = longest.get((level, code), np.inf)
            if study_year > duration:
                message = (
                    f"{study_year:g} is beyond the last study year, {duration:g}, "
                    "of every course that the row speaks of"
                )
                yield Problem("error", f"{name}.csv", row, "study_year", message)


def _longest(tables: Tables) -> dict[tuple[int, object], float]:
    """Map each level and code that a row may name to the longest duration of its courses."""
    courses, professions = tables["courses"], tables["professions"]
    group_of = dict(zip(professions["profession"], professions["group"], strict=True))
    longest: dict[tuple[int, object], float] = {}
    columns = ["course", "profession", "duration_years"]
    for course, profession, years in courses[columns].itertuples(index=False):
        duration = np.inf if np.isnan(years) else years  # unreadable, so it may be any
        for named in ((3, course), (2, profession), (1, group_of.get(profession)), (0, ANY)):
            longest[named] = max(duration, longest.get(named, 0))
    return longest


def _spread_study_years(matched: pd.DataFrame) -> pd.DataFrame:
    """Give a row for every study year its own line for each study year of the course."""
    every = (matched["study_year"] == ANY).to_numpy()
    counts = np.where(every, matched["duration"].to_numpy(), 1).astype(int)
    spread = matched.loc[matched.index.repeat(counts)].reset_index(drop=True)
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    nth = np.arange(len(spread)) - starts + 1
    fixed = spread["study_year"].where(spread["study_year"] != ANY, 0).astype(int).to_numpy()
    spread["by_year"] = (fixed > 0).astype(int)
    spread["study_year"] = np.where(fixed > 0, fixed, nth)
    return spread[spread["study_year"] <= spread["duration"]]


def _most_specific(
    rows: pd.DataFrame, key: list[str], axes: list[str]
) -> tuple[pd.DataFrame, list[tuple[Any, ...]]]:
    """Pick, for each key, the row at least as specific as all others on every axis."""
    ranked = rows.sort_values([*key, *axes, "row"], ascending=[True] * len(key) + [False] * 3)
    most = ranked.groupby(key, sort=False)[axes].transform("max")
    first = ~ranked.duplicated(key)
    beats_all = (ranked[axes] == most).all(axis=1)
    undecided = ranked[first & ~beats_all]
    rivals = ranked[(ranked[axes[1]] == most[axes[1]]).to_numpy()].drop_duplicates(key)
    pairs = undecided.merge(rivals[[*key, "row"]], on=key, suffixes=("", "_other"))
    pairs["cases"] = pairs.groupby(["row", "row_other"])["row"].transform("size")
    clashes = pairs.drop_duplicates(["row", "row_other"])[[*key, "row", "row_other", "cases"]]
    return ranked[first], [(*item,) for item in clashes.itertuples(index=False)]


def capacities(tables: Tables, years: range) -> pd.DataFrame:
    """Resolve ``placements`` to one capacity per pool, region and year of the horizon.

    Returns
    -------
    pandas.DataFrame
        ``pool``, ``region``, ``year``, ``capacity`` (placement weeks), ``row``, in the
        order of the table and by year.
    """
    frame = tables["placements"].reset_index()
    every = frame["year"] == ANY
    dated = frame[~every & frame["year"].isin(years)].assign(by_year=1)
    spread = frame[every].drop(columns="year").merge(pd.DataFrame({"year": years}), how="cross")
    both = pd.concat([dated, spread.assign(by_year=0)], ignore_index=True)
    both["year"] = both["year"].astype(int)
    key = ["pool", "region", "year"]
    kept = both.sort_values("by_year", ascending=False, kind="stable").drop_duplicates(key)
    order = frame.drop_duplicates(["pool", "region"]).reset_index(drop=True)
    rank = pd.Series(order.index, index=pd.MultiIndex.from_frame(order[["pool", "region"]]))
    kept = kept.assign(rank=rank.reindex(pd.MultiIndex.from_frame(kept[key[:2]])).to_numpy())
    columns = ["pool", "region", "year", "capacity", "row"]
    return kept.sort_values(["rank", "year"], ignore_index=True)[columns]


def destination_shares(tables: Tables) -> pd.DataFrame:
    """Resolve ``destinations`` to shares per profession and region of the course.

    The rows of the most specific level that has any (profession, else group, else all) are
    used whole; where no row applies, all joiners stay.

    Returns
    -------
    pandas.DataFrame
        ``profession``, ``from_region``, ``to_region`` (codes) and ``share``.
    """
    frame = tables["destinations"]
    professions = tables["professions"].drop_duplicates("profession")
    pairs = tables["courses"][["profession", "region"]].drop_duplicates()
    pairs = pairs.rename(columns={"region": "from_region"})
    pairs["group"] = pairs["profession"].map(professions.set_index("profession")["group"])
    parts = []
    for code in (pairs["profession"], pairs["group"], pd.Series(ANY, index=pairs.index)):
        keyed = pairs.assign(key=code)
        rules = frame.rename(columns={"profession": "key"})[
            ["key", "from_region", "to_region", "share"]
        ]
        found = keyed.merge(rules, on=["key", "from_region"])
        parts.append(found)
        done = pd.MultiIndex.from_frame(found[["profession", "from_region"]])
        pairs = pairs[~pd.MultiIndex.from_frame(pairs[["profession", "from_region"]]).isin(done)]
    parts.append(pairs.assign(to_region=pairs["from_region"], share=1.0))
    columns = ["profession", "from_region", "to_region", "share"]
    return pd.concat(parts, ignore_index=True)[columns]


def check_shares(tables: Tables) -> list[Problem]:
    """Report shares of joiners that sum to more than one."""
    frame = tables["destinations"].dropna(subset=["profession", "from_region", "share"])
    key = ["profession", "from_region"]
    totals = frame.groupby(key)["share"].transform("sum")
    over = frame[totals > 1 + 1e-9].drop_duplicates(key)
    return [
        Problem(
            "error",
            "destinations.csv",
            int(str(row)),
            "share",
            f"the shares of {profession!r} from {region!r} sum to {totals[row]:.12g}, more than 1",
        )
        for row, profession, region in over[key].itertuples()
    ]
