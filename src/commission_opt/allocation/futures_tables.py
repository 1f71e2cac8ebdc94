"""The tables of a plan for several futures: what is decided, and how it fares in each of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.accounts.tables import decided_tables, deployment_table, plan_tables
from commission_opt.allocation.later_table import later_table
from commission_opt.arrays import Floats
from commission_opt.formulation.goals import future_values, names_of, outcomes, probabilities
from commission_opt.formulation.problem import Planning

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
DEPLOYMENT = "deployment"  # decided in each
SHORT = 1e-6  # FTE from which somebody is missing
_MET = 1e-12  # of a probability


def futures_tables(
    problem: Planning, result: Outcome, bounds: Floats | None
) -> dict[str, pd.DataFrame]:
    """Return the tables of a plan for W futures.

    Tables of what follows are those of the explicit scenarios, with a first column ``scenario``;
    ``spread`` says how all futures differ, ``scenarios`` what each objective is in each, ``later``
    what is decided in each of them, if anything is. Who is deployed is decided in every future, so
    that ``deployment`` has them all.

    Parameters
    ----------
    problem : Planning
    result : Outcome
        What is bought.
    bounds : array, shape (W,), or None
        Below which no plan for that future alone can be in the first objective.
    """
    whole, drawn = problem.policy.integer, problem.drawn
    given = plan_tables(problem.instance, result, whole)
    futures = problem.futures if drawn is None else drawn.explicit
    explicit = [future for future in futures if not future.drawn]
    own = [
        plan_tables(each.problem.instance, each.outcome(result.decision), whole)
        for each in explicit
    ]
    names = [future.name for future in explicit]
    tables = decided_tables(problem.instance, result.amounts[:, : problem.now_years], whole)
    for name in given.keys() - {*tables, DEPLOYMENT}:
        parts = [each[name].assign(scenario=who) for each, who in zip(own, names, strict=True)]
        rows = pd.concat([given[name].iloc[:0].assign(scenario=""), *parts], ignore_index=True)
        tables[name] = rows[["scenario", *given[name].columns]]
    if DEPLOYMENT in given:
        tables[DEPLOYMENT] = deployment_by_future(problem, result)
    in_order = {name: tables[name] for name in given}
    later = {} if problem.layout.times is None else {"later": later_table(problem, result.decision)}
    return {
        **in_order,
        **later,
        "scenarios": _scenarios(problem, result, bounds),
        "spread": _spread(problem, result),
    }


def deployment_by_future(problem: Planning, result: Outcome) -> pd.DataFrame:
    """Return who does whose work in every future, drawn ones too: it is decided in each."""
    own = [
        deployment_table(future.problem.instance, at).assign(scenario=future.name)
        for future, at in zip(problem.futures, outcomes(problem, result), strict=False)
    ]
    none = deployment_table(problem.instance, result).iloc[:0].assign(scenario="")
    rows = pd.concat([none, *(each for each in own if len(each))], ignore_index=True)
    return rows[["scenario", *none.columns[:-1]]]


def _scenarios(problem: Planning, result: Outcome, bounds: Floats | None) -> pd.DataFrame:
    """Return each objective in each future, and how far the first is from a bound there."""
    table = pd.DataFrame(
        {
            "scenario": names_of(problem),
            "probability": probabilities(problem),
        }
    )
    for objective in problem.policy.objectives:
        table[objective.minimise] = future_values(problem, objective, result)
    if bounds is not None:
        first = table[problem.policy.objectives[0].minimise]
        table["bound"] = bounds
        table["regret"] = first - bounds
    return table


def _spread(problem: Planning, result: Outcome) -> pd.DataFrame:
    """Return quantiles of demand, supply and shortfall over the futures, cell by cell."""
    instance, p = problem.instance, probabilities(problem)
    keys = pd.MultiIndex.from_product(
        [instance.professions["profession"], instance.regions["region"], instance.years],
        names=["profession", "region", "year"],
    )
    table = keys.to_frame(index=False)
    every = _cells(problem, result)
    for name, values in every.items():
        for q, column in zip(QUANTILES, quantiles(values, p), strict=True):
            table[f"{name}_p{round(100 * q):02d}"] = column
    table["probability_short"] = p @ (every["shortfall"] > SHORT)
    return table


def _cells(problem: Planning, result: Outcome) -> dict[str, Floats]:
    """Return demand, supply and shortfall, each of shape (W, cells)."""
    names = ("demand", "supply", "shortfall")
    if problem.drawn is not None:
        return {name: problem.drawn.cells(name, result.amounts) for name in names}
    found = outcomes(problem, result)
    cells = {name: np.stack([getattr(each, name).ravel() for each in found]) for name in names}
    needed = [future.problem.instance.demand.ravel() for future in problem.futures]
    return {**cells, "demand": np.stack(needed)}  # as in supply.csv, whatever measures take away


def quantiles(values: Floats, p: Floats) -> Iterator[Floats]:
    """Yield, for each of ``QUANTILES``, the least value that is reached with that probability.

    Parameters
    ----------
    values : array, shape (W, cells)
    p : array, shape (W,)
    """
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    reached = np.cumsum(p[order], axis=0)
    for q in QUANTILES:
        at = np.minimum((reached < q - _MET).sum(axis=0), len(p) - 1)
        yield np.take_along_axis(ordered, at[None], axis=0)[0]
