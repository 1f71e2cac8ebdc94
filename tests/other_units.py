"""The same instance in other units, of which nothing may depend but figures in these units."""

from collections.abc import Mapping

import pandas as pd

from commission_opt.instance.instance import Instance
from samples import both, made

UNITS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "weights of professions": (("professions", "weight"),),
    "weights of regions": (("regions", "weight"),),
    "all weights": (("professions", "weight"), ("regions", "weight")),
    "money": (("costs", "cost"), ("budgets", "amount")),
    "weeks": (("placement_use", "weeks"), ("placements", "capacity")),
}
MOST = 9e14  # a little less than a table may hold


def in_units(seed: int, unit: str = "", constant: float = 1.0) -> Instance:
    """An instance of three professions and two regions with some figures times a constant."""
    return in_mixed_units(seed, {unit: constant} if unit else {})


def in_mixed_units(seed: int, constants: Mapping[str, float]) -> Instance:
    """The same with figures of several kinds, each times a constant of its own."""
    synthetic = made(3, 2, 1, seed, 7)
    tables: dict[str, pd.DataFrame] = dict(synthetic.tables)
    for unit, constant in constants.items():
        columns = UNITS[unit]
        usual = {(t, c): pd.to_numeric(tables[t][c]).fillna(1.0).astype(float) for t, c in columns}
        largest = max(float(size.max()) for size in usual.values())
        for (table, column), size in usual.items():
            times = min(constant, MOST / largest)
            tables[table] = tables[table].assign(**{column: size * times})
    return both(synthetic.settings, tables).instance
