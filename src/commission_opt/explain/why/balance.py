"""What one more place or unit brings, and what it takes of all that is scarce."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats, Ints
from commission_opt.explain.margins.prices import PricedProgram
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.rules import LIMITS
from commission_opt.formulation.shortage import SHORTAGE

_NOTHING = 1e-9  # of the largest part: rounding
_UNITS = {limit.table: (limit.origin.unit, limit.origin.scale) for limit in LIMITS.values()}


def balance(near: PricedProgram, column: int) -> pd.DataFrame:
    """Take the worth of one more place or unit apart.

    With multipliers y of the rows, one more of a column with coefficients a changes the
    objective by ``cost − Σ y_i a_i``: rows of demand count as what it brings, by region of work,
    the others as what it takes.

    Parameters
    ----------
    near : PricedProgram
    column : int
        Decision column.

    Returns
    -------
    pandas.DataFrame
        ``what``, ``kind``, ``uses`` (of a limit, in ``unit``), ``price`` (per unit) and ``worth``
        in units of the first objective: above 0 what the place brings, below 0 what it takes from
        others.
    """
    program, formulation, scale = near.program, near.formulation, near.scale
    matrix, y = program.matrix, near.optimum.multipliers
    at = program.columns[PLACES].start + column
    entries = slice(matrix.indptr[at], matrix.indptr[at + 1])
    row, use = matrix.indices[entries].astype(np.int64), matrix.data[entries]
    worth = y[row] * use * scale
    of_course = formulation.problem.layout.line[column] < len(formulation.problem.instance.courses)
    counted = "places" if of_course else "units"
    parts = [
        (f"staff in {region}", "supply", np.nan, "", np.nan, value)
        for region, value in _supplied(near, row, worth).items()
        if value
    ]
    if cost := float(program.cost[at]) * scale:
        title = OBJECTIVES[formulation.aim.name].title
        parts.append((f"itself ({title})", formulation.aim.name, np.nan, "", np.nan, -cost))
    small = _NOTHING * max(1.0, float(np.max(np.abs(worth), initial=0.0)))
    for i, used, value in zip(row.tolist(), use, worth, strict=True):
        name = next(n for n, s in program.rows.items() if s.start <= i < s.stop)
        if name == SHORTAGE or abs(value) <= small:
            continue
        unit, size = _UNITS.get(name, (counted, 1.0))
        price = abs(float(y[i])) * scale / size
        parts.append((formulation.row_label(i), name, used * size, unit, price, float(value)))
    frame = pd.DataFrame(parts, columns=["what", "kind", "uses", "unit", "price", "worth"])
    order = np.argsort(-frame["worth"].to_numpy(float), kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def brought(near: PricedProgram) -> Floats:
    """Return what one place or unit of every decision brings at the prices, shape (n,)."""
    program = near.program
    rows = program.rows.get(SHORTAGE, slice(0, 0))
    y = np.zeros(len(program.row_lower))
    y[rows] = near.optimum.multipliers[rows]
    return np.asarray((program.matrix.T @ y)[program.columns[PLACES]] * near.scale)


def _supplied(near: PricedProgram, row: Ints, worth: Floats) -> dict[str, float]:
    """Return what a place brings, by region of work."""
    where = near.program.rows.get(SHORTAGE, slice(0, 0))
    found: dict[str, float] = {}
    for i, value in zip(row.tolist(), worth, strict=True):
        if where.start <= i < where.stop:
            block = next(b for b in near.formulation.rows if b.name == SHORTAGE)
            region = block.key(i - where.start).rsplit(",", 2)[1]
            found[region] = found.get(region, 0.0) + float(value)
    return found
