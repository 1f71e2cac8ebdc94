"""A plan for many futures, found with a program of the size of one for a single future.

The relaxation says about which places the objective is under-estimated most closely, which futures
count most and which use limits most. The plan is then looked for, and once more about itself and
with the rows that it broke, until it keeps all rules and the gap asked for is reached.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from commission_opt.allocation.allocate import Allocation, allocate_problem
from commission_opt.allocation.alone import with_least
from commission_opt.allocation.clock import Clock
from commission_opt.allocation.conditioned import Conditioned
from commission_opt.allocation.methods import METHODS, Method
from commission_opt.allocation.relaxation import (
    Relax,
    Relaxation,
    relaxation_from,
    relaxed,
    solve_relaxation,
)
from commission_opt.arrays import Floats
from commission_opt.certificate.alone import AloneProof
from commission_opt.certificate.certify import is_optimal
from commission_opt.errors import UsageError
from commission_opt.formulation.assemble import Formulation, aims, formulate, rule_parts
from commission_opt.formulation.goals import EXPECTED, goals, regrets, worst_weights
from commission_opt.formulation.problem import Planning
from commission_opt.futures.futures import Futures
from commission_opt.solvers.believed import believed, way_by
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.status import Limits, Result, Status, Watch
from commission_opt.text.counts import plural
from commission_opt.uncertainty.fit import FIRST
from commission_opt.uncertainty.sampled import Sampled, sampled
from commission_opt.uncertainty.weights import WeightSearch

_SOME = 256  # draws whose relaxation says where to look
_ROUNDS = 2  # of the relaxation where weights of futures are looked for
_MORE_ROUNDS = 24  # the same where it has all of them
_PLANS = 6  # times that a plan is looked for
_ASKED = 0.75  # share of the gap that is asked for of an under-estimate at first
_SURE = 0.97  # the same, less what the last plan lost by it
_LARGE = 100_000  # coefficients from which relaxations are solved nearly
_ROUGH = 1.6e-3  # a gap that is small enough to say where to look
MOST_REGRETTED = 200  # futures of which each is solved by itself


def allocate_together(
    problem: Planning,
    futures: Futures,
    limits: Limits,
    watch: Watch,
    method: Method = Method.AUTO,
) -> Allocation:
    """Allocate places for many futures at once.

    Parameters
    ----------
    problem : Planning
        As given.
    futures : Futures
        Which can be taken together (``fit.taken_together``).
    limits : Limits
    watch : Watch
    method : Method

    Raises
    ------
    UsageError
        If regret would need more futures to be solved one by one than there is time for.
    InputError, InfeasibleError, NoPlanError, StoppedError
        As ``allocate`` does.
    """
    with watch.meter.within(limits.seconds):
        watch.meter.begin(limits.seconds)
        return _together(problem, futures, limits, watch, method)


def _together(
    problem: Planning, futures: Futures, limits: Limits, watch: Watch, method: Method
) -> Allocation:
    clock, end = Clock(), watch.now() + limits.budget
    drawn, alone = sampled(problem, futures), tuple[AloneProof, ...]()
    with clock.of("relaxation"):
        if regrets(replace(problem, drawn=drawn)):
            drawn, alone = _with_least(problem, drawn, limits, watch)
        drawn = _nearer(problem, drawn, limits, watch, end)
    best: Allocation | None = None
    relax: Relax = _relaxed_nearly
    gap = limits.gap * _ASKED
    for k in range(_PLANS):
        own, last = replace(problem, drawn=drawn), k == _PLANS - 1
        left = max(1.0, (end - watch.now()) / (2 if k == 0 else 1))
        asked = replace(limits, work=left, gap=gap)
        # What is left between plan and bound is at first what groups lose: no trees close that.
        effort = METHODS[method] if last else replace(METHODS[Method.FAST], nodes_before=0)
        effort = replace(effort, relax=relax)
        start = None if best is None else best.amounts
        found = allocate_problem(own, asked, watch, effort, start, clock=Clock())
        of_stages = [proof.places for proof in found.proofs if proof.places is not None]
        broken = [each for each in (found.amounts, *of_stages) if not drawn.keeps(each)]
        for amounts in broken:
            drawn = drawn.mended(amounts)
        relax = _from_last(found) if problem.policy.integer else _relaxed_nearly
        gap = max(gap / 4.0, _SURE * limits.gap - _under(found))
        if not broken:
            best = found if best is None or _better(found, best) else best
            if is_optimal(best.certificate, limits.gap) or watch.late(end):
                break
            if k > 1 or not problem.policy.integer:
                x = problem.layout.to_columns(found.amounts)
                drawn, relax = drawn.about(x), _relaxed_nearly
                if drawn.weights is not None:
                    drawn = _weighing(problem, drawn, found.amounts)
    best = found if best is None else best
    status = "optimal" if is_optimal(best.certificate, limits.gap) else "feasible"
    ends = tuple(watch.meter.ends)
    return replace(
        best, status=status, work=watch.now(), ends=ends, limits=limits, alone=alone,
    )  # fmt: skip


def _under(found: Allocation) -> float:
    """Return by how much the first objective of a plan is under-estimated, relative to it."""
    proof = found.proofs[0]
    assert proof.places is not None
    program, scale = proof.formulation.program, proof.formulation.aim.scale
    value = program.value(proof.formulation.point(proof.places)) * scale
    return (proof.objective - value) / max(abs(proof.objective), 1e-9)


def _with_least(
    problem: Planning, drawn: Sampled, limits: Limits, watch: Watch
) -> tuple[Sampled, tuple[AloneProof, ...]]:
    """Return the futures, knowing what regret is measured from, and what proves it."""
    if len(drawn.names) > MOST_REGRETTED:
        raise UsageError(
            'risk = "regret" needs the least of each future by itself, and '
            f"{plural(len(drawn.names), 'future')} are too many to be solved one by one: draw "
            f"fewer, at most {MOST_REGRETTED}, or weigh them by another risk"
        )
    _, alone = with_least(replace(problem, drawn=drawn), limits, watch)
    return drawn.measured_from(np.array([each.bound for each in alone])), alone


def _better(one: Allocation, other: Allocation) -> bool:
    first, second = one.certificate.stages[0], other.certificate.stages[0]
    return (first.gap, first.objective) < (second.gap, second.objective)


def _nearer(problem: Planning, drawn: Sampled, limits: Limits, watch: Watch, end: float) -> Sampled:
    """Return the futures with weights and rows as the relaxation of some of them asks for them."""
    first = replace(problem, policy=problem.policy.first_stages(1))
    risk = goals(replace(first, drawn=drawn))[0].risk
    how, to_amounts = replace(first.policy, uncertainty=None), problem.layout.to_amounts
    some = drawn.first(_SOME)
    some = some.ruling_at(to_amounts(some.box[1]))
    weighing = WeightSearch(replace(first, drawn=some), risk, limits, watch)
    for k in range(1 if risk == EXPECTED else _rounds(drawn)):
        own = replace(first, drawn=some)
        found, bound = _relaxed(own if k else replace(own, policy=how), limits, watch, end)
        x = found.columns
        some = some.ruling_at(to_amounts(x)).about(x)
        if risk == EXPECTED:
            continue
        if _rounds(drawn) == _ROUNDS:
            some = _weighing(own, some, to_amounts(x))
            continue
        weights = weighing.after(some.weights, bound, some.values(FIRST, to_amounts(x)))
        if weights is None or watch.late(end):
            break
        some = some.weighing(weights)
    drawn = drawn.ruling_at(to_amounts(x)).about(x)
    if risk == EXPECTED:
        return drawn
    if weighing.best is not None:
        return drawn.weighing(weighing.best)
    return _weighing(first, drawn, to_amounts(x))


def _rounds(drawn: Sampled) -> int:
    """Return how often weights are looked for: more where the relaxation has all futures."""
    return _ROUNDS if len(drawn.names) > _SOME else _MORE_ROUNDS


def _weighing(problem: Planning, drawn: Sampled, amounts: Floats) -> Sampled:
    """Return the futures with weights nearer to those that count most at some places."""
    own = replace(problem, drawn=drawn)
    most = worst_weights(own, goals(own)[0].risk, drawn.values(FIRST, amounts))
    return drawn.weighing(most if drawn.weights is None else (drawn.weights + most) / 2.0)


def _relaxed(
    problem: Planning, limits: Limits, watch: Watch, end: float
) -> tuple[Relaxation, float]:
    """Return the relaxation of the first stage and its bound; it only says where to look."""
    formulation = formulate(problem, aims(problem)[0], rule_parts(problem))
    left = max(1.0, end - watch.now())
    found = relaxed(formulation, _relaxed_nearly, replace(limits, gap=_ROUGH), watch, left)
    return found, found.bound * formulation.aim.scale


def _relaxed_nearly(
    formulation: Formulation, limits: Limits, watch: Watch, seconds: float
) -> Relaxation:
    """Solve a relaxation; where it is not small and places are whole, by the first-order method."""
    start, program = watch.now(), formulation.program
    if formulation.problem.policy.integer and program.matrix.nnz >= _LARGE:
        way = way_by(Algorithm.FIRST_ORDER, program, limits, watch)
        near = believed([way], _approximate, seconds, watch).proof
        if near is not None:
            return relaxation_from(formulation, *near)
    return solve_relaxation(formulation, limits, watch, seconds - (watch.now() - start))


def _approximate(result: Result, _: float) -> tuple[Floats, Floats] | None:
    """Return the point and the multipliers of a result that is near the best."""
    if result.status is not Status.APPROXIMATE or result.x is None or result.multipliers is None:
        return None
    return result.x, result.multipliers


def _from_last(found: Allocation) -> Relax:
    """Return a relaxation by the prices of a program with fewer rows, about its plan."""
    last = found.proofs[0]

    def relax(formulation: Formulation, limits: Limits, watch: Watch, seconds: float) -> Relaxation:
        aim, before = formulation.aim, last.formulation.aim
        if (aim.name, aim.risk) != (before.name, before.risk) or last.places is None:
            return _relaxed_nearly(formulation, limits, watch, seconds)
        price = dict(zip(last.formulation.row_names(), last.multipliers.tolist(), strict=True))
        y = np.array([price.get(name, 0.0) for name in formulation.row_names()])
        if isinstance(formulation, Conditioned):
            y = formulation.taken(y)
        return relaxation_from(formulation, formulation.point(last.places), y)

    return relax
