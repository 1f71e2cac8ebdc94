"""Plans in whole places that reach a target, at a factor or from a year as near as can be found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.methods import Method
from commission_opt.errors import InfeasibleError, InputError, NoPlanError
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy, Target
from commission_opt.policy_file import parse_policy
from commission_opt.policy_target import written_target
from commission_opt.reach.fractions import MOST, GoalSeek, Threshold
from commission_opt.reach.resource import Resource
from commission_opt.reading.applied import applied
from commission_opt.reading.read import read_contents

PAYING = [name for name, kind in OBJECTIVES.items() if kind.prices_commitments]
DIGITS = 6  # of factors
_FIRST, _FASTER, _TRIES = 1e-4, 4.0, 9  # how far from the proved end plans are looked for
_HALVINGS = 5
_DEARER = 100.0  # what a miss counts, times the dearest FTE that is missing
_EXACT = (0.0, 1e-6, 1e-5, 1e-4)  # the same for fractions


@dataclass(frozen=True, eq=False)
class Found:
    """A plan that reaches a target, and what is proved of less.

    Parameters
    ----------
    at : float or None
        The factor, or the first year; None if no plan was found.
    none : float or None
        The nearest factor or year at which it is proved that no plan of its kind reaches it; None
        if nothing is proved.
    """

    at: float | None
    allocation: Allocation | None
    none: float | None


def written_model(question: GoalSeek, target: Target) -> Policy:
    """Return the model with the target as a file has it."""
    content = question.policy.content.rstrip() + b"\n\n" + written_target(target).encode()
    return replace(parse_policy(content), integer=question.policy.integer)


def changed(question: GoalSeek, resource: Resource, factor: float) -> Instance:
    """Return the instance as its files have it once figures are multiplied.

    Raises
    ------
    InputError
        If the files then are no instance, as where the pipeline alone breaks a budget.
    """
    made = applied(question.instance, question.policy, resource.at(factor))
    reading = read_contents(made.files)
    if reading.instance is None:
        raise InputError(reading.problems)
    return reading.instance


def _plan(question: GoalSeek, instance: Instance, target: Target) -> Allocation | bool:
    """Return a plan that reaches a target; else whether it is proved that there is none."""
    policy = written_model(question, target)
    try:
        found = allocate(instance, policy, question.limits, question.watch.inner(), Method.AUTO)
    except InfeasibleError:
        return True
    except NoPlanError:
        return False
    return found if found.certificate.valid else False


def nearest_plan(question: GoalSeek, instance: Instance, target: Target) -> Allocation | None:
    """Return a plan that comes near a target that is not reached; None if none was found.

    The target may be missed, at a price beyond what anything else counts.
    """
    payer = next((o for o in question.policy.objectives if o.minimise in PAYING), None)
    if payer is None:
        return None
    weights = (instance.professions["weight"].max(), instance.regions["weight"].max())
    dearest = payer.tiers[-1].weight * float(np.prod(weights))
    found = _plan(question, instance, replace(target, price=round(_DEARER * max(dearest, 1.0), 3)))
    return None if isinstance(found, bool) else found


@dataclass(eq=False)
class _Trials:
    """Tries factors away from the end that fractions reach, and remembers what is proved."""

    question: GoalSeek
    resource: Resource
    ends: Threshold
    none: float | None = field(init=False)

    def __post_init__(self) -> None:
        self.none = self.ends.none

    def factor(self, distance: float) -> float:
        """Return the factor so far, relatively, on the easy side of what fractions reach."""
        least = self.ends.least
        if self.resource.of_limits:
            return round(least * (1.0 + distance) + 10.0**-DIGITS, DIGITS)
        return round(max(0.0, least - distance * max(least, 0.01)), DIGITS)

    def at(self, factor: float) -> Found | None:
        """Return a plan at a factor; None if none was found."""
        question, resource = self.question, self.resource
        question.watch.begin(f"a plan at {100 * factor:.4f} % of {resource.what}")
        try:
            made = _plan(question, changed(question, resource, factor), question.target)
        except InputError:
            return None
        if not isinstance(made, bool):
            return Found(factor, made, None)
        if made:
            nearer = max if resource.of_limits else min
            self.none = factor if self.none is None else nearer(self.none, factor)
        return None

    def closest(self, width: float) -> Found | None:
        """Go away from the end until there is a plan, then halve the way back."""
        distance, last, found = _FIRST, 0.0, None
        for _ in range(_TRIES):
            found = self.at(self.factor(distance))
            if found is not None:
                break
            last, distance = distance, distance * _FASTER
        else:  # all that there may be: a plan, or a proof that there is none
            return self.at(MOST if self.resource.of_limits else 0.0)
        for _ in range(_HALVINGS):
            if found is None or distance - last <= width:
                break
            middle = (last + distance) / 2.0
            nearer = self.at(self.factor(middle))
            if nearer is None:
                last = middle
            else:
                found, distance = nearer, middle
        return found


def by_factor(question: GoalSeek, resource: Resource, ends: Threshold, width: float) -> Found:
    """Find a plan at a factor near the end that fractions reach.

    Parameters
    ----------
    ends : Threshold
        What is proved of fractions.
    width : float
        Relative distance of the plan from where none is found, at which to stop.
    """
    trials = _Trials(question, resource, ends)
    found = trials.at(1.0) if ends.none is None and not resource.of_limits else None
    if found is None and question.policy.integer:
        found = trials.closest(width)
    elif found is None:
        tries = (trials.at(trials.factor(distance)) for distance in _EXACT)
        found = next((one for one in tries if one is not None), None)
    if found is None:
        return Found(None, None, trials.none)
    return replace(found, none=trials.none)


def by_year(question: GoalSeek, ends: Threshold, last: int) -> Found:
    """Find a plan that reaches a target from a year on, the first that fractions reach or later."""
    none = ends.none
    for year in range(int(ends.least), last + 1):
        question.watch.begin(f"a plan that reaches it from {year} on")
        made = _plan(question, question.instance, replace(question.target, first_year=year))
        if not isinstance(made, bool):
            return Found(float(year), made, none)
        if made:
            none = float(year)
    return Found(None, None, none)
