"""The rows of an instance that axes vary, and how an instance follows from them.

Costs and placement capacities are varied as the courses and years meet them, wildcards resolved;
an axis may so reach one course of a row that speaks of a whole group. All other tables are varied
row by row. Rows for years outside the horizon are left as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from commission_opt.arrays import Floats, Ints
from commission_opt.instance.instance import Bools, Instance
from commission_opt.instance.schema import TABLES
from commission_opt.instance.typed import ANY

Codes = npt.NDArray[np.object_]
Changed = Mapping[str, Floats]
_FIRST_LINE = 2  # of a table written anew, after its header


@dataclass(frozen=True, eq=False)
class VariedRows:
    """N rows of one table.

    Parameters
    ----------
    lines : array of int, shape (N,)
        Lines of the file on which the rows stand, or from which they follow.
    codes : mapping of str to array of str, shape (N,)
        What the rows can be chosen by.
    columns : mapping of str to array, shape (N,)
        Figures as they are; NaN for an empty cell.
    renew : callable
        The fields of an instance, ``tables`` left out, and the table, for columns that changed.
    spoken_of : array of bool, shape (N, L), or None
        Lines that a row speaks of, where rows are chosen by their lines.
    """

    lines: Ints
    codes: Mapping[str, Codes]
    columns: Mapping[str, Floats]
    renew: Callable[[Changed], tuple[dict[str, Any], pd.DataFrame]]
    spoken_of: Bools | None = None


def sheet(instance: Instance, table: str) -> VariedRows:
    """Lay out a table of an instance for axes."""
    return _SHEETS[table](instance)


def _budgets(instance: Instance) -> VariedRows:
    table, rows = instance.tables["budgets"], instance.budgets
    inside = np.flatnonzero(table["year"].isin(instance.years))

    def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
        return {"budgets": rows.assign(**changed)}, _put(table, inside, changed)

    codes = {key: _codes(rows[key]) for key in ("fund", "region", "year")}
    return VariedRows(rows.index.to_numpy(), codes, _numbers(rows, "amount"), renew)


def _by_year(name: str) -> Callable[[Instance], VariedRows]:
    """Lay out a table of FTE by profession, region and year, which becomes an array."""

    def lay_out(instance: Instance) -> VariedRows:
        table, grid = instance.tables[name], getattr(instance, name)
        inside = np.flatnonzero(table["year"].isin(instance.years))
        rows = table.iloc[inside]
        year = rows["year"].to_numpy(int)
        where = (*_pairs(instance, rows), year - instance.first_year)

        def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
            filled = grid.copy()
            filled[where] = changed["fte"]
            return {name: filled}, _put(table, inside, changed)

        codes = {**_who(instance, rows), "year": _codes(pd.Series(year))}
        return VariedRows(rows.index.to_numpy(), codes, _numbers(rows, "fte"), renew)

    return lay_out


def _workforce(instance: Instance) -> VariedRows:
    table = instance.tables["workforce"]
    columns = _numbers(table, "fte", "leaver_rate", "early_leaver_rate")
    where = _pairs(instance, table)

    def grid(column: Floats) -> Floats:
        filled = np.zeros(instance.fte.shape)
        filled[where] = column
        return filled

    def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
        now = {**columns, **changed}
        early = now["early_leaver_rate"]
        now["early_leaver_rate"] = np.where(np.isnan(early), now["leaver_rate"], early)
        return {name: grid(column) for name, column in now.items()}, table.assign(**changed)

    return VariedRows(table.index.to_numpy(), _who(instance, table), columns, renew)


def _courses(instance: Instance) -> VariedRows:
    table, courses = instance.tables["courses"], instance.courses
    whole = {c.name for c in TABLES["courses"].columns if c.kind == "whole"}
    rates = ("fill_rate", "completion_rate", "join_rate", "fte_per_joiner")

    def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
        typed = {name: c.astype(int) if name in whole else c for name, c in changed.items()}
        return {"courses": courses.assign(**typed)}, table.assign(**changed)

    columns = _numbers(table, *rates, "max_intake", "min_cohort")
    return VariedRows(table.index.to_numpy(), course_codes(instance), columns, renew)


def _costs(instance: Instance) -> VariedRows:
    rates = instance.costs
    line = rates["line"].to_numpy()
    codes = {key: column[line] for key, column in line_codes(instance).items()}
    lines = _FIRST_LINE + np.arange(len(rates))
    spelt_out = pd.DataFrame(
        {
            "course": instance.lines["line"].to_numpy()[line],
            "profession": ANY,
            "study_year": rates["study_year"].to_numpy(float).astype(object),
            "fund": rates["code"].to_numpy(),
            "cost": rates["rate"].to_numpy(),
        },
        index=pd.Index(lines, name="row"),
    ).astype({"course": object, "profession": object, "fund": object})

    def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
        costs = rates.assign(rate=changed["cost"], row=lines)
        return {"costs": costs}, spelt_out.assign(**changed)

    codes["fund"] = _codes(rates["code"])
    return VariedRows(
        rates["row"].to_numpy(), codes, {"cost": rates["rate"].to_numpy(float)}, renew
    )


def _placements(instance: Instance) -> VariedRows:
    rows = instance.placements
    lines = _FIRST_LINE + np.arange(len(rows))
    year = rows["year"].to_numpy(float).astype(object)
    spelt_out = rows.assign(year=year).set_index(pd.Index(lines, name="row"))

    def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
        return {"placements": rows.assign(**changed)}, spelt_out.assign(**changed)

    codes = {key: _codes(rows[key]) for key in ("pool", "region", "year")}
    origin = _lines_of_capacities(instance)
    return VariedRows(origin, codes, _numbers(rows, "capacity"), renew)


def _lines_of_capacities(instance: Instance) -> Ints:
    """Return the line from which each capacity follows: that of its year, else of every year."""
    table = instance.tables["placements"]
    columns = ["pool", "region", "year"]
    line_of = dict(zip(table[columns].itertuples(index=False, name=None), table.index, strict=True))
    found = [
        line_of.get((pool, region, year), line_of.get((pool, region, ANY)))
        for pool, region, year in instance.placements[columns].itertuples(index=False, name=None)
    ]
    return np.array(found, dtype=np.int64)


def _commitments(instance: Instance) -> VariedRows:
    table = instance.commitments

    def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
        new = table.assign(**changed)
        return {"commitments": new}, new

    columns = _numbers(table, "min_places", "max_places")
    codes = {key: _codes(table[key]) for key in ("commitment", "measure")}
    return VariedRows(table.index.to_numpy(), codes, columns, renew, instance.commitment_lines)


def course_codes(instance: Instance) -> dict[str, Codes]:
    """Return what courses can be chosen by, arrays of shape (C,)."""
    courses = instance.courses
    return {**_who(instance, courses), **{k: _codes(courses[k]) for k in ("provider", "course")}}


def line_codes(instance: Instance) -> dict[str, Codes]:
    """Return what lines can be chosen by, arrays of shape (L,)."""
    measures = instance.measures
    nowhere = _codes(pd.Series("", index=measures.index))
    beside = {
        **_who(instance, measures), "provider": nowhere, "course": nowhere,
        "measure": _codes(measures["measure"]),
    }  # fmt: skip
    of_courses = course_codes(instance)
    of_courses["measure"] = np.full(len(instance.courses), "", dtype=object)
    return {key: np.append(of_courses[key], codes) for key, codes in beside.items()}


def _measures(instance: Instance) -> VariedRows:
    table, measures = instance.tables["measures"], instance.measures
    whole = {c.name for c in TABLES["measures"].columns if c.kind == "whole"}

    def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
        typed = {name: c.astype(int) if name in whole else c for name, c in changed.items()}
        return {"measures": measures.assign(**typed)}, table.assign(**changed)

    codes = {**_who(instance, measures), **{k: _codes(measures[k]) for k in ("kind", "measure")}}
    names = ("fte_per_unit", "success_rate", "leaver_rate", "max_amount", "min_amount")
    return VariedRows(table.index.to_numpy(), codes, _numbers(table, *names), renew)


def _who(instance: Instance, rows: pd.DataFrame) -> dict[str, Codes]:
    return {
        "profession": _codes(rows["profession"]),
        "group": _codes(rows["profession"].map(instance.group_of)),
        "region": _codes(rows["region"]),
    }


def _pairs(instance: Instance, rows: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return the positions of the profession and the leaf region of each row."""
    p = {code: i for i, code in enumerate(instance.professions["profession"])}
    q = {code: i for i, code in enumerate(instance.regions["region"])}
    return rows["profession"].map(p).to_numpy(int), rows["region"].map(q).to_numpy(int)


def _codes(column: pd.Series) -> Codes:
    return column.astype(str).to_numpy(object)


def _numbers(frame: pd.DataFrame, *columns: str) -> dict[str, Floats]:
    return {name: frame[name].to_numpy(float) for name in columns}


def _put(table: pd.DataFrame, inside: Ints, changed: Changed) -> pd.DataFrame:
    """Return the table with other figures in some of its rows."""
    columns = {}
    for name, values in changed.items():
        columns[name] = table[name].to_numpy(float, copy=True)
        columns[name][inside] = values
    return table.assign(**columns)


_SHEETS: Mapping[str, Callable[[Instance], VariedRows]] = {
    "budgets": _budgets,
    "demand": _by_year("demand"),
    "workforce": _workforce,
    "joiners": _by_year("joiners"),
    "courses": _courses,
    "measures": _measures,
    "costs": _costs,
    "placements": _placements,
    "commitments": _commitments,
}
