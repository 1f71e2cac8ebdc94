"""What the first years of a plan are worth if later years are decided anew in each future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from commission_opt.allocation.stage import run_stage
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import certify
from commission_opt.errors import InfeasibleError
from commission_opt.formulation.assemble import aims, formulate, rule_parts
from commission_opt.formulation.goals import goals, risk_of
from commission_opt.formulation.parts import Part
from commission_opt.formulation.problem import Future, Planning
from commission_opt.solvers.status import Limits, Watch
from commission_opt.text.plain import escaped


def redecided(
    problem: Planning, now: Floats, limits: Limits, watch: Watch
) -> tuple[tuple[float, float] | None, str]:
    """Return the risk of what is decided now, and why there is none.

    Parameters
    ----------
    problem : Planning
        Of which some years are decided in each of its futures.
    now : array, shape (L, years decided now)
    limits : Limits
        The time limit is for all futures.
    watch : Watch

    Returns
    -------
    (float, float), or None
        Ends between which the least risk of the first objective lies; None where a future is left
        without a plan.
    reason : str

    Raises
    ------
    NoPlanError, StoppedError
        If no plan was found in a future.
    """
    own = replace(limits, seconds=max(1.0, limits.seconds / len(problem.futures)))
    found = []
    for future in problem.futures:
        try:
            found.append(_best(future, now, own, watch.inner()))
        except InfeasibleError as error:
            return None, (
                f"after the plan for the mean future nothing can be decided later in scenario "
                f"{escaped(repr(future.name))} that keeps every rule: {error}"
            )
    low, high = np.array(found).T
    risk = goals(problem)[0].risk
    return (risk_of(problem, risk, low), risk_of(problem, risk, high)), ""


def _best(future: Future, now: Floats, limits: Limits, watch: Watch) -> tuple[float, float]:
    """Return a bound and the value of the best in one future."""
    one = future.problem
    policy = replace(one.policy.first_stages(1), uncertainty=None)
    if one.relaxed_from is not None:
        policy = policy.relaxed()
    one, first = replace(one, policy=policy), one.layout.year < now.shape[1]
    lower, upper = np.full(one.layout.size, -np.inf), np.full(one.layout.size, np.inf)
    lower[first] = upper[first] = now[one.layout.line[first], one.layout.year[first]]
    parts = [*rule_parts(one), Part(box=(lower, upper))]
    places, proof = run_stage(formulate(one, aims(one)[0], parts), limits, watch, limits.seconds)
    stage = certify(one, one.outcome(places, proof.deployed), [proof]).stages[0]
    return min(stage.bound, stage.objective), stage.objective
