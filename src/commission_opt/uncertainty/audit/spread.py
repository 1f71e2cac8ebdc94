"""How demand, supply and shortfall of each cell are spread over the futures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.accounts.many import Balance, of_cells
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.uncertainty.audit.quantiles import NAMES, quantiles

WHAT = ("demand", "supply", "shortfall")
SHORT = 1e-6  # FTE missing from which a cell is short
_MOST = 3 * 2**28  # bytes of what is kept at once


def blocks(cells: int, count: int) -> Iterator[slice]:
    """Cut cells into slices of which everything in all futures can be kept at once."""
    size = max(1, int(_MOST // (8 * len(WHAT) * count)))
    for start in range(0, cells, size):
        yield slice(start, min(start + size, cells))


@dataclass(eq=False)
class Kept:
    """Demand, supply and shortfall of a block of cells in all of W futures, (cells, W) each."""

    cells: slice
    count: int

    def __post_init__(self) -> None:
        """Make room."""
        size = self.cells.stop - self.cells.start
        self.of = {name: np.empty((size, self.count)) for name in WHAT}

    def take(self, which: slice, balance: Balance) -> None:
        """Take in some of the futures."""
        for name, array in self.of.items():
            array[:, which] = of_cells(amount(balance, name))[self.cells]


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
    short = arrays["shortfall"] > SHORT
    often = np.where(short.all(axis=1), 1.0, short @ probability)
    return pd.DataFrame({**columns, "probability_short": often})


def with_cells(instance: Instance, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the tables of all blocks together, behind profession, region and year."""
    keys = pd.MultiIndex.from_product(
        [instance.professions["profession"], instance.regions["region"], instance.years],
        names=["profession", "region", "year"],
    )
    return pd.concat([keys.to_frame(index=False), pd.concat(parts, ignore_index=True)], axis=1)
