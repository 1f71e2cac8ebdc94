"""Tables of a plan read back, none larger than a plan of its size can have."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pandas as pd

from commission_opt.regular_file import read_whole

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
        If it is no table.
    """
    content = table_bytes(path, rows)
    return pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False)


def table_bytes(path: Path, rows: int) -> bytes:
    """Return the content of a table of a plan; parameters and OSError as in ``read_table``."""
    return read_whole(path, _LEAST + _ROW * rows)
