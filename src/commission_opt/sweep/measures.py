"""The figures that a sweep keeps of every plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from commission_opt.accounts.outcome import charged
from commission_opt.allocation.allocate import Allocation
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import Proof
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.rules import LIMITS
from commission_opt.instance.instance import Instance

_PAID = [limit for limit in LIMITS.values() if limit.money]


class Measuring:
    """The measures of plans of one instance, whatever its figures are.

    Parameters
    ----------
    instance : Instance
        Its codes and years are those of every plan that is measured.
    """

    def __init__(self, instance: Instance) -> None:
        group = instance.professions["group"].to_numpy()
        courses = instance.courses
        self._group = adding("shortfall:group", group)
        self._region = adding("shortfall:region", instance.regions["region"])
        self._year = adding("shortfall:year", instance.years)
        self._fund = adding("spend:fund", instance.costs["code"])
        self._places_group = adding("places:group", group[courses["p"].to_numpy()])
        self._places_region = adding("places:region", courses["region"])
        measures = instance.measures
        self._units_kind = adding("units:kind", measures["kind"])
        self._units_region = adding("units:region", measures["region"])
        self._prices = {limit.table: _prices(limit, instance) for limit in _PAID}

    def of(self, allocation: Allocation) -> dict[str, float]:
        """Return the figures of a plan.

        Parameters
        ----------
        allocation : Allocation

        Returns
        -------
        dict of str to float
            ``objective``, ``bound`` and ``gap`` of the first stage, ``objective:AIM`` of every
            stage; ``achieved`` where it is known; ``shortfall``, FTE-years over the horizon, also
            ``:group:G``, ``:region:R`` and ``:year:Y``; ``spend``, £ of new and continued places
            over the horizon, also ``:fund:F``; ``places`` commissioned, also ``:group:G`` and
            ``:region:R``; where there are measures, ``units``, also ``:kind:K`` and ``:region:R``;
            for a relaxation, ``price:budget:FUND:REGION:YEAR``, units of the first
            objective that £1m more of a budget row would save.
        """
        certificate = allocation.certificate
        found = {
            "objective": certificate.objective,
            "bound": certificate.bound,
            "gap": certificate.gap,
        }
        found |= {f"objective:{stage.minimise}": stage.final for stage in certificate.stages}
        if certificate.achieved is not None:
            found["achieved"] = certificate.achieved
        found |= self._shortfall(allocation) | self._spend(allocation) | self._places(allocation)
        if len(allocation.instance.measures):
            found |= self._units(allocation)
        if not allocation.policy.integer:
            found |= self._budget_prices(allocation.proofs[0])
        return found

    def _shortfall(self, allocation: Allocation) -> dict[str, float]:
        missing = allocation.outcome.shortfall
        by_year, by_pair = missing.sum(axis=(0, 1)), missing.sum(axis=2)
        return {
            "shortfall": float(missing.sum()),
            **self._group(by_pair.sum(axis=1)),
            **self._region(by_pair.sum(axis=0)),
            **self._year(by_year),
        }

    def _spend(self, allocation: Allocation) -> dict[str, float]:
        spent = charged(allocation.instance, allocation.outcome)
        return {"spend": float(spent.sum()), **self._fund(spent)}

    def _places(self, allocation: Allocation) -> dict[str, float]:
        places = allocation.places.sum(axis=1)
        return {
            "places": float(places.sum()),
            **self._places_group(places),
            **self._places_region(places),
        }

    def _units(self, allocation: Allocation) -> dict[str, float]:
        units = allocation.outcome.units.sum(axis=1)
        return {
            "units": float(units.sum()),
            **self._units_kind(units),
            **self._units_region(units),
        }

    def _budget_prices(self, proof: Proof) -> dict[str, float]:
        rows, scale = proof.formulation.program.rows, proof.formulation.aim.scale
        found = dict[str, float]()
        for limit in _PAID:
            if limit.table in rows:
                worth = -proof.multipliers[rows[limit.table]] * scale
                worth = worth * (limit.price_step / limit.origin.scale)
                found |= dict(zip(self._prices[limit.table], worth.tolist(), strict=True))
        return found


def adding(name: str, codes: Iterable[object]) -> Callable[[Floats], dict[str, float]]:
    """Return what adds up a figure for each code, as ``NAME:CODE``."""
    kinds, position = np.unique([str(code) for code in codes], return_inverse=True)
    names = [f"{name}:{kind}" for kind in kinds]
    return lambda values: dict(
        zip(names, np.bincount(position, values, len(names)).tolist(), strict=True)
    )


def _prices(limit: Limit, instance: Instance) -> list[str]:
    rows = limit.rows_of(instance)[[limit.code, "region", "year"]]
    return [f"price:{limit.vary}:{code}:{where}:{year}" for code, where, year in rows.to_numpy()]
