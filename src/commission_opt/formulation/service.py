"""Service: supply after staff are deployed, over the decisions and the FTE deployed.

Whoever writes rows on what staff do, and not on how many there are, writes them on this. A vector
over it holds the decision columns first and after them those of ``deployed``, if there are any.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.accounts.deployment import most_deployed, moved
from commission_opt.arrays import Floats
from commission_opt.core.account import Affine
from commission_opt.formulation.parts import DEPLOYED, PLACES
from commission_opt.formulation.problem import Planning


@dataclass(frozen=True, eq=False)
class Service:
    """What is done in each cell of ``Instance.cells``, FTE, and the box of what decides it.

    Parameters
    ----------
    done : Affine, of P * Q * Y cells
        Supply and what staff deployed add to it or take away.
    net : Affine, of the same cells
        The same beyond demand.
    decisions : int
        How many of the columns are decisions, n; those after them are deployed.
    lower, upper : array, shape (n + m,)
        The least and most of each column.
    """

    done: Affine
    net: Affine
    decisions: int
    lower: Floats
    upper: Floats

    def range(self, of: Affine) -> tuple[Floats, Floats]:
        """Return the least and most of what is affine in these columns."""
        return of.range(self.lower, self.upper)

    def widened(self, of: Affine) -> Affine:
        """Return what is affine in the decisions as affine in all these columns."""
        rows, columns = of.matrix.shape[0], len(self.lower)
        parts = of.matrix.data, of.matrix.indices, of.matrix.indptr
        return Affine(of.constant, sparse.csr_array(parts, shape=(rows, columns)))

    def coefficients(self, matrix: sparse.csr_array) -> dict[str, sparse.csr_array]:
        """Split a matrix over these columns into those of each block."""
        n = self.decisions
        if matrix.shape[1] == n:
            return {PLACES: matrix}
        parts = {PLACES: matrix[:, :n], DEPLOYED: matrix[:, n:]}
        return {name: sparse.csr_array(part) for name, part in parts.items()}


def service(problem: Planning) -> Service:
    """Return the service of a problem over its columns."""
    effects, n = problem.column_effects, problem.layout.size
    end = problem.cohorts.capacity[problem.layout.line]
    supply = Affine(effects.supply.constant, effects.supply.matrix)
    if not problem.deploys:
        return Service(supply, effects.net, n, np.zeros(n), end)
    instance = problem.instance
    most = most_deployed(instance, problem.effects.supply.constant).ravel()
    adds = moved(instance)
    if not problem.steady:  # who cannot be deployed reaches nothing
        adds = sparse.csr_array(adds @ sparse.diags_array((most > 0).astype(float)))
        adds.eliminate_zeros()
    done, net = (
        Affine(of.constant, sparse.csr_array(sparse.hstack([of.matrix, adds])))
        for of in (supply, effects.net)
    )
    end = np.concatenate([end, most])
    return Service(done, net, n, np.zeros_like(end), end)
