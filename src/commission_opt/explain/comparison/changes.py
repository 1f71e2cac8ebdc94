"""What differs between two sets of inputs: rows, cells and keys, with old and new."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.instance.files import SETTINGS_FILE
from commission_opt.instance.instance import Instance
from commission_opt.instance.schema import TABLES
from commission_opt.policy import Policy

SETTINGS, MODEL = "instance", "model"
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
_KEYS = {
    "costs": ("course", "profession", "study_year", "fund"),
    "placement_use": ("course", "profession", "study_year", "pool"),
}
_COLUMNS = ("table", "row", "kind", "column", "old", "new", "change")
Record = dict[str, object]


def input_changes(a: Instance, b: Instance) -> pd.DataFrame:
    """List what differs between two instances.

    Parameters
    ----------
    a, b : Instance

    Returns
    -------
    pandas.DataFrame
        ``table`` (``instance`` for the settings), ``row`` (its codes), ``kind`` (``added``,
        ``removed`` or ``changed``), ``column``, ``old``, ``new`` and, for numbers, ``change``.
        Rows are matched by the codes of their table, so that their order does not matter, and
        cells are compared by what they mean: a default that is written out is no change.
    """
    settings = (_keys(instance.files[SETTINGS_FILE]) for instance in (a, b))
    records = list(_keyed(SETTINGS, *settings))
    for name in TABLES:
        records += _rows(name, a.tables[name], b.tables[name])
    return pd.DataFrame(records, columns=list(_COLUMNS))


def model_changes(a: Policy, b: Policy) -> pd.DataFrame:
    """List the keys of the commissioning model that differ, as ``input_changes`` does.

    Whole places or fractions is as it was solved.
    """
    keys = (_keys(policy.content) | {"integer": policy.integer} for policy in (a, b))
    return pd.DataFrame(_keyed(MODEL, *keys), columns=list(_COLUMNS))


def _keys(content: bytes) -> dict[str, object]:
    """Return the dotted keys of a TOML file."""
    return dict(_flat("", tomllib.loads(content.decode("utf-8-sig"))))


def _flat(before: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield dotted keys, the entries of a list counted from 1."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{before}.{key}" if before else key, inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _flat(f"{before}[{number}]", inner)
    else:
        yield before, value if isinstance(value, (bool, int, float)) else str(value)


def _keyed(table: str, a: Mapping[str, object], b: Mapping[str, object]) -> Iterator[Record]:
    for key in dict.fromkeys([*a, *b]):
        if key not in a:
            yield _record(table, key, ADDED, "", None, b[key])
        elif key not in b:
            yield _record(table, key, REMOVED, "", a[key], None)
        elif a[key] != b[key]:
            yield _record(table, key, CHANGED, "", a[key], b[key])


def _rows(name: str, a: pd.DataFrame, b: pd.DataFrame) -> Iterator[Record]:
    """Match rows by their codes and compare the rest cell by cell."""
    keys = list(TABLES[name].key or _KEYS[name])
    values = [column.name for column in TABLES[name].columns if column.name not in keys]
    both = _coded(a, keys).merge(
        _coded(b, keys), on=keys, how="outer", suffixes=("|a", "|b"), indicator="in", sort=False
    )
    rows = both[keys[0]].astype(object)
    for key in keys[1:]:
        rows = rows + " · " + both[key]
    for kind, side, where in ((REMOVED, "a", "left_only"), (ADDED, "b", "right_only")):
        for i in np.flatnonzero(both["in"] == where):
            said = "; ".join(
                f"{column} {_said(cell)}"
                for column in values
                if _there(cell := both[f"{column}|{side}"].iloc[i])
            )
            old, new = (said, None) if kind == REMOVED else (None, said)
            yield _record(name, rows.iloc[i], kind, "", old, new)
    matched = both["in"] == "both"
    for column in values:
        before, after = both[f"{column}|a"], both[f"{column}|b"]
        same = (before == after) | (~_exists(before) & ~_exists(after))
        for i in np.flatnonzero(matched & ~same):
            pair = before.iloc[i], after.iloc[i]
            cells = (_plain(cell) if _there(cell) else None for cell in pair)
            yield _record(name, rows.iloc[i], CHANGED, column, *cells)


def _coded(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return frame.assign(**{key: frame[key].map(_said).astype(str) for key in keys})


def _exists(cells: pd.Series) -> pd.Series:
    return cells.notna() & (cells != "")


def _there(cell: object) -> bool:
    return cell is not None and cell != "" and not (isinstance(cell, float) and np.isnan(cell))


def _said(cell: object) -> str:
    return f"{cell:.12g}" if isinstance(cell, float) else str(cell)


def _plain(cell: Any) -> object:
    return cell.item() if isinstance(cell, np.generic) else cell


def _record(table: str, row: str, kind: str, column: str, old: object, new: object) -> Record:
    change = np.nan
    if kind == CHANGED and _is_number(old) and _is_number(new):
        change = float(new) - float(old)  # type: ignore[arg-type]
    return dict(zip(_COLUMNS, (table, row, kind, column, old, new, change), strict=True))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def summary(changes: pd.DataFrame) -> pd.DataFrame:
    """Sum changes up by table and column.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``column``, ``kind``, ``count``, ``sum`` and ``largest`` change of numbers, and
        ``row``, the row of the largest, or the first.
    """
    columns = ["table", "column", "kind", "count", "sum", "largest", "row"]
    records = []
    for keys, some in changes.groupby(columns[:3], sort=False):
        size = some["change"].abs()
        at = int(size.argmax()) if size.notna().any() else 0
        figures = len(some), some["change"].sum(min_count=1), some["change"].iloc[at]
        records.append((*keys, *figures, some["row"].iloc[at]))
    return pd.DataFrame(records, columns=columns)
