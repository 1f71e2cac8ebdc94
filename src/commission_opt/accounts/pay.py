"""Pay: what staff cost the funds of ``pay.csv``, whether or not these have a budget.

It is due on supply before release: those on a course that takes staff are not at work, but paid.
Of a cohort of the plan nothing so shows while it studies, and afterwards the lost pay of those who
completed. Budgets carry pay where the staff work, beside what lines cost where they are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.accounts.response import operator, response
from commission_opt.arrays import Floats
from commission_opt.core.account import Account, Affine
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.instance.use import budget_use, use_by_year
from commission_opt.supply import baseline
from commission_opt.supply.taken import on_release, taken_by_pipeline, taken_by_places


def spending(instance: Instance, supply: Affine | None = None) -> Account:
    """Return spending, £, on each row of the budgets, undiscounted: what lines cost, and pay.

    Parameters
    ----------
    supply : Affine, optional
        FTE by what starts; worked out if not given.
    """
    use = budget_use(instance)
    if not len(instance.pay):
        return use
    charges = charged_to(instance, instance.budgets)
    staff = paid(instance, supply or Affine(baseline(instance).ravel(), response(instance)))
    matrix = sparse.csr_array(use.matrix + charges @ staff.matrix)
    return Account(use.constant + charges @ staff.constant, matrix, use.upper)


def released(instance: Instance) -> Affine:
    """Return the FTE who are on release, by where they would work and by what starts.

    Returns
    -------
    Affine, of P · Q · Y cells over L · Y starts
        Its constant is of the pipeline.
    """
    pipeline = taken_by_pipeline(instance, on_release).ravel()
    return Affine(pipeline, operator(instance, [taken_by_places(instance, on_release)]))


def paid(instance: Instance, supply: Affine) -> Affine:
    """Return the FTE whose pay is due: those at work and those on release, as ``released``."""
    away = released(instance)
    matrix = sparse.csr_array(supply.matrix + away.matrix)
    return Affine(np.asarray(supply.constant + away.constant), matrix)


def charged_to(instance: Instance, limits: pd.DataFrame) -> sparse.csr_array:
    """Return what a FTE paid in each cell takes of limits by fund, region and year, £.

    Returns
    -------
    scipy.sparse.csr_array, shape (limits, P * Q * Y)
    """
    pay, cells = instance.pay, instance.cells
    shape = (len(limits), cells.size)
    year_of = limits["year"].to_numpy(int) - instance.first_year
    of_fund = pay.groupby("code").indices
    parts = []
    group, named = pd.MultiIndex.from_frame(limits[["fund", "region"]]).factorize()
    for g, (fund, region) in enumerate(named):
        at = np.flatnonzero(group == g)
        own = of_fund.get(fund, np.empty(0, dtype=int))
        cell = pay["cell"].to_numpy(int)[own]
        row_of = np.full(instance.horizon, -1)
        row_of[year_of[at]] = at
        row = row_of[cells.of("year", cell)]
        kept = (row >= 0) & instance.scopes[region][cells.of("region", cell)]
        parts.append(np.stack([pay["rate"].to_numpy(float)[own], row, cell])[:, kept])
    rate, row, cell = np.hstack([np.empty((3, 0)), *parts])
    return sparse.csr_array((rate, (row.astype(int), cell.astype(int))), shape=shape)


def pay_due(instance: Instance, supply: Affine, commissioned: Floats, continued: Floats) -> Floats:
    """Return what is due for each row of ``Instance.pay``, £, undiscounted.

    Parameters
    ----------
    supply : Affine
        FTE by what starts.
    commissioned, continued : array, shape (L * Y,)
        What starts.

    Returns
    -------
    array, shape (3, rows)
        Of staff with nothing bought, and what the lines commissioned and those continued add.
    """
    cell, rate = (instance.pay[name].to_numpy() for name in ("cell", "rate"))
    if not len(cell):
        return np.zeros((3, 0))
    away = released(instance)
    base = supply.constant + away.constant
    new = [supply.matrix @ started + away.matrix @ started for started in (commissioned, continued)]
    return np.asarray(rate * np.array([base, *new])[:, cell])


def pay_as(fund: str) -> str:
    """Name the pay of a fund, where it stands beside what lines cost it."""
    return f"{fund}, pay"


def spend_by_year(instance: Instance, supply: Affine) -> tuple[list[str], sparse.csr_array]:
    """Return what a place or unit costs every fund in every year, and what pay follows from it.

    Parameters
    ----------
    supply : Affine
        FTE by what starts.

    Returns
    -------
    codes : list of str
        F funds, and after them the pay of each that pays staff.
    per_start : scipy.sparse.csr_array, shape (F * Y, L * Y)
        £, by code and year, at positions of ``instance.starts``.
    """
    codes, use = use_by_year(instance, instance.costs)
    if not len(instance.pay):
        return codes, use
    funds, years = instance.pay["code"].unique().tolist(), [*instance.years]
    every = pd.MultiIndex.from_product([funds, [ANY], years], names=["fund", "region", "year"])
    due = charged_to(instance, every.to_frame(index=False)) @ paid(instance, supply).matrix
    return [*codes, *map(pay_as, funds)], sparse.csr_array(sparse.vstack([use, due]))


def pay_per_start(instance: Instance, supply: Affine, weight: Floats) -> Floats:
    """Return the pay that follows from one place or unit within the horizon, all funds, £.

    Parameters
    ----------
    supply : Affine
        FTE by what starts.
    weight : array, shape (Y,)
        What a £ of each year counts.

    Returns
    -------
    array, shape (L * Y,)
        By line and start year; below 0 where a course takes more than it brings.
    """
    pay, cells = instance.pay, instance.cells
    rates = np.bincount(pay["cell"], pay["rate"], cells.size) * weight[cells.of("year")]
    return np.asarray(rates @ supply.matrix + rates @ released(instance).matrix)
