"""An audit read back from its folder, for pages; nothing of it is worked out again."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from commission_opt.errors import InputError, UsageError
from commission_opt.files.regular import read_whole
from commission_opt.uncertainty.audit.quantiles import NAMES
from commission_opt.uncertainty.audit.record import FORMAT, RECORD
from commission_opt.uncertainty.audit.sentences import sentences
from commission_opt.uncertainty.audit.spread import WHAT

_LARGEST = 2**26  # bytes of a file
_TOTALS = ["profession", "year", *(f"{what}_{q}" for what in WHAT for q in NAMES)]
_HASHES = ("model", "places", "code")
_ROBUST = [
    "line", "profession", "region", "year", "amount", "least", "most", "robust", "hangs_on",
]  # fmt: skip
_TEXTS = {"profession", "region", "kind", "code", "year", "line", "robust", "hangs_on"}
_SHORT = ["kind", "code", "year", "probability"]
_WRONG = (
    ValueError, TypeError, KeyError, AttributeError, OSError, OverflowError, RecursionError,
    IndexError,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class AuditView:
    """What a page shows of an audit.

    Parameters
    ----------
    record : mapping
        What ``audit.json`` holds.
    said : tuple of str
        What it says, in sentences.
    totals : pandas.DataFrame
        Quantiles by profession and year; "" for all professions.
    short : pandas.DataFrame
        How likely professions and regions are short; "" for the whole horizon.
    robust : pandas.DataFrame or None
        Which decisions are robust, and what others hang on; None if that was not asked for.
    """

    record: Mapping[str, Any]
    said: tuple[str, ...]
    totals: pd.DataFrame
    short: pd.DataFrame
    robust: pd.DataFrame | None = None


def is_audit(folder: Path | str) -> bool:
    """Say whether a folder looks like an audit."""
    return (Path(folder) / RECORD).is_file()


def read_audit(folder: Path | str) -> AuditView:
    """Read an audit back.

    Raises
    ------
    UsageError
        If it is of another format.
    InputError
        If one of its files is missing or is not what an audit writes.
    """
    folder = Path(folder)
    file = RECORD
    try:
        record = json.loads(read_whole(folder / RECORD, _LARGEST).decode(), parse_constant=_none)
        known = record["format"]
        if known != FORMAT:
            raise UsageError(
                f"{folder} is an audit of format {known}, and this version reads {FORMAT}; "
                "audit the plan again"
            )
        said = tuple(sentences(record))
        _check(record)
        file = "totals.csv"
        totals = _table(folder / file, _TOTALS)
        years = [str(year) for year in range(record["years"][0], record["years"][1] + 1)]
        _check_rows(totals, product([*record["professions"], ""], years))
        file = "short.csv"
        short = _table(folder / file, _SHORT)
        kinds = (("profession", record["professions"]), ("region", record["regions"]))
        pairs = [(kind, code) for kind, codes in kinds for code in codes]
        _check_rows(short, ((*pair, year) for pair in pairs for year in (*years, "")))
        file = "robust.csv"
        robust = _robust(folder / file, record) if record.get("places") else None
    except _WRONG as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise InputError.of_file(file, f"is not that of an audit: {what}") from error
    return AuditView(record, said, totals, short, robust)


def _robust(path: Path, record: Mapping[str, Any]) -> pd.DataFrame:
    """Read which decisions are robust; a ValueError says what does not fit the record."""
    table, found = _table(path, _ROBUST), record["places"]
    table["robust"] = table["robust"] == "True"
    hangs = table["hangs_on"][table["hangs_on"] != ""].value_counts().to_dict()
    if (len(table), table["robust"].sum()) != (found["decisions"], found["robust"]):
        raise ValueError("it has other decisions than the audit")
    if hangs != found["fragile"]:
        raise ValueError("its decisions hang on others than the audit says")
    years = map(str, range(record["years"][0], record["years"][1] + 1))
    known = {"profession": record["professions"], "region": record["regions"], "year": years}
    for key, codes in known.items():
        if not table[key].isin([*codes]).all():
            raise ValueError(f"it has another {key} than the audit")
    return table


def _check_rows(table: pd.DataFrame, expected: Iterable[tuple[str, ...]]) -> None:
    """Refuse a table whose first columns are not those of the audit, row by row."""
    rows = [*expected]
    said = table.iloc[:, : len(rows[0])].itertuples(index=False, name=None)
    if [*said] != rows:
        raise ValueError("its rows are not those of the audit")


def _none(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _check(record: Mapping[str, Any]) -> None:
    """Refuse a record that a page could not show."""
    first, last = record["years"]
    if not (isinstance(first, int) and isinstance(last, int) and first <= last):
        raise ValueError("years are not years")
    for table in (record["professions"], record["regions"], record["versions"]):
        if not all(isinstance(text, str) for item in table.items() for text in item):
            raise ValueError("names are not texts")
    for key in ("title", "model", "description", "command"):
        if not isinstance(record[key], str):
            raise TypeError(f"{key} is no text")
    inputs, own = record["hashes"]["inputs"], [record["hashes"][key] for key in _HASHES]
    if not all(isinstance(text, str) for text in (*own, *inputs, *inputs.values())):
        raise TypeError("hashes are no texts")
    _check_more(record.get("redecided"), record.get("places"))
    for row in record["drivers"] or ():
        numbers = [row[name] for name in ("first", "first_conf", "total", "total_conf")]
        numbers += [row[name] for name in ("knowing", "knowing_conf") if "knowing" in row]
        if not isinstance(row["uncertain"], str) or not all(map(math.isfinite, numbers)):
            raise ValueError("drivers are not numbers")


def _check_more(redecided: Any, places: Any) -> None:
    """Refuse what a page could not show of later years decided anew, and of robust places."""
    counts = []
    if redecided is not None:
        counts += [redecided[key] for key in ("years", "futures", "without")]
        for name in ("fixed", "low", "high"):
            if not all(map(math.isfinite, redecided.get(name, {}).values())):
                raise ValueError("later years are not numbers")
    if places is not None:
        counts += [places[key] for key in ("decisions", "robust", "futures", "without")]
        counts += places["fragile"].values()
    if not all(isinstance(count, int) and count >= 0 for count in counts):
        raise ValueError("counts are not whole numbers")


def _table(path: Path, columns: list[str]) -> pd.DataFrame:
    content = read_whole(path, _LARGEST)
    table = pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False)
    if list(table.columns[: len(columns)]) != columns or not len(table):
        raise ValueError("it has other columns")
    figures = [name for name in table.columns if name not in _TEXTS]
    table[figures] = table[figures].astype(float)
    if not table[figures].map(math.isfinite).all().all():
        raise ValueError("it has a figure that is no number")
    return table
