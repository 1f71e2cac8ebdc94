"""An audit of a plan: what follows from it in fresh futures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.futures.columns import chunks
from commission_opt.uncertainty.audit.audited import Arrays, AuditedPlan, Piece, Task
from commission_opt.uncertainty.audit.gathered import FTE_YEARS, Breaks, Gathered, follows
from commission_opt.uncertainty.audit.spread import (
    blocks,
    put_together,
    spread,
    table_of,
    with_years,
)


@dataclass(frozen=True, eq=False)
class Audit:
    """How a plan fares in W futures.

    Parameters
    ----------
    trial : AuditedPlan
    results : mapping of str to array, shape (W,)
        Each objective of the model, and ``fte_years``.
    given : mapping of str to float
        The same in the instance as given.
    sizes : mapping of str to array, shape (W,)
        The worst break of each rule, relative to max(1, |limit|).
    breaks : tuple of Breaks
        Rules that are broken in some future.
    short : pandas.DataFrame
        As ``Gathered.short``.
    spread, totals : pandas.DataFrame
        Quantiles of demand, supply and shortfall by profession, region and year; and by profession
        and year, "" for all of them.
    """

    trial: AuditedPlan
    results: Mapping[str, Floats]
    given: Mapping[str, float]
    sizes: Mapping[str, Floats]
    breaks: tuple[Breaks, ...]
    short: pd.DataFrame
    spread: pd.DataFrame
    totals: pd.DataFrame


def audit(trial: AuditedPlan) -> Piece[Audit]:
    """Work out what follows from a plan in many futures."""
    gathering: list[Task] = [(follows, (each.start, each.stop)) for each in chunks(trial.count)]
    professions = len(trial.plan.instance.professions)
    size = trial.plan.instance.cells.size // max(1, professions)
    spreading: list[Task] = [
        (spread, (each.start, each.stop)) for each in blocks(professions, size, trial.count)
    ]

    def together(found: Sequence[Arrays]) -> Audit:
        gathered = Gathered(trial, found[: len(gathering)])
        cells, totals = put_together(trial.plan.instance, found[len(gathering) :])
        of_all = table_of(gathered.totals(), trial.futures.probability)
        everybody = with_years(trial.plan.instance, [""], of_all)
        return Audit(
            trial=trial,
            results=gathered.results(),
            given=values_as_given(trial),
            sizes=gathered.sizes(),
            breaks=tuple(gathered.breaks()),
            short=gathered.short(),
            spread=cells,
            totals=pd.concat([totals, everybody], ignore_index=True),
        )

    return Piece("audit", (*gathering, *spreading), together)


def values_as_given(trial: AuditedPlan) -> dict[str, float]:
    """Return the objectives of a plan in the instance as given, and its FTE-years of shortfall."""
    plan = trial.plan
    values = {
        o.minimise: OBJECTIVES[o.minimise].value(plan.problem, plan.outcome)
        for o in plan.policy.objectives
    }
    return {**values, FTE_YEARS: float(np.sum(plan.outcome.shortfall))}
