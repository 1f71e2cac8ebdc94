"""Rows that hold what is drawn from pools of people against who is eligible: what rules share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from commission_opt.accounts.pools import eligible
from commission_opt.arrays import Ints
from commission_opt.core.account import Affine
from commission_opt.formulation.origin import Said
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance
from commission_opt.instance.overrides import by_year
from commission_opt.instance.typed import ANY


def eligible_over_columns(problem: Planning) -> Affine:
    """Return the people eligible in each pool and year, over the decision columns."""
    over = problem.column_effects
    return eligible(problem.instance, over.fed, over.drawn)


def named_pool(instance: Instance, cell: int) -> tuple[str, str, int]:
    """Return the pool, the region and the year of a cell of ``Instance.pools``."""
    pool, region, year = (instance.eligible[c].to_numpy()[cell] for c in ("pool", "region", "year"))
    return str(pool), str(region), int(year)


def in_words(what: str, instance: Instance, cell: int) -> str:
    """Say what is meant, and of which pool, region and year."""
    pool, region, year = named_pool(instance, cell)
    place = "" if region == ANY else f" in {region!r}"
    return f"{what} pool {pool!r}{place} in {year}"


def said_in(column: str, what: str) -> Callable[[Planning, int], Said]:
    """Return what an origin says of a figure of ``eligible.csv``, cell by cell."""

    def said(problem: Planning, cell: int) -> Said:
        instance = problem.instance
        figure, year = instance.eligible[[column, "year"]].iloc[cell]
        return Said(in_words(what, instance, cell), float(figure), int(year))

    return said


def lines(problem: Planning) -> Ints:
    """Return the line of ``eligible.csv`` behind each cell."""
    return lines_of(problem.instance)


def lines_of(instance: Instance) -> Ints:
    """Return the line of ``eligible.csv`` behind each cell."""
    return by_year(instance.tables["eligible"], instance.years)["row"].to_numpy(np.int64)
