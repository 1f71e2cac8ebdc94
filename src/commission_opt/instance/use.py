"""Students on course, and what they use of every budget and placement pool."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.instance.instance import Instance
from commission_opt.instance.matches import matches


@dataclass(frozen=True)
class Use:
    """What students on course use of each of L limits.

    Parameters
    ----------
    per_place : scipy.sparse.csr_array, shape (L, C * Y)
        £ or placement weeks per place, at positions of ``instance.starts``.
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
        £ or weeks per place, by fund or pool and year, at positions of ``instance.starts``.
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
    row, course, amount = _charges(instance, _entries(instance, rates, named))
    return sparse.csr_array((amount, (row, course)), shape=(len(limits), len(instance.courses)))


@dataclass(frozen=True)
class _Entries:
    """What students of courses use of groups of limits, those of one code and region.

    Parameters
    ----------
    group, course, study_year : array of int, shape (E,)
    amount : array, shape (E,)
        £ or weeks per student who started.
    row_of : array of int, shape (groups, Y)
        Position of the limit of a group in a year, −1 where there is none.
    """

    group: Ints
    course: Ints
    study_year: Ints
    amount: Floats
    row_of: Ints


def _use(instance: Instance, rates: pd.DataFrame, limits: pd.DataFrame) -> Use:
    entries = _entries(instance, rates, limits)
    return Use(
        _per_place(instance, entries, len(limits)),
        _committed(instance, entries, len(limits)),
        limits["limit"].to_numpy(dtype=float),
    )


def _entries(instance: Instance, rates: pd.DataFrame, limits: pd.DataFrame) -> _Entries:
    """Pair the rates with the (code, region) groups of limits that cover their course."""
    pairs = list(zip(limits["code"].tolist(), limits["region"].tolist(), strict=True))
    groups = {pair: g for g, pair in enumerate(dict.fromkeys(pairs))}
    row_of = np.full((len(groups), instance.horizon), -1)
    year = limits["year"].to_numpy(dtype=int) - instance.first_year
    row_of[[groups[pair] for pair in pairs], year] = np.arange(len(limits))

    codes = {code: k for k, code in enumerate(dict.fromkeys(code for code, _ in groups))}
    n_regions = len(instance.regions)
    covered = [
        codes[code] * n_regions + np.flatnonzero(instance.scopes.get(region, ()))
        for code, region in groups
    ]
    group = np.repeat(np.arange(len(groups)), list(map(len, covered)))
    limited = np.array([codes.get(code, -1) for code in rates["code"].tolist()], dtype=int)
    kept = (limited >= 0) & (rates["rate"].to_numpy(dtype=float) > 0)
    course = rates["course"].to_numpy(dtype=int)[kept]
    courses = instance.courses
    place = limited[kept] * n_regions + courses["q"].to_numpy(dtype=int)[course]
    places = np.concatenate([*covered, np.empty(0, dtype=int)])
    entry, found = matches(place, places)
    c, study_year = course[entry], rates["study_year"].to_numpy(dtype=int)[kept][entry]
    share = still_on_course(
        courses["completion_rate"].to_numpy()[c],
        courses["duration_years"].to_numpy()[c],
        study_year,
    )
    rate = rates["rate"].to_numpy(dtype=float)[kept][entry]
    return _Entries(group[found], c, study_year, rate * share, row_of)


def _per_place(instance: Instance, entries: _Entries, n_limits: int) -> sparse.csr_array:
    horizon = instance.horizon
    start = np.arange(horizon)
    year = start[None, :] + entries.study_year[:, None] - 1
    row = entries.row_of[entries.group[:, None], np.minimum(year, horizon - 1)]
    entry, start = np.nonzero((year < horizon) & (row >= 0))
    amount = entries.amount * instance.courses["fill_rate"].to_numpy()[entries.course]
    column = instance.starts.at(entries.course[entry], start)
    shape = (n_limits, instance.starts.size)
    return sparse.csr_array((amount[entry], (row[entry, start], column)), shape=shape)


def _committed(instance: Instance, entries: _Entries, n_limits: int) -> Floats:
    """Charge the pipeline."""
    row, _, amount = _charges(instance, entries)
    committed = np.zeros(n_limits)
    np.add.at(committed, row, amount)
    return committed


def _charges(instance: Instance, entries: _Entries) -> tuple[Ints, Ints, Floats]:
    """Return limit, course and amount of all that the pipeline is charged.

    Its cohorts are given in students started, so no fill rate applies.
    """
    cohorts = instance.pipeline
    cohort, entry = matches(cohorts["course"].to_numpy(dtype=int), entries.course)
    started_in = cohorts["start_year"].to_numpy(dtype=int)[cohort] - instance.first_year
    year = started_in + entries.study_year[entry] - 1
    inside = (year >= 0) & (year < instance.horizon)
    cohort, entry = cohort[inside], entry[inside]
    row = entries.row_of[entries.group[entry], year[inside]]
    amount = cohorts["started"].to_numpy(dtype=float)[cohort] * entries.amount[entry]
    return row[row >= 0], entries.course[entry][row >= 0], amount[row >= 0]
