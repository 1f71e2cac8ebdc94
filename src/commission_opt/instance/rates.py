"""Costs and placement use resolved: of the rows that speak of a line's study year, one holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from commission_opt.arrays import Floats, Ints
from commission_opt.errors import Problem
from commission_opt.instance.found import found
from commission_opt.instance.references import who_of
from commission_opt.instance.typed import ANY
from commission_opt.text.counts import plural

Tables = Mapping[str, pd.DataFrame]
Bools = npt.NDArray[np.bool_]

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
    spoken, frame = _spoken_of(tables), tables[name]
    target, value = ("fund", "cost") if name == "costs" else ("pool", "weeks")
    code, rate = frame[target].to_numpy(object), frame[value].to_numpy(float)
    at, line, study_year, dated, level = _applying(frame, tables["courses"], spoken)
    rank = np.unique(code.astype(str), return_inverse=True)[1][at]
    row = frame.index.to_numpy()[at]
    order = np.lexsort((-row, ~dated, -level, rank, study_year, line))
    line, study_year, rank, dated = line[order], study_year[order], rank[order], dated[order]
    at, row = at[order], row[order]
    key = np.stack([line, study_year, rank])
    first = np.ones(len(at), dtype=bool)
    first[1:] = (key[:, 1:] != key[:, :-1]).any(axis=0)
    rates = pd.DataFrame(
        {
            "line": line[first],
            "study_year": study_year[first],
            "code": pd.Series(code[at[first]], dtype=object),
            "rate": rate[at[first]],
            "row": row[first],
        }
    )
    case, other = np.unique((np.cumsum(first) - 1)[dated], return_index=True)
    clashing = ~dated[first][case]
    cases = rates.iloc[case[clashing]].assign(row_other=row[dated][other[clashing]])
    codes = tables["courses"]["course"].tolist()
    clashes = cases.groupby(["row", "row_other"], sort=False) if len(cases) else ()
    return rates, [_clash(name, codes, own) for _, own in clashes]


def _clash(name: str, codes: list[str], cases: pd.DataFrame) -> Problem:
    line, study_year, code, *rows = cases[[*_KEY, "row", "row_other"]].iloc[0]
    several = "" if len(cases) == 1 else f", in {plural(len(cases), 'case')} in all"
    message = (
        f"rows {min(rows)} and {max(rows)} both apply to course {codes[line]!r} in study year "
        f"{study_year} ({code}) and neither overrides the other{several}; add a row for "
        f"{codes[line]!r} and that study year"
    )
    return Problem("error", f"{name}.csv", int(max(rows)), None, message)


class _Spoken(NamedTuple):
    """The lines that a level and a code which a row may name speak of.

    ``years``, shape (L,), are those of study, or paid for; inf where they cannot be read.
    """

    lines: dict[tuple[int, str], list[int]]
    years: Floats


def _applying(
    frame: pd.DataFrame, courses: pd.DataFrame, spoken: _Spoken
) -> tuple[Ints, Ints, Ints, Bools, Ints]:
    """Return the rows that apply to each line and study year.

    Arrays of the same length: position of the row, line, study year, whether the row names that
    year, and the row's level.
    """
    level, named = who_of(frame, courses)
    lines = [spoken.lines.get(key, []) for key in zip(level.tolist(), named, strict=True)]
    at = np.repeat(np.arange(len(frame)), [len(own) for own in lines])
    line = np.array([each for own in lines for each in own], dtype=int)
    given = frame["study_year"].to_numpy(object)
    dated = given != ANY
    times = np.where(dated[at], 1, spoken.years[line]).astype(int)
    counted = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times) + 1
    at, line = np.repeat(at, times), np.repeat(line, times)
    study_year = np.where(dated, given, 0).astype(int)[at]
    study_year = np.where(dated[at], study_year, counted)
    kept = study_year <= spoken.years[line]
    at = at[kept]
    return at, line[kept], study_year[kept], dated[at], level[at]


def _spoken_of(tables: Tables) -> _Spoken:
    courses, measures, professions = (tables[n] for n in ("courses", "measures", "professions"))
    group_of = dict(zip(professions["profession"], professions["group"], strict=True))
    lines: dict[tuple[int, str], list[int]] = {}
    for line, code in enumerate([*courses["course"], *measures["measure"]]):
        lines.setdefault((3, code), []).append(line)
    for line, profession in enumerate(courses["profession"]):
        for key in ((2, profession), (1, group_of.get(profession, "")), (0, ANY)):
            lines.setdefault(key, []).append(line)
    years = np.concatenate([courses["duration_years"], measures["paid_years"]]).astype(float)
    return _Spoken(lines, np.where(np.isnan(years), np.inf, years))


def check_study_years(tables: Tables) -> Iterator[Problem]:
    """Report rows for study years that no course or measure they speak of has."""
    spoken = _spoken_of(tables)
    longest = {key: spoken.years[lines].max() for key, lines in spoken.lines.items()}
    measures = set(tables["measures"]["measure"])
    for name in ("costs", "placement_use"):
        frame = tables[name]
        dated = frame[frame["study_year"].notna() & (frame["study_year"] != ANY)]
        level, named = who_of(dated, tables["courses"])
        last = [
            np.nan if code is None else longest.get((of, code), np.nan)
            for of, code in zip(level.tolist(), named, strict=True)
        ]
        rows = pd.DataFrame({"years": last}, index=dated.index)
        rows["study_year"] = dated["study_year"].astype(float)
        beyond = rows["study_year"] > rows["years"]
        if not beyond.any():
            continue
        rows["named"] = named
        of_measure = (level == 3) & rows["named"].isin(measures)
        for wrong, message in (
            (beyond & ~of_measure, "{study_year:g} is beyond the last study year, {years:g}, of "
             "every course that the row speaks of"),
            (beyond & of_measure, "{study_year:g} is beyond paid_years, {years:g}, of {named!r}"),
        ):  # fmt: skip
            yield from found("error", name, rows[wrong], "study_year", message)
