"""Accounts: what there is or is used of something, as it follows from what is bought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.core.affine import Affine


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
