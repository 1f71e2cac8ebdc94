"""What one unit of each decision column leads to, in supply, money and placement weeks."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import sparse

from commission_opt.accounts.effects import Effects
from commission_opt.formulation.decisions import Decisions


@dataclass(frozen=True, eq=False)
class ColumnEffects:
    """Effects by decision column, with the places that follow in later years.

    Parameters
    ----------
    supply : scipy.sparse.csr_array, shape (P * Q * Y, n)
        FTE.
    spend : scipy.sparse.csr_array, shape (budget rows, n)
        £.
    weeks : scipy.sparse.csr_array, shape (placement rows, n)
        Placement weeks.
    """

    supply: sparse.csr_array
    spend: sparse.csr_array
    weeks: sparse.csr_array


def column_effects(effects: Effects, layout: Decisions) -> ColumnEffects:
    """Add up the effects of the start years that each decision column stands for."""
    return ColumnEffects(
        *(
            sparse.csr_array(per_place @ layout.places)
            for per_place in (effects.response, effects.spend.per_place, effects.weeks.per_place)
        )
    )
