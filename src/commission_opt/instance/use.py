"""Students on course, and what they use of every budget and placement pool."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.instance.instance import Instance


@dataclass(frozen=True)
class Use:
    """What students on course use of each of L limits.

    Parameters
    ----------
    per_place : scipy.sparse.csr_array, shape (L, C * Y)
        £ or placement weeks per place, by course and start year (position c * Y + t).
    committed : array, shape (L,)
        £ or weeks used by the pipeline.
    limit : array, shape (L,)
        £ or weeks available.
    """

    per_place: sparse.csr_array
    committed: Floats
    limit: Floats

    def left(self, started: Floats) -> Floats:
        """Return what the pipeline and started places, shape (C * Y,), leave of each limit."""
        left: Floats = self.limit - self.committed - self.per_place @ started
        return left


def still_on_course(completion_rate: Floats, duration: Ints, study_year: Ints) -> Floats:
    """Return the share of starters who begin a study year.

    ``completion_rate ** ((study_year - 1) / duration)``: those who leave do so evenly.
    """
    share: Floats = np.power(completion_rate, (study_year - 1) / duration)
    return share


def budget_use(instance: Instance) -> Use:
    """Return spending, £, on each row of the budgets, undiscounted."""
    limits = instance.budgets.rename(columns={"fund": "code", "amount": "limit"})
    return _use(instance, instance.costs, limits)


def placement_use(instance: Instance) -> Use:
    """Return placement weeks used of each pool, region and year."""
    limits = instance.placements.rename(columns={"pool": "code", "capacity": "limit"})
    return _use(instance, instance.placement_use, limits)


def use_by_year(instance: Instance, rates: pd.DataFrame) -> tuple[list[str], sparse.csr_array]:
    """Return what places use of every fund or pool in every year, whatever limits there are.

    Parameters
    ----------
    instance : Instance
    rates : pandas.DataFrame
        ``instance.costs`` or ``instance.placement_use``.

    Returns
    -------
    codes : list of str
        F funds or pools.
    per_place : scipy.sparse.csr_array, shape (F * Y, C * Y)
        £ or weeks per place, by course and start year, at position f * Y + year.
    """
    codes = [str(code) for code in dict.fromkeys(rates["code"])]
    years = np.asarray(instance.years)
    if not codes:
        return [], sparse.csr_array((0, len(instance.courses) * len(years)))
    every = pd.DataFrame(
        {"code": np.repeat(codes, len(years)), "region": "*", "year": np.tile(years, len(codes))}
    )
    return codes, _use(instance, rates, every.assign(limit=np.inf)).per_place


def committed_by_course(
    instance: Instance, rates: pd.DataFrame, limits: pd.DataFrame
) -> sparse.csr_array:
    """Return what the pipeline of each course uses of each limit, £ or weeks.

    Parameters
    ----------
    instance : Instance
    rates, limits : pandas.DataFrame
        ``instance.costs`` and ``instance.budgets``, or ``placement_use`` and ``placements``.

    Returns
    -------
    scipy.sparse.csr_array, shape (L, C)
    """
    named = limits.rename(columns={"fund": "code", "pool": "code"})
    entries, row_of = _entries(instance, rates, named)
    row, course, amount = _charges(instance, entries, row_of)
    return sparse.csr_array((amount, (row, course)), shape=(len(limits), len(instance.courses)))


def _use(instance: Instance, rates: pd.DataFrame, limits: pd.DataFrame) -> Use:
    entries, row_of = _entries(instance, rates, limits)
    fill = instance.courses["fill_rate"].to_numpy()[entries["course"]]
    return Use(
        _per_place(instance, entries, row_of, fill, len(limits)),
        _committed(instance, entries, row_of, len(limits)),
        limits["limit"].to_numpy(dtype=float),
    )


def _entries(
    instance: Instance, rates: pd.DataFrame, limits: pd.DataFrame
) -> tuple[pd.DataFrame, Ints]:
    """Pair the rates with the (code, region) groups of limits that cover their course.

    Returns
    -------
    entries : pandas.DataFrame
        group, course, study_year, amount (per student who started, £ or weeks).
    row_of : array of int, shape (groups, Y)
        Position of the limit of a group in a year, −1 where there is none.
    """
    groups = limits[["code", "region"]].drop_duplicates().reset_index(drop=True)
    groups["group"] = groups.index
    position = limits.merge(groups, on=["code", "region"])["group"].to_numpy(dtype=int)
    row_of = np.full((len(groups), instance.horizon), -1)
    row_of[position, limits["year"].to_numpy(dtype=int) - instance.first_year] = np.arange(
        len(limits)
    )
    leaf = pd.DataFrame(
        [(r, q) for r, scope in instance.scopes.items() for q in np.flatnonzero(scope)],
        columns=["region", "q"],
    )
    covered = groups.merge(leaf, on="region")[["code", "group", "q"]]
    courses = instance.courses
    charged = rates[rates["rate"] > 0]
    charged = charged.assign(q=courses["q"].to_numpy()[charged["course"]])
    entries = charged.merge(covered, on=["code", "q"])
    c = entries["course"].to_numpy(dtype=int)
    entries["amount"] = entries["rate"].to_numpy() * still_on_course(
        courses["completion_rate"].to_numpy()[c],
        courses["duration_years"].to_numpy()[c],
        entries["study_year"].to_numpy(dtype=int),
    )
    return entries[["group", "course", "study_year", "amount"]], row_of


def _per_place(
    instance: Instance, entries: pd.DataFrame, row_of: Ints, fill: Floats, n_limits: int
) -> sparse.csr_array:
    horizon = instance.horizon
    start = np.arange(horizon)
    year = start[None, :] + entries["study_year"].to_numpy(dtype=int)[:, None] - 1
    group = entries["group"].to_numpy(dtype=int)[:, None]
    row = np.where(year < horizon, row_of[group, np.minimum(year, horizon - 1)], -1)
    entry, start = np.nonzero(row >= 0)
    amount = entries["amount"].to_numpy() * fill
    column = entries["course"].to_numpy(dtype=int)[entry] * horizon + start
    shape = (n_limits, len(instance.courses) * horizon)
    return sparse.csr_array((amount[entry], (row[entry, start], column)), shape=shape)


def _committed(instance: Instance, entries: pd.DataFrame, row_of: Ints, n_limits: int) -> Floats:
    """Charge the pipeline."""
    row, _, amount = _charges(instance, entries, row_of)
    committed = np.zeros(n_limits)
    np.add.at(committed, row, amount)
    return committed


def _charges(instance: Instance, entries: pd.DataFrame, row_of: Ints) -> tuple[Ints, Ints, Floats]:
    """Return limit, course and amount of all that the pipeline is charged.

    Its cohorts are given in students started, so no fill rate applies.
    """
    cohorts = instance.pipeline.merge(entries, on="course")
    year = (cohorts["start_year"] + cohorts["study_year"] - 1 - instance.first_year).to_numpy(int)
    inside = (year >= 0) & (year < instance.horizon)
    row = row_of[cohorts["group"].to_numpy(int)[inside], year[inside]]
    amount = (cohorts["started"] * cohorts["amount"]).to_numpy(float)[inside]
    course = cohorts["course"].to_numpy(int)[inside]
    return row[row >= 0], course[row >= 0], amount[row >= 0]
