"""How much of the difference between two plans each change of the inputs explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import spent
from commission_opt.arrays import Floats
from commission_opt.explain.best import Best, BestPlaces
from commission_opt.explain.comparison.steps import Exchange, Parts, Step, components, file_name
from commission_opt.explain.units import PLAIN, Unit, unit_of
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.read import StoredPlan
from commission_opt.solvers.status import Limits, Watch

REMAINDER, TOTAL = "what each plan leaves of its best", "all"
_ENDS = [
    "the rest: plans are whole, within a gap, and hold other objectives",
    "the places of the two plans",
]
_SUMS = ["value", "low", "high", "shortfall", "spend"]


@dataclass(frozen=True, eq=False)
class Attribution:
    """The difference of two plans, change by change.

    Parameters
    ----------
    unit : Unit
        Of ``value``: the first objective if both plans have the same, else unweighted FTE-years.
    frame : pandas.DataFrame
        One row for each change: ``because_of``, ``value`` with its certified limits ``low`` and
        ``high``, ``shortfall`` (FTE-years, unweighted), ``spend`` (£) and ``how``; for both
        orders also ``forward`` and ``backward``, of which the others are the mean. Then a row for
        the remainder and one for the whole difference of the two plans, which is the sum.
    orders : tuple of list of Step
        The steps in each order.
    finals : pair of float
        ``value`` of the two plans.
    """

    unit: Unit
    frame: pd.DataFrame
    orders: tuple[list[Step], ...]
    finals: tuple[float, float]


def attribution(
    a: StoredPlan, b: StoredPlan, orders: Sequence[Sequence[str]], limits: Limits, watch: Watch
) -> Attribution:
    """Go from the inputs of one plan to those of another, in one order of the parts or several."""
    exchange = Exchange(a, b, BestPlaces(limits, watch), watch)
    taken = tuple(exchange.along(order) for order in orders)
    same = a.policy.objectives[0].minimise == b.policy.objectives[0].minimise
    unit, groups = unit_of(a.problem) if same else PLAIN, components(*taken)
    each = [_changes(exchange.start(), steps, groups, unit) for steps in taken]
    frame = pd.DataFrame(np.mean(each, axis=0), columns=_SUMS)
    frame.insert(0, "because_of", [said(group) for group in groups])
    if len(each) > 1:
        frame["forward"], frame["backward"] = (found[:, 0] for found in each)
    frame["how"] = "re-solved in fractions of places with the change made"
    ends = [_reached(plan, unit) for plan in (a, b)]
    return Attribution(unit, _closed(frame, *ends), taken, (ends[0]["value"], ends[1]["value"]))


def said(group: Parts) -> str:
    """Name the files of some parts that are taken over together."""
    return ", ".join(map(file_name, group)) + (" together" if len(group) > 1 else "")


def _changes(start: Best, steps: Sequence[Step], groups: Sequence[Parts], unit: Unit) -> Floats:
    """Return what each group changes, in the columns of ``_SUMS``."""
    found, before = np.zeros((len(groups), len(_SUMS))), start
    for step in steps:
        after = step.best
        shortfall = after.shortfall - before.shortfall
        value, low, high = shortfall, np.nan, np.nan
        if unit is not PLAIN:
            value = after.least.value - before.least.value
            low = min(value, after.least.low - before.least.high)
            high = max(value, after.least.high - before.least.low)
        at = next(i for i, group in enumerate(groups) if set(step.parts) <= set(group))
        found[at] += value, low, high, shortfall, after.spend.value - before.spend.value
        before = after
    return found


def _reached(plan: StoredPlan, unit: Unit) -> dict[str, float]:
    """Return the objective, the plain shortfall and the spend of a plan itself."""
    plain = float(plan.outcome.shortfall.sum())
    return {
        "value": OBJECTIVES[unit.aim].value(plan.problem, plan.outcome) if unit.aim else plain,
        "shortfall": plain,
        "spend": spent(plan.instance, plan.outcome),
    }


def _closed(frame: pd.DataFrame, a: dict[str, float], b: dict[str, float]) -> pd.DataFrame:
    """Add what is left and the whole difference."""
    whole = {key: b[key] - a[key] for key in a}
    rest = {key: total - float(frame[key].sum()) for key, total in whole.items()}
    ends = pd.DataFrame([rest, whole]).assign(because_of=[REMAINDER, TOTAL], how=_ENDS)
    if "forward" in frame:
        ends = ends.assign(forward=ends["value"], backward=ends["value"])
    return pd.concat([frame, ends], ignore_index=True)
