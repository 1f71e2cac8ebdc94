"""Rows and objective of a model in units that a solver can tell apart from nothing.

Solvers have tolerances that are absolute: a budget in billions of pounds is kept by anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

_SMALL, _LARGE = 2.0**-7, 2.0**20  # between these, rows are left as they are


@contextmanager
def even_units(model: pyo.ConcreteModel) -> Iterator[None]:
    """Have rows and the objective whose largest coefficient is odd count otherwise in a block.

    They are multiplied by powers of two, which change no digit, and then set back.
    """
    changed: list[tuple[Any, Any]] = []
    for row in model.component_data_objects(pyo.Constraint, active=True):
        factor = _factor(row.body)
        if factor != 1.0:
            changed.append((row, row.expr))
            ends = (None if end is None else factor * end for end in (row.lb, row.ub))
            lower, upper = ends
            row.set_value((lower, factor * row.body, upper))
    for objective in model.component_data_objects(pyo.Objective, active=True):
        factor = _factor(objective.expr)
        if factor != 1.0:
            changed.append((objective, objective.expr))
            objective.set_value(factor * objective.expr)
    try:
        yield
    finally:
        for part, expression in changed:
            part.set_value(expression)


def _factor(expression: Any) -> float:
    """Return the power of two that brings the largest coefficient near 1, if it is far from it."""
    found = generate_standard_repn(expression, compute_values=True, quadratic=False)
    if found.nonlinear_expr is not None:
        return 1.0  # of an analyst's own
    largest = max(map(abs, found.linear_coefs), default=0.0)
    if largest == 0.0 or _SMALL <= largest <= _LARGE:
        return 1.0
    return float(np.exp2(-np.round(np.log2(largest))))
