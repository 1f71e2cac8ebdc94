"""Changes of an instance by one step, as the settings that make them: those of a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from commission_opt.instance import hierarchy
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.scenario.axis import make_axis
from commission_opt.scenario.scenario import Setting

Filters = Mapping[str, Sequence[str]]
_SAME = 1e-12


def setting(field: str, operator: str, value: float, filters: Filters) -> Setting:
    """Return a setting."""
    return Setting(make_axis(field, operator, [value], filters), value)


def written(settings: Sequence[Setting]) -> list[str]:
    """Write settings as ``--change`` and ``sweep --vary`` take them, to be done in order."""
    return [f"{one.axis.target}{one.value:.12g}" for one in settings]


class LimitSteps:
    """Settings that add a step to rows of limits, such as budgets, and to no others.

    A region filter covers what lies within it, so that a second setting may have to take the step
    back from rows within.

    The field is ``budget`` or ``placement_capacity``; rows have a code, region and year, in this
    order.
    """

    def __init__(self, instance: Instance, field: str, rows: pd.DataFrame) -> None:
        self._field, self._code = field, str(rows.columns[0])
        self._parent_of = hierarchy.parents(instance.tables["regions"])
        self._regions: dict[tuple[str, int | None], dict[str, None]] = {}
        for code, region, year in rows.iloc[:, :3].itertuples(index=False, name=None):
            for key in ((code, year), (code, None)):
                self._regions.setdefault(key, {})[region] = None

    def of(
        self, code: str, region: str | None, year: int | None, step: float
    ) -> tuple[Setting, ...]:
        """Return the settings for a code; for all its regions or years where they are None."""
        base = {self._code: [code]} | ({} if year is None else {"year": [str(year)]})
        if region is None or region == ANY:
            given = setting(self._field, "+=", step, base)
        else:
            given = setting(self._field, "+=", step, {**base, "region": [region]})
        within = [] if region is None else self._within(region, self._regions[code, year])
        if not within:
            return (given,)
        return given, setting(self._field, "+=", -step, {**base, "region": within})

    def _within(self, region: str, others: Iterable[str]) -> list[str]:
        """Return the outermost of some regions that lie within a region, but for itself."""
        above = {r: {*hierarchy.ancestors(r, self._parent_of)} - {r} for r in others if r != ANY}
        inner = {r for r in above if r != region and (region == ANY or region in above[r])}
        return sorted(r for r in inner if not above[r] & inner)


def rate_step(filters: Filters, key: str, rates: pd.Series, step: float) -> tuple[Setting, ...]:
    """Return what moves rates by a step, but not below 0 or above 1.

    Rates are by code, named after their field; codes are those of ``key``, by which they are told
    apart where some reach an end.
    """
    field, values = str(rates.name), rates.to_numpy(float)
    new = np.clip(values + step, 0.0, 1.0)
    full = np.abs(new - values - step) <= _SAME
    if full.all():
        return (setting(field, "+=", step, filters),)
    stopped = ~full & (np.abs(new - values) > _SAME)
    return tuple(
        setting(field, operator, value, {**filters, key: sorted(set(rates.index[which]))})
        for which, operator, value in ((full, "+=", step), (stopped, "=", float(step > 0)))
        if which.any()
    )
