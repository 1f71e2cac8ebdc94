"""What is reached in whole places without some commitments, from a plan on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.accounts.outcome import Outcome, spent
from commission_opt.allocation.allocate import Allocation, allocate_problem
from commission_opt.allocation.methods import METHODS, Effort, Method, auto, searched
from commission_opt.allocation.relaxation import HotRelaxations
from commission_opt.allocation.settled import outcome_of, pointed
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import keeps_rules
from commission_opt.errors import CertificateError
from commission_opt.explain.best import Best, Least
from commission_opt.explain.ledger.prices import price
from commission_opt.explain.ledger.promises import lifted, promises
from commission_opt.explain.ledger.shapley import Kept
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.problem import Planning
from commission_opt.solvers.status import Limits, Result, Watch

SEARCHED = "re-optimised without it, whole places"
IDLE = "not searched: costs nothing in fractions, and the plan has room"
LATE = "not searched for want of time: the best of the other plans"


@dataclass(frozen=True)
class InWholePlaces:
    """What is reached in whole places and how it was obtained, by the commitments lifted."""

    solved: Mapping[Kept, Best]
    how: Mapping[Kept, str]

    @property
    def late(self) -> int:
        """Sets for which there was no time."""
        return sum(way == LATE for way in self.how.values())


def in_whole_places(
    problem: Planning, places: Floats, relaxed: Mapping[Kept, Best], limits: Limits, watch: Watch
) -> InWholePlaces:
    """Re-optimise a plan in whole places without some commitments.

    Each set starts from the best plan that was found for another and keeps its rules, and in the
    end takes over what is better, so that lifting more never leads to worse. None lifted comes
    first, then the dearest in fractions of places; a set that costs nothing there and whose limits
    the plan does not touch is not searched.

    Parameters
    ----------
    places : array, shape (L, K)
        The plan.
    relaxed : mapping of frozenset of int to Best
        What is reached in fractions of places, smaller sets first, beginning with none.
    limits : Limits
        Time for all sets together.
    watch : Watch
        If it is stopped, what is done until then is returned.
    """
    alone = replace(problem, policy=problem.policy.first_stages(1))
    problems = {some: lifted(alone, some) for some in relaxed}
    effort = replace(METHODS[Method.AUTO], find=_from_the_better, relax=HotRelaxations())
    end = watch.now() + limits.seconds
    pool = [outcome_of(problem, places)]
    bounds = {some: each.least.low for some, each in relaxed.items()}
    how = dict.fromkeys(relaxed, LATE)
    waiting = list(relaxed)
    with watch.meter.within(limits.seconds):
        while waiting and not watch.stopped and (left := end - watch.now()) > 0:
            some = waiting.pop(0)
            watch.begin(f"without commitments, in whole places: {len(waiting)} more to come")
            share = replace(limits, seconds=left / (len(waiting) + 1))
            start = _best(problems[some], pool)[1].amounts
            allocation = _reoptimised(problems[some], start, share, watch, effort)
            pool.append(allocation.outcome)
            bounds[some] = max(bounds[some], allocation.certificate.bound)
            how[some] = SEARCHED
            if not some:
                idle = [s for s in waiting if _idle(problem, relaxed, s, allocation.amounts)]
                how |= dict.fromkeys(idle, IDLE)
                dearest = [s for s in waiting if s not in idle]
                waiting = sorted(dearest, key=lambda s: relaxed[s].least.value)
    solved = {
        some: _solved(problems[some], pool, max(bounds[lift] for lift in relaxed if some <= lift))
        for some in relaxed
    }
    return InWholePlaces(solved, how)


def _idle(problem: Planning, relaxed: Mapping[Kept, Best], some: Kept, places: Floats) -> bool:
    """Say whether some commitments cost nothing in fractions and touch no limit of a plan."""
    kept = promises(problem, places)
    costs = price(relaxed[frozenset()], relaxed[some]).price > 0
    return not costs and not any(kept[i].binding for i in some)


def _best(problem: Planning, pool: list[Outcome]) -> tuple[float, Outcome]:
    """Return the best of some plans that keeps every rule, and its value; the first one does."""
    aim = first_objective(problem.policy)
    valued = [(aim.value(problem, result), i) for i, result in enumerate(pool)]
    for value, i in sorted(valued):
        if keeps_rules(problem, pool[i]):
            return value, pool[i]
    raise CertificateError("the certificate failed: the plan breaks a rule")


def _solved(problem: Planning, pool: list[Outcome], bound: float) -> Best:
    """Return the best of some plans, with what is proved of any without no fewer commitments."""
    value, result = _best(problem, pool)
    spend = spent(problem.instance, result)
    shortfall = float(result.shortfall.sum())
    return Best(Least(value, min(bound, value)), Least(spend, np.nan), shortfall, result.amounts)


def _from_the_better(task: Task) -> tuple[Result, Floats | None]:
    """Search near the relaxation, then go on from what that finds or from the plan."""
    assert task.start is not None, "there is always a plan to start from"
    end = task.watch.now() + task.seconds
    formulation, layout = task.formulation, task.formulation.problem.layout

    def value(columns: Floats) -> float:
        return formulation.program.value(pointed(formulation, layout.to_amounts(columns)))

    better, found = layout.to_columns(task.start), searched(task)
    if found is not None and value(found) < value(better):
        better = found
    near = replace(task.relaxation, columns=better)
    return auto(replace(task, relaxation=near, seconds=max(0.0, end - task.watch.now())))


def _reoptimised(
    problem: Planning, start: Floats, limits: Limits, watch: Watch, effort: Effort
) -> Allocation:
    allocation = allocate_problem(problem, limits, watch.inner(), effort, start)
    certificate = allocation.certificate
    if not (certificate.feasible and certificate.consistent):
        raise CertificateError(f"the certificate failed: {certificate.where or 'the bound'}")
    return allocation
