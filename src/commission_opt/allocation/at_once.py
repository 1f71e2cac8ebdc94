"""A plan where there was no time to look for one: last year's numbers, or the least, if they do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from commission_opt.allocation.settled import settled
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE, keeps_rules
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import PLACES


def at_once(formulation: Formulation) -> Floats | None:
    """Return places and units that keep every rule, shape (L, K), found without a search.

    Last year's numbers in every commissioning year, as near as their bounds let them be, or the
    least that bounds and commitments ask for. None if neither keeps every rule.
    """
    problem, program = formulation.problem, formulation.program
    for columns in _columns(formulation):
        amounts = problem.layout.to_amounts(columns)
        deployed = settled(formulation, amounts)
        point = formulation.point(amounts, deployed)
        kept = keeps_rules(problem, problem.outcome(amounts, deployed))
        if kept and program.largest_violation(point) <= TOLERANCE:
            return amounts
    return None


def _columns(formulation: Formulation) -> Iterator[Floats]:
    """Yield decisions worth a look that are admissible numbers, if they have to be."""
    problem, program = formulation.problem, formulation.program
    layout, where = problem.layout, program.columns[PLACES]
    lower, upper = program.lower[where], program.upper[where]
    last = problem.instance.lines["last_amount"].to_numpy(float)
    repeated = layout.to_columns(np.repeat(last[:, None], layout.years, axis=1))
    step, smallest = formulation.step, formulation.smallest
    for wanted in (repeated, lower):
        columns = np.clip(wanted, lower, upper)
        if problem.policy.integer:
            steps = np.ceil(np.maximum(columns, smallest) / step - TOLERANCE) * step
            columns = np.where(columns > 0, steps, 0.0)
        if (columns <= upper).all():
            yield columns
