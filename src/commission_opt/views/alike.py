"""Lines that do the same in several regions, added up."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.problem import Planning
from commission_opt.views import lines

COURSE = "course"
_COURSES = ["profession", "from_profession", "duration_years"]
_MEASURES = [
    "kind", "profession", "lead_years", "fte_per_unit", "success_rate", "leaver_rate",
    "lasts_years", "paid_years",
]  # fmt: skip


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
        ``lines.bought`` has them.
    """
    instance, group = problem.instance, _groups(problem)
    each = lines.bought(problem, result)
    last = each["last_amount"].to_numpy(float)
    years = {str(instance.first_year + k): a for k, a in enumerate(result.amounts.T)}
    summed = {
        "last": last, "most": instance.lines["max_amount"].to_numpy(float), **years,
        "change": result.amounts[:, 0] - last, "cost": each["cost"], "fte_years": each["fte_years"],
    }  # fmt: skip
    table = pd.DataFrame(summed).groupby(group).sum()
    for name, of in (
        ("per_fte_year", lines.discounted(problem, result.started)),
        ("one_more", lines.of_one_more(problem)),
    ):
        table[name] = lines.ratio(*(_added(group, values) for values in of))
    kinds = [COURSE] * len(instance.courses) + lines.kinds(instance)
    table.insert(0, "profession", instance.lines["profession"].groupby(group).first())
    table.insert(0, "kind", pd.Series(kinds).groupby(group).first())
    table.insert(0, "name", _names(problem, group, kinds))
    return table


def _groups(problem: Planning) -> Ints:
    """Return the group of each line."""
    instance = problem.instance
    unit = lines.per_unit(problem)[0].reshape(instance.starts.shape)[len(instance.courses) :, 0]
    measures = instance.measures[_MEASURES].assign(cost=unit)
    keys = pd.concat([instance.courses[_COURSES], measures], ignore_index=True)
    return np.asarray(keys.groupby([*keys], dropna=False, sort=False).ngroup(), dtype=np.int64)


def _names(problem: Planning, group: Ints, kinds: list[str]) -> pd.Series[str]:
    """Name each group."""
    instance = problem.instance
    titles = [*instance.courses["title"].fillna(""), *lines.names(instance)]
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
