"""Costs that are another order of magnitude than those of their peers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.reading.plausibility.saying import Doubt, number, summed, times

_IN_GROUP = 10.0  # times, or a part of, the median of the group; published ones stay within 2.5
_FEW = 3  # measures of a kind, of which two would only accuse each other
_IN_FUND = 60.0  # among all courses that a fund pays: doctors may cost 50 times what nurses do


def costs_and_peers(instance: Instance) -> Iterator[Problem]:
    """Warn of costs that are a small part, or many times, of what their fund pays for peers.

    Those of a course are the courses of its group, those of a measure the measures of its kind.
    """
    group, kind = instance.lines["profession"].map(instance.group_of), instance.lines["kind"]
    rates = instance.costs[instance.costs["rate"] > 0]
    line = rates["line"].to_numpy(int)
    peers = kind.where(kind != "course", group).to_numpy()[line]
    rates = rates.assign(kind=kind.to_numpy()[line], group=peers)
    by_peers = rates.groupby(["code", "kind", "group"])
    few = (rates["kind"] != "course") & (by_peers["line"].transform("nunique") < _FEW)
    in_group = by_peers["rate"].transform("median").mask(few)
    in_fund = rates.groupby("code")["rate"].transform("median")
    far = _off(rates["rate"], in_group) > _IN_GROUP
    farther = ~far & (_off(rates["rate"], in_fund) > _IN_FUND)
    doubts: dict[int, Doubt] = {}
    for i in rates.index[far | farther]:
        row, rate, fund, kind, own = rates.loc[i, ["row", "rate", "code", "kind", "group"]]
        usual = in_group[i] if far[i] else in_fund[i]
        said = "all courses and measures" if len(instance.measures) else "all courses"
        if far[i]:
            said = f"group {own!r}" if kind == "course" else f"measures of kind {own!r}"
        message = (
            f"£{number(rate)} is {times(rate / usual)} £{number(usual)}, the median of "
            f"{said} for fund {fund!r}: is it in another unit?"
        )
        doubts.setdefault(int(row), Doubt(int(row), abs(np.log(rate / usual)), message))
    yield from summed("costs", "cost", list(doubts.values()))


def _off(values: pd.Series, usual: pd.Series) -> pd.Series:
    ratio: pd.Series = values / usual
    return ratio.where(ratio >= 1, 1 / ratio)
