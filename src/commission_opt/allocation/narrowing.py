"""Narrow the box of a stage to where a plan, or one better than a known one, can be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.certificate.propagation import implications, propagated
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.linear import is_large


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


def as_narrow(formulation: Formulation) -> Formulation:
    """Return a stage in the box that its rows leave; a large one, which gains little, as it is.

    The prices of a narrow box say less about what more of a limit would save, and in large stages
    nothing else tells it.
    """
    return formulation if is_large(formulation.program) else propagated(formulation)
