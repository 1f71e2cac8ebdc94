"""Wildcards resolved: of the rows that speak of the same thing, the most specific one holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.references import who_of
from commission_opt.instance.typed import ANY
from commission_opt.text.counts import plural

Tables = Mapping[str, pd.DataFrame]


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
    resolved: list[tuple[int, int, str, float, int]] = []
    clashes: dict[tuple[int, int], list[tuple[int, int, str]]] = {}
    for key in sorted(applying):
        rules = sorted(applying[key], reverse=True)
        (_, by_year, row, rate), most = rules[0], max(rule[1] for rule in rules)
        resolved.append((*key, rate, row))
        if by_year < most:  # the first of those that are more specific in the other way
            other = next(rule[2] for rule in rules if rule[1] == most)
            clashes.setdefault((row, other), []).append(key)
    rates = _framed(resolved, _RESOLVED)
    codes = tables["courses"]["course"].tolist()
    return rates, [_clash(name, codes, rows, cases) for rows, cases in clashes.items()]


_RESOLVED = {"line": int, "study_year": int, "code": object, "rate": float, "row": int}


def _clash(
    name: str, codes: list[str], rows: tuple[int, int], cases: list[tuple[int, int, str]]
) -> Problem:
    course, study_year, code = cases[0]
    several = "" if len(cases) == 1 else f", in {plural(len(cases), 'case')} in all"
    message = (
        f"rows {min(rows)} and {max(rows)} both apply to course {codes[course]!r} in study year "
        f"{study_year} ({code}) and neither overrides the other{several}; add a row for "
        f"{codes[course]!r} and that study year"
    )
    return Problem("error", f"{name}.csv", max(rows), None, message)


def _applying(
    tables: Tables, name: str
) -> dict[tuple[int, int, str], list[tuple[int, int, int, float]]]:
    """Map line, study year and code to level, whether for the year alone, row and rate."""
    frame, courses = tables[name], tables["courses"]
    paid = pd.concat([courses["duration_years"], tables["measures"]["paid_years"]])
    years_of = paid.astype(int).tolist()
    spoken_of = _spoken_of(tables)
    applying: dict[tuple[int, int, str], list[tuple[int, int, int, float]]] = {}
    target, value = ("fund", "cost") if name == "costs" else ("pool", "weeks")
    who = who_of(frame, courses)
    for row, level, code, study_year, to, rate in zip(
        frame.index.tolist(), who["level"].tolist(), who["code"].tolist(),
        frame["study_year"].tolist(), frame[target].tolist(), frame[value].tolist(), strict=True,
    ):  # fmt: skip
        for line in spoken_of.get((level, code), ()):
            every = range(1, years_of[line] + 1)
            own = int(study_year != ANY)
            for year in (int(study_year),) if own else every:
                if year in every:
                    key = (line, year, to)
                    applying.setdefault(key, []).append((level, own, row, float(rate)))
    return applying


def _spoken_of(tables: Tables) -> dict[tuple[int, object], list[int]]:
    """Map each level and code that a row may name to the positions of its lines."""
    courses, professions = tables["courses"], tables["professions"]
    group_of = dict(zip(professions["profession"], professions["group"], strict=True))
    spoken_of: dict[tuple[int, object], list[int]] = {}
    for k, (course, profession) in enumerate(
        zip(courses["course"], courses["profession"], strict=True)
    ):
        for named in ((3, course), (2, profession), (1, group_of.get(profession)), (0, ANY)):
            spoken_of.setdefault(named, []).append(k)
    for k, measure in enumerate(tables["measures"]["measure"], start=len(courses)):
        spoken_of[3, measure] = [k]
    return spoken_of


def check_study_years(tables: Tables) -> Iterator[Problem]:
    """Report rows for study years that no course or measure they speak of has."""
    longest, measures = _longest(tables), set(tables["measures"]["measure"])
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
                if level == 3 and code in measures:
                    message = f"{study_year:g} is beyond paid_years, {duration:g}, of {code!r}"
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
    measures = tables["measures"][["measure", "paid_years"]]
    longest |= {(3, code): years for code, years in measures.itertuples(index=False)}
    return longest


def capacities(tables: Tables, years: range) -> pd.DataFrame:
    """Resolve ``placements`` to one capacity per pool, region and year of the horizon.

    Returns
    -------
    pandas.DataFrame
        ``pool``, ``region``, ``year``, ``capacity`` (placement weeks), ``row``, in the
        order of the table and by year.
    """
    frame = tables["placements"]
    found: dict[tuple[str, str], dict[int, tuple[float, int]]] = {}
    dated: dict[tuple[str, str], dict[int, tuple[float, int]]] = {}
    for row, pool, region, year, capacity in zip(
        frame.index, *(frame[c] for c in ("pool", "region", "year", "capacity")), strict=True
    ):
        own = found.setdefault((pool, region), {})
        if year == ANY:
            own |= {y: (capacity, row) for y in years if y not in own}
        elif year in years:
            dated.setdefault((pool, region), {}).setdefault(int(year), (capacity, row))
    lines = [
        (*pair, year, *figures)
        for pair, own in found.items()
        for year, figures in sorted((own | dated.get(pair, {})).items())
    ]
    kinds = {"pool": object, "region": object, "year": int, "capacity": float, "row": int}
    return _framed(lines, kinds)


def _framed(lines: Sequence[tuple[object, ...]], kinds: Mapping[str, type]) -> pd.DataFrame:
    """Return lines as a frame with columns of these kinds."""
    columns = zip(*lines, strict=True) if lines else ([] for _ in kinds)
    return pd.DataFrame(
        {
            name: pd.Series(cells, dtype=kind)
            for (name, kind), cells in zip(kinds.items(), columns, strict=True)
        }
    )


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
    codes = dict.fromkeys(("profession", "from_region", "to_region"), object)
    return _framed(resolved, {**codes, "share": float})


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
