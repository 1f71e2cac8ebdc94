"""Programs as files that other solvers read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from highspy import HighsStatus
from highspy.highs import Highs

from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.highs import load, option
from commission_opt.solvers.status import Limits


def write_program(
    program: LinearProgram,
    integer: np.ndarray,
    columns: Sequence[str],
    rows: Sequence[str],
    path: Path,
) -> bool:
    """Write a program with names as a file whose ending says the format; say if it worked."""
    highs = load(program, integer, Limits())
    for i, name in enumerate(columns):
        highs.passColName(i, name)
    for i, name in enumerate(rows):
        highs.passRowName(i, name)
    return bool(highs.writeModel(str(path)) != HighsStatus.kError)


def is_program(program: LinearProgram, integer: np.ndarray, path: Path) -> bool:
    """Say whether a file reads back as a program of the same rows and coefficients.

    A column that stands nowhere may be left out of an LP file.
    """
    read = Highs()
    option(read, "output_flag", False)
    given = load(program, integer, Limits())
    return bool(
        read.readModel(str(path)) != HighsStatus.kError
        and (read.getNumRow(), read.getNumNz()) == (given.getNumRow(), given.getNumNz())
        and read.getNumCol() <= given.getNumCol()
    )
