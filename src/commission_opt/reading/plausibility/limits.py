"""Budgets and placements that could not carry what runs already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.accounts.pay import spending
from commission_opt.core.account import Account
from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.instance.overrides import capacities
from commission_opt.instance.typed import ANY
from commission_opt.instance.use import placement_use
from commission_opt.reading.plausibility.saying import number, summed, times

_PART = 0.2  # of what repeating last year takes: money for a fifth of it is no likely plan
_FROM_YEAR_TO_YEAR = 10.0  # times, or a part of, the median of a budget's other years


def budgets(instance: Instance) -> Iterator[Problem]:
    """Warn of budgets that pay for a small part of last year's intake, repeated."""
    rows = _short(instance, instance.budgets, spending(instance))

    def said(row: Any) -> str:
        place = "" if row.region == ANY else f" in {row.region!r}"
        return (
            f"£{row.amount:,.0f} is {times(row.amount / row.need)} the £{row.need:,.0f} that "
            f"{_needed(instance)}, repeated, cost "
            f"{row.fund!r}{place} in {row.year}: is it in another unit?"
        )

    yield from summed("budgets", "amount", rows, 1 - rows["amount"] / rows["need"], said)
    if rows.empty:
        yield from _uneven(instance.budgets)


def _uneven(frame: pd.DataFrame) -> Iterator[Problem]:
    """Warn of a year in which a budget is another order of magnitude than in its other years."""
    amount = frame["amount"]
    usual = frame.groupby(["fund", "region"])["amount"].transform("median")
    low, high = np.minimum(amount, usual), np.maximum(amount, usual)
    odd = (low > 0) & (high > _FROM_YEAR_TO_YEAR * low)
    rows = frame.assign(usual=usual)[odd]
    yield from summed(
        "budgets", "amount", rows, (high / low)[odd],
        lambda row: f"£{row.amount:,.0f} is {times(row.amount / row.usual)} £{row.usual:,.0f}, "
        f"the median of the years of {row.fund!r}: is there a digit too many or too few in "
        f"{row.year}?",
    )  # fmt: skip


def placements(instance: Instance) -> Iterator[Problem]:
    """Warn of placement capacities for a small part of last year's intake, repeated."""
    frame = capacities(instance.tables, instance.years).set_index("row")
    rows = _short(instance, frame.rename(columns={"capacity": "amount"}), placement_use(instance))
    yield from summed(
        "placements", "capacity", rows, 1 - rows["amount"] / rows["need"],
        lambda row: f"{number(row.amount)} weeks are {times(row.amount / row.need)} the "
        f"{number(row.need)} that students already on course and last year's {_bought(instance)}, "
        f"repeated, need of {row.pool!r} in {row.region!r} in {row.year}: is it a number of "
        "placements?",
    )  # fmt: skip


def _needed(instance: Instance) -> str:
    """Name what a budget pays for if last year is repeated."""
    pay = "pay, " * bool(len(instance.pay))
    return f"{pay}students already on course and last year's {_bought(instance)}"


def _bought(instance: Instance) -> str:
    return "intake" if instance.measures["last_amount"].sum() == 0 else "intake and units"


def _short(instance: Instance, limits: pd.DataFrame, use: Account) -> pd.DataFrame:
    """Return the limits below a part of what the pipeline and last year's intake, repeated, use."""
    last = np.repeat(instance.lines["last_amount"].to_numpy(float), instance.horizon)
    limits = limits.assign(need=use.at(last))
    return limits[limits["amount"] < _PART * limits["need"]]
