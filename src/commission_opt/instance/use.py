"""What places and units use of every budget and placement pool."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.account import Account
from commission_opt.instance.instance import Instance


def still_on_course(completion_rate: Floats, duration: Ints, study_year: Ints) -> Floats:
    """Return the share of starters who begin a study year.

    ``completion_rate ** ((study_year - 1) / duration)``: those who leave do so evenly.
    """
    share: Floats = np.power(completion_rate, (study_year - 1) / duration)
    return share


def per_start(instance: Instance, rates: pd.DataFrame) -> Floats:
    """Return what each row of rates charges for a student who started, or a unit, £ or weeks.

    Parameters
    ----------
    rates : pandas.DataFrame
        ``instance.costs`` or ``instance.placement_use``.
    """
    amount: Floats = rates["rate"].to_numpy(dtype=float) * _still_there(instance, rates)
    return amount


def per_place(instance: Instance, rates: pd.DataFrame) -> Floats:
    """Return the same for a place or unit that is bought."""
    filled = instance.lines["fill_rate"].to_numpy()[rates["line"].to_numpy(dtype=int)]
    rate = rates["rate"].to_numpy(dtype=float)
    amount: Floats = rate * filled * _still_there(instance, rates)
    return amount


def _still_there(instance: Instance, rates: pd.DataFrame) -> Floats:
    lines, line = instance.lines, rates["line"].to_numpy(dtype=int)
    return still_on_course(
        lines["completion_rate"].to_numpy()[line],
        lines["paid_years"].to_numpy()[line],
        rates["study_year"].to_numpy(dtype=int),
    )


def budget_use(instance: Instance) -> Account:
    """Return spending, £, on each row of the budgets, undiscounted."""
    limits = instance.budgets.rename(columns={"fund": "code", "amount": "limit"})
    return _use(instance, instance.costs, limits)


def placement_use(instance: Instance) -> Account:
    """Return placement weeks used of each pool, region and year."""
    limits = instance.placements.rename(columns={"pool": "code", "capacity": "limit"})
    return _use(instance, instance.placement_use, limits)


def use_by_year(instance: Instance, rates: pd.DataFrame) -> tuple[list[str], sparse.csr_array]:
    """Return what places use of every fund or pool in every year, whatever limits there are.

    Parameters
    ----------
    rates : pandas.DataFrame
        ``instance.costs`` or ``instance.placement_use``.

    Returns
    -------
    codes : list of str
        F funds or pools.
    per_place : scipy.sparse.csr_array, shape (F * Y, L * Y)
        £ or weeks per place, by fund or pool and year, at positions of ``instance.starts``.
    """
    codes = [str(code) for code in dict.fromkeys(rates["code"])]
    years = np.asarray(instance.years)
    if not codes:
        return [], sparse.csr_array((0, instance.starts.size))
    every = pd.DataFrame(
        {"code": np.repeat(codes, len(years)), "region": "*", "year": np.tile(years, len(codes))}
    )
    return codes, _use(instance, rates, every.assign(limit=np.inf)).matrix


def committed_by_line(
    instance: Instance, rates: pd.DataFrame, limits: pd.DataFrame
) -> sparse.csr_array:
    """Return what the pipeline of each line uses of each limit, £ or weeks; none of measures.

    Parameters
    ----------
    rates, limits : pandas.DataFrame
        ``instance.costs`` and ``instance.budgets``, or ``placement_use`` and ``placements``.

    Returns
    -------
    scipy.sparse.csr_array, shape (limits, L)
    """
    named = limits.rename(columns={"fund": "code", "pool": "code"})
    row, course, amount = _charges(instance, _entries(instance, rates, named))
    return sparse.csr_array((amount, (row, course)), shape=(len(limits), len(instance.lines)))


@dataclass(frozen=True)
class _Entries:
    """What lines use of groups of limits, those of one code and region.

    Parameters
    ----------
    group, line, study_year : array of int, shape (E,)
    rate : array of int, shape (E,)
        Row of the rates.
    amount : array, shape (E,)
        £ or weeks per student who started, or unit.
    row_of : array of int, shape (groups, Y)
        Position of the limit of a group in a year, −1 where there is none.
    """

    group: Ints
    line: Ints
    study_year: Ints
    rate: Ints
    amount: Floats
    row_of: Ints


def _use(instance: Instance, rates: pd.DataFrame, limits: pd.DataFrame) -> Account:
    entries = _entries(instance, rates, limits)
    return Account(
        _committed(instance, entries, len(limits)),
        _per_place(instance, entries, len(limits)),
        limits["limit"].to_numpy(dtype=float),
    )


def _entries(instance: Instance, rates: pd.DataFrame, limits: pd.DataFrame) -> _Entries:
    """Pair the rates with the (code, region) groups of limits that cover their line."""
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
    line, lines = rates["line"].to_numpy(dtype=int)[kept], instance.lines
    place = limited[kept] * n_regions + lines["q"].to_numpy(dtype=int)[line]
    places = np.concatenate([*covered, np.empty(0, dtype=int)])
    entry, found = matches(place, places)
    amount, study_year = per_start(instance, rates), rates["study_year"].to_numpy(dtype=int)
    rate = np.flatnonzero(kept)[entry]
    return _Entries(group[found], line[entry], study_year[rate], rate, amount[rate], row_of)


def _per_place(instance: Instance, entries: _Entries, n_limits: int) -> sparse.csr_array:
    horizon = instance.horizon
    start = np.arange(horizon)
    year = start[None, :] + entries.study_year[:, None] - 1
    row = entries.row_of[entries.group[:, None], np.minimum(year, horizon - 1)]
    entry, start = np.nonzero((year < horizon) & (row >= 0))
    amount = entries.amount * instance.lines["fill_rate"].to_numpy()[entries.line]
    column = instance.starts.at(entries.line[entry], start)
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
    row, cohort, entry = _cohorts_charged(instance, entries)
    started = instance.pipeline["started"].to_numpy(dtype=float)[cohort]
    return row, entries.line[entry], started * entries.amount[entry]


def _cohorts_charged(instance: Instance, entries: _Entries) -> tuple[Ints, Ints, Ints]:
    """Return limit, cohort of the pipeline and entry of all that the pipeline is charged."""
    cohorts = instance.pipeline
    cohort, entry = matches(cohorts["course"].to_numpy(dtype=int), entries.line)
    started_in = cohorts["start_year"].to_numpy(dtype=int)[cohort] - instance.first_year
    year = started_in + entries.study_year[entry] - 1
    inside = (year >= 0) & (year < instance.horizon)
    cohort, entry = cohort[inside], entry[inside]
    row = entries.row_of[entries.group[entry], year[inside]]
    return row[row >= 0], cohort[row >= 0], entry[row >= 0]


@dataclass(frozen=True)
class Charges:
    """What the pipeline is charged, term by term: students who started times a rate.

    Parameters
    ----------
    limit, rate, course : array of int, shape (T,)
        Rows of limits and rates, and position of the course.
    started : array, shape (T,)
        Students.
    left : array, shape (T,)
        Power of the completion rate with which they are still on course.
    """

    limit: Ints
    rate: Ints
    course: Ints
    started: Floats
    left: Floats


def pipeline_charges(instance: Instance, rates: pd.DataFrame, limits: pd.DataFrame) -> Charges:
    """Return what the pipeline is charged, whatever the rates and the completion rates are.

    Parameters
    ----------
    rates, limits : pandas.DataFrame
        ``instance.costs`` and ``instance.budgets``, or ``placement_use`` and ``placements``.
    """
    named = limits.rename(columns={"fund": "code", "pool": "code"})
    entries = _entries(instance, rates.assign(rate=1.0), named)
    limit, cohort, entry = _cohorts_charged(instance, entries)
    course = entries.line[entry]
    duration = instance.lines["paid_years"].to_numpy(dtype=int)[course]
    return Charges(
        limit,
        entries.rate[entry],
        course,
        instance.pipeline["started"].to_numpy(dtype=float)[cohort],
        (entries.study_year[entry] - 1) / duration,
    )


def matches(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Return the positions of all pairs of rows with the same key.

    Parameters
    ----------
    left, right : array of int
        Keys of the rows of two tables, none negative.

    Returns
    -------
    i, j : array of int
        Every pair with ``left[i] == right[j]``, in the order of left and then of right.
    """
    n_keys = 1 + max(left.max(initial=-1), right.max(initial=-1))
    at = np.arange(len(right))
    by_key = sparse.csr_array((at, (right, at)), shape=(n_keys, len(right)))[left]
    return np.repeat(np.arange(len(left)), np.diff(by_key.indptr)), by_key.indices.astype(np.int64)


@dataclass(frozen=True, eq=False)
class StartsCharged:
    """Which limit each start, and each cohort on course, is charged to, by row of rates.

    Parameters
    ----------
    row, column, rate : array of int, shape (n,)
        Limit, position in ``Instance.starts`` and row of the rates.
    cohorts : scipy.sparse.csr_array, shape (limits, rates)
        Students on course who started, before any leave.
    """

    row: Ints
    column: Ints
    rate: Ints
    cohorts: sparse.csr_array


def starts_charged(instance: Instance, rates: pd.DataFrame, limits: pd.DataFrame) -> StartsCharged:
    """Return what is charged to limits, whatever the rates are.

    Parameters
    ----------
    rates, limits : pandas.DataFrame
        As of ``committed_by_line``.
    """
    named = limits.rename(columns={"fund": "code", "pool": "code"})
    entries = _entries(instance, rates.assign(rate=1.0), named)
    start = np.arange(instance.horizon)
    year = start[None, :] + entries.study_year[:, None] - 1
    row = entries.row_of[entries.group[:, None], np.minimum(year, instance.horizon - 1)]
    entry, start = np.nonzero((year < instance.horizon) & (row >= 0))
    limit, cohort, of = _cohorts_charged(instance, entries)
    students = instance.pipeline["started"].to_numpy(dtype=float)[cohort]
    return StartsCharged(
        row[entry, start],
        instance.starts.at(entries.line[entry], start),
        entries.rate[entry],
        sparse.csr_array((students, (limit, entries.rate[of])), shape=(len(limits), len(rates))),
    )
