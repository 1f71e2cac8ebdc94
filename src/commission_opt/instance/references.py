"""Codes that must exist, keys that must not repeat, pairs that must be complete."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance import hierarchy
from commission_opt.instance.schema import TABLES
from commission_opt.instance.typed import ANY
from commission_opt.text.near_names import did_you_mean

Tables = Mapping[str, pd.DataFrame]

_REFERENCES = {
    "workforce": {"profession": "profession", "region": "leaf"},
    "demand": {"profession": "profession", "region": "leaf"},
    "courses": {"profession": "profession", "region": "leaf"},
    "measures": {"profession": "profession", "region": "leaf"},
    "costs": {"course": "course or measure", "profession": "profession or group"},
    "budgets": {"region": "region"},
    "placements": {"region": "leaf"},
    "placement_use": {"course": "course or measure", "profession": "profession or group"},
    "destinations": {
        "profession": "profession or group",
        "from_region": "leaf",
        "to_region": "leaf",
    },
    "pipeline": {"course": "course"},
    "joiners": {"profession": "profession", "region": "leaf"},
    "commitments": {
        "profession": "profession",
        "group": "group",
        "region": "region",
        "provider": "provider",
        "course": "course",
        "measure": "measure",
    },
}
_HOME = {
    "profession": ("professions", "profession"),
    "group": ("professions", "group"),
    "profession or group": ("professions", "profession"),
    "region": ("regions", "region"),
    "leaf": ("regions", "region"),
    "course": ("courses", "course"),
    "course or measure": ("courses", "course"),
    "measure": ("measures", "measure"),
    "provider": ("courses", "course"),
}
_HINTED = 100  # wrong codes of a column for which a likely one is looked up, which takes time


def check_references(tables: Tables) -> Iterator[Problem]:
    """Report every code that no table defines."""
    known = _known_codes(tables)
    beside = {"course": "measure", "measure": "course"}
    inner = known["region"] - known["leaf"]
    for name, columns in _REFERENCES.items():
        for column, kind in columns.items():
            if kind == "course or measure" and not known["measure"]:
                kind = "course"
            home, defining = _HOME[kind]
            if kind != "measure" and tables[home][defining].isna().all():
                continue  # that is one problem, reported once, not one for each row here
            allowed = {*known[kind], "" if column == "measure" else ANY}
            cells = tables[name][column]
            wrong = {
                row: code
                for row, code in zip(cells.index, cells, strict=True)
                if isinstance(code, str) and code not in allowed
            }
            hinted = list(dict.fromkeys(wrong.values()))[:_HINTED]
            hints = {code: did_you_mean(code, known[kind]) for code in hinted}
            for row, code in wrong.items():
                if kind == "leaf" and code in inner:
                    message = f"region {code!r} contains other regions; name a region within it"
                else:
                    what = "region" if kind == "leaf" else kind
                    where = f"{home}.csv" + " or measures.csv" * (kind == "course or measure")
                    message = f"there is no {what} {code!r} in {where}"
                    other = beside.get(kind, kind)
                    message += f"; it is a {other}" if code in known[other] else hints.get(code, "")
                yield Problem("error", f"{name}.csv", _line(row), column, message)


def _known_codes(tables: Tables) -> dict[str, set[str]]:
    professions, regions, courses = tables["professions"], tables["regions"], tables["courses"]
    group = set(professions["group"].dropna())
    profession = set(professions["profession"].dropna())
    measure = set(tables["measures"]["measure"].dropna())
    return {
        "profession": profession,
        "group": group,
        "profession or group": profession | group,
        "region": set(regions["region"].dropna()),
        "leaf": set(hierarchy.leaves(hierarchy.parents(regions))),
        "course": set(courses["course"].dropna()),
        "measure": measure,
        "course or measure": set(courses["course"].dropna()) | measure,
        "provider": set(courses["provider"].dropna()) - {""},
    }


def _line(row: Hashable) -> int:
    return int(str(row))


def check_names(tables: Tables) -> Iterator[Problem]:
    """Report codes that are both a profession and a group, or both a measure and a course."""
    professions = tables["professions"]
    groups = set(professions["group"].dropna())
    both = professions[professions["profession"].isin(groups)]
    for row, code in both["profession"].items():
        message = f"{code!r} is both a profession and a group; give one of them another code"
        yield Problem("error", "professions.csv", _line(row), "profession", message)
    measures = tables["measures"]["measure"]
    for row, code in measures[measures.isin(set(tables["courses"]["course"].dropna()))].items():
        message = f"{code!r} is also the code of a course; give one of them another code"
        yield Problem("error", "measures.csv", _line(row), "measure", message)


def check_duplicates(tables: Tables) -> Iterator[Problem]:
    """Report rows that have the key of an earlier row."""
    for name, table in TABLES.items():
        if table.key:
            yield from _repeats(name, tables[name], list(table.key))
    courses = tables["courses"]
    for name, target in (("costs", "fund"), ("placement_use", "pool")):
        frame = tables[name]
        who = who_of(frame, courses)
        keyed = frame.assign(course=who["level"].astype(str), profession=who["code"])
        yield from _repeats(name, keyed, ["course", "profession", "study_year", target])


def _repeats(name: str, frame: pd.DataFrame, key: list[str]) -> Iterator[Problem]:
    cells = [frame[column].tolist() for column in key]
    if len(set(zip(*cells, strict=True))) == len(frame):
        return
    keyed = frame.dropna(subset=key)
    repeated = keyed[keyed.duplicated(key)]
    if repeated.empty:
        return
    first = keyed.drop_duplicates(key).reset_index().set_index(key)["row"]
    column = key[0] if len(key) == 1 else None
    for row, *values in repeated[key].itertuples():
        earlier = first.loc[tuple(values) if len(key) > 1 else values[0]]
        message = f"repeats the key of row {earlier}"
        if name == "joiners":
            same = (keyed[key] == values).all(axis=1)
            message += (
                f" ({', '.join(key)}), which several routes of joiners share: write one row for "
                f"all of them, with their sum, {keyed.loc[same, 'fte'].sum():.12g}"
            )
        yield Problem("error", f"{name}.csv", row, column, message)


def who_of(frame: pd.DataFrame, courses: pd.DataFrame) -> pd.DataFrame:
    """Say which courses the rows of ``costs`` or ``placement_use`` speak of.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows with the columns course and profession.
    courses : pandas.DataFrame
        The table of courses.

    Returns
    -------
    pandas.DataFrame
        ``level``: 3 course, 2 profession, 1 group, 0 all; ``code``: the code at that level,
        None where a cell could not be read.
    """
    professions = set(courses["profession"].dropna())
    levels, codes = [], []
    for course, profession in zip(frame["course"], frame["profession"], strict=True):
        code = profession if course == ANY else course
        by_name = 3 if course != ANY else 2 if code in professions else 1
        levels.append(0 if code == ANY else by_name)
        codes.append(code)
    return pd.DataFrame(
        {
            "level": pd.Series(levels, index=frame.index, dtype=int),
            "code": pd.Series(codes, index=frame.index, dtype=object),
        }
    )


def check_courses_named_twice(tables: Tables) -> Iterator[Problem]:
    """Report rows that name a course and a profession or group that is not the course's.

    One that names a measure names no profession at all.
    """
    courses = tables["courses"].dropna(subset=["course"]).drop_duplicates("course")
    professions = tables["professions"]
    group_of = dict(zip(professions["profession"], professions["group"], strict=True))
    profession_of = dict(zip(courses["course"], courses["profession"], strict=True))
    for name in ("costs", "placement_use"):
        frame = tables[name]
        both = frame[(frame["course"].isin(profession_of)) & (frame["profession"] != ANY)]
        for row, course, code in both[["course", "profession"]].dropna().itertuples():
            own = profession_of[course]
            if own in group_of and code not in (own, group_of[own]):
                message = f"course {course!r} trains {own!r}, not {code!r}; name one of the two"
                yield Problem("error", f"{name}.csv", row, "profession", message)
        named = frame["course"].isin(set(tables["measures"]["measure"].dropna()) - {*profession_of})
        both = frame[named & frame["profession"].notna() & (frame["profession"] != ANY)]
        for row, code, profession in both[["course", "profession"]].itertuples():
            message = f"{profession!r} stands beside measure {code!r}; leave it empty or write “*”"
            yield Problem("error", f"{name}.csv", row, "profession", message)


def check_complete(tables: Tables, years: range) -> Iterator[Problem]:
    """Report pairs of profession and leaf region without workforce or demand."""
    professions = list(dict.fromkeys(tables["professions"]["profession"].dropna()))
    leaf_regions = hierarchy.leaves(hierarchy.parents(tables["regions"]))
    pairs = pd.MultiIndex.from_product([professions, leaf_regions])
    workforce = tables["workforce"][["profession", "region"]]
    missing = pairs[~pairs.isin(pd.MultiIndex.from_frame(workforce))]
    for profession, region in missing if len(workforce) else ():  # no row at all is one problem
        message = f"there is no row for {profession!r} in {region!r}; write one, if only with 0"
        yield Problem.of_file("workforce.csv", message)
    if tables["demand"].empty:
        return
    demand = tables["demand"]
    have: dict[tuple[str, str], set[int]] = {}
    for profession, region, year in zip(
        demand["profession"], demand["region"], demand["year"], strict=True
    ):
        have.setdefault((profession, region), set()).add(year)
    for profession, region in pairs:
        lacking = sorted(set(years) - have.get((profession, region), set()))
        if lacking:
            message = f"{profession!r} in {region!r} has no row for {_spell(lacking)}"
            yield Problem("error", "demand.csv", None, "year", message)


def _spell(years: list[int]) -> str:
    return ", ".join(str(y) for y in years[:6]) + (" and later" if len(years) > 6 else "")
