"""Places and consequences of two plans side by side, and which changes of places are decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import spent_by_fund
from commission_opt.arrays import Floats
from commission_opt.errors import NoPlanError
from commission_opt.explain.room.ranges import ranges
from commission_opt.explain.room.room import DECIDED, ONE_OF_MANY, OPEN, frame
from commission_opt.formulation.shortage import tiered, tiers_of, weights
from commission_opt.plan.read import StoredPlan
from commission_opt.solvers.status import Watch

WITHIN = 0.001  # of the best, for each plan by its own first objective
_SAME = 1e-6  # places by which numbers may differ that count as one
_ROUNDING = 1e-12  # relative; of sums of the same figures in another order
_ENDS = ["least 0.1%", "most 0.1%", "least reached 0.1%", "most reached 0.1%"]


def commissioned(plan: StoredPlan) -> tuple[int, ...]:
    """Return the commissioning years of a plan."""
    first = plan.instance.first_year
    return tuple(range(first, first + plan.policy.commissioning_years))


def common_years(a: StoredPlan, b: StoredPlan) -> tuple[int, ...]:
    """Return the commissioning years in which places can be compared."""
    return tuple(year for year in commissioned(a) if year in commissioned(b))


def bought(plan: StoredPlan, years: Collection[int]) -> pd.DataFrame:
    """Return what a plan buys in some years together, or in an average year if there are none.

    Returns
    -------
    pandas.DataFrame
        ``line``, ``kind``, ``profession``, ``region``, ``group`` and ``amount``; courses first.
    """
    lines, groups = plan.instance.lines, plan.instance.professions["group"].to_numpy()
    some = plan.amounts[:, [not years or year in years for year in commissioned(plan)]]
    return lines[["line", "kind", "profession", "region"]].assign(
        group=groups[lines["p"].to_numpy()], amount=some.sum(axis=1) if years else some.mean(axis=1)
    )


def amounts_by(a: pd.DataFrame, b: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Compare places or units by some codes; those that a plan does not have count as 0.

    Returns
    -------
    pandas.DataFrame
        The codes, ``a``, ``b`` and ``change``; the largest change first.
    """
    sums = [frame.groupby(list(keys), sort=False)["amount"].sum() for frame in (a, b)]
    both = pd.concat(sums, axis=1, keys=["a", "b"]).fillna(0.0)
    return _by_size(both.assign(change=both["b"] - both["a"]).reset_index())


def shortfall_by(a: StoredPlan, b: StoredPlan, kind: str, *, weighted: bool) -> pd.DataFrame:
    """Compare shortfalls by ``year``, ``region`` or ``group``, FTE-years.

    Returns
    -------
    pandas.DataFrame
        The code, ``a``, ``b`` and ``change``, unweighted, and the same with ``weighted_`` before
        it if asked for. Years come in order, others by the size of the change; what a plan does
        not have is missing.
    """
    frame = _sides(*(_grouped(plan, plan.outcome.shortfall, kind) for plan in (a, b)))
    if weighted:
        sides = (_grouped(plan, _weighted(plan), kind) for plan in (a, b))
        frame = frame.join(_sides(*sides).add_prefix("weighted_"))
    frame = frame.rename_axis(kind).reset_index()
    return frame.sort_values("year", ignore_index=True) if kind == "year" else _by_size(frame)


def spend_by_fund(a: StoredPlan, b: StoredPlan) -> pd.DataFrame:
    """Compare the £ spent on new and continued places over the horizon, by fund, and pay."""
    sides = (spent_by_fund(plan.instance, plan.outcome) for plan in (a, b))
    return _by_size(_sides(*sides).rename_axis("fund").reset_index())


def _weighted(plan: StoredPlan) -> Floats:
    missing = tiered(plan.outcome.shortfall, plan.instance.demand, tiers_of(plan.policy))
    return np.asarray(weights(plan.problem) * missing)


def _grouped(plan: StoredPlan, each: Floats, kind: str) -> pd.Series:
    instance = plan.instance
    axes, codes = {
        "year": ((0, 1), pd.Index(instance.years)),
        "region": ((0, 2), instance.regions["region"]),
        "group": ((1, 2), instance.professions["group"]),
    }[kind]
    return pd.Series(each.sum(axis=axes)).groupby(np.asarray(codes), sort=False).sum()


def _sides(a: pd.Series, b: pd.Series) -> pd.DataFrame:
    both = pd.concat([a, b], axis=1, keys=["a", "b"])
    change = both["b"] - both["a"]
    rounding = change.abs() <= _ROUNDING * both.abs().max(axis=1)
    return both.assign(change=change.mask(rounding, 0.0))


def _by_size(frame: pd.DataFrame) -> pd.DataFrame:
    size = frame["change"].abs().fillna(np.inf)
    return frame.iloc[np.argsort(-size.to_numpy(), kind="stable")].reset_index(drop=True)


def decided(
    a: StoredPlan, b: StoredPlan, line: str, codes: list[str], seconds: float, watch: Watch
) -> list[str]:
    """Say of some courses or measures whether plans as good as two plans must differ there.

    Parameters
    ----------
    a, b : StoredPlan
        With the same commissioning years.
    line : {"course", "measure"}
        What the codes are of.
    seconds : float
        For the ranges of each plan.

    Returns
    -------
    list of str
        ``decided``: no plan within ``WITHIN`` of the one has a number of places that a plan within
        it of the other has, which is proved. ``one of many``: plans with one and the same number
        were found. ``not known``: neither, or only one plan has the line.
    """
    found = [_known(plan, line, codes, seconds, watch).reindex(codes) for plan in (a, b)]
    ours, theirs = (frame.to_numpy(float).T for frame in found)
    apart = (ours[1] < theirs[0] - _SAME) | (theirs[1] < ours[0] - _SAME)
    low, high = np.maximum(ours[2], theirs[2]), np.minimum(ours[3], theirs[3])
    meet = np.isfinite(low) & np.isfinite(high) & (low <= high + _SAME)
    return [str(word) for word in np.select([apart, meet], [DECIDED, ONE_OF_MANY], OPEN)]


def _known(
    plan: StoredPlan, line: str, codes: list[str], seconds: float, watch: Watch
) -> pd.DataFrame:
    """Return for each line the least and most that are proved, then those that are reached."""
    asked = np.flatnonzero(getattr(plan.instance, f"{line}s")[line].isin(codes))
    if not len(asked):
        return pd.DataFrame(columns=_ENDS)
    lines = asked + len(plan.instance.courses) * (line == "measure")
    try:
        found = ranges(plan, (WITHIN,), lines, seconds=seconds, watch=watch)
    except NoPlanError:
        return pd.DataFrame(columns=_ENDS)
    return frame(found, f"{line}s").set_index(line)[_ENDS]
