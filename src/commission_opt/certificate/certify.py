"""The proof of a plan: it keeps every rule, and no plan can be better than its bounds.

Nothing here is read off a solver. The places are checked against the instance; every objective
is worked out from the places; the bounds follow by weak duality from the programs' own arrays and
any multipliers, so a wrong answer of a solver can make them worse, never wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.certificate.bound import proved_bound
from commission_opt.certificate.limits import grain_of, limit, limits_of, relative_gap
from commission_opt.certificate.trees import Tree
from commission_opt.formulation.assemble import HELD, NOTHING, Formulation
from commission_opt.formulation.goals import (
    goal_value,
    goals,
    outcomes,
    size_of,
    without_new_places,
)
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import is_decided
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import RULES
from commission_opt.formulation.violations import Violation

TOLERANCE = 1e-6
LOOSEST = 0.05  # gap up to which a plan may be called optimal, whatever gap was asked for
_SAME = 1e-9  # relative; a sum may be rounded otherwise on another machine
_MODEL_TOLERANCE = 1e-5  # rows of the program may be scaled otherwise than the rules


@dataclass(frozen=True)
class Proof:
    """What a stage leaves behind for its certificate.

    Parameters
    ----------
    formulation : Formulation
        The program of the stage.
    multipliers : array, shape (m,)
        Multipliers of its rows, such as the duals of the linear relaxation.
    objective : float
        The objective of the plan found when the stage was optimised.
    seconds : float
        Time spent on the stage.
    trees : tuple of Tree
        Over blocks of courses, where they raise the bound.
    places : array, shape (L, K), or None
        What was found when the stage was optimised, which shows that the objective can be had;
        None where that is the plan itself, or is not known.
    deployed : array, shape (S, Y), or None
        The FTE deployed with these places; None where nobody can be, or there are no places.
    """

    formulation: Formulation
    multipliers: Floats
    objective: float
    seconds: float
    trees: tuple[Tree, ...] = ()
    places: Floats | None = None
    deployed: Floats | None = None


@dataclass(frozen=True)
class Eased:
    """What a stage could come down to if earlier ones without tolerance had one.

    Parameters
    ----------
    tolerance : float
        Of each of them.
    objective : float
        Of a plan that was found, which keeps every rule and these limits.
    bound : float
        No such plan has a smaller value.
    """

    tolerance: float
    objective: float
    bound: float


@dataclass(frozen=True)
class StageCertificate:
    """What has been proved of one stage.

    Parameters
    ----------
    minimise, unit : str
        The objective and its unit.
    objective, final : float
        Its value when it was optimised, and in the plan.
    limit : float
        The most that later stages were allowed.
    bound : float
        No plan that keeps the rules and the limits of earlier stages has a smaller value.
    consistent : bool
        Whether the program gives the places the same value and no smaller one, finds its rows
        kept, and the bound does not exceed the objective; and whether the places of the stage,
        where there are any, keep every rule and earlier limit and have the objective.
    seconds : float
    attained : bool
        Whether places were shown that have the objective. If not, it is only said to be possible.
    size : float
        What gaps and tolerance are relative to at least.
    grain : float
        What rounding is relative to at least: 1, or all that a tiny objective can be.
    eased : Eased or None
        What a tolerance of earlier objectives would buy, if that was worked out.
    """

    minimise: str
    unit: str
    objective: float
    final: float
    limit: float
    bound: float
    consistent: bool
    seconds: float
    attained: bool = True
    size: float = 0.0
    grain: float = 1.0
    eased: Eased | None = None

    @property
    def shown(self) -> float:
        """The least value that places were shown to have: the objective, or else the plan's."""
        return self.objective if self.attained else self.final

    @property
    def gap(self) -> float:
        """Distance between the value shown and the bound, relative to the value; 0 below 1e-9.

        A bound leaves out what rounding may have added, so that it never meets the objective.
        """
        return relative_gap(self.shown, self.bound, self.size, self.grain)

    @property
    def final_gap(self) -> float:
        """Distance between the value in the plan and the bound, relative to the value."""
        return relative_gap(self.final, self.bound, self.size, self.grain)


@dataclass(frozen=True)
class Certificate:
    """What has been proved of a plan.

    Parameters
    ----------
    feasible : bool
        Whether every rule, and the limit of every stage, is kept within 1e-6, relative to
        max(1, |limit|).
    largest_violation : float
        The largest violation, so measured.
    where : str
        Where it is; "" if nothing is violated.
    without_new_places : float
        The first objective with no places commissioned or continued.
    stages : tuple of StageCertificate
        One for each objective of the model.
    settling : StageCertificate or None
        The first objective in expectation, where it was made least by another risk.
    """

    feasible: bool
    largest_violation: float
    where: str
    without_new_places: float
    stages: tuple[StageCertificate, ...]
    settling: StageCertificate | None = None

    @property
    def every(self) -> tuple[StageCertificate, ...]:
        """All that was made least, in no particular order."""
        return self.stages if self.settling is None else (*self.stages, self.settling)

    @property
    def consistent(self) -> bool:
        """Whether every stage is."""
        return all(stage.consistent for stage in self.every)

    @property
    def valid(self) -> bool:
        """Whether the plan may be published."""
        finite = all(np.isfinite([s.bound, s.final]).all() for s in self.every)
        return self.feasible and self.consistent and finite

    @property
    def objective(self) -> float:
        """The first objective, when it was optimised, as far as places show it."""
        return self.stages[0].shown

    @property
    def bound(self) -> float:
        """The bound of the first objective."""
        return self.stages[0].bound

    @property
    def gap(self) -> float:
        """The gap of the first objective."""
        return self.stages[0].gap

    @property
    def achieved(self) -> float | None:
        """Part of the possible improvement of the first objective that its stage realises.

        None for an objective that places do not improve, and if no improvement is possible.
        """
        possible = self.without_new_places - self.bound
        nothing = TOLERANCE * max(self.stages[0].grain, abs(self.without_new_places))
        if not OBJECTIVES[self.stages[0].minimise].improved or possible <= nothing:
            return None
        return min(1.0, (self.without_new_places - self.objective) / possible)


def certify(problem: Planning, result: Outcome, proofs: Sequence[Proof]) -> Certificate:
    """Prove what can be proved of an allocation.

    Parameters
    ----------
    problem : Planning
    result : Outcome
        The allocation and its consequences.
    proofs : sequence of Proof
        One for each objective of the model, in order.

    Raises
    ------
    ValueError
        If a proof has trees that prove nothing: blocks that overlap or reach too far, or any tree
        where places need not be whole.
    """
    every = tuple(_stage(problem, result, k, proofs) for k in range(len(proofs)))
    found = [*violations(problem, result), *(_beyond_limit(stage) for stage in every)]
    largest = max(found, key=lambda v: v.size)
    wanted = goals(problem)[: len(every)]  # different plans are held by the first alone
    settling = [stage for stage, goal in zip(every, wanted, strict=True) if goal.settles]
    return Certificate(
        feasible=largest.size <= TOLERANCE,
        largest_violation=largest.size,
        where=largest.where,
        without_new_places=without_new_places(problem),
        stages=tuple(stage for stage, g in zip(every, wanted, strict=True) if not g.settles),
        settling=next(iter(settling), None),
    )


def violations(problem: Planning, result: Outcome) -> list[Violation]:
    """Return the worst violation of each rule by an allocation, and what is held at nothing."""
    if problem.drawn is not None:
        return problem.drawn.violations(result)
    if problem.futures:
        found = zip(problem.futures, outcomes(problem, result), strict=True)
        return [_in_words(v, f.name) for f, own in found for v in violations(f.problem, own)]
    kinds = [OBJECTIVES[objective.minimise] for objective in problem.policy.held]
    held = [Violation(kind.value(problem, result) - NOTHING, f"the {kind.title}") for kind in kinds]
    return [*(v for rule in RULES.values() for v in rule.violations(problem, result)), *held]


def _in_words(violation: Violation, future: str) -> Violation:
    where = f"{violation.where} in scenario {future!r}" if violation.where else ""
    return replace(violation, where=where)


def keeps_rules(problem: Planning, result: Outcome) -> bool:
    """Say whether an allocation keeps every rule."""
    return all(violation.size <= TOLERANCE for violation in violations(problem, result))


def is_optimal(certificate: Certificate, asked: float) -> bool:
    """Say whether every stage is within the gap asked for, which counts up to 5 % only."""
    return all(stage.gap <= min(asked, LOOSEST) for stage in certificate.stages)


def _stage(problem: Planning, result: Outcome, k: int, proofs: Sequence[Proof]) -> StageCertificate:
    goal, proof = goals(problem)[k], proofs[k]
    objective, kind = goal.objective, goal.kind
    program, scale = proof.formulation.program, proof.formulation.aim.scale
    final = goal_value(problem, goal, result)
    size, grain = size_of(problem, goal.risk), grain_of(proof.formulation)
    bound = proved_bound(proof.formulation, proof.multipliers, proof.trees)
    at = result
    if goal.settles and proof.places is not None:  # later stages may let more of what it holds go
        at = problem.outcome(proof.places, proof.deployed)
    point = proof.formulation.point(at.decision.amounts, at.decision.deployed)
    value = goal_value(problem, goal, at)
    slack = TOLERANCE * max(grain, abs(proof.objective))
    off = program.value(point) * scale - value
    consistent = (
        (off if proof.formulation.aim.below else abs(off)) <= TOLERANCE * max(grain, abs(value))
        and program.largest_violation(point) <= _MODEL_TOLERANCE
        and _least(proof.formulation, point)
        and bound <= proof.objective + slack
    )
    if proof.places is None:
        attained = abs(final - proof.objective) <= _SAME * max(grain, abs(final), size)
    else:
        attained = _shown(problem, k, proofs)
        consistent = consistent and attained
    return StageCertificate(
        minimise=objective.minimise,
        unit=kind.unit,
        objective=proof.objective,
        final=final,
        limit=limit(proof.objective, objective.tolerance, size),
        bound=min(bound, proof.objective) if consistent else bound,
        consistent=consistent,
        seconds=proof.seconds,
        attained=attained,
        size=size,
        grain=grain,
    )


def _shown(problem: Planning, k: int, proofs: Sequence[Proof]) -> bool:
    """Say whether the places of a stage keep every rule and earlier limit, and have its value."""
    places, reached = proofs[k].places, proofs[k].objective
    assert places is not None
    result = problem.outcome(places, proofs[k].deployed)
    values = [goal_value(problem, goal, result) for goal in goals(problem)[: k + 1]]
    kept = keeps_rules(problem, result)
    said = [proof.objective for proof in proofs]
    grains = [grain_of(proof.formulation) for proof in proofs[: k + 1]]
    for value, most, grain in zip(values, limits_of(problem, said[:k]), grains, strict=False):
        kept &= value - most <= TOLERANCE * max(grain, abs(most))
    size = size_of(problem, goals(problem)[k].risk)
    return kept and abs(values[k] - reached) <= _SAME * max(grains[k], abs(values[k]), size)


def _least(formulation: Formulation, point: Floats) -> bool:
    """Say whether a row holds up every column beside what is decided, so that none could be less.

    A program that promises more supply than there is would give the places a smaller value.
    """
    program = formulation.program
    activity = program.matrix @ point
    met = np.zeros(len(activity), dtype=bool)
    for limits in (program.row_lower, program.row_upper):
        near = _MODEL_TOLERANCE * np.maximum(1.0, np.abs(limits))
        met |= np.isfinite(limits) & (np.abs(activity - limits) <= near)
    for name, rows in program.rows.items():
        met[rows] &= not name.startswith(HELD)
    held_up = abs(program.matrix).T @ met.astype(float) > 0
    above = point > program.lower + _MODEL_TOLERANCE * np.maximum(1.0, np.abs(program.lower))
    for name, columns in program.columns.items():
        above[columns] &= not is_decided(name)
    return bool(held_up[above].all())


def _beyond_limit(stage: StageCertificate) -> Violation:
    size = (stage.final - stage.limit) / max(stage.grain, abs(stage.limit))
    return Violation(max(size, 0.0), f"stage {stage.minimise!r}" if size > 0 else "")
