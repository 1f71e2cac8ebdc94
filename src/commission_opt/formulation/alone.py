"""Each of several futures as a problem by itself: all of it is decided for that future alone.

The pace of change and what is fair are those of the plan for all of them, so that what is planned
for one alone is never worse there than a plan for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from commission_opt.formulation.assemble import Formulation, aims, formulate, rule_parts
from commission_opt.formulation.goals import names_of
from commission_opt.formulation.problem import Planning, planning


def apart(problem: Planning) -> Iterator[Planning]:
    """Yield every future as a problem of its own, with the first objective only.

    Parameters
    ----------
    problem : Planning
        With futures, side by side or drawn.
    """
    policy = replace(problem.policy.first_stages(1), uncertainty=None)
    given = planning(problem.instance, policy)
    for w in range(len(names_of(problem))):
        drawn = problem.drawn
        instance = problem.futures[w].problem.instance if drawn is None else drawn.instance(w)
        own = planning(instance, policy, last=given)
        yield replace(
            own, given=problem.as_given, paced=problem.cohorts, relaxed_from=problem.relaxed_from
        )


def first_stage(problem: Planning, *, relaxed: bool) -> Formulation:
    """Return the only stage of such a problem, in fractions of places if relaxed."""
    if relaxed:
        problem = replace(problem, policy=problem.policy.relaxed())
    return formulate(problem, aims(problem)[0], rule_parts(problem))
