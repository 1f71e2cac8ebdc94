"""A sum of hinges as an aim of a program: a row for each of its cells, a column for each level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import activity_range
from commission_opt.formulation.cells import named_cell
from commission_opt.formulation.parts import PLACES, Aim, Columns, Hinges, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.uncertainty.partition import Below


def aim_of_hinges(
    objective: str,
    name: str,
    hinges: Hinges,
    box: tuple[Floats, Floats],
    key: Callable[[int], str],
    label: Callable[[int], str],
) -> Aim:
    """Write hinges as an aim.

    Parameters
    ----------
    objective, name : str
        What is made least; of its columns and rows.
    hinges : Hinges
    box : pair of arrays, shape (n,)
        Of the decision columns.
    key, label : callable
        Codes and words of the i-th cell.
    """
    least, most = activity_range(hinges.reach, *box)
    # What is below its knot everywhere is linear there, what is nowhere is left out.
    always = np.where(hinges.knots >= most, hinges.slopes, 0.0)
    slopes = np.where((hinges.knots < most) & (hinges.knots > least), hinges.slopes, 0.0)
    short, gap = always.sum(axis=0), (always * hinges.knots).sum(axis=0)
    order = np.argsort(np.where(slopes > 0, -hinges.knots, np.inf), axis=0, kind="stable")
    some = int((slopes > 0).sum(axis=0).max(initial=1))
    knots = np.take_along_axis(hinges.knots, order, axis=0)[:some]
    slopes = np.take_along_axis(slopes, order, axis=0)[:some]
    every = np.flatnonzero(slopes.any(axis=0) | (short > 0))
    first = np.divide(gap, short, out=np.zeros_like(gap), where=short > 0)
    own = replace(
        hinges,
        reach=sparse.csr_array(hinges.reach[every]),
        knots=np.vstack([first, knots])[:, every],
        slopes=np.vstack([short, slopes])[:, every],
    )
    live = np.flatnonzero(slopes.any(axis=0))
    knots, slopes = knots[:, live], slopes[:, live]
    reach = sparse.csr_array(hinges.reach[live])
    floor = least[live]
    ends = np.vstack([np.where(slopes > 0, knots, floor), floor])
    widths = ends[:-1] - ends[1:]
    row, level = np.nonzero(slopes.T)
    top, width, above = ends[level, row], widths[level, row], ends[0]

    def fill(x: Floats) -> Floats:
        return np.asarray(np.clip(top - (reach @ x)[row], 0.0, width))

    holds = sparse.csr_array(
        (np.ones(len(row)), (row, np.arange(len(row)))), shape=(len(live), len(row))
    )
    columns = Columns(
        name, np.zeros(len(row)), width, fill,
        lambda i: f"{key(int(live[row[i]]))},level{level[i] + 1}",
    )  # fmt: skip
    rows = Rows(
        name, {PLACES: reach, name: holds}, above, np.full(len(live), np.inf),
        lambda i: label(int(live[i])), lambda i: key(int(live[i])),
    )  # fmt: skip
    linear = hinges.linear - hinges.reach.T @ short
    cost = {PLACES: linear, name: np.cumsum(slopes, axis=0)[level, row]}
    offset = hinges.offset + float(gap.sum())
    return Aim(objective, cost, offset, (Part((columns,), (rows,)),), hinges=own)


def aim_below(
    problem: Planning, objective: str, below: Below, box: tuple[Floats, Floats], name: str
) -> Aim:
    """Write an under-estimate of an objective as an aim.

    Parameters
    ----------
    problem : Planning
    objective : str
    below : Below
    box : pair of arrays, shape (n,)
        Of the decision columns.
    name : str
        Of its columns and rows.
    """

    def key(i: int) -> str:
        profession, region, year = named_cell(problem.instance, int(below.cell[i]))
        return f"{profession},{region}" + (f",{year}" if below.by_year[i] else "")

    def label(i: int) -> str:
        profession, region, year = named_cell(problem.instance, int(below.cell[i]))
        when = f" in {year}" if below.by_year[i] else ""
        return f"demand for {profession!r} in {region!r}{when} in all futures"

    return replace(aim_of_hinges(objective, name, below.hinges, box, key, label), below=True)
