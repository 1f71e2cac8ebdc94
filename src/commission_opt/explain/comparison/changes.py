"""What differs between two sets of inputs: rows, cells and keys, with old and new."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

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
Change = tuple[str, str, str, str, object, object]


def input_changes(a: Instance, b: Instance) -> pd.DataFrame:
    """List what differs between two instances.

    Returns
    -------
    pandas.DataFrame
        ``table`` (``instance`` for the settings), ``row`` (its codes), ``kind`` (``added``,
        ``removed`` or ``changed``), ``column``, ``old``, ``new`` and, for numbers, ``change``.
        Rows are matched by the codes of their table, so that their order does not matter, and
        cells are compared by what they mean: a default that is written out is no change.
    """
    settings = (_keys(instance.files[SETTINGS_FILE]) for instance in (a, b))
    rows = (_rows(name, a.tables[name], b.tables[name]) for name in TABLES)
    return _frame(chain(_keyed(SETTINGS, *settings), *rows))


def model_changes(a: Policy, b: Policy) -> pd.DataFrame:
    """List the keys of the commissioning model that differ, as ``input_changes`` does.

    Whole places or fractions is as it was solved.
    """
    keys = (_keys(policy.content) | {"integer": policy.integer} for policy in (a, b))
    return _frame(_keyed(MODEL, *keys))


def _frame(changes: Iterable[Change]) -> pd.DataFrame:
    frame = pd.DataFrame(changes, columns=["table", "row", "kind", "column", "old", "new"])
    found = zip(frame["kind"], frame["old"], frame["new"], strict=True)
    change = [b - a if k == CHANGED and _are_numbers(a, b) else np.nan for k, a, b in found]
    return frame.assign(change=np.array(change, dtype=float))


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


def _keyed(table: str, a: Mapping[str, object], b: Mapping[str, object]) -> Iterator[Change]:
    for key in dict.fromkeys([*a, *b]):
        kind = ADDED if key not in a else REMOVED if key not in b else CHANGED
        if kind != CHANGED or a[key] != b[key]:
            yield table, key, kind, "", a.get(key), b.get(key)


def _rows(name: str, a: pd.DataFrame, b: pd.DataFrame) -> Iterator[Change]:
    """Match rows by their codes and compare the rest cell by cell."""
    keys = list(TABLES[name].key or _KEYS[name])
    values = [column.name for column in TABLES[name].columns if column.name not in keys]
    coded = (frame.assign(**{k: frame[k].map(_said).astype(str) for k in keys}) for frame in (a, b))
    ours, theirs = coded
    both = ours.merge(theirs, "outer", keys, suffixes=("|a", "|b"), indicator="in").astype(object)
    both = both.where(both.notna() & (both != ""), None)
    rows = [" · ".join(codes) for codes in both[keys].itertuples(index=False)]
    for kind, side, where in ((REMOVED, "a", "left_only"), (ADDED, "b", "right_only")):
        for i in np.flatnonzero(both["in"] == where):
            cells = {column: both[f"{column}|{side}"][i] for column in values}
            said = "; ".join(f"{c} {_said(cell)}" for c, cell in cells.items() if cell is not None)
            old, new = (said, None) if kind == REMOVED else (None, said)
            yield name, rows[i], kind, "", old, new
    for column in values:
        before, after = both[f"{column}|a"], both[f"{column}|b"]
        same = before.eq(after) | (before.isna() & after.isna())
        for i in np.flatnonzero(both["in"].eq("both") & ~same):
            yield name, rows[i], CHANGED, column, before[i], after[i]


def _said(cell: object) -> str:
    return f"{cell:.12g}" if isinstance(cell, float) else str(cell)


def _are_numbers(*cells: object) -> bool:
    return all(isinstance(c, (int, float)) and not isinstance(c, bool) for c in cells)


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
