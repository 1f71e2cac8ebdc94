"""Figures of measures that contradict each other, or hold another unit than is asked for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.reading.plausibility.rates import too_much_fte
from commission_opt.reading.plausibility.saying import Doubt, number, summed

_LEAD, _PAID = 5, 10  # years; a team from abroad takes one or two, a bond is paid back within five
_NOTHING = {
    "fte_per_unit": "0: no unit of this measure would bring any staff",
    "success_rate": "0: no unit of this measure would succeed",
    "leaver_rate": "0: nobody whom this measure brings would ever leave; an empty cell means the "
    "leaver rates of workforce.csv",
}


def fte_per_unit(instance: Instance) -> Iterator[Problem]:
    """Warn of units that would bring more than one and a half full-time posts each."""
    doubts = too_much_fte(instance.measures["fte_per_unit"], "one unit would bring")
    yield from summed("measures", "fte_per_unit", doubts)


def more_than_all_staff(instance: Instance) -> Iterator[Problem]:
    """Warn of measures that could bring more in a year than are needed in their region in all."""
    table = instance.measures
    p, q = table["p"].to_numpy(int), table["q"].to_numpy(int)
    staff = np.maximum(instance.fte[p, q], instance.demand[p, q].max(axis=-1))
    fte = (table["max_amount"] * table["fte_per_unit"] * table["success_rate"]).to_numpy(float)
    doubts = []
    for i, (row, most, region) in enumerate(table[["max_amount", "region"]].itertuples()):
        if fte[i] > staff[i]:
            message = (
                f"{most:,} units would bring {number(fte[i])} FTE in a year to {region!r}, where "
                f"{number(staff[i])} are in post or needed"
            )
            doubts.append(Doubt(int(row), float(fte[i] - staff[i]), message))
    yield from summed("measures", "max_amount", doubts)


def figures(instance: Instance) -> Iterator[Problem]:
    """Warn of the most below last year's, of rates of 0, and of years that look like months."""
    table = instance.measures
    doubts = [
        Doubt(row, last - most, f"{most:,} is below last_amount, {last:,}: is one of them wrong?")
        for row, last, most in table[["last_amount", "max_amount"]].itertuples()
        if 0 < most < last  # 0 closes a measure
    ]
    yield from summed("measures", "max_amount", doubts)
    for column, message in _NOTHING.items():
        yield from summed("measures", column, _said(table[column] == 0, table[column], message))
    for column, most in (("lead_years", _LEAD), ("paid_years", _PAID)):
        years = table[column]
        yield from summed(
            "measures", column, _said(years > most, years, "{:g} years: are they months?")
        )


def _said(odd: pd.Series, values: pd.Series, message: str) -> list[Doubt]:
    rows = values[odd].items()
    return [Doubt(int(str(row)), float(value), message.format(value)) for row, value in rows]
