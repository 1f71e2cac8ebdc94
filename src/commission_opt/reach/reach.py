"""What it takes to reach a target, from both sides: a plan, and a proof that less does not do."""

from __future__ import annotations

from dataclasses import dataclass, replace

from commission_opt.allocation.allocate import Allocation
from commission_opt.errors import InfeasibleError, InputError, UsageError
from commission_opt.formulation.fits import check_fits
from commission_opt.formulation.targeted import years_of
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy, Target
from commission_opt.reach.fractions import (
    MOST,
    GoalSeek,
    Nearest,
    Threshold,
    conflict,
    first_year,
    greatest_rate,
    least_factor,
    nearest,
)
from commission_opt.reach.plans import Found, by_factor, by_year, changed, nearest_plan
from commission_opt.reach.resource import Resource, parse_resource
from commission_opt.solvers.status import Limits, Watch


@dataclass(frozen=True, eq=False)
class GoalAnswer:
    """What it takes to reach a target.

    Parameters
    ----------
    resource : Resource or None
        None for time.
    as_given : Nearest
        How near one comes with the instance as it is.
    ends : Threshold or None
        What is proved in fractions of places; None if it is not reached however much there is.
    found : Found or None
        A plan that reaches it, and what is proved of less; None if there are no ends.
    why : str
        Which rules are in conflict, where it is not reached however much there is.
    most : Nearest or None
        How near one then comes; by time, in the last year.
    plan : Allocation or None
        A plan that then comes near.
    """

    question: GoalSeek
    resource: Resource | None
    as_given: Nearest
    ends: Threshold | None
    found: Found | None
    why: str = ""
    most: Nearest | None = None
    plan: Allocation | None = None

    @property
    def allocation(self) -> Allocation | None:
        """The plan that reaches it, or else the one that comes near."""
        return self.plan if self.found is None else self.found.allocation

    @property
    def width(self) -> float:
        """How far the plan is from what is proved not to do, in factors or years."""
        if self.found is None or self.found.at is None or self.found.none is None:
            return 0.0
        return abs(self.found.at - self.found.none)


def reach(
    instance: Instance,
    policy: Policy,
    target: Target,
    by: str,
    limits: Limits | None = None,
    watch: Watch | None = None,
    *,
    width: float = 0.002,
) -> GoalAnswer:
    """Find the least money, capacity or retention, or the first year, by which a target is reached.

    Parameters
    ----------
    policy : Policy
        A model for one future; relaxed for plans in fractions.
    target : Target
        One to be kept, in every year of its range.
    by : str
        ``budget``, ``placements`` or ``retention``, with filters if any, or ``time``.
    limits : Limits, optional
        For each relaxation and each plan.
    width : float
        Relative distance of plan and proof at which to stop looking for a nearer plan.

    Raises
    ------
    UsageError, InputError
        If there is no such figure, or the target names what the instance does not have.
    InfeasibleError
        If no plan keeps the rules, whatever the target.
    NoPlanError, StoppedError
        If the time limit or the user came first.
    """
    question = GoalSeek(instance, policy, target, limits or Limits(), watch or Watch())
    check_fits(instance, policy)
    try:
        check_fits(instance, question.asking(target))
    except InputError as error:
        said = "\n".join(problem.message for problem in error.problems)
        raise UsageError(f"--target: {said}") from None
    resource = parse_resource(by, policy)
    question.watch.begin("how near one comes as things are")
    as_given = nearest(question, instance, target)
    if resource is None:
        return _by_time(question, as_given)
    question.at(resource, 1.0 + 1e-9)  # which says what is not there
    try:
        find = least_factor if resource.of_limits else greatest_rate
        ends = find(question, resource)
    except InfeasibleError:
        most = changed(question, resource, MOST if resource.of_limits else 0.0)
        return _beyond_reach(question, resource, as_given, most, target)
    found = by_factor(question, resource, ends, width)
    return GoalAnswer(question, resource, as_given, ends, found)


def _by_time(question: GoalSeek, as_given: Nearest) -> GoalAnswer:
    instance, target = question.instance, replace(question.target, first_year=None)
    years = years_of(instance, question.policy, target)
    span = range(instance.first_year + years[0], instance.first_year + years[-1] + 1)
    try:
        ends = first_year(question, span)
    except InfeasibleError:
        last = replace(target, first_year=span[-1])
        return _beyond_reach(question, None, as_given, instance, last)
    return GoalAnswer(question, None, as_given, ends, by_year(question, ends, span[-1]))


def _beyond_reach(
    question: GoalSeek, resource: Resource | None, as_given: Nearest, most: Instance, target: Target
) -> GoalAnswer:
    """Say why a target is not reached with all there may be, and how near one comes then."""
    question.watch.begin("how near one comes at most")
    why, near = conflict(question, most, target), nearest(question, most, target)
    plan = nearest_plan(question, most, target)
    return GoalAnswer(question, resource, as_given, None, None, why, near, plan)
