"""Bounds in rational numbers, to hold those in floats to."""

import math
from fractions import Fraction

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram


def exactly(lp: LinearProgram, y: Floats) -> Fraction:
    """The Lagrangian in rational numbers, over a finite box."""
    total, matrix = Fraction(lp.offset), lp.matrix.toarray()
    used = [Fraction(0)] * len(y)
    for i, size in enumerate(y.tolist()):
        end = lp.row_lower[i] if size > 0 else lp.row_upper[i]
        if math.isfinite(size) and math.isfinite(end) and abs(size) >= 2.0**-500:
            used[i] = Fraction(size)
            total += Fraction(size) * Fraction(float(end))
    for j, cost in enumerate(lp.cost.tolist()):
        reduced = Fraction(cost)
        reduced -= sum((Fraction(float(matrix[i, j])) * u for i, u in enumerate(used)), Fraction(0))
        total += min(reduced * Fraction(float(end)) for end in (lp.lower[j], lp.upper[j]))
    return total
