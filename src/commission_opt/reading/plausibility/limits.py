"""Budgets and placements that could not carry what runs already."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.core.account import Account
from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.instance.overrides import capacities
from commission_opt.instance.typed import ANY
from commission_opt.instance.use import budget_use, placement_use
from commission_opt.reading.plausibility.saying import Doubt, number, summed, times

_PART = 0.2  # of what repeating last year takes: money for a fifth of it is no likely plan
_FROM_YEAR_TO_YEAR = 10.0  # times, or a part of, the median of a budget's other years


def budgets(instance: Instance) -> Iterator[Problem]:
    """Warn of budgets that pay for a small part of last year's intake, repeated."""
    frame = instance.budgets
    need = _repeated(instance, budget_use(instance))
    doubts = []
    for i, (row, fund, region, year, amount) in enumerate(
        frame[["fund", "region", "year", "amount"]].itertuples()
    ):
        if amount < _PART * need[i]:
            place = "" if region == ANY else f" in {region!r}"
            message = (
                f"£{amount:,.0f} is {times(amount / need[i])} the £{need[i]:,.0f} that students "
                f"already on course and last year's {_bought(instance)}, repeated, cost "
                f"{fund!r}{place} in {year}: is it in another unit?"
            )
            doubts.append(Doubt(int(row), 1 - amount / need[i], message))
    yield from summed("budgets", "amount", doubts)
    if not doubts:
        yield from _uneven(frame)


def _uneven(frame: pd.DataFrame) -> Iterator[Problem]:
    """Warn of a year in which a budget is another order of magnitude than in its other years."""
    usual = frame.groupby(["fund", "region"])["amount"].transform("median")
    doubts = []
    for row, fund, year, amount in frame[["fund", "year", "amount"]].itertuples():
        both = sorted((amount, usual[row]))
        if both[0] > 0 and both[1] > _FROM_YEAR_TO_YEAR * both[0]:
            message = (
                f"£{amount:,.0f} is {times(amount / usual[row])} £{usual[row]:,.0f}, the median of "
                f"the years of {fund!r}: is there a digit too many or too few in {year}?"
            )
            doubts.append(Doubt(int(row), both[1] / both[0], message))
    yield from summed("budgets", "amount", doubts)


def placements(instance: Instance) -> Iterator[Problem]:
    """Warn of placement capacities for a small part of last year's intake, repeated."""
    frame = instance.placements
    need = _repeated(instance, placement_use(instance))
    rows = capacities(instance.tables, instance.years)["row"].to_numpy()
    doubts: dict[int, Doubt] = {}
    for i, (pool, region, year, weeks) in enumerate(
        frame[["pool", "region", "year", "capacity"]].itertuples(index=False)
    ):
        if weeks < _PART * need[i]:
            message = (
                f"{number(weeks)} weeks are {times(weeks / need[i])} the {number(need[i])} that "
                f"students already on course and last year's {_bought(instance)}, repeated, need "
                f"of {pool!r} in {region!r} in {year}: is it a number of placements?"
            )
            doubt = Doubt(int(rows[i]), 1 - weeks / need[i], message)
            doubts[doubt.row] = max(doubts.get(doubt.row, doubt), doubt, key=lambda d: d.size)
    yield from summed("placements", "capacity", list(doubts.values()))


def _bought(instance: Instance) -> str:
    return "intake" if instance.measures["last_amount"].sum() == 0 else "intake and units"


def _repeated(instance: Instance, use: Account) -> np.ndarray:
    """Return what the pipeline and last year's intake in every year use of each limit."""
    last = np.repeat(instance.lines["last_amount"].to_numpy(float), instance.horizon)
    total: np.ndarray = use.at(last)
    return total
