"""The results of a sweep as tables: CSV or Parquet, written a part at a time."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from commission_opt.errors import UsageError
from commission_opt.files.folder import whole_folder
from commission_opt.sweep.row import Row
from commission_opt.sweep.store import Store

Format = Literal["csv", "parquet"]
_PART = 20_000  # rows written at once
_Write = Callable[[Iterable[tuple[object, ...]]], None]
_Open = Callable[[Path, Mapping[str, type]], AbstractContextManager[_Write]]
_Exported = tuple[Mapping[str, type], Iterator[tuple[object, ...]]]  # columns and rows


def export(store: Store, folder: Path, form: Format, *, force: bool = False) -> None:
    """Write the tables of a sweep: ``scenarios``, one row each; ``measures``; ``places``.

    Where the instance has measures, ``units`` has what is bought of them. An existing folder is
    replaced only with ``force``.

    Raises
    ------
    UsageError
        If the folder may not be replaced or cannot be written, or ``pyarrow`` is needed and absent.
    """
    opened = _csv if form == "csv" else _parquet()
    with whole_folder(folder, force=force) as new:
        for name, (columns, rows) in _tables(store).items():
            with opened(new / f"{name}.{form}", columns) as write:
                while part := list(islice(rows, _PART)):
                    write(part)


def frames(store: Store) -> dict[str, pd.DataFrame]:
    """Return the same tables as data frames, by name."""
    return {
        name: pd.DataFrame(rows, columns=list(columns))
        for name, (columns, rows) in _tables(store).items()
    }


def _tables(store: Store) -> dict[str, _Exported]:
    found = {"scenarios": _scenarios(store), "measures": _measures(store)}
    kinds = {"places": ("course", store.courses()), "units": ("measure", store.bought())}
    for amount, (line, codes) in kinds.items():
        if codes or amount == "places":
            found[amount] = _by_year(store, line, codes, amount)
    return found


def _scenarios(store: Store) -> _Exported:
    axes = axis_columns(store.rows())
    measures = sorted(store.measures(), key=lambda name: (name.count(":"), name))
    columns: dict[str, type] = {"scenario": int, "name": str}
    columns |= dict.fromkeys(axes.values(), float)
    columns |= {"status": str, "reason": str, "how": str, "seconds": float}
    columns |= dict.fromkeys(measures, float)

    def rows() -> Iterator[tuple[object, ...]]:
        for row in store.rows():
            values = {setting.target: setting.value for setting in row.settings}
            yield (
                row.number,
                row.name,
                *(values.get(target) for target in axes),
                *(row.status, row.reason, row.how, row.seconds),
                *(row.measures.get(measure) for measure in measures),
            )

    return columns, rows()


def axis_columns(rows: Iterable[Row]) -> dict[str, str]:
    """Return a column name for every target that is set: the axis's name, if no other has it."""
    names: dict[str, str] = {}
    for row in rows:
        for setting in row.settings:
            names.setdefault(setting.target, setting.axis)
    taken = list(names.values())
    return {target: name if taken.count(name) == 1 else target for target, name in names.items()}


def _measures(store: Store) -> _Exported:
    rows = (
        (row.number, measure, value)
        for row in store.rows()
        for measure, value in row.measures.items()
    )
    return {"scenario": int, "measure": str, "value": float}, rows


def _by_year(store: Store, line: str, codes: Sequence[str], amount: str) -> _Exported:
    """Return the places or units of lines, one row for each scenario, line and year."""
    first_year = int(store.about()["first_year"])
    rows = (
        (row.number, code, first_year + k, float(value))
        for row in store.rows()
        if (amounts := row.places if amount == "places" else row.units) is not None
        for code, years in zip(codes, amounts, strict=True)
        for k, value in enumerate(years)
    )
    return {"scenario": int, line: str, "year": int, amount: float}, rows


@contextmanager
def _csv(path: Path, columns: Mapping[str, type]) -> Iterator[_Write]:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        yield writer.writerows


def _parquet() -> _Open:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        message = "Parquet needs pyarrow; install it with: pip install 'commission-opt[parquet]'"
        raise UsageError(message) from error
    kinds = {int: pa.int64(), str: pa.string(), float: pa.float64()}

    @contextmanager
    def opened(path: Path, columns: Mapping[str, type]) -> Iterator[_Write]:
        schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
        with parquet.ParquetWriter(path, schema) as writer:

            def write(rows: Iterable[tuple[object, ...]]) -> None:
                arrays: Any = [
                    pa.array(values, type_)
                    for values, type_ in zip(zip(*rows, strict=True), schema.types, strict=True)
                ]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))

            yield write

    return opened
