"""Who is deployed where places are given: the best there is, and nobody for nothing.

For given places the best deployment is a linear program. Several may be equally good; what is
taken does the best by the objective of the stage, then by those before it in their order, and then
needs the fewest FTE. Each is made least on the optimal face of what came before, which the reduced
costs and the multipliers show, so that nothing is given away to a tolerance.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.conditioned import Conditioned, conditioned
from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.parts import deployed_columns
from commission_opt.formulation.problem import Planning, planning
from commission_opt.solvers.believed import believed, way_by
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.status import Limits, Result, Status, Watch

DECIMALS = 9  # of FTE deployed, beyond which machines differ
_ROUNDING = 1e-10  # relative
_PRICED = 1e-9  # a reduced cost or multiplier that counts, where the largest cost is 1
_TIES = 1e-3  # of a FTE, by which the last pair counts more than the first


def outcome_of(problem: Planning, amounts: Floats) -> Outcome:
    """Work out the consequences of places and units, shape (L, K), with the best deployment.

    The best by every objective of the model in turn; in each future, if several are weighed.
    """
    if not problem.deploys:
        return problem.outcome(amounts)
    *earlier, last = aims(problem)
    formulation = formulate(problem, last, held=[(aim, math.inf) for aim in earlier])
    found = problem.outcome(amounts, _deployed(formulation, amounts, own_first=False))
    return as_given(problem, found)


def as_given(problem: Planning, result: Outcome) -> Outcome:
    """Return the same where those deployed as given are the best, too, and not the mean.

    Who is deployed is decided in each future that is weighed; what is said of the instance as given
    is said of what would then be decided.
    """
    if not problem.deploys or not problem.futures:
        return result
    policy = replace(problem.policy, uncertainty=None)
    alone = planning(problem.instance, policy, problem.effects)
    return replace(outcome_of(alone, result.amounts), decided=result.decision)


def first_value(problem: Planning, amounts: Floats) -> float:
    """Return the first objective of places and units, with the best deployment."""
    return first_objective(problem.policy).value(problem, outcome_of(problem, amounts))


def pointed(formulation: Formulation, amounts: Floats) -> Floats:
    """Return the best point of a stage with given places and units, shape (L, K)."""
    return formulation.point(amounts, settled(formulation, amounts))


def settled(formulation: Formulation, amounts: Floats) -> Floats | None:
    """Return the best deployment for given places and units in a stage.

    Parameters
    ----------
    formulation : Formulation
        A stage; earlier objectives are kept to their limits, if these places can keep them.
    amounts : array, shape (L, K)

    Returns
    -------
    array, shape (S, Y), or None
        FTE to nine decimals; None where nobody can be deployed.
    """
    if not formulation.problem.deploys:
        return None
    return _deployed(formulation, amounts, own_first=True)


def _deployed(formulation: Formulation, amounts: Floats, *, own_first: bool) -> Floats:
    own = formulation if isinstance(formulation, Conditioned) else conditioned(formulation)
    part, x = own.staffing, own.problem.layout.to_columns(amounts)
    asked = (own_first, x.tobytes())
    if asked in part.recent:
        return part.recent[asked]
    goals, program = _goals(own, own_first=own_first), part.at(x)
    best = _least(program, goals)
    if best is None and own_first:  # rounding may have taken the last point
        best = _least(_with_room(own, program, _ROUNDING), goals)
    if best is None and own_first:  # these places do not keep what is held
        best = _least(_with_room(own, program, np.inf), _goals(own, own_first=False))
    point = np.zeros(len(own.program.cost))
    if best is not None:
        point[part.columns] = best
    found = deployed_in(own, point)
    assert found is not None
    fte = np.round(found, DECIMALS)
    return part.remember(asked, np.where(fte > 10.0**-DECIMALS, fte, 0.0))


def deployed_in(formulation: Formulation, point: Floats) -> Floats | None:
    """Return the FTE deployed at a point of a program, within their box; None if nobody can be."""
    if not formulation.problem.deploys:
        return None
    own = deployed_columns(formulation.program.columns)
    fte = np.clip(point[own], formulation.program.lower[own], formulation.program.upper[own])
    if isinstance(formulation, Conditioned):
        fte = np.clip(fte * formulation.sizes[own], 0.0, formulation.given.program.upper[own])
    return fte.reshape(formulation.problem.deployments)


def in_columns(formulation: Formulation, deployed: Floats) -> Floats:
    """Return the columns of a program that stand for FTE deployed, shape (S, Y)."""
    if isinstance(formulation, Conditioned):
        own = deployed_columns(formulation.program.columns)
        return np.asarray(deployed.ravel() / formulation.sizes[own])
    return deployed.ravel()


def _with_room(own: Conditioned, program: LinearProgram, room: float) -> LinearProgram:
    """Let earlier objectives be above their limits by a part of these."""
    part, upper = own.staffing, program.row_upper.copy()
    ends = np.abs(own.program.row_upper[part.rows[part.held]])
    upper[part.held] += room * np.maximum(ends, _ROUNDING)
    return replace(program, row_upper=upper)


def _goals(own: Conditioned, *, own_first: bool) -> list[Floats]:
    """Return the costs of each objective in turn, and last of FTE deployed, over the staffing."""
    part, program = own.staffing, own.program
    held = [part.program.matrix[[row]].toarray()[0] for row in part.held]
    sent = deployed_columns(program.columns)
    fewest = np.zeros(len(program.cost))
    fewest[sent] = np.linspace(1.0, 1.0 + _TIES, len(sent)) * own.sizes[sent]
    cost = program.cost[part.columns]
    order = [cost, *held] if own_first else [*held, cost]
    costs = [*order, fewest[part.columns]]
    return [cost / np.max(np.abs(cost)) for cost in costs if np.any(cost)]


def _least(program: LinearProgram, goals: list[Floats]) -> Floats | None:
    """Make one cost after the other least; None if no point keeps the rows."""
    best = None
    for cost in goals:
        stage = replace(program, cost=cost)
        found = _optimum(stage)
        if found is None:
            break
        best, multipliers = found
        program = _face(stage, multipliers)
    return best


def _optimum(program: LinearProgram) -> tuple[Floats, Floats] | None:
    """Return a vertex that is best and its multipliers; None if there is no point at all."""
    limits = Limits()
    plain = replace(limits, options={"presolve": "off"})

    def ended(result: Result, _: float) -> Result | None:
        return result if result.status in (Status.OPTIMAL, Status.INFEASIBLE) else None

    ways = [way_by(Algorithm.SIMPLEX, program, how, Watch()) for how in (limits, plain)]
    found = believed(ways, ended, limits.seconds).proof
    if found is None or found.x is None or found.multipliers is None:
        return None
    return found.x, found.multipliers


def _face(program: LinearProgram, multipliers: Floats) -> LinearProgram:
    """Return the points of a program that are as good as the best."""
    reduced = program.cost - program.matrix.T @ multipliers
    low, high = reduced > _PRICED, reduced < -_PRICED
    least, most = multipliers > _PRICED, multipliers < -_PRICED
    least &= np.isfinite(program.row_lower)
    most &= np.isfinite(program.row_upper)
    return replace(
        program,
        lower=np.where(high, program.upper, program.lower),
        upper=np.where(low, program.lower, program.upper),
        row_lower=np.where(most, program.row_upper, program.row_lower),
        row_upper=np.where(least, program.row_lower, program.row_upper),
    )
