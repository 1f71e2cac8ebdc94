"""How demand, supply and shortfall of each cell are spread over the futures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from commission_opt.accounts.many import Balance
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.uncertainty.audit.audited import Arrays, AuditedPlan
from commission_opt.uncertainty.audit.quantiles import NAMES, quantiles

WHAT = ("demand", "supply", "shortfall")
SHORT = 1e-6  # FTE missing from which a cell is short
_COLUMNS = [*(f"{what}_{q}" for what in WHAT for q in NAMES), "probability_short"]
_MOST = 2**26  # bytes of what is kept at once


def blocks(professions: int, size: int, count: int) -> Iterator[slice]:
    """Cut professions of so many cells each where all of them, in W futures, can be kept at once.

    Parameters
    ----------
    professions, size, count : int
        How many there are, cells of each, and W.
    """
    most = max(1, int(_MOST // (8 * len(WHAT) * max(1, size * count))))
    for start in range(0, professions, most):
        yield slice(start, min(start + most, professions))


def spread(trial: AuditedPlan, start: int, stop: int) -> Arrays:
    """Work out how some professions are spread over all futures: a task.

    Returns
    -------
    mapping of str to array
        cells and totals: rows of ``table_of`` by region and year, and by year.
    """
    _, regions, years = trial.plan.instance.shape
    shape = (stop - start, regions, years, trial.count)
    kept = {name: np.empty(shape) for name in WHAT}
    for which, balance in trial.balances(slice(start, stop)):
        for name, array in kept.items():
            array[..., which] = amount(balance, name)
    probability = trial.futures.probability
    totals = {name: array.sum(axis=1).reshape(-1, trial.count) for name, array in kept.items()}
    cells = {name: array.reshape(-1, trial.count) for name, array in kept.items()}
    return {
        "totals": table_of(totals, probability).to_numpy(),
        "cells": table_of(cells, probability).to_numpy(),  # which leaves rows in another order
    }


def amount(balance: Balance, name: str) -> Floats:
    """Return demand as it was given, supply or shortfall, shape (P, Q, Y, W)."""
    found: Floats = balance.needed if name == "demand" else getattr(balance, name)
    return found


def table_of(arrays: Mapping[str, Floats], probability: Floats) -> pd.DataFrame:
    """Return the quantiles of each row, and the probability that it is short.

    Parameters
    ----------
    arrays : mapping of str to array, shape (n, W)
        Of demand, supply and shortfall.
    probability : array, shape (W,)
    """
    columns: dict[str, Floats] = {}
    for name, array in arrays.items():
        found = quantiles(array, probability)
        columns |= {f"{name}_{q}": found[:, k] for k, q in enumerate(NAMES)}
    often = [_often(row > SHORT, probability) for row in arrays["shortfall"]]
    return pd.DataFrame({**columns, "probability_short": often})


def _often(short: np.ndarray, probability: Floats) -> float:
    """Return how likely it is, shape (W,), that a row is short."""
    return 1.0 if short.all() else float(probability[short].sum())


def put_together(instance: Instance, parts: Sequence[Arrays]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of all professions by region and year, and by year."""
    cells, totals = (
        pd.DataFrame(np.concatenate([part[name] for part in parts]), columns=_COLUMNS)
        for name in ("cells", "totals")
    )
    codes = instance.professions["profession"]
    keys = pd.MultiIndex.from_product(
        [codes, instance.regions["region"], instance.years],
        names=["profession", "region", "year"],
    )
    whole = pd.concat([keys.to_frame(index=False), cells], axis=1)
    return whole, with_years(instance, [*codes], totals)


def with_years(instance: Instance, codes: Sequence[str], table: pd.DataFrame) -> pd.DataFrame:
    """Put profession and year before a table by both."""
    keys = pd.MultiIndex.from_product([codes, instance.years], names=["profession", "year"])
    return pd.concat([keys.to_frame(index=False), table], axis=1)
