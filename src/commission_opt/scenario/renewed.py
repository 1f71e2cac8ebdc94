"""An instance with other figures in some columns of its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.scenario.sheets import VariedRows

SCENARIO_FILE = "scenario.json"


def renewed(
    instance: Instance,
    sheet: Callable[[str], VariedRows],
    columns: Mapping[tuple[str, str], Floats],
    note: bytes,
) -> Instance:
    """Return what one gets by writing figures into the tables and reading those.

    Parameters
    ----------
    sheet : callable
        The rows of a table, by its name.
    columns : mapping of (str, str) to array, shape (N,)
        New figures by table and column, for the rows of the sheet.
    note : bytes
        What changed; ``files`` keeps it beside the files as they were read, as ``SCENARIO_FILE``.
    """
    fields: dict[str, Any] = {}
    tables: dict[str, pd.DataFrame] = {**instance.tables}
    for table in dict.fromkeys(table for table, _ in columns):
        changed = {name: column for (of, name), column in columns.items() if of == table}
        renewal, tables[table] = sheet(table).renew(changed)
        fields |= renewal
    files = {**instance.files, SCENARIO_FILE: note}
    return instance.changed(**fields, tables=tables, files=files)
