"""A sum of hinges as an aim of a program: a row for each of its cells, a column for each level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.formulation.cells import named_cell
from commission_opt.formulation.objectives.shortfall import priced
from commission_opt.formulation.parts import PLACES, Aim, Columns, Hinges, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.uncertainty.fit import FIRST
from commission_opt.uncertainty.partition import Below


def within(hinges: Hinges, lower: Floats, upper: Floats) -> tuple[Hinges, Floats]:
    """Return hinges as they are in a box of the decision columns, levels from the highest knot.

    Parameters
    ----------
    hinges : Hinges
    lower, upper : array, shape (n,)

    Returns
    -------
    hinges : Hinges
        What is below its knot everywhere is linear there, what is nowhere is left out: of slope 0.
    least : array, shape (cells,)
        The least that is reached in each cell.
    """
    up, down = hinges.reach.maximum(0), hinges.reach.minimum(0)
    least, most = up @ lower + down @ upper, up @ upper + down @ lower
    always = np.where(hinges.knots >= most, hinges.slopes, 0.0)
    slopes = np.where((hinges.knots < most) & (hinges.knots > least), hinges.slopes, 0.0)
    order = np.argsort(np.where(slopes > 0, -hinges.knots, np.inf), axis=0, kind="stable")
    kept = replace(
        hinges,
        knots=np.take_along_axis(hinges.knots, order, axis=0),
        slopes=np.take_along_axis(slopes, order, axis=0),
        linear=hinges.linear - hinges.reach.T @ always.sum(axis=0),
        offset=hinges.offset + float((always * hinges.knots).sum()),
    )
    return kept, least


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
    kept, least = within(hinges, *box)
    live = np.flatnonzero(kept.slopes.any(axis=0))
    some = int((kept.slopes > 0).sum(axis=0).max(initial=1))
    knots, slopes = kept.knots[:some, live], kept.slopes[:some, live]
    reach = sparse.csr_array(kept.reach[live])
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
    cost = {PLACES: kept.linear, name: np.cumsum(slopes, axis=0)[level, row]}
    own = replace(kept, reach=reach, knots=knots, slopes=slopes)
    return Aim(objective, cost, kept.offset, (Part((columns,), (rows,)),), hinges=own)


def aim_below(
    problem: Planning, objective: str, below: Below, box: tuple[Floats, Floats], name: str
) -> Aim:
    """Write an under-estimate of an objective as an aim.

    Parameters
    ----------
    problem : Planning
    objective : {"shortfall", "surplus"}
    below : Below
    box : pair of arrays, shape (n,)
        Of the decision columns.
    name : str
        Of its columns and rows.
    """

    def key(i: int) -> str:
        profession, region, year = named_cell(problem.instance, int(below.cell[i]))
        group = below.group[i]
        return f"{profession},{region}" + (f",{year},group{group + 1}" if group >= 0 else "")

    def label(i: int) -> str:
        profession, region, year = named_cell(problem.instance, int(below.cell[i]))
        when = f" in {year}, in a group of futures" if below.group[i] >= 0 else " in all futures"
        return f"demand for {profession!r} in {region!r}{when}"

    aim = aim_of_hinges(objective, name, below.hinges, box, key, label)
    return priced(problem, aim) if objective == FIRST else aim
