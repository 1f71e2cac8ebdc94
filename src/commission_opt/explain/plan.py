"""What questions are asked of: a plan that was just made, or one that was read back."""

from __future__ import annotations

from typing import Protocol

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.problem import Planning


class Plan(Protocol):
    """A plan, as ``allocate`` returns it or ``read_plan`` reads it."""

    @property
    def problem(self) -> Planning:
        """The instance under its commissioning model."""

    @property
    def amounts(self) -> Floats:
        """Places and units by line and commissioning year, shape (L, K)."""

    @property
    def places(self) -> Floats:
        """Places by course and commissioning year, shape (C, K)."""

    @property
    def outcome(self) -> Outcome:
        """What the places lead to."""
