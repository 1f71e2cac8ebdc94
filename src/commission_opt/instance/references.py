"""Codes that must exist, keys that must not repeat, pairs that must be complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
import pandas as pd

from commission_opt.arrays import Ints
from commission_opt.errors import Problem
from commission_opt.instance import hierarchy
from commission_opt.instance.found import found
from commission_opt.instance.schema import TABLES, Column
from commission_opt.instance.typed import ANY
from commission_opt.text.near_names import did_you_mean

Tables = Mapping[str, pd.DataFrame]

_DEFINED = {  # where the codes stand that a column may name
    "profession": [("professions", "profession")],
    "group": [("professions", "group")],
    "profession or group": [("professions", "profession"), ("professions", "group")],
    "region": [("regions", "region")],
    "leaf": [("regions", "region")],
    "course": [("courses", "course")],
    "course or measure": [("courses", "course"), ("measures", "measure")],
    "measure": [("measures", "measure")],
    "provider": [("courses", "provider")],
}
_HINTED = 100  # wrong codes of a column for which a likely one is looked up, which takes time


def check_references(tables: Tables) -> Iterator[Problem]:
    """Report every code that no table defines."""
    known = known_codes(tables)
    beside = {"course": "measure", "measure": "course"}
    inner = known["region"] - known["leaf"]
    for table, column in references():
        if not len(tables[table]):
            continue
        kind = column.names
        if kind == "course or measure" and not known["measure"]:
            kind = "course"
        files = _DEFINED[kind]
        home, defining = files[0]
        if kind != "measure" and tables[home][defining].isna().all():
            continue  # that is one problem, reported once, not one for each row here
        cells = tables[table][column.name]
        allowed = {*known[kind], ANY if column.wildcard else ""}
        wrong = [
            (row, code)
            for row, code in zip(cells.index.tolist(), cells.tolist(), strict=True)
            if isinstance(code, str) and code not in allowed
        ]
        unknown = [*dict.fromkeys(code for _, code in wrong)][:_HINTED]
        hints = {code: did_you_mean(code, known[kind]) for code in unknown}
        what = "region" if kind == "leaf" else kind
        where = " or ".join(dict.fromkeys(f"{file}.csv" for file, _ in files))
        for row, code in wrong:
            message = f"there is no {what} {code!r} in {where}"
            if kind == "leaf" and code in inner:
                message = f"region {code!r} contains other regions; name a region within it"
            elif code in known[other := beside.get(kind, kind)]:
                message += f"; it is a {other}"
            else:
                message += hints.get(code, "")
            yield Problem("error", f"{table}.csv", row, column.name, message)


def references() -> Iterator[tuple[str, Column]]:
    """Return the columns that name what other tables define, each with its table."""
    return ((name, c) for name, table in TABLES.items() for c in table.columns if c.names)


def known_codes(tables: Tables) -> dict[str, set[str]]:
    """Return the codes that columns may name, by ``Column.names``."""
    known = {
        kind: {
            code
            for table, column in places
            for code in tables[table][column].tolist()
            if isinstance(code, str) and code
        }
        for kind, places in _DEFINED.items()
    }
    return {**known, "leaf": set(hierarchy.leaves(hierarchy.parents(tables["regions"])))}


def check_names(tables: Tables) -> Iterator[Problem]:
    """Report codes that are both a profession and a group, or both a measure and a course."""
    professions, measures = tables["professions"], tables["measures"]
    both = professions[professions["profession"].isin(set(professions["group"].dropna()))]
    message = "{profession!r} is both a profession and a group; give one of them another code"
    yield from found("error", "professions", both, "profession", message)
    both = measures[measures["measure"].isin(set(tables["courses"]["course"].dropna()))]
    message = "{measure!r} is also the code of a course; give one of them another code"
    yield from found("error", "measures", both, "measure", message)


def check_duplicates(tables: Tables) -> Iterator[Problem]:
    """Report rows that have the key of an earlier row."""
    for name, table in TABLES.items():
        if table.key and len(tables[name]):
            yield from _repeats(name, tables[name], list(table.key))
    courses = tables["courses"]
    for name, target in (("costs", "fund"), ("placement_use", "pool")):
        frame = tables[name]
        if not len(frame):
            continue
        level, named = who_of(frame, courses)
        keyed = frame.assign(
            course=level.astype(str), profession=pd.Series(named, frame.index, object)
        )
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


def who_of(frame: pd.DataFrame, courses: pd.DataFrame) -> tuple[Ints, list[str]]:
    """Say which courses the rows of ``costs`` or ``placement_use`` speak of.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows with the columns course and profession.
    courses : pandas.DataFrame
        The table of courses.

    Returns
    -------
    level : array of int, shape (rows,)
        3 course, 2 profession, 1 group, 0 all.
    named : list of str
        The code at that level, None where a cell could not be read.
    """
    trained = set(courses["profession"])
    level, named = [], []
    for course, profession in zip(frame["course"], frame["profession"], strict=True):
        code = profession if course == ANY else course
        of_many = 0 if code == ANY else 2 if profession in trained and profession else 1
        level.append(3 if course != ANY else of_many)
        named.append(code)
    return np.array(level, dtype=int), named


def check_courses_named_twice(tables: Tables) -> Iterator[Problem]:
    """Report rows that name a course and a profession or group that is not the course's.

    One that names a measure names no profession at all.
    """
    courses = tables["courses"].dropna(subset=["course"]).drop_duplicates("course")
    professions = tables["professions"]
    group_of = dict(zip(professions["profession"], professions["group"], strict=True))
    profession_of = dict(zip(courses["course"], courses["profession"], strict=True))
    measures = set(tables["measures"]["measure"].dropna()) - {*profession_of}
    for name in ("costs", "placement_use"):
        frame = tables[name]
        if not len(frame):
            continue
        both = frame[frame["profession"].notna() & (frame["profession"] != ANY)]
        own = both["course"].map(profession_of)
        fits = (both["profession"] == own) | (both["profession"] == own.map(group_of))
        message = "course {course!r} trains {own!r}, not {profession!r}; name one of the two"
        wrong = both.assign(own=own)[own.notna() & own.isin(group_of) & ~fits]
        yield from found("error", name, wrong, "profession", message)
        message = "{profession!r} stands beside measure {course!r}; leave it empty or write “*”"
        beside = both[both["course"].isin(measures)]
        yield from found("error", name, beside, "profession", message)


def check_complete(tables: Tables, years: range) -> Iterator[Problem]:
    """Report pairs of profession and leaf region without workforce or demand."""
    professions = tables["professions"]["profession"].dropna().unique().tolist()
    leaf_regions = hierarchy.leaves(hierarchy.parents(tables["regions"]))
    pairs = [*product(professions, leaf_regions)]
    workforce, demand = tables["workforce"], tables["demand"]
    if len(workforce):  # no row at all is one problem
        there = set(zip(workforce["profession"], workforce["region"], strict=True))
        for profession, region in pairs:
            if (profession, region) not in there:
                message = f"there is no row for {profession!r} in {region!r}; write one, if only "
                yield Problem.of_file("workforce.csv", message + "with 0")
    dated = set(
        zip(*(demand[name].tolist() for name in ("profession", "region", "year")), strict=True)
    )
    for profession, region in pairs if len(demand) else ():
        own = [year for year in years if (profession, region, year) not in dated]
        if own:
            more = " and later" if len(own) > 6 else ""
            when = ", ".join(map(str, own[:6])) + more
            message = f"{profession!r} in {region!r} has no row for {when}"
            yield Problem("error", "demand.csv", None, "year", message)
