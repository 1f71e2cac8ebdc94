"""Rows that keep an account within its limits, wherever what is decided could break them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats, Ints
from commission_opt.core.account import Account
from commission_opt.formulation.cells import named_cell
from commission_opt.formulation.origin import Origin, Said
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance


def kept_within(
    problem: Planning, name: str, account: Account, cells: Ints, origin: Origin, title: str
) -> Part:
    """Keep an account of professions, regions and years within its limits.

    Parameters
    ----------
    name : str
        Of the rows.
    account : Account, of m cells
        Over what starts, in FTE.
    cells : array of int, shape (m,)
        Position in ``Instance.cells`` of each, which is the item of the origin too.
    origin : Origin
        Of the limits.
    title : str
        What is limited, before "of PROFESSION in REGION in YEAR".
    """
    instance = problem.instance

    def key(i: int) -> str:
        return "{},{},{}".format(*named_cell(instance, cells[i]))

    def label(i: int) -> str:
        return in_words(title, instance, cells[i])

    over = account.over(problem.layout.started)
    return kept(problem, name, over, cells, origin, label, key)


def kept(
    problem: Planning,
    name: str,
    account: Account,
    items: Ints,
    origin: Origin,
    label: Callable[[int], str],
    key: Callable[[int], str],
) -> Part:
    """Keep an account over decision columns within its limits.

    Parameters
    ----------
    name : str
        Of the rows.
    account : Account, of m cells
    items : array of int, shape (m,)
        Item of the origin of each.
    origin : Origin
        Of the limits.
    label, key : callable
        As in ``Rows``, by cell.
    """
    end = problem.cohorts.capacity[problem.layout.line]
    _, most = account.range(np.zeros_like(end), end)
    live = np.flatnonzero((most > account.upper) | problem.steady)
    if not len(live):
        return Part()
    nothing = np.full(len(live), -np.inf)
    rows = Rows(
        name, {PLACES: account.matrix[live]}, nothing, account.left[live],
        lambda i: label(live[i]), lambda i: key(live[i]),
        origin=(origin, origin), items=items[live],
    )  # fmt: skip
    return Part(rows=(rows,))


def in_words(title: str, instance: Instance, cell: int) -> str:
    """Say what is limited, and of which profession, region and year."""
    return "{} of {!r} in {!r} in {}".format(title, *named_cell(instance, cell))


def of_workforce(
    title: str, column: str, unit: str, figures: Callable[[Instance], Floats]
) -> Origin:
    """Return the origin of limits that rest on a column of ``workforce.csv``, cell by cell.

    ``figures`` are those of the column, shape (P, Q).
    """

    def said(problem: Planning, cell: int) -> Said:
        profession, region, year = named_cell(problem.instance, cell)
        p, q, _ = np.unravel_index(cell, problem.instance.shape)
        name = f"{column} of {profession!r} in {region!r} in {year}"
        return Said(name, float(figures(problem.instance)[p, q]), year)

    def lines(problem: Planning) -> Ints:
        instance = problem.instance
        table = instance.tables["workforce"]
        codes = (instance.professions["profession"], instance.regions["region"])
        p, q = (
            pd.Index(code).get_indexer(table[name])
            for name, code in zip(("profession", "region"), codes, strict=True)
        )
        line = np.zeros(instance.shape[:2], dtype=np.int64)
        line[p, q] = table.index.to_numpy(int)
        return np.repeat(line.ravel(), instance.horizon)

    return Origin(title, "workforce.csv", column, said, lines, unit=unit)
