"""One scenario after the other, each from where the last one ended, and what is kept of it.

A scenario is written anew from its figures, which takes milliseconds, and compared with the program
that the solver holds; only what differs is changed there, and the basis stays.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from commission_opt.accounts.outcome import charged
from commission_opt.allocation.allocate import Allocation, allocate_problem
from commission_opt.allocation.methods import METHODS, Method
from commission_opt.allocation.relaxation import HotRelaxations
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import Proof
from commission_opt.errors import CommissionOptError, InfeasibleError, InputError, NoPlanError
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.objectives import BELOW
from commission_opt.formulation.problem import Planning, planning
from commission_opt.formulation.rules import LIMITS
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.known_effects import KnownEffects
from commission_opt.scenario.scenario import Scenario, Touched
from commission_opt.solvers.status import Limits, Watch
from commission_opt.solvers.work import End, repeating
from commission_opt.sweep.row import Row, row_of

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
        courses, measures = instance.courses, instance.measures
        parts: dict[str, dict[str, Iterable[object]]] = {
            "shortfall": {
                "group": group, "region": instance.regions["region"], "year": instance.years,
            },
            "spend": {"fund": [*instance.costs["code"], *instance.pay["code"]]},
            "places": {"group": group[courses["p"].to_numpy()], "region": courses["region"]},
        }  # fmt: skip
        if len(measures):
            parts["units"] = {"kind": measures["kind"], "region": measures["region"]}
        if len(instance.pay):
            parts["pay"] = {"fund": instance.pay["code"]}
        if len(floors := instance.floors):
            names = ("floor", "region", "year")
            parts[BELOW] = {name: floors[name] for name in names}
        self._adding = {
            name: [adding(f"{name}:{key}", codes) for key, codes in keys.items()]
            for name, keys in parts.items()
        }
        self._prices = {limit.table: _prices(limit, instance) for limit in _PAID}

    def of(self, allocation: Allocation) -> dict[str, float]:
        """Return the figures of a plan.

        Returns
        -------
        dict of str to float
            ``objective``, ``bound`` and ``gap`` of the first stage, ``objective:AIM`` of every
            stage; ``achieved`` where it is known; ``shortfall``, FTE-years over the horizon, also
            ``:group:G``, ``:region:R`` and ``:year:Y``; ``spend``, £ of new and continued places
            over the horizon, with pay that follows, also ``:fund:F``; where funds pay staff,
            ``pay``, what of that is pay, also ``:fund:F``; ``places`` commissioned, also
            ``:group:G`` and ``:region:R``; where there are measures, ``units``, also ``:kind:K``
            and ``:region:R``; where there are floors, ``below_floor``, FTE-years, also
            ``:floor:F``, ``:region:R`` and ``:year:Y``; for a relaxation,
            ``price:budget:FUND:REGION:YEAR``, units of the first objective that £1m more of a
            budget row would save.
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
        outcome = allocation.outcome
        missing, paid = outcome.shortfall, outcome.pay[1:].sum(axis=0)
        spent = np.append(charged(allocation.instance, outcome), paid)
        by_pair = missing.sum(axis=2)
        places, units = allocation.places.sum(axis=1), outcome.units.sum(axis=1)
        figures = {
            "shortfall": (missing, by_pair.sum(axis=1), by_pair.sum(axis=0), missing.sum((0, 1))),
            "spend": (spent, spent),
            "pay": (paid, paid),
            "places": (places, places, places),
            "units": (units, units, units),
            BELOW: (outcome.floors.below,) * 4,
        }
        for name, parts in self._adding.items():
            whole, *values = figures[name]
            found[name] = float(whole.sum())
            for add, value in zip(parts, values, strict=True):
                found |= add(value)
        if not allocation.policy.integer:
            found |= self._budget_prices(allocation.proofs[0])
        return found

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


class Session:
    """An instance under a model, ready to be solved again and again with other figures.

    Limits are those of each scenario; the method is how whole places are found.
    """

    def __init__(
        self, instance: Instance, policy: Policy, limits: Limits, method: Method = Method.FAST
    ) -> None:
        self._ground, self._limits = Ground(instance, policy), limits
        self._effects, self._measuring = KnownEffects(instance), Measuring(instance)
        self._hot = HotRelaxations()
        self._last: Planning | None = None
        self._effort = replace(METHODS[method], relax=self._hot)

    def run(
        self, scenario: Scenario, number: int = 0, ends: Sequence[End | None] | None = None
    ) -> Row:
        """Solve a scenario, given its number in the design; where there is no plan, say why.

        With ``ends``, rounds end where they did in the run that is repeated.
        """
        watch = Watch()
        if ends is not None:
            watch.meter = repeating(ends, self._limits.seconds)
        start, before = time.perf_counter(), Counter(self._hot.counts)
        try:
            instance, policy = self._ground.apply(scenario.settings)
            effects = self._effects.of(instance, scenario)
            self._last = planning(instance, policy, effects, steady=True, last=self._last)
            solved = allocate_problem(self._last, self._limits, watch, self._effort)
            found = self._figures(solved)
        except CommissionOptError as error:
            found = {"status": _STATUS.get(type(error), "error"), "reason": str(error)}
        except Exception as error:  # a fault of ours in one scenario must not cost the others
            self.forget()
            found = {"reason": f"{type(error).__name__}: {error}"}
        how = ", ".join(sorted((self._hot.counts - before).keys()))
        seconds = time.perf_counter() - start
        return replace(
            row_of(number, scenario), **found, how=how, seconds=seconds,
            work=watch.meter.work, ends=tuple(watch.meter.ends),
        )  # fmt: skip

    def touched(self, scenario: Scenario) -> list[Touched]:
        """Say what each setting of a scenario changes; see ``Ground.touched``."""
        self._ground.check([setting.axis for setting in scenario.settings])
        return self._ground.touched(scenario.settings)

    def forget(self) -> None:
        """Start anew, so that what comes next does not depend on what came before."""
        self._hot.forget()

    def _figures(self, found: Allocation) -> dict[str, Any]:
        """Return fields of the row of a plan."""
        if not found.certificate.valid:
            reason = found.certificate.where or "bound and objective do not fit"
            return {"status": "uncertified", "reason": f"the certificate failed: {reason}"}
        return {
            "status": found.status,
            "measures": self._measuring.of(found),
            "places": found.places,
            "units": found.outcome.units,
        }


_STATUS: dict[type[CommissionOptError], str] = {
    InputError: "invalid",
    InfeasibleError: "infeasible",
    NoPlanError: "no_plan_found",
}
