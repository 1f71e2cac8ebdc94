"""What is bought of each line, places and units, and what that costs and brings.

A line is a course, of which places are bought, or a measure, of which units are. Places and units
are never added up; what they cost and the FTE-years they bring can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome, charged
from commission_opt.activities import KINDS
from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.place_prices import cost_per_place
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.shortage import year_weights
from commission_opt.instance.instance import Instance
from commission_opt.views import words

HEADINGS = {
    "last": "last year",
    "cost": "£",
    "fte_years": "FTE-years",
    "per_fte_year": "£ per FTE-year",
    "one_more": "£ per FTE-year of one more",
}
_NOTHING = 1e-9  # FTE-years that are none
COURSE = "course"
_COURSES = ["profession", "from_profession", "duration_years"]
_MEASURES = [
    "kind", "profession", "lead_years", "fte_per_unit", "success_rate", "leaver_rate",
    "lasts_years", "paid_years",
]  # fmt: skip


def what(instance: Instance, joint: str = "and") -> str:
    """Name what a plan buys: places, or places and units where there are measures."""
    return words.bought(len(instance.measures) > 0, joint)


def names(instance: Instance) -> list[str]:
    """Name each measure: by its title, with the code where titles are alike or missing."""
    table = instance.measures
    return list(words.names(table["measure"].tolist(), table["title"].fillna("").tolist()))


def kinds(instance: Instance) -> list[str]:
    """Return in words what kind each measure is of."""
    return [KINDS[kind].title for kind in instance.measures["kind"]]


def per_unit(problem: Planning, *, pay: bool = False) -> tuple[Floats, Floats]:
    """Return what one place or unit costs and brings within the horizon, both discounted.

    With ``pay`` that of the staff whom it brings is part of what it costs.

    Returns
    -------
    cost, fte_years : array, shape (L * Y,)
        £ of all funds and FTE-years of supply, or of demand taken away, by line and start year, at
        positions of ``Instance.starts``.
    """
    instance = problem.instance
    of_year = year_weights(instance, problem.policy)[instance.cells.of("year")]
    return cost_per_place(problem, pay=pay), np.asarray(of_year @ problem.effects.net.matrix)


def ratio(cost: Floats, fte_years: Floats) -> Floats:
    """Return £ per FTE-year; not a number where there are no FTE-years."""
    out = np.full(np.shape(cost), np.nan)
    found: Floats = np.divide(cost, fte_years, out=out, where=np.asarray(fte_years) > _NOTHING)
    return found


def discounted(problem: Planning, started: Floats) -> tuple[Floats, Floats]:
    """Return the discounted £ and FTE-years of what starts on each line, both of shape (L,).

    What starts is as in ``Outcome.started``, shape (L * Y,).
    """
    shape = problem.instance.starts.shape
    cost, fte_years = ((of * started).reshape(shape).sum(axis=1) for of in per_unit(problem))
    return cost, fte_years


def cost_per_fte_year(problem: Planning, started: Floats) -> Floats:
    """Return the discounted £ of what starts on each line per discounted FTE-year that it brings.

    Pay is no part of it. What starts is as in ``Outcome.started``, shape (L * Y,).

    Returns
    -------
    array, shape (L,)
        Not a number where nothing starts, or nothing of it is at work within the horizon.
    """
    return ratio(*discounted(problem, started))


def in_all(problem: Planning, started: Floats) -> float:
    """Return the same of all lines together."""
    cost, fte_years = (of @ started for of in per_unit(problem))
    return float(ratio(cost, fte_years))


def of_one_more(problem: Planning) -> tuple[Floats, Floats]:
    """Return the same sums of one more place or unit in each commissioning year, with the rest."""
    layout = problem.layout
    cost, fte_years = (
        np.bincount(layout.line, of @ layout.started.matrix, layout.n_lines).astype(float)
        for of in per_unit(problem)
    )
    return cost, fte_years


def cost_of_one_more(problem: Planning) -> Floats:
    """Return the £ per FTE-year of one more in each commissioning year, and what follows."""
    return ratio(*of_one_more(problem))


def bought(problem: Planning, result: Outcome) -> pd.DataFrame:
    """Return what is bought of every line in all, and what it costs and brings in the horizon.

    Returns
    -------
    pandas.DataFrame
        L rows, courses first: line, kind, profession, region, last_amount; amount, of all
        commissioning years; cost, £ undiscounted, and fte_years, of what is commissioned and what
        is continued; per_fte_year, as ``cost_per_fte_year`` has it, and one_more.
    """
    instance = problem.instance
    table = instance.lines[["line", "kind", "profession", "region", "last_amount"]].copy()
    table["amount"] = result.amounts.sum(axis=1)
    line = instance.costs["line"].to_numpy(int)
    table["cost"] = np.bincount(line, charged(instance, result), len(table)).astype(float)
    brought = np.asarray(problem.effects.net.matrix.sum(axis=0)).ravel() * result.started
    table["fte_years"] = brought.reshape(instance.starts.shape).sum(axis=1)
    table["per_fte_year"] = cost_per_fte_year(problem, result.started)
    table["one_more"] = cost_of_one_more(problem)
    return table


def measures(problem: Planning, result: Outcome) -> pd.DataFrame:
    """Return what is bought of every measure in each commissioning year, and what that brings.

    Returns
    -------
    pandas.DataFrame
        measure (its name), kind, profession, region, last (year's units), a column for each year
        by its number, change (of the first year), cost, fte_years, per_fte_year and one_more.
    """
    instance, units = problem.instance, result.units
    of_all = bought(problem, result).iloc[len(instance.courses) :].reset_index(drop=True)
    table = of_all[["profession", "region"]].copy()
    table.insert(0, "measure", names(instance))
    table.insert(1, "kind", kinds(instance))
    table["last"] = of_all["last_amount"].astype(float)
    for k in range(units.shape[1]):
        table[str(instance.first_year + k)] = units[:, k]
    table["change"] = units[:, 0] - table["last"]
    return table.join(of_all[["cost", "fte_years", "per_fte_year", "one_more"]])


def both(problem: Planning, result: Outcome) -> pd.DataFrame:
    """Return the sums over all places and over all units, beside each other.

    Returns
    -------
    pandas.DataFrame
        A row ``places`` and a row ``units``: last (year's), a column for each commissioning year
        by its number, change (of the first year), cost, fte_years and per_fte_year.
    """
    instance, amounts = problem.instance, result.amounts
    of_all = bought(problem, result)
    unit = np.arange(len(of_all)) >= len(instance.courses)
    rows = {}
    for name, some in (("places", ~unit), ("units", unit)):
        last, sums = float(of_all["last_amount"][some].sum()), amounts[some].sum(axis=0)
        years = {str(instance.first_year + k): sums[k] for k in range(len(sums))}
        started = result.started.reshape(instance.starts.shape) * some[:, None]
        rows[name] = {
            "last": last, **years, "change": sums[0] - last,
            **of_all.loc[some, ["cost", "fte_years"]].sum(),
            "per_fte_year": in_all(problem, started.ravel()),
        }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")


def note(problem: Planning) -> str:
    """Say what £ and FTE-years of lines are, and what £ per FTE-year is."""
    rate = problem.policy.discount_rate
    at = f", both discounted by {100 * rate:g} % a year" if rate else ""
    return (
        "£ and FTE-years are those within the horizon of all that is bought and continued. £ per "
        f"FTE-year is the one over the other{at}; pay is left out."
    )


def alike(problem: Planning, result: Outcome) -> pd.DataFrame:
    """Return what is bought of lines, those added up that differ in region and amounts only.

    Courses are alike that train for one profession, last as long and take staff from the same one,
    if any; measures that are of one kind and profession and of which a unit does and costs the
    same. They go by what their titles have in common up to a comma, else by profession and kind.

    Returns
    -------
    pandas.DataFrame
        A row for each group, courses first: name, kind (``course``, or in words that of the
        measures), profession, last (year's), most, a column for each commissioning year by its
        number, change (of the first year), cost, fte_years, per_fte_year and one_more, as
        ``bought`` has them.
    """
    instance, group = problem.instance, _groups(problem)
    each = bought(problem, result)
    last = each["last_amount"].to_numpy(float)
    years = {str(instance.first_year + k): a for k, a in enumerate(result.amounts.T)}
    summed = {
        "last": last, "most": instance.lines["max_amount"].to_numpy(float), **years,
        "change": result.amounts[:, 0] - last, "cost": each["cost"], "fte_years": each["fte_years"],
    }  # fmt: skip
    table = pd.DataFrame(summed).groupby(group).sum()
    for name, of in (
        ("per_fte_year", discounted(problem, result.started)),
        ("one_more", of_one_more(problem)),
    ):
        table[name] = ratio(*(_added(group, values) for values in of))
    of_kinds = [COURSE] * len(instance.courses) + kinds(instance)
    table.insert(0, "profession", instance.lines["profession"].groupby(group).first())
    table.insert(0, "kind", pd.Series(of_kinds).groupby(group).first())
    table.insert(0, "name", _names(problem, group, of_kinds))
    return table


def _groups(problem: Planning) -> Ints:
    """Return the group of each line."""
    instance = problem.instance
    unit = per_unit(problem)[0].reshape(instance.starts.shape)[len(instance.courses) :, 0]
    measures = instance.measures[_MEASURES].assign(cost=unit)
    keys = pd.concat([instance.courses[_COURSES], measures], ignore_index=True)
    return np.asarray(keys.groupby([*keys], dropna=False, sort=False).ngroup(), dtype=np.int64)


def _names(problem: Planning, group: Ints, kinds: list[str]) -> pd.Series[str]:
    """Name each group."""
    instance = problem.instance
    titles = [*instance.courses["title"].fillna(""), *names(instance)]
    profession = instance.professions.set_index("profession")["title"]
    table = pd.DataFrame({"title": titles, "kind": kinds})
    table["profession"] = instance.lines["profession"].map(profession).to_numpy()
    named = [
        _shared(rows["title"]) or f"{rows['profession'].iloc[0]}, {rows['kind'].iloc[0]}"
        for _, rows in table.groupby(group)
    ]
    return pd.Series(named)


def _shared(titles: Iterable[str]) -> str:
    """Return what titles have in common up to a comma."""
    parts = zip(*(title.split(",") for title in titles), strict=False)
    return ",".join(part[0] for part in takewhile(lambda part: len({*part}) == 1, parts))


def _added(group: Ints, values: Floats) -> Floats:
    return np.bincount(group, values).astype(float)
