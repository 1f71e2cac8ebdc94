"""Who is deployed in a plan: read from its table as it is written, and held to the instance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from commission_opt.accounts.deployment import cells_of, most_deployed, named_pair
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.errors import InputError, Problem
from commission_opt.formulation.cells import named_cell
from commission_opt.instance.instance import Instance
from commission_opt.plan.table import number_in, read_table

DEPLOYMENT = "deployment.csv"
_KEY = ("needed", "by", "region", "year")


def read_deployment(folder: Path, instance: Instance) -> Floats | None:
    """Read who is deployed, shape (S, Y); None if the instance lets nobody be.

    Raises
    ------
    OSError
        If the table cannot be read.
    ValueError
        If it is no table, or lacks a column.
    InputError
        If a row is none of ``substitution.csv``, stands out of order or has no number.
    """
    if not len(instance.substitution):
        return None
    size = instance.deployments.size
    table = read_table(folder / DEPLOYMENT, size)
    lacking = [name for name in (*_KEY, "fte") if name not in table]
    if lacking:
        raise ValueError(f"it has no column {lacking[0]}")
    position = {tuple(map(str, named_pair(instance, i))): i for i in range(size)}
    deployed, last = np.zeros(size), -1
    for row, cells in enumerate(table.to_dict("records"), start=2):
        at = position.get(tuple(cells[name] for name in _KEY), -1)
        if at <= last:
            message = (
                "rows are not those of substitution.csv by leaf region and year, in order and once "
                "each"
            )
            raise InputError([Problem("error", DEPLOYMENT, row, "needed", message)])
        deployed[at], last = number_in(cells["fte"]), at
        if not np.isfinite(deployed[at]):
            message = f"{cells['fte']!r} is no number"
            raise InputError([Problem("error", DEPLOYMENT, row, "fte", message)])
    return deployed.reshape(instance.deployments.shape)


def beyond_limits(
    instance: Instance, base: Floats, supply: Floats, deployed: Floats
) -> Iterator[Problem]:
    """Name the rows that deploy more than ``max_share`` allows, and those deployed beyond staff.

    Parameters
    ----------
    instance : Instance
    base : array, shape (P * Q * Y,)
        Supply with nothing bought.
    supply : array, shape (P, Q, Y)
        Supply of the plan.
    deployed : array, shape (S, Y)
        As it was read.
    """
    fte = deployed.ravel()
    row = np.cumsum(fte > 0) + 1
    most = most_deployed(instance, base).ravel()
    for i in np.flatnonzero(fte > most + TOLERANCE * np.maximum(1.0, most)):
        needed = named_pair(instance, int(i))[0]
        message = f"{fte[i]:,.6g} FTE are more than max_share of {needed!r} allows, {most[i]:,.6g}"
        yield Problem("error", DEPLOYMENT, int(row[i]), "fte", message)
    cells = cells_of(instance, "b")
    total = np.bincount(cells, fte, minlength=instance.cells.size)
    there = np.maximum(supply.ravel(), 0.0)
    for cell in np.flatnonzero(total > there + TOLERANCE * np.maximum(1.0, there)):
        first = int(np.flatnonzero((cells == cell) & (fte > 0))[0])
        profession, region, year = named_cell(instance, int(cell))
        message = (
            f"{total[cell]:,.6g} FTE of {profession!r} in {region!r} in {year} are deployed in "
            f"all, and {there[cell]:,.6g} are at work"
        )
        yield Problem("error", DEPLOYMENT, int(row[first]), "fte", message)
