"""What one more unit supplies, and what money and placement weeks it takes, year by year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.explain import figures
from commission_opt.formulation.problem import Planning
from commission_opt.instance.use import use_by_year
from commission_opt.views import words

_NOTHING = 1e-12


def brings(problem: Planning, column: int) -> pd.DataFrame:
    """Tabulate what one more of a decision supplies, with what follows in later years.

    Returns
    -------
    pandas.DataFrame
        ``profession``, ``region`` of work, ``year`` and ``fte``, where there is any.
    """
    instance, cells = problem.instance, problem.instance.cells
    fte = _column(problem.column_effects.supply.matrix, column)
    some = np.flatnonzero(np.abs(fte) > _NOTHING)
    return pd.DataFrame(
        {
            "profession": instance.professions["profession"].to_numpy()[
                cells.of("profession", some)
            ],
            "region": instance.regions["region"].to_numpy()[cells.of("region", some)],
            "year": instance.first_year + cells.of("year", some),
            "fte": fte[some],
        }
    )


def takes(problem: Planning, column: int) -> pd.DataFrame:
    """Tabulate what one more of a decision takes, with what follows, whatever limits there are.

    Returns
    -------
    pandas.DataFrame
        ``what`` (a fund or a pool), ``unit`` (``£`` or ``weeks``), ``year`` and ``amount``.
    """
    instance, parts = problem.instance, []
    for unit, rates in (("£", instance.costs), ("weeks", instance.placement_use)):
        codes, use = use_by_year(instance, rates)
        amount = _column(use @ problem.layout.started.matrix, column)
        where = pd.MultiIndex.from_product([codes, instance.years], names=["what", "year"])
        parts.append(where.to_frame(index=False).assign(unit=unit, amount=amount))
    every = pd.concat(parts, ignore_index=True)[["what", "unit", "year", "amount"]]
    some: pd.DataFrame = every[every["amount"].abs() > _NOTHING].reset_index(drop=True)
    return some


def _column(matrix: object, column: int) -> Floats:
    one: Floats = matrix[:, [column]].toarray().ravel()  # type: ignore[index]
    return one


def in_words(brought: pd.DataFrame, taken: pd.DataFrame, when: str) -> str:
    """Say in a sentence what one more unit brings and takes within the horizon."""
    by_region = brought.groupby(["profession", "region"], sort=False)["fte"].sum().reset_index()
    gains = [
        f"{figures.fte(row['fte'])} FTE-years of {row['profession']} in {row['region']}"
        for row in by_region.to_dict("records")
    ]
    money = taken.loc[taken["unit"] == "£", "amount"].sum()
    weeks = taken.loc[taken["unit"] == "weeks", "amount"].sum()
    costs = [figures.pounds(money)] + [f"{figures.fte(weeks)} placement weeks"] * bool(weeks > 0)
    return (
        f"One more unit in {when} brings {words.joined(gains) or 'nobody'} within the horizon, and "
        f"takes {words.joined(costs)}."
    )
