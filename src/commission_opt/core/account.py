"""Accounts: what there is or is used of something, as it follows from what is bought."""

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
        up, down = (_kept(end, self.matrix) for end in (np.maximum, np.minimum))
        least = self.constant + up @ lower + down @ upper
        most = self.constant + up @ upper + down @ lower
        return np.asarray(least), np.asarray(most)


@dataclass(frozen=True, eq=False)
class Account(Affine):
    """A vector of m cells that is affine in what is bought, and what each may come to.

    Parameters
    ----------
    constant : array, shape (m,)
        What there is, or is used, with nothing bought.
    matrix : scipy.sparse.csr_array, shape (m, n)
        What a unit adds.
    upper : array, shape (m,)
        The most; infinite where there is no limit.
    """

    upper: Floats

    @property
    def left(self) -> Floats:
        """What is left of the limits with nothing bought."""
        return np.asarray(self.upper - self.constant)

    def over(self, started: Affine, last: tuple[Account, Account] | None = None) -> Account:
        """Return the account over what decides what starts.

        Parameters
        ----------
        started : Affine
            What starts, as it follows from decisions.
        last : pair of Account, optional
            An account of what starts and the same over these decisions; if a unit adds the same,
            what is known of it is taken from there.
        """
        if last is not None and last[0].matrix is self.matrix:
            return Account(self.at(started.constant), last[1].matrix, self.upper)
        over = self.after(started)
        return Account(over.constant, over.matrix, self.upper)


def _kept(end: np.ufunc, matrix: sparse.csr_array) -> sparse.csr_array:
    """Return the positive or the negative entries of a matrix."""
    part = matrix.copy()
    end(part.data, 0.0, out=part.data)
    part.eliminate_zeros()  # an infinite end counts only where there is a coefficient
    return part
