"""Budgets: spending of each fund within each region and year, the pipeline charged first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from commission_opt.accounts.outcome import Outcome
from commission_opt.formulation.limits import limit_rows, overdrawn
from commission_opt.formulation.parts import Part
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.policy import Policy

TITLE = "budgets"

UNIT = 1e6  # rows are in £m, so that coefficients are near 1


def words(policy: Policy) -> str:
    """Say whether budgets hold."""
    return "kept" if policy.rules.budgets else "not asked for"


def rows(problem: Planning) -> Part:
    """Keep spending within every row of the budgets."""
    if not problem.policy.rules.budgets:
        return Part()
    budgets = problem.instance.budgets

    def key(i: int) -> str:
        return ",".join(str(budgets[column].iat[i]) for column in ("fund", "region", "year"))

    label = _label(problem.instance)
    left = problem.effects.spend.left(problem.layout.fixed)
    return limit_rows("budgets", left, problem.reach.spend, UNIT, label, key)


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check every row of the budgets."""
    if problem.policy.rules.budgets:
        yield overdrawn(result.spend, _label(problem.instance))


def _label(instance: Instance) -> Callable[[int], str]:
    def label(i: int) -> str:
        row = instance.budgets.iloc[i]
        line = instance.budgets.index[i]
        place = "" if row["region"] == ANY else f" in {row['region']!r}"
        return f"budget of fund {row['fund']!r}{place} in {row['year']} (budgets.csv row {line})"

    return label
