"""What is decided on a problem: in a plan just made, or one read back."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.accounts.tables import plan_tables
from commission_opt.arrays import Floats
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.text.card import Shown


@dataclass(frozen=True, repr=False)
class Decided(Shown):
    """What is decided, and what follows from it.

    Parameters
    ----------
    problem : Planning
        The instance under its commissioning model.
    outcome : Outcome
        Places and units, and their consequences.
    """

    problem: Planning
    outcome: Outcome

    @property
    def instance(self) -> Instance:
        """The instance."""
        return self.problem.instance

    @property
    def policy(self) -> Policy:
        """The commissioning model, in whole places or not as it was solved."""
        return self.problem.policy

    @property
    def amounts(self) -> Floats:
        """Places and units by line and commissioning year, shape (L, K)."""
        return self.outcome.amounts

    @property
    def places(self) -> Floats:
        """Places by course and commissioning year, shape (C, K)."""
        return self.outcome.places

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return what is decided and follows: allocation, supply, budgets and placements."""
        return plan_tables(self.instance, self.outcome, self.policy.integer)
