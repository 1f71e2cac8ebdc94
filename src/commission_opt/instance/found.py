"""Rows in which something is wrong, as problems."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from commission_opt.errors import Problem, Severity


def found(
    severity: Severity, table: str, rows: pd.DataFrame, column: str | None, message: str
) -> Iterator[Problem]:
    """Return a problem for each of some rows of a table.

    Parameters
    ----------
    severity : {"error", "warning"}
    table : str
        Name of the table.
    rows : pandas.DataFrame
        The rows, indexed by line.
    column : str or None
        Column of the table, None for the row as a whole.
    message : str
        A format string over the columns of ``rows``: ``"{fte:g} is too much of {profession!r}"``.
    """
    if not len(rows):  # as in nearly every check, and pandas takes long over nothing
        return
    for row, cells in zip(rows.index, rows.to_dict("records"), strict=True):
        yield Problem(severity, f"{table}.csv", int(row), column, message.format_map(cells))
