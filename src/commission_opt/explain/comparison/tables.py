"""Places and consequences of two plans side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import charged
from commission_opt.arrays import Floats
from commission_opt.formulation.shortage import tiered, tiers_of, weights
from commission_opt.plan.read import StoredPlan

_ROUNDING = 1e-12  # relative; of sums of the same figures in another order


@dataclass(frozen=True)
class CommonYears:
    """The commissioning years in which places are compared.

    Parameters
    ----------
    years : tuple of int
        Years that both plans commission; all those of each, if they have none in common.
    shared : bool
        Whether there are years in common; else places are those of an average year.
    same : bool
        Whether both plans commission the same years.
    """

    years: tuple[int, ...]
    shared: bool
    same: bool


def commissioned(plan: StoredPlan) -> tuple[int, ...]:
    """Return the commissioning years of a plan."""
    first = plan.instance.first_year
    return tuple(range(first, first + plan.policy.commissioning_years))


def common_years(a: StoredPlan, b: StoredPlan) -> CommonYears:
    """Find the years in which places can be compared."""
    ours, theirs = commissioned(a), commissioned(b)
    common = tuple(year for year in ours if year in theirs)
    return CommonYears(common, bool(common), ours == theirs)


def places_of(plan: StoredPlan, years: CommonYears) -> pd.DataFrame:
    """Return places by course: of the common years together, else of an average year."""
    chosen = [not years.shared or year in years.years for year in commissioned(plan)]
    some = plan.places[:, chosen]
    courses, professions = plan.instance.courses, plan.instance.professions
    return pd.DataFrame(
        {
            "course": courses["course"].to_numpy(),
            "profession": courses["profession"].to_numpy(),
            "region": courses["region"].to_numpy(),
            "group": professions["group"].to_numpy()[courses["p"].to_numpy()],
            "places": some.sum(axis=1) if years.shared else some.mean(axis=1),
        }
    )


def places_by(a: pd.DataFrame, b: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Compare places by some codes; those that a plan does not have count as 0.

    Returns
    -------
    pandas.DataFrame
        The codes, ``a``, ``b`` and ``change``; the largest change first.
    """
    sums = [frame.groupby(list(keys), sort=False)["places"].sum() for frame in (a, b)]
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
    """Compare the £ spent on new and continued places over the horizon, by fund."""

    def spent(plan: StoredPlan) -> pd.Series:
        each = pd.Series(charged(plan.instance, plan.outcome))
        return each.groupby(plan.instance.costs["code"].to_numpy(), sort=False).sum()

    return _by_size(_sides(spent(a), spent(b)).rename_axis("fund").reset_index())


def _weighted(plan: StoredPlan) -> Floats:
    missing = tiered(plan.outcome.shortfall, plan.instance.demand, tiers_of(plan.policy))
    product: Floats = weights(plan.problem) * missing
    return product


def _grouped(plan: StoredPlan, each: Floats, kind: str) -> pd.Series:
    instance = plan.instance
    if kind == "year":
        return pd.Series(each.sum(axis=(0, 1)), index=list(instance.years))
    if kind == "region":
        return pd.Series(each.sum(axis=(0, 2)), index=instance.regions["region"].to_numpy())
    groups = instance.professions["group"].to_numpy()
    return pd.Series(each.sum(axis=(1, 2))).groupby(groups, sort=False).sum()


def _sides(a: pd.Series, b: pd.Series) -> pd.DataFrame:
    both = pd.concat([a, b], axis=1, keys=["a", "b"])
    change = both["b"] - both["a"]
    rounding = change.abs() <= _ROUNDING * both.abs().max(axis=1)
    return both.assign(change=change.mask(rounding, 0.0))


def _by_size(frame: pd.DataFrame) -> pd.DataFrame:
    size = frame["change"].abs().fillna(np.inf)
    return frame.iloc[np.argsort(-size.to_numpy(), kind="stable")].reset_index(drop=True)
