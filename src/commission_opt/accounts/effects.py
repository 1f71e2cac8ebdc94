"""What places lead to: supply, spending and placement weeks, all affine in the places."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import sparse

from commission_opt.activities.response import response
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import Use, budget_use, placement_use
from commission_opt.supply import baseline


@dataclass(frozen=True)
class Effects:
    """The operators of one instance.

    Parameters
    ----------
    base : array, shape (P, Q, Y)
        Supply without any new place, FTE.
    response : scipy.sparse.csr_array, shape (P * Q * Y, L * Y)
        Supply that one place or unit adds, FTE, by line and start year.
    spend, weeks : Use
        What a place or unit, and the pipeline, use of every budget and placement pool.
    """

    base: Floats
    response: sparse.csr_array
    spend: Use
    weeks: Use


def effects(instance: Instance) -> Effects:
    """Compute the operators of an instance."""
    return Effects(
        baseline(instance), response(instance), budget_use(instance), placement_use(instance)
    )
