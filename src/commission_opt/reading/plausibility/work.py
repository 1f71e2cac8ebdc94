"""Service, deployment, pay, budgets and placements, where figures may be in another unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
_OF_NEED = 0.015, 1.5  # service as a share of what is needed: shipped, 0.8 to 0.97
_MIX = 0.01, 30.0  # FTE to each of others: shipped, 12 nurses to an associate
_RATIO = 0.1, 3.0  # of the work of another: shipped, 0.4 and 0.5
_PAY = 1_000.0, 1_000_000.0  # £ a year: shipped, 33,410 to 189,865


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


def floors(instance: Instance) -> Iterator[Problem]:
    """Warn of floors that ask for next to nothing, or for more than could be needed."""
    table = instance.tables["floors"]
    yield from _outside(
        table, "floors", "min_demand_share", _OF_NEED,
        lambda row: f"asks for {number(100 * row.value)} % of the demand for {row.profession!r}: "
        f"{_in_per_cent(row.value)}",
    )  # fmt: skip
    yield from _outside(
        table, "floors", "min_mix_share", _MIX,
        lambda row: f"asks for {number(row.value)} FTE of {row.profession!r} to each of "
        f"{row.of!r}: {_in_per_cent(row.value)}",
    )  # fmt: skip
    by_fte = instance.floors["min_fte"].notna().to_numpy()
    rows = instance.floors[by_fte]
    need = (instance.floor_cells[0] @ instance.demand.ravel())[by_fte]
    rows = rows.assign(need=need)[(need > 0) & (rows["min_fte"] > _OF_NEED[1] * need)]
    yield from summed(
        "floors", "min_fte", rows, rows["min_fte"] / rows["need"],
        lambda row: f"{number(row.min_fte)} FTE are {times(row.min_fte / row.need)} the "
        f"{number(row.need)} needed of {row.profession!r} in {row.region!r} in {row.year}; each "
        "region is held to them on its own: are they meant for several together?",
    )  # fmt: skip


def substitution(instance: Instance) -> Iterator[Problem]:
    """Warn of staff who would do next to none, or several times, of the work of another."""
    yield from _outside(
        instance.tables["substitution"], "substitution", "ratio", _RATIO,
        lambda row: f"one FTE of {row.by!r} would do the work of {number(row.value)} FTE of "
        f"{row.needed!r}: {_in_per_cent(row.value) if row.value > 1 else 'is a digit missing?'}",
    )  # fmt: skip


def pay(instance: Instance) -> Iterator[Problem]:
    """Warn of pay that nobody has."""

    def said(row: Any) -> str:
        whose = "anybody" if row.profession == ANY else repr(row.profession)
        small = "is it in £ thousand, or for an hour or a month?"
        meant = small if row.value < _PAY[0] else "is there a digit too many?"
        return f"£{number(row.value)} a year for one FTE of {whose}: {meant}"

    yield from _outside(instance.tables["pay"], "pay", "pay", _PAY, said)


def _outside(
    rows: pd.DataFrame, table: str, column: str, ends: tuple[float, float],
    said: Callable[[Any], str],
) -> Iterator[Problem]:  # fmt: skip
    """Warn of figures above 0 outside a range, the farthest from it; ``said`` has each by value."""
    rows = rows.rename(columns={column: "value"})
    rows = rows[rows["value"] > 0]
    beyond = np.maximum(ends[0] / rows["value"], rows["value"] / ends[1])
    yield from summed(table, column, rows[beyond > 1], beyond[beyond > 1], said)


def _in_per_cent(value: float) -> str:
    """Say what to write if a share was meant in per cent, or was divided by 100 twice."""
    per_cent = value if value > 1 else 1e4 * value
    return f"for {number(per_cent)} % write {per_cent / 100:g}"
