"""A frontier read back from its folder."""

from __future__ import annotations

import json
from pathlib import Path

from commission_opt.errors import InputError, UsageError
from commission_opt.files.regular import read_whole
from commission_opt.frontier.view import CurveView, view_of
from commission_opt.frontier.write import FORMAT, RECORD

_LARGEST = 2**26  # bytes of a record
_WRONG = (
    ValueError, TypeError, KeyError, AttributeError, OSError, OverflowError, RecursionError,
)  # fmt: skip


def is_frontier(folder: Path | str) -> bool:
    """Say whether a folder looks like a frontier."""
    return (Path(folder) / RECORD).is_file()


def read_frontier(folder: Path | str) -> CurveView:
    """Read a frontier back.

    Raises
    ------
    UsageError
        If it is of another format.
    InputError
        If ``frontier.json`` is not the record of a frontier.
    """
    try:
        record = json.loads(read_whole(Path(folder) / RECORD, _LARGEST).decode())
        known = record["format"]
        if known == FORMAT:
            return view_of(record)
    except _WRONG as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        message = f"is not the record of a frontier: {what}"
        raise InputError.of_file(RECORD, message) from error
    raise UsageError(
        f"{folder} is a frontier of format {known}, and this version reads {FORMAT}; trace it again"
    )
