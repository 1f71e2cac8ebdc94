"""Who is deployed in a plan: read from its table as it is written, and held to the instance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from commission_opt.accounts.deployment import cells_of, most_deployed, named_pair
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.errors import InputError, Problem
from commission_opt.formulation.cells import named_cell
from commission_opt.formulation.goals import outcomes, weighs
from commission_opt.formulation.problem import Planning
from commission_opt.plan.table import MOST, none_of, number_in, read_table

DEPLOYMENT = "deployment.csv"
_KEY = ("needed", "by", "region", "year")


def read_deployment(folder: Path, problem: Planning, of: str = "") -> Floats | None:
    """Read who is deployed, by pair and year; None if the instance lets nobody be.

    Parameters
    ----------
    folder : Path
    problem : Planning
        With its futures, if the plan is for several: rows then begin with the scenario.
    of : str
        What the name of the table begins with.

    Returns
    -------
    array, shape ``problem.deployments``, or None

    Raises
    ------
    OSError
        If the table cannot be read.
    ValueError
        If it is no table, or lacks a column.
    InputError
        If a row is none of ``substitution.csv``, stands out of order or has no number.
    """
    if not len(problem.instance.substitution):
        return None
    file, several, shape = f"{of}{DEPLOYMENT}", weighs(problem), problem.deployments
    table = read_table(folder / file, int(np.prod(shape)))
    key = ("scenario", *_KEY) if several else _KEY
    lacking = [name for name in (*key, "fte") if name not in table]
    if lacking:
        raise ValueError(f"it has no column {lacking[0]}")
    position = {row: i for i, row in enumerate(_rows(problem))}
    order = "by scenario, leaf region and year" if several else "by leaf region and year"
    deployed, last = np.zeros(shape), -1
    for row, cells in enumerate(table.to_dict("records"), start=2):
        at = position.get(tuple(cells[name] for name in key), -1)
        if at <= last:
            message = f"rows are not those of substitution.csv {order}, in order and once each"
            raise InputError([Problem("error", file, row, key[0], message)])
        deployed.flat[at], last = number_in(cells["fte"]), at
        if not abs(deployed.flat[at]) <= MOST:
            raise InputError([Problem("error", file, row, "fte", none_of(cells["fte"]))])
    return deployed


def _rows(problem: Planning) -> Iterator[tuple[str, ...]]:
    """Yield the key of every row there can be, in order."""
    instance = problem.instance
    pairs = [tuple(map(str, named_pair(instance, i))) for i in range(instance.deployments.size)]
    if not weighs(problem):
        yield from pairs
    elif problem.deploys:
        yield from ((future.name, *pair) for future in problem.futures for pair in pairs)


def beyond_limits(problem: Planning, result: Outcome) -> Iterator[Problem]:
    """Name the rows that deploy more than ``max_share`` allows, and those deployed beyond staff.

    Parameters
    ----------
    problem : Planning
    result : Outcome
        Of a plan, with those deployed as they were read.
    """
    own = problem.futures or [None]
    first = 2
    for future, found in zip(own, outcomes(problem, result), strict=True):
        planned = problem if future is None else future.problem
        where = "" if future is None else f" in scenario {future.name!r}"
        yield from _beyond(planned, found, first, where)
        first += int((found.deployed > 0).sum())


def _beyond(problem: Planning, result: Outcome, first: int, where: str) -> Iterator[Problem]:
    """Name the rows of one future, which begin at row ``first`` of the table."""
    instance, fte = problem.instance, result.deployed.ravel()
    row = np.cumsum(fte > 0) + first - 1
    most = most_deployed(instance, problem.effects.supply.constant).ravel()
    for i in np.flatnonzero(fte > most + TOLERANCE * np.maximum(1.0, most)):
        needed = named_pair(instance, int(i))[0]
        message = (
            f"{fte[i]:,.6g} FTE are more than max_share of {needed!r} allows{where}, {most[i]:,.6g}"
        )
        yield Problem("error", DEPLOYMENT, int(row[i]), "fte", message)
    cells = cells_of(instance, "b")
    total = np.bincount(cells, fte, minlength=instance.cells.size)
    there = np.maximum(result.supply.ravel(), 0.0)
    for cell in np.flatnonzero(total > there + TOLERANCE * np.maximum(1.0, there)):
        at = int(np.flatnonzero((cells == cell) & (fte > 0))[0])
        profession, region, year = named_cell(instance, int(cell))
        message = (
            f"{total[cell]:,.6g} FTE of {profession!r} in {region!r} in {year}{where} are deployed "
            f"in all, and {there[cell]:,.6g} are at work"
        )
        yield Problem("error", DEPLOYMENT, int(row[at]), "fte", message)
