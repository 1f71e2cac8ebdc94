"""Narrow the box of a stage to where a plan better than a known one can be (reduced costs)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.certificate.trees import priced_cost
from commission_opt.core.linear_program import lagrangian_bound
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.parts import PLACES


def narrowed(formulation: Formulation, multipliers: Floats, value: float) -> Formulation:
    """Return the same stage in a smaller box, which still holds every plan of less cost.

    A place more of a course, away from the end of its box that the multipliers favour, adds at
    least its reduced cost to the bound; a plan in which that adds up to more than the distance
    between bound and value is no better than the value.

    Parameters
    ----------
    formulation : Formulation
    multipliers : array, shape (m,)
        Any multipliers of the rows.
    value : float
        What a known plan costs, in units of the program.
    """
    program = formulation.program
    places = program.columns[PLACES]
    room = value - lagrangian_bound(program, multipliers)
    if not np.isfinite(room):
        return formulation
    reduced = priced_cost(program, multipliers)[places]
    lower, upper = program.lower[places], program.upper[places]
    priced = reduced != 0
    reach = np.full(len(reduced), np.inf)
    reach[priced] = max(room, 0.0) / np.abs(reduced[priced])
    box = upper - reach, lower + reach
    tight = outermost(*box, formulation.step, formulation.smallest)
    least, most = np.where(formulation.whole, tight, box)
    low, high = program.lower.copy(), program.upper.copy()
    high[places] = np.where(reduced > 0, np.maximum(np.minimum(upper, most), lower), upper)
    low[places] = np.where(reduced < 0, np.minimum(np.maximum(lower, least), upper), lower)
    return replace(formulation, program=replace(program, lower=low, upper=high))
