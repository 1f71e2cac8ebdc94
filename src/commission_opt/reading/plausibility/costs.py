"""Costs that are another order of magnitude than those of their peers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.reading.plausibility.saying import Doubt, number, summed, times

_IN_GROUP = 10.0  # times, or a part of, the median of the group; published ones stay within 2.5
_IN_FUND = 60.0  # among all courses that a fund pays: doctors may cost 50 times what nurses do


def costs_and_peers(instance: Instance) -> Iterator[Problem]:
    """Warn of costs that are a small part, or many times, of what their fund pays for peers."""
    group = instance.lines["profession"].map(instance.group_of).to_numpy()
    rates = instance.costs[instance.costs["rate"] > 0]
    rates = rates[rates["line"] < len(instance.courses)]  # measures have no peers
    rates = rates.assign(group=group[rates["line"].to_numpy(int)])
    in_group = rates.groupby(["code", "group"])["rate"].transform("median")
    in_fund = rates.groupby("code")["rate"].transform("median")
    far = _off(rates["rate"], in_group) > _IN_GROUP
    farther = ~far & (_off(rates["rate"], in_fund) > _IN_FUND)
    doubts: dict[int, Doubt] = {}
    for i in rates.index[far | farther]:
        row, rate, fund, own = rates.loc[i, ["row", "rate", "code", "group"]]
        usual = in_group[i] if far[i] else in_fund[i]
        peers = f"group {own!r}" if far[i] else "all courses"
        message = (
            f"£{number(rate)} is {times(rate / usual)} £{number(usual)}, the median of "
            f"{peers} for fund {fund!r}: is it in another unit?"
        )
        doubts.setdefault(int(row), Doubt(int(row), abs(np.log(rate / usual)), message))
    yield from summed("costs", "cost", list(doubts.values()))


def _off(values: pd.Series, usual: pd.Series) -> pd.Series:
    ratio: pd.Series = values / usual
    return ratio.where(ratio >= 1, 1 / ratio)
