"""Placements: weeks used of each pool, region and year, the pipeline first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from commission_opt.accounts.outcome import Outcome
from commission_opt.formulation.limits import limit_rows, overdrawn
from commission_opt.formulation.parts import Part
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy

TITLE = "placement capacity"

UNIT = 1.0  # rows are in weeks


def words(policy: Policy) -> str:
    """Say whether capacities of placements hold."""
    return "kept" if policy.rules.placements else "not asked for"


def rows(problem: Planning) -> Part:
    """Keep placement weeks within the capacity of every pool."""
    if not problem.policy.rules.placements:
        return Part()
    pools = problem.instance.placements

    def key(i: int) -> str:
        return ",".join(str(pools[column].iat[i]) for column in ("pool", "region", "year"))

    label = _label(problem.instance)
    left = problem.effects.weeks.left(problem.layout.fixed)
    return limit_rows("placements", left, problem.reach.weeks, UNIT, label, key)


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check the capacity of every pool."""
    if problem.policy.rules.placements:
        yield overdrawn(result.weeks, _label(problem.instance))


def _label(instance: Instance) -> Callable[[int], str]:
    def label(i: int) -> str:
        row = instance.placements.iloc[i]
        return f"capacity of pool {row['pool']!r} in {row['region']!r} in {row['year']}"

    return label
