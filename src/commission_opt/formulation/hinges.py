"""An objective as a sum of hinges, which is how a search weighs small changes of the places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats


@dataclass(frozen=True, eq=False)
class Hinges:
    """``Σ_i Σ_l slope[l, i] · max(0, knot[l, i] − (reach · x)_i) + linear · x + offset``.

    Every slope is at least 0, so the function is convex in the places x.

    Parameters
    ----------
    reach : scipy.sparse.csr_array, shape (cells, n)
        What a place adds to each cell, such as the FTE it supplies.
    knots, slopes : array, shape (levels, cells)
        Where each hinge sets in, and what a unit below it costs.
    linear : array, shape (n,)
        Cost of each decision column itself.
    offset : float
        The constant.
    """

    reach: sparse.csr_array
    knots: Floats
    slopes: Floats
    linear: Floats
    offset: float

    def value(self, x: Floats) -> float:
        """Return the objective at some places, in its own unit."""
        below = np.maximum(self.knots - self.reach @ x, 0.0)
        return float(np.sum(self.slopes * below) + self.linear @ x) + self.offset


def stacked(first: Hinges, second: Hinges) -> Hinges:
    """Add two sums of hinges over the same columns."""
    levels = max(len(first.knots), len(second.knots))

    def padded(values: Floats) -> Floats:
        return np.pad(values, ((0, levels - len(values)), (0, 0)))

    return Hinges(
        sparse.csr_array(sparse.vstack([first.reach, second.reach])),
        np.hstack([padded(first.knots), padded(second.knots)]),
        np.hstack([padded(first.slopes), padded(second.slopes)]),
        first.linear + second.linear,
        first.offset + second.offset,
    )
