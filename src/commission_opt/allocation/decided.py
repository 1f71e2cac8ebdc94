"""What is decided on a problem: in a plan just made, or one read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.accounts.tables import plan_tables
from commission_opt.allocation.futures_tables import futures_tables
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import Certificate
from commission_opt.formulation.goals import names_of, regrets, weighs
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.text.card import Card, Grid, Shown
from commission_opt.text.counts import plural


@dataclass(frozen=True, repr=False)
class Decided(Shown):
    """What is decided, and what follows from it.

    Parameters
    ----------
    problem : Planning
        The instance under its commissioning model.
    outcome : Outcome
        Places and units, and their consequences; of the instance as given, whatever may come.
    bounds : array, shape (W,), or None
        Of a plan for W futures: below which no plan for that one alone can be.
    """

    problem: Planning
    outcome: Outcome
    bounds: Floats | None = field(default=None, kw_only=True)

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
    def decided_now(self) -> Floats:
        """The same of the years that are decided before the future is known."""
        return self.amounts[:, : self.problem.now_years]

    @property
    def places(self) -> Floats:
        """Places by course and commissioning year, shape (C, K)."""
        return self.outcome.places

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return what is decided and follows: allocation, supply, budgets and placements."""
        if weighs(self.problem):
            return futures_tables(self.problem, self.outcome, self.bounds)
        return plan_tables(self.instance, self.outcome, self.policy.integer)


def plan_card(problem: Planning, amounts: Floats, status: str, certificate: Certificate) -> Card:
    """Return a plan at a glance.

    Parameters
    ----------
    problem : Planning
    amounts : array, shape (L, K)
    status : str
    certificate : Certificate
    """
    instance, policy = problem.instance, problem.policy
    amounts = amounts[:, : problem.now_years]
    places, units = np.split(amounts, [len(instance.courses)])
    by_profession = np.zeros((len(instance.professions), 1 + places.shape[1]))
    last = instance.courses["last_intake"].to_numpy(float)
    at = instance.courses["p"].to_numpy(int)
    np.add.at(by_profession, at, np.column_stack([last, places]))
    years = [str(instance.first_year + k) for k in range(places.shape[1])]
    titles = instance.professions["title"]
    rows = [
        [str(title), *map(_count, row)]
        for title, row in zip(titles, by_profession, strict=True)
        if row.any()
    ]
    grids = [Grid("Places", ("profession", "last year", *years), rows)]
    total = f"{_count(places.sum())} places"
    if len(units):
        total += f" and {_count(units.sum())} units"
        grids.append(_units(instance, units, years))
    return Card(
        f"{instance.name} under {policy.name}: {status}, {total}",
        tuple(_sentences(problem, certificate)),
        grids,
    )


def _units(instance: Instance, units: Floats, years: Sequence[str]) -> Grid:
    """Tabulate what is bought of every measure."""
    measures = instance.measures
    rows = [
        [str(code), *map(_count, row)]
        for code, row in zip(
            measures["measure"], np.column_stack([measures["last_amount"], units]), strict=True
        )
    ]
    return Grid("Units", ("measure", "last year", *years), rows)


def _sentences(problem: Planning, certificate: Certificate) -> Iterator[str]:
    count = plural(len(names_of(problem)), "future")
    over = f", weighed over {count}" if weighs(problem) else ""
    regretted = regrets(problem)
    if not certificate.valid:
        yield f"Not certified: {certificate.where or 'the values do not fit each other'}."
    for k, stage in enumerate(certificate.stages):
        kind, gap = OBJECTIVES[stage.minimise], np.ceil(stage.final_gap * 1e5) / 1e3
        near = f"within {gap:.3f} % of the least possible" if gap > 0 else "the least possible"
        if gap > 0 and stage.size > abs(stage.final):
            near = f"the least possible being about {kind.amount(stage.bound)} or more"
        among = " among plans that keep the earlier objectives to their limits" * (k > 0)
        title = f"Largest regret in {kind.title}" if regretted and not k else kind.title
        yield f"{title}{over}: {kind.amount(stage.final)}, {near}{among}."


def _count(amount: float) -> str:
    return f"{amount:,.0f}" if abs(amount - round(amount)) < 5e-3 else f"{amount:,.2f}"
