"""Staff in post that does not fit what is needed, falls below zero or is trained by nobody."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.reading.plausibility.saying import Doubt, number, summed, times, warning
from commission_opt.supply.baseline import baseline

_FACTOR = 4.0  # between staff and need: published shortages leave it between 0.6 and 1.2
_SMALL = 10.0  # FTE; below it a factor says little
_ROUNDING = 1e-9


def staff_and_need(instance: Instance) -> Iterator[Problem]:
    """Warn of staff in post that is a small part, or several times, of the need."""
    frame = instance.tables["workforce"]
    p, q = _positions(instance)
    doubts = []
    for row, profession, region, fte in frame[["profession", "region", "fte"]].itertuples():
        need = instance.demand[p[profession], q[region], 0]
        if fte <= 0 or need <= 0 or max(fte, need) < _SMALL:
            continue
        if fte > _FACTOR * need or fte * _FACTOR < need:
            message = (
                f"{number(fte)} FTE in post are {times(fte / need)} the {number(need)} FTE needed "
                f"in {instance.first_year} of {profession!r} in {region!r}: is one of them in "
                "another unit, or a digit missing?"
            )
            doubts.append(Doubt(row, abs(np.log(fte / need)), message))
    yield from summed("workforce", "fte", doubts)


def negative_staff(instance: Instance) -> Iterator[Problem]:
    """Warn of professions and regions in which fewer than no staff would be in post."""
    supply = baseline(instance)
    least = -_ROUNDING * np.maximum(1.0, instance.fte[..., None])
    frame = instance.tables["joiners"]
    for i, j in np.argwhere((supply < least).any(axis=2)):
        below = np.flatnonzero(supply[i, j] < least[i, j])
        profession = instance.professions["profession"].iloc[i]
        region = instance.regions["region"].iloc[j]
        own = frame[(frame["profession"] == profession) & (frame["region"] == region)]
        own = own[own["year"].isin(instance.years)]
        row, fte = int(own["fte"].idxmin()), own["fte"].min()
        years = [str(instance.first_year + y) for y in below]
        said = ", ".join(
            f"{number(supply[i, j, y])} in {years[k]}" for k, y in enumerate(below[:4])
        )
        more = f" and so on until {years[-1]}" if len(below) > 4 else ""
        message = (
            f"{number(fte)} FTE take the staff of {profession!r} in {region!r} below zero: {said}"
            f"{more}; is it a slip of sign or of year?"
        )
        yield warning("joiners.csv", row, "fte", message)


def trained_by_nobody(instance: Instance) -> Iterator[Problem]:
    """Warn of professions that are needed, but have no course or measure and nobody who joins."""
    trained = set(instance.lines["p"])
    joins = {int(i) for i in np.nonzero(instance.joiners)[0]}
    doubts = []
    for i, (row, profession) in enumerate(instance.professions["profession"].items()):
        need = instance.demand[i].max(axis=1).sum()
        if i not in trained and i not in joins and need > 0:
            message = (
                f"{profession!r} is needed, but has no course and no joiners, so no plan can "
                "change its shortfall: is a course missing?"
            )
            doubts.append(Doubt(int(str(row)), float(need), message))
    yield from summed("professions", "profession", doubts)


def _positions(instance: Instance) -> tuple[dict[str, int], dict[str, int]]:
    professions, regions = instance.professions["profession"], instance.regions["region"]
    return {c: i for i, c in enumerate(professions)}, {c: i for i, c in enumerate(regions)}
