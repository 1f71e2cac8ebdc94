"""Figures of many futures drawn without the package's own draws, and the instance of each."""

from collections.abc import Iterable

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.futures.columns import Key
from commission_opt.futures.kernel import COVERED
from commission_opt.instance.instance import Instance
from commission_opt.scenario.sheets import sheet

_RATES = ("rate", "share")  # how columns end that cannot exceed 1


def figures(
    instance: Instance, count: int, seed: int, columns: Iterable[Key] = sorted(COVERED)
) -> dict[Key, Floats]:
    """Draw a factor from 0.7 to 1.2 for each figure and future, and now and then nothing at all."""
    rng = np.random.default_rng(seed)
    drawn = {}
    for table, column in columns:
        base = sheet(instance, table).columns[column]
        if not len(base):
            continue
        values = base * rng.uniform(0.7, 1.2, (count, len(base)))
        values *= rng.random((count, len(base))) > 0.02
        drawn[table, column] = np.minimum(values, 1.0) if column.endswith(_RATES) else values
    return drawn


def in_future(instance: Instance, figures: dict[Key, Floats], w: int) -> Instance:
    """The instance of one future."""
    fields: dict[str, object] = {}
    tables = {**instance.tables}
    for table in {table for table, _ in figures}:
        changed = {column: values[w] for (of, column), values in figures.items() if of == table}
        renewed, tables[table] = sheet(instance, table).renew(changed)
        fields |= renewed
    return instance.changed(**fields, tables=tables)
