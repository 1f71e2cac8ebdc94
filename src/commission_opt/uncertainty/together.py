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
from commission_opt.allocation.methods import METHODS, Method
from commission_opt.allocation.relaxation import Relaxation, relaxed, solve_relaxation
from commission_opt.certificate.alone import AloneProof
from commission_opt.errors import UsageError
from commission_opt.formulation.assemble import aims, formulate, rule_parts
from commission_opt.formulation.goals import EXPECTED, goals, regrets, worst_weights
from commission_opt.formulation.problem import Planning
from commission_opt.futures.futures import Futures
from commission_opt.solvers.status import Limits, Watch
from commission_opt.text.counts import plural
from commission_opt.uncertainty.fit import FIRST
from commission_opt.uncertainty.sampled import Sampled, sampled

_ROUNDS = 2  # of the relaxation where weights of futures are looked for
_PLANS = 4  # times that a plan is looked for
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
    for k in range(_PLANS):
        left = max(1.0, (end - watch.now()) / (2 if k == 0 else 1))
        own = replace(problem, drawn=drawn)
        start = None if best is None else best.amounts
        # What is left between plan and bound is at first what groups lose: no trees close that.
        effort = METHODS[method if k == _PLANS - 1 else Method.FAST]
        found = allocate_problem(
            own, replace(limits, work=left), watch, effort, start, clock=Clock()
        )
        of_stages = [proof.places for proof in found.proofs if proof.places is not None]
        broken = [each for each in (found.amounts, *of_stages) if not drawn.keeps(each)]
        if not broken:
            best = found if best is None or _better(found, best) else best
            if found.status == "optimal" or watch.late(end):
                break
        for amounts in broken:
            drawn = drawn.mended(amounts)
        drawn = drawn.about(problem.layout.to_columns(found.amounts))
    best = found if best is None else best
    ends = tuple(watch.meter.ends)
    return replace(best, work=watch.now(), ends=ends, limits=limits, alone=alone)


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
    """Return the futures with weights and rows as the relaxation asks for them."""
    first = replace(problem, policy=problem.policy.first_stages(1))
    risk = goals(replace(first, drawn=drawn))[0].risk
    how, to_amounts = replace(first.policy, uncertainty=None), problem.layout.to_amounts
    drawn = drawn.ruling_at(to_amounts(drawn.box[1]))
    for _ in range(_ROUNDS if risk != EXPECTED else 1):
        own, known = replace(first, drawn=drawn), drawn.weights
        asked = replace(own, policy=how) if known is None else own
        x = _relaxed(asked, limits, watch, end).columns
        drawn = drawn.ruling_at(to_amounts(x)).about(x)
        if risk != EXPECTED:
            most = worst_weights(own, risk, drawn.values(FIRST, to_amounts(x)))
            drawn = drawn.weighing(most if known is None else (known + most) / 2.0)
    return drawn


def _relaxed(problem: Planning, limits: Limits, watch: Watch, end: float) -> Relaxation:
    """Return the relaxation of the first stage."""
    formulation = formulate(problem, aims(problem)[0], rule_parts(problem))
    left = max(1.0, end - watch.now())
    return relaxed(formulation, solve_relaxation, limits, watch, left)
