"""What is made least in turn, and its value: objectives, weighed over futures if there are several.

In several futures the first objective f is made least by a measure of risk: its expectation
``Σ p f``, ``(1 − weight) Σ p f + weight · CVaR``, ``max f`` or the largest regret ``max (f − b)``,
b being what no plan for that future alone is below in fractions of places. The conditional value at
risk is that of Rockafellar and Uryasev ("Optimization of conditional value-at-risk", Journal of
Risk 2 (2000)): ``min_η η + Σ p max(0, f − η) / (1 − alpha)``. What the worst futures leave open is
then settled by the expectation; later objectives are made least in expectation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from commission_opt.accounts.outcome import Outcome, without_places
from commission_opt.arrays import Floats
from commission_opt.formulation.objectives import OBJECTIVES, ObjectiveKind
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.problem import Planning
from commission_opt.policy import Objective, RiskMeasure, UnderUncertainty

EXPECTED: RiskMeasure = "expected"
REGRET: RiskMeasure = "regret"
_SIZE = 1e-3  # of what futures have anyway: a smaller regret counts as so much in its gap
_MET = 1e-12  # of a weight
RISKS: tuple[RiskMeasure, ...] = get_args(RiskMeasure)


@dataclass(frozen=True)
class Goal:
    """An objective and how it is weighed over the futures.

    Parameters
    ----------
    risk : {"expected", "cvar", "worst", "regret"}
    settles : bool
        Whether it only settles what the goal before leaves open: it is no stage of its own.
    """

    objective: Objective
    risk: RiskMeasure = EXPECTED
    settles: bool = False

    @property
    def kind(self) -> ObjectiveKind:
        """What its objective is."""
        return OBJECTIVES[self.objective.minimise]


def goals(problem: Planning) -> list[Goal]:
    """Return what is made least in turn; in one future every risk is the expectation."""
    first, *later = problem.policy.objectives
    several = len(problem.futures) > 1 or problem.drawn is not None
    risk = weighing(problem).risk if several else EXPECTED
    beside = [] if risk == EXPECTED else [Goal(first, settles=True)]
    return [Goal(first, risk), *beside, *map(Goal, later)]


def weighs(problem: Planning) -> bool:
    """Say whether more than one future may come."""
    return bool(problem.futures) or problem.drawn is not None


def regrets(problem: Planning) -> bool:
    """Say whether the first goal is the largest regret."""
    return goals(problem)[0].risk == REGRET


def names_of(problem: Planning) -> list[str]:
    """Return what the futures are called."""
    if problem.drawn is not None:
        return list(problem.drawn.names)
    return [future.name for future in problem.futures]


def weighing(problem: Planning) -> UnderUncertainty:
    """Return how the futures of a problem are weighed."""
    return problem.policy.uncertainty or UnderUncertainty("none")


def probabilities(problem: Planning) -> Floats:
    """Return how likely each future is, shape (W,)."""
    if problem.drawn is not None:
        return problem.drawn.probability
    return np.array([future.probability for future in problem.futures])


def least_of(problem: Planning) -> Floats:
    """Return what the regret of each future is measured from, shape (W,)."""
    if problem.drawn is not None:
        return problem.drawn.least
    return np.array([future.least for future in problem.futures])


def measured_from(problem: Planning, least: Floats) -> Planning:
    """Return the same problem, knowing what no plan for each future alone is below, shape (W,)."""
    if problem.drawn is not None:
        return replace(problem, drawn=problem.drawn.measured_from(least))
    pairs = zip(problem.futures, least.tolist(), strict=True)
    return replace(problem, futures=tuple(replace(future, least=b) for future, b in pairs))


def size_of(problem: Planning, risk: RiskMeasure) -> float:
    """Return what the gap and the tolerance of a risk are relative to at least.

    A regret may be next to nothing where all there is to miss is not.
    """
    return _SIZE * abs(float(probabilities(problem) @ least_of(problem))) if risk == REGRET else 0.0


def outcomes(problem: Planning, result: Outcome) -> list[Outcome]:
    """Return what an allocation leads to in each future, or as given where there are none."""
    if not problem.futures:
        return [result]
    return [future.outcome(result.decision) for future in problem.futures]


def goal_value(problem: Planning, goal: Goal, result: Outcome) -> float:
    """Return the value of a goal for an allocation, from its consequences alone."""
    value = OBJECTIVES[goal.objective.minimise].value
    if not weighs(problem):
        return value(problem, result)
    return risk_of(problem, goal.risk, future_values(problem, goal.objective, result))


def aim_value(problem: Planning, aim: Aim, result: Outcome) -> float:
    """Return the value of a stage for an allocation, from its consequences alone."""
    risk = next((r for r in RISKS if r == aim.risk), EXPECTED)
    return goal_value(problem, Goal(Objective(aim.name), risk), result)


def future_values(problem: Planning, objective: Objective, result: Outcome) -> Floats:
    """Return an objective of an allocation in each future, shape (W,)."""
    if problem.drawn is not None:
        return problem.drawn.values(objective.minimise, result.amounts)
    value, found = OBJECTIVES[objective.minimise].value, outcomes(problem, result)
    pairs = zip(problem.futures, found, strict=True)
    return np.array([value(future.problem, each) for future, each in pairs])


def without_new_places(problem: Planning) -> float:
    """Return the value of the first goal with nothing bought or continued."""
    goal, own = goals(problem)[0], [future.problem for future in problem.futures] or [problem]
    if problem.drawn is not None:
        values = problem.drawn.without(goal.objective.minimise)
        return risk_of(problem, goal.risk, values)
    value = OBJECTIVES[goal.objective.minimise].value
    nothing = [without_places(each.instance, each.policy, each.effects) for each in own]
    values = np.array([value(each, result) for each, result in zip(own, nothing, strict=True)])
    return risk_of(problem, goal.risk, values) if problem.futures else float(values[0])


def risk_of(problem: Planning, risk: RiskMeasure, values: Floats) -> float:
    """Return the risk of values in the futures, shape (W,)."""
    return float(worst_weights(problem, risk, values) @ counted(problem, risk, values))


def counted(problem: Planning, risk: RiskMeasure, values: Floats) -> Floats:
    """Return what of values in the futures counts: of a regret what is above the least."""
    return values - least_of(problem) if risk == REGRET else values


def worst_weights(problem: Planning, risk: RiskMeasure, values: Floats) -> Floats:
    """Return the weights of the futures by which values count most, shape (W,).

    Those of the conditional value at risk are ``p / (1 − alpha)`` from the worst future on, until
    they add up to 1.
    """
    p, how = probabilities(problem), weighing(problem)
    if risk == EXPECTED:
        return p
    if risk in ("worst", REGRET):
        weights: Floats = np.zeros_like(p)
        weights[int(np.argmax(counted(problem, risk, values)))] = 1.0
        return weights
    order = np.argsort(-values, kind="stable")
    before = np.cumsum(p[order]) - p[order]
    tail = np.zeros_like(p)
    share = 1.0 - how.alpha
    tail[order] = np.clip(share - before, 0.0, p[order]) / share
    tail /= tail.sum()
    return np.asarray((1.0 - how.weight) * p + how.weight * tail)


def ends_of_weights(problem: Planning, risk: RiskMeasure) -> tuple[Floats, Floats]:
    """Return the least and the greatest weight of each future that a risk allows, shape (W,)."""
    p, how = probabilities(problem), weighing(problem)
    if risk == EXPECTED:
        return p, p
    if risk != "cvar":
        return np.zeros_like(p), np.ones_like(p)
    beside = (1.0 - how.weight) * p
    return beside, beside + how.weight * p / (1.0 - how.alpha)


def allowed(problem: Planning, risk: RiskMeasure, weights: Floats) -> bool:
    """Say whether a risk is nowhere below what counts of values at some weights, shape (W,)."""
    if risk == EXPECTED:
        return bool(np.allclose(weights, probabilities(problem), rtol=_MET, atol=0.0))
    least, most = ends_of_weights(problem, risk)
    tail, share = weights - least, 1.0 - least.sum()
    fits = (tail >= -_MET).all() and (tail <= (most - least) * (1.0 + _MET) + _MET).all()
    return bool(fits and abs(tail.sum() - share) <= _MET)
