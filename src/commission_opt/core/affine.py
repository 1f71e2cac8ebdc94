"""Vectors that are affine in others: ``constant + matrix · x``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats


@dataclass(frozen=True, eq=False)
class Affine:
    """A vector of m entries that is affine in one of n.

    Parameters
    ----------
    constant : array, shape (m,)
    matrix : scipy.sparse.csr_array, shape (m, n)
    """

    constant: Floats
    matrix: sparse.csr_array

    def at(self, x: Floats) -> Floats:
        """Return the vector at a point, shape (m,)."""
        return np.asarray(self.constant + self.matrix @ x)

    def after(self, inner: Affine) -> Affine:
        """Return this vector as one that is affine in what ``inner`` is affine in."""
        product = sparse.csr_array(self.matrix @ inner.matrix)
        return Affine(np.asarray(self.constant + self.matrix @ inner.constant), product)

    def range(self, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """Return the least and the most of each entry over a box, whatever signs entries have.

        Parameters
        ----------
        lower, upper : array, shape (n,)
            The box; an entry is not bounded where a coefficient meets an infinite end.
        """
        up, down = self.matrix.maximum(0), self.matrix.minimum(0)
        least = self.constant + up @ lower + down @ upper
        most = self.constant + up @ upper + down @ lower
        return np.asarray(least), np.asarray(most)
