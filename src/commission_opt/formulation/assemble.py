"""One linear program out of the parts that the rules hand over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.effects import Effects
from commission_opt.formulation.cohorts import Cohorts, cohorts
from commission_opt.formulation.commitments import commitment_rows
from commission_opt.formulation.decisions import Decisions, decisions
from commission_opt.formulation.limits import (
    BUDGET_UNIT,
    PLACEMENT_UNIT,
    budget_label,
    limit_rows,
    placement_label,
)
from commission_opt.formulation.pace import first_year_bounds, pace_rows
from commission_opt.formulation.parts import PLACES, Columns, Part, Rows
from commission_opt.formulation.shortfall import shortfall_part
from commission_opt.instance.instance import Instance
from commission_opt.linear_program import Floats, LinearProgram
from commission_opt.policy import Objective, Policy


@dataclass(frozen=True)
class Formulation:
    """The relaxation of a model on an instance, and what makes it whole.

    Parameters
    ----------
    program : LinearProgram
        The linear relaxation; its block ``places`` holds the decision columns.
    blocks : tuple of Rows
        The blocks of rows, in the order of the program.
    layout : Decisions
        How decision columns become places.
    step, smallest, largest : array, shape (n,)
        Admissible numbers of each decision column: 0 and the multiples of ``step`` from
        ``smallest`` to ``largest``.
    """

    program: LinearProgram
    blocks: tuple[Rows, ...]
    layout: Decisions
    step: Floats
    smallest: Floats
    largest: Floats

    def row_label(self, row: int) -> str:
        """Say in the words of the instance what a row of the program demands."""
        for block in self.blocks:
            where = self.program.rows[block.name]
            if where.start <= row < where.stop:
                return block.label(row - where.start)
        raise IndexError(row)


def formulate(instance: Instance, policy: Policy, effects: Effects) -> Formulation:
    """Write a commissioning model on an instance as a linear program.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    effects : Effects
        The operators of the instance.

    Returns
    -------
    Formulation
        For an integer policy the box of the decision columns is tightened to admissible
        numbers, which no admissible plan leaves.
    """
    layout = decisions(instance, policy)
    cohort = cohorts(instance, policy)
    objective = objective_part(instance, policy, policy.objectives[0], effects, layout)
    box = _places(instance, policy, cohort, layout)
    parts = [Part((box,)), *rule_parts(instance, policy, cohort, effects, layout), objective]
    blocks = tuple(block for part in parts for block in part.rows if len(block.lower))
    step, smallest, largest = (
        np.repeat(a, layout.per_course) for a in (cohort.step, cohort.smallest, cohort.largest)
    )
    return Formulation(assemble(parts), blocks, layout, step, smallest, largest)


def rule_parts(
    instance: Instance, policy: Policy, cohort: Cohorts, effects: Effects, layout: Decisions
) -> list[Part]:
    """Collect what the rules of a model add."""
    rules = policy.rules
    parts = [
        pace_rows(instance, rules.pace_of_change, cohort, layout),
        commitment_rows(instance, layout),
    ]
    if rules.budgets:
        label = budget_label(instance)
        parts.append(limit_rows("budgets", effects.spend, layout, BUDGET_UNIT, label))
    if rules.placements:
        label = placement_label(instance)
        parts.append(limit_rows("placements", effects.weeks, layout, PLACEMENT_UNIT, label))
    return parts


def objective_part(
    instance: Instance, policy: Policy, objective: Objective, effects: Effects, layout: Decisions
) -> Part:
    """Return what one objective of a model adds."""
    return shortfall_part(instance, policy.discount_rate, objective.tiers, effects, layout)


def _places(instance: Instance, policy: Policy, cohort: Cohorts, layout: Decisions) -> Columns:
    lower = np.zeros((layout.n_courses, layout.per_course))
    upper = np.repeat(cohort.capacity[:, None], layout.per_course, axis=1)
    lower[:, 0], upper[:, 0] = first_year_bounds(instance, policy.rules.pace_of_change, cohort)
    if policy.integer:
        lower, upper = _admissible(lower, upper, cohort)
    return Columns(PLACES, lower.ravel(), upper.ravel())


def _admissible(lower: Floats, upper: Floats, cohort: Cohorts) -> tuple[Floats, Floats]:
    """Tighten a box to its outermost admissible numbers; bounds are met within 1e-6."""
    step, smallest = cohort.step[:, None], cohort.smallest[:, None]
    low = np.ceil((lower - 1e-6) / step) * step
    low = np.where(lower <= 1e-6, 0.0, np.maximum(low, smallest))
    high = np.minimum(np.floor((upper + 1e-6) / step) * step, cohort.largest[:, None])
    return low, np.where(high < smallest, 0.0, high)


def assemble(parts: Iterable[Part]) -> LinearProgram:
    """Stack blocks of columns and rows into one program."""
    parts = list(parts)
    columns = [block for part in parts for block in part.columns]
    rows = [block for part in parts for block in part.rows if len(block.lower)]
    sizes = {block.name: len(block.lower) for block in columns}
    costs: dict[str, Floats] = {name: np.zeros(size) for name, size in sizes.items()}
    for part in parts:
        for name, cost in part.cost.items():
            costs[name] = costs[name] + cost
    n = sum(sizes.values())
    if rows:
        grid = [
            [
                row.coefficients.get(name, sparse.csr_array((len(row.lower), size)))
                for name, size in sizes.items()
            ]
            for row in rows
        ]
        matrix = sparse.csc_array(sparse.block_array(grid))
    else:
        matrix = sparse.csc_array((0, n))
    nothing = np.zeros(0)
    return LinearProgram(
        matrix=matrix,
        cost=np.concatenate(list(costs.values())),
        lower=np.concatenate([block.lower for block in columns]),
        upper=np.concatenate([block.upper for block in columns]),
        row_lower=np.concatenate([nothing, *(block.lower for block in rows)]),
        row_upper=np.concatenate([nothing, *(block.upper for block in rows)]),
        offset=sum(part.offset for part in parts),
        columns=_slices(list(sizes.items())),
        rows=_slices([(block.name, len(block.lower)) for block in rows]),
    )


def _slices(sizes: list[tuple[str, int]]) -> dict[str, slice]:
    ends = np.cumsum([size for _, size in sizes])
    return {
        name: slice(int(end) - size, int(end))
        for (name, size), end in zip(sizes, ends, strict=True)
    }
