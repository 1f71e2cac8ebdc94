"""What objectives are told of many futures, over which they write their expectation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from commission_opt.arrays import Floats
from commission_opt.formulation.parts import Aim
from commission_opt.policy import Tier


class Expected(Protocol):
    """Many futures, each of which counts a share of the whole."""

    def charged(self) -> Floats | None:
        """Return the mean £ for a place or unit of each row of ``instance.costs``, shape (R,).

        None if it is the same in all futures.
        """

    def missing(
        self,
        objective: str,
        block: str,
        tiers: Sequence[Tier] = (),
        each: Floats | None = None,
        *,
        beyond: bool = False,
    ) -> Aim:
        """Write the mean of what is missing, nowhere above it.

        Parameters
        ----------
        objective, block : str
            What is made least; its columns and rows.
        tiers : sequence of Tier, optional
            Those of the model if there are none.
        each : array, shape (P * Q, Y), optional
            What a FTE missing counts at a tier weight of 1; as the model weighs it if not given.
        beyond : bool
            Whether what service has above demand is counted in place of what it lacks.
        """
