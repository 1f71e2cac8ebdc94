"""Money of some lines: what a few courses and measures, and some staff, cost by fund and year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome, start_years
from commission_opt.arrays import Bools, Floats
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.instance.use import committed_by_line, use_by_year
from commission_opt.policy import Policy
from commission_opt.views.money import PARTS


def of_lines(
    instance: Instance, policy: Policy, result: Outcome, lines: Bools, staff: Bools
) -> pd.DataFrame:
    """Return what some lines and some staff cost, whatever budgets there are.

    Parameters
    ----------
    lines : array of bool, shape (L,)
        Courses and measures whose students and units are paid for.
    staff : array of bool, shape (P, Q)
        Professions and leaf regions whose staff are paid, where funds pay staff.

    Returns
    -------
    pandas.DataFrame
        ``fund``, ``year``, ``committed``, ``planned`` and ``continued``, £ undiscounted, a row for
        each fund that the lines or staff cost anything, and each year of the horizon.
    """
    codes, per_place = use_by_year(instance, instance.costs)
    every = pd.MultiIndex.from_product([codes, [ANY], instance.years])
    limits = every.to_frame(index=False, name=["fund", "region", "year"])
    own = np.repeat(lines, instance.horizon)
    pipeline = committed_by_line(instance, instance.costs, limits) @ lines.astype(float)
    started = start_years(instance, policy, result.amounts)
    table = pd.DataFrame({"fund": np.repeat(codes, instance.horizon)})
    table["year"] = np.tile(np.array(instance.years), len(codes))
    table[list(PARTS)] = np.column_stack([pipeline, *(per_place @ (own * s) for s in started)])
    found = pd.concat([table, _pay(instance, result, staff)], ignore_index=True)
    sums: pd.DataFrame = found.groupby(["fund", "year"], sort=False)[list(PARTS)].sum()
    some = sums.groupby("fund", sort=False).transform(lambda part: part.abs().sum()).sum(axis=1) > 0
    return sums[some].reset_index()


def _pay(instance: Instance, result: Outcome, staff: Bools) -> pd.DataFrame:
    """Return the pay of some staff by fund and year."""
    pay, cells = instance.pay, instance.cells
    p, q, y = (cells.of(axis, pay["cell"]) for axis in ("profession", "region", "year"))
    mine = staff[p, q]
    parts: Floats = result.pay[:, mine]
    table = pd.DataFrame(dict(zip(PARTS, parts, strict=True)))
    table.insert(0, "year", instance.first_year + y[mine])
    table.insert(0, "fund", pay["code"].to_numpy()[mine])
    return table
