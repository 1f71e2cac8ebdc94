"""Plans in whole places at some points of a frontier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.allocation.methods import METHODS, Effort, Method
from commission_opt.allocation.stage import run_stage
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE, certify
from commission_opt.certificate.limits import relative_gap
from commission_opt.errors import CommissionOptError, InfeasibleError, StoppedError
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import planning
from commission_opt.frontier.curve import Curve, figures, pursued
from commission_opt.frontier.family import Family
from commission_opt.policy import Policy
from commission_opt.solvers.status import Limits, Watch
from commission_opt.solvers.work import End, Meter, repeating


@dataclass(frozen=True, eq=False)
class WholePlan:
    """A plan in whole places at a point, or why there is none.

    Parameters
    ----------
    t : float
    status : str
        ``optimal`` if its gap is within the one asked for, else ``feasible``; ``infeasible``,
        ``no_plan_found`` or ``uncertified`` without a plan.
    reason : str
        Why there is none.
    objective, bound : float or None
        Of the plan, and the least that any plan in whole places can have there.
    figures : mapping of str to float, or None
    places : array, shape (L, K), or None
        Places, and units of measures after them.
    work : float
        That was done for it, by ``solvers.work``.
    ends : tuple of End or None
        How each round of it ended, None if its work was done.
    """

    t: float
    status: str
    reason: str = ""
    objective: float | None = None
    bound: float | None = None
    figures: Mapping[str, float] | None = None
    places: Floats | None = None
    work: float = 0.0
    ends: tuple[End | None, ...] = ()

    @property
    def gap(self) -> float | None:
        """Distance of objective and bound, relative to the objective; 0 below 1e-9."""
        if self.objective is None or self.bound is None:
            return None
        return relative_gap(self.objective, self.bound)

    @property
    def flat(self) -> dict[str, object]:
        """What tables and records have first: point, status, objective, bound and gap."""
        names = ("t", "status", "reason", "objective", "bound", "gap")
        return {name: getattr(self, name) for name in names}


def spread(ts: Sequence[float], count: int) -> list[float]:
    """Choose so many of some numbers, the ends among them, as evenly spread as they allow."""
    if count >= len(ts):
        return list(ts)
    left, chosen = list(ts), []
    for wanted in np.linspace(ts[0], ts[-1], count) if count > 1 else ts[-1:]:
        nearest = min(left, key=lambda t: abs(t - wanted))
        left.remove(nearest)
        chosen.append(nearest)
    return sorted(chosen)


def whole_plans(
    curve: Curve,
    policy: Policy,
    count: int,
    limits: Limits,
    method: Method = Method.FAST,
    watch: Watch | None = None,
    again: Sequence[Sequence[End | None]] | None = None,
) -> tuple[WholePlan, ...]:
    """Find plans in whole places at so many points of a frontier; limits are those of each plan.

    With ``again``, one for each point, their work ends where it did in the run that is repeated.

    Returns
    -------
    tuple of WholePlan
        In ascending order of t. A plan that keeps the rules at one t keeps them at any greater
        one, so each search can fall back on the plan before.

    Raises
    ------
    StoppedError
        If the watch was stopped.
    """
    watch, old = watch or Watch(), curve.family.problem
    whole = replace(pursued(policy), integer=True)
    problem = planning(old.instance, whole, old.effects, steady=True)
    family = replace(curve.family, problem=problem)
    plans: list[WholePlan] = []
    last: Floats | None = None
    for i, t in enumerate(spread(curve.points["t"].tolist(), count)):
        watch.meter = Meter() if again is None else repeating(again[i], limits.seconds)
        plan = _plan(family, t, curve.frontier.bound(t), last, limits, METHODS[method], watch)
        plan = replace(plan, work=watch.meter.work, ends=tuple(watch.meter.ends))
        if watch.stopped:
            raise StoppedError("stopped before all plans in whole places were found")
        last = last if plan.places is None else plan.places
        plans.append(plan)
    return tuple(plans)


def _plan(
    family: Family,
    t: float,
    proved: float,
    last: Floats | None,
    limits: Limits,
    effort: Effort,
    watch: Watch,
) -> WholePlan:
    """Find a plan at a point, from the plan before and with what the frontier proves."""
    formulation = family.at(t)
    problem = formulation.problem
    try:
        with watch.meter.round(limits.seconds):
            places, proof = run_stage(formulation, limits, watch, limits.budget, last, effort)
    except StoppedError:
        raise
    except InfeasibleError as error:
        return WholePlan(t, "infeasible", str(error))
    except CommissionOptError as error:
        return WholePlan(t, "no_plan_found", str(error))
    result = problem.outcome(places, proof.deployed)
    certificate = certify(problem, result, [proof])
    if not (certificate.feasible and certificate.consistent):
        where = certificate.where or "bound and objective do not fit"
        return WholePlan(t, "uncertified", f"the certificate failed: {where}")
    if family.over.caps:
        beyond = OBJECTIVES[family.over.name].value(problem, result) - t
        if beyond > TOLERANCE * max(1.0, abs(t)):
            return WholePlan(
                t, "uncertified", f"the {family.over.what} is above its cap by {beyond:.3g}"
            )
    value, bound = certificate.objective, certificate.bound
    bound = min(max(bound, proved), value)
    status = "optimal" if relative_gap(value, bound) <= limits.gap else "feasible"
    return WholePlan(t, status, "", value, bound, figures(problem, result), places)
