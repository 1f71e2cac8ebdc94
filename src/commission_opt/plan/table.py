"""Tables of a plan read to the letter, none larger than a plan of its size can have.

Anyone may have written them since. A reader that helps, by taking a column without heading for row
labels or leaving out what it cannot place, would see other numbers than whoever opens the file.
"""

from __future__ import annotations

import csv
import math
import re
from io import StringIO
from pathlib import Path

import pandas as pd

from commission_opt.files.regular import read_whole
from commission_opt.text.counts import agreed, plural

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
MOST = 1e15
"""Places, units or FTE that no plan has: what follows from more is no number any longer."""
_ROW, _LEAST = 2**12, 2**20  # bytes that a row may take, and that any table may


def read_table(path: Path, rows: int) -> pd.DataFrame:
    """Read a table of a plan, every cell as the text that it is.

    Parameters
    ----------
    path : Path
    rows : int
        How many it should have; one that has far more is not read.

    Raises
    ------
    OSError
        If it is no file, cannot be read or is too large.
    ValueError
        If it is no CSV table in UTF-8 with as many cells in each row as headings.
    """
    text = table_bytes(path, rows).decode("utf-8-sig")
    try:
        header, *found = list(csv.reader(StringIO(text, newline=""), strict=True)) or [[]]
    except csv.Error as error:
        raise ValueError(str(error)) from error
    if not header or len(set(header)) < len(header):
        raise ValueError("it has no headings, or one of them twice")
    for number, row in enumerate(found, start=2):
        if len(row) != len(header):
            raise ValueError(
                f"row {number} has {plural(len(row), 'cell')}, and there "
                f"{agreed(len(header), 'is', 'are')} {plural(len(header), 'heading')}"
            )
    return pd.DataFrame(found, columns=header, dtype=object)


def number_in(text: str) -> float:
    """Return a number written in digits; NaN for anything else."""
    return float(text) if _NUMBER.fullmatch(text) else float("nan")


def none_of(text: str) -> str:
    """Say what is wrong with a cell that holds no number, or one beyond ``MOST``."""
    large = "" if math.isnan(number_in(text)) else " of a plan: too large"
    return f"{text!r} is no number{large}"


def table_bytes(path: Path, rows: int) -> bytes:
    """Return the content of a table of a plan; parameters and OSError as in ``read_table``."""
    return read_whole(path, _LEAST + _ROW * rows)


def unreadable(error: OSError) -> str:
    """Say why a file of a plan cannot be read."""
    if isinstance(error, FileNotFoundError):
        return "is missing from the plan"
    return f"cannot be read: {error.strerror}"
