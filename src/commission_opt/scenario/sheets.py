"""The rows of an instance that axes vary, and how an instance follows from them.

Costs, pay, posts, placement capacities, pools, floors and who can do whose work are varied as
courses, staff, regions and years meet them, wildcards resolved; an axis may so reach one course of
a row that speaks of a whole group. All other tables are varied row by row. Rows for years outside
the horizon are left as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.instance.floors import LEAST, as_table
from commission_opt.instance.instance import Instance
from commission_opt.instance.overrides import by_cell
from commission_opt.instance.typed import ANY

Codes = npt.NDArray[np.object_]
Changed = Mapping[str, Floats]
_WHO = ("profession", "group", "region")
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

    def only(self, rows: Ints | None) -> VariedRows:
        """Return the figures of some rows; of all if None. Nothing else follows from them."""
        if rows is None:
            return self
        return replace(self, columns={name: own[rows] for name, own in self.columns.items()})


def sheet(instance: Instance, table: str) -> VariedRows:
    """Lay out a table of an instance for axes."""
    return _SHEETS[table](instance)


def _as_it_is(name: str, keys: tuple[str, ...], *columns: str) -> Callable[[Instance], VariedRows]:
    """Lay out a table of which an instance holds the rows within the horizon as they are."""

    def lay_out(instance: Instance) -> VariedRows:
        table, rows = instance.tables[name], getattr(instance, name)
        inside = _inside(table, instance)

        def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
            typed = {key: _typed(column, rows[key]) for key, column in changed.items()}
            return {name: rows.assign(**typed)}, _put(table, inside, changed)

        numbers = _numbers(table.iloc[inside], *columns)
        spoken_of = instance.commitment_lines if name == "commitments" else None
        codes = _codes(instance, rows, *keys)
        return VariedRows(table.index.to_numpy()[inside], codes, numbers, renew, spoken_of)

    return lay_out


def _as_arrays(name: str, *columns: str) -> Callable[[Instance], VariedRows]:
    """Lay out a table by profession and region, perhaps year, whose columns become arrays."""

    def lay_out(instance: Instance) -> VariedRows:
        table = instance.tables[name]
        inside = _inside(table, instance)
        rows, keys = table.iloc[inside], list(_WHO)
        where: tuple[Ints, ...] = _pairs(instance, rows)
        if "year" in table:
            rows, keys = rows.astype({"year": int}), [*_WHO, "year"]
            where = (*where, rows["year"].to_numpy() - instance.first_year)
        given = _numbers(rows, *columns)

        def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
            now = {**given, **changed}
            if (early := now.get("early_leaver_rate")) is not None:
                now["early_leaver_rate"] = np.where(np.isnan(early), now["leaver_rate"], early)
            fields = {name if len(columns) == 1 else key: column for key, column in now.items()}
            filled = {key: _filled(instance, key, where, column) for key, column in fields.items()}
            return filled, _put(table, inside, changed)

        codes = _codes(instance, rows, *keys)
        return VariedRows(rows.index.to_numpy(), codes, given, renew)

    return lay_out


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

    codes["fund"] = rates["code"].astype(str).to_numpy(object)
    codes["study_year"] = rates["study_year"].astype(str).to_numpy(object)
    numbers = {"cost": rates["rate"].to_numpy(float)}
    return VariedRows(rates["row"].to_numpy(), codes, numbers, renew)


def _pay(instance: Instance) -> VariedRows:
    pay, cells = instance.pay, instance.cells
    lines = _FIRST_LINE + np.arange(len(pay))
    p, q, y = (cells.of(axis, pay["cell"]) for axis in cells.axes)
    spelt_out = pd.DataFrame(
        {
            "fund": pay["code"].to_numpy(),
            "profession": instance.professions["profession"].to_numpy()[p],
            "region": instance.regions["region"].to_numpy()[q],
            "year": (instance.first_year + y).astype(float).astype(object),
            "pay": pay["rate"].to_numpy(float),
        },
        index=pd.Index(lines, name="row"),
    ).astype({"fund": object, "profession": object, "region": object})

    def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
        new = pay.assign(rate=changed["pay"], row=lines)
        return {"pay": new}, spelt_out.assign(**changed)

    codes = _codes(instance, spelt_out.astype({"year": int}), *_WHO, "fund", "year")
    return VariedRows(pay["row"].to_numpy(), codes, _numbers(spelt_out, "pay"), renew)


def _posts(instance: Instance) -> VariedRows:
    grid, codes = instance.posts, (instance.professions["profession"], instance.regions["region"])
    where = np.nonzero(~np.isnan(grid))
    lines = _FIRST_LINE + np.arange(len(where[0]))
    spelt_out = pd.DataFrame(
        {
            "profession": codes[0].to_numpy()[where[0]],
            "region": codes[1].to_numpy()[where[1]],
            "year": (instance.first_year + where[2]).astype(float).astype(object),
            "posts": grid[where],
        },
        index=pd.Index(lines, name="row"),
    ).astype({"profession": object, "region": object})

    def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
        filled = _filled(instance, "posts", where, changed["posts"])
        return {"posts": filled}, spelt_out.assign(**changed)

    table = instance.tables["posts"]
    origin = by_cell(table, table.index.to_numpy(float), *codes, instance.years)[where]
    chosen_by = _codes(instance, spelt_out.astype({"year": int}), *_WHO, "year")
    return VariedRows(origin.astype(np.int64), chosen_by, {"posts": grid[where]}, renew)


def _by_year(name: str, *columns: str) -> Callable[[Instance], VariedRows]:
    """Lay out a table by pool, region and year of which an instance holds one row for each year."""

    def lay_out(instance: Instance) -> VariedRows:
        rows = getattr(instance, name)
        lines = _FIRST_LINE + np.arange(len(rows))
        year = rows["year"].to_numpy(float).astype(object)
        spelt_out = rows.assign(year=year).set_index(pd.Index(lines, name="row"))

        def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
            return {name: rows.assign(**changed)}, spelt_out.assign(**changed)

        codes = _codes(instance, rows, "pool", "region", "year")
        origin = _lines_of_years(instance, name)
        return VariedRows(origin, codes, _numbers(rows, *columns), renew)

    return lay_out


def _lines_of_years(instance: Instance, name: str) -> Ints:
    """Return the line from which each row follows: that of its year, else of every year."""
    table = instance.tables[name]
    columns = ["pool", "region", "year"]
    line_of = dict(zip(table[columns].itertuples(index=False, name=None), table.index, strict=True))
    found = [
        line_of.get((pool, region, year), line_of.get((pool, region, ANY)))
        for pool, region, year in getattr(instance, name)[columns].itertuples(
            index=False, name=None
        )
    ]
    return np.array(found, dtype=np.int64)


def _substitution(instance: Instance) -> VariedRows:
    pairs, columns = instance.substitution, ("ratio", "max_share")
    lines = pd.Index(_FIRST_LINE + np.arange(len(pairs)), name="row")
    spelt_out = pairs[["needed", "by", "region", *columns]].set_index(lines)

    def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
        new = pairs.assign(**changed).set_index(lines)
        return {"substitution": new}, spelt_out.assign(**changed)

    codes = _codes(instance, pairs, "needed", "by", "region")
    return VariedRows(pairs.index.to_numpy(), codes, _numbers(pairs, *columns), renew)


def _pathways(instance: Instance) -> VariedRows:
    rows, table = instance.pathways, instance.tables["pathways"]
    of_course = {key: codes[rows["course"]] for key, codes in line_codes(instance).items()}
    codes = {**of_course, **_codes(instance, rows, "pool", "role")}

    def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
        return {"pathways": rows.assign(**changed)}, table.assign(**changed)

    return VariedRows(table.index.to_numpy(), codes, _numbers(rows, "share"), renew)


def _floors(instance: Instance) -> VariedRows:
    rows, lines = instance.floors, instance.floors.index.to_numpy()

    def renew(changed: Changed) -> tuple[dict[str, Any], pd.DataFrame]:
        new = rows.assign(**changed)
        return {"floors": new}, as_table(instance.tables["floors"], new)

    codes = _codes(instance, rows, "floor", "profession", "region", "year")
    return VariedRows(lines, codes, _numbers(rows, *LEAST), renew)


def line_codes(instance: Instance) -> dict[str, Codes]:
    """Return what lines can be chosen by, arrays of shape (L,); empty where a kind has none."""
    keys = (*_WHO, "provider", "course", "measure")
    courses, measures = instance.courses.assign(measure=""), instance.measures
    measures = measures.assign(provider="", course="")
    of_courses, of_measures = (_codes(instance, rows, *keys) for rows in (courses, measures))
    return {key: np.append(codes, of_measures[key]) for key, codes in of_courses.items()}


def _inside(table: pd.DataFrame, instance: Instance) -> Ints:
    """Return the positions of the rows within the horizon."""
    every = np.arange(len(table))
    return every[table["year"].isin(instance.years)] if "year" in table else every


def _pairs(instance: Instance, rows: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return the positions of the profession and the leaf region of each row."""
    p = {code: i for i, code in enumerate(instance.professions["profession"])}
    q = {code: i for i, code in enumerate(instance.regions["region"])}
    return rows["profession"].map(p).to_numpy(int), rows["region"].map(q).to_numpy(int)


def _codes(instance: Instance, rows: pd.DataFrame, *keys: str) -> dict[str, Codes]:
    if "group" in keys:
        rows = rows.assign(group=rows["profession"].map(instance.group_of))
    return {key: rows[key].astype(str).to_numpy(object) for key in keys}


def _numbers(frame: pd.DataFrame, *columns: str) -> dict[str, Floats]:
    return {name: frame[name].to_numpy(float) for name in columns}


def _filled(instance: Instance, field: str, where: tuple[Ints, ...], values: Floats) -> Floats:
    array: Floats = getattr(instance, field).copy()
    array[where] = values
    return array


def _typed(values: Floats, as_given: pd.Series) -> npt.NDArray[Any]:
    """Return values in the type of their column; fractions among whole numbers stay fractions."""
    typed = values.astype(as_given.to_numpy().dtype)
    return typed if np.array_equal(typed, values, equal_nan=True) else values


def _put(table: pd.DataFrame, inside: Ints, changed: Changed) -> pd.DataFrame:
    """Return the table with other figures in some of its rows."""
    columns = {}
    for name, values in changed.items():
        columns[name] = table[name].to_numpy(float, copy=True)
        columns[name][inside] = values
    return table.assign(**columns)


_SHEETS: Mapping[str, Callable[[Instance], VariedRows]] = {
    "budgets": _as_it_is("budgets", ("fund", "region", "year"), "amount"),
    "demand": _as_arrays("demand", "fte"),
    "posts": _posts,
    "workforce": _as_arrays("workforce", "fte", "leaver_rate", "early_leaver_rate"),
    "joiners": _as_arrays("joiners", "fte"),
    "courses": _as_it_is(
        "courses", (*_WHO, "provider", "course"), "fill_rate", "completion_rate", "join_rate",
        "fte_per_joiner", "max_intake", "min_cohort",
    ),
    "measures": _as_it_is(
        "measures", (*_WHO, "kind", "measure"), "fte_per_unit", "success_rate", "leaver_rate",
        "max_amount", "min_amount",
    ),
    "costs": _costs,
    "pay": _pay,
    "placements": _by_year("placements", "capacity"),
    "eligible": _by_year("eligible", "entrants", "stay_rate", "offer_rate"),
    "pathways": _pathways,
    "substitution": _substitution,
    "commitments": _as_it_is(
        "commitments", ("commitment", "measure"), "min_places", "max_places"
    ),
    "floors": _floors,
}  # fmt: skip
