"""Narrow the box of a stage to where a plan better than a known one can be (reduced costs)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.certificate.propagation import implications
from commission_opt.formulation.assemble import Formulation


def narrowed(formulation: Formulation, multipliers: Floats, value: float) -> Formulation:
    """Return the same stage in a smaller box, which still holds every plan of less cost.

    Parameters
    ----------
    formulation : Formulation
    multipliers : array, shape (m,)
        Any multipliers of the rows.
    value : float
        What a known plan costs, in units of the program.

    Returns
    -------
    Formulation
        The one given where there is no such plan.
    """
    program, n = formulation.program, len(formulation.step)
    if not np.isfinite(value):
        return formulation
    numbers = implications(formulation)
    found = numbers.cheaper(program, multipliers, value)
    if found is not None and formulation.problem.policy.integer:
        found = numbers.tightened(*found)
    if found is None:
        return formulation
    lower, upper = (
        np.concatenate([end, was[n:]])
        for end, was in zip(found, (program.lower, program.upper), strict=True)
    )
    return replace(formulation, program=replace(program, lower=lower, upper=upper))
