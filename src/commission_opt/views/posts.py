"""Who is without a post with a plan, and what work has none, where posts have an end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome, start_years
from commission_opt.arrays import Floats
from commission_opt.formulation.problem import Planning
from commission_opt.supply import waterfall
from commission_opt.views import words
from commission_opt.views.shortfall import Baselines

_ROUNDING = 1e-6  # FTE
SUMS = ("posts", "supply", "without", "graduates", "graduates_without", "new", "unfunded")


def by_cell(problem: Planning, result: Outcome) -> pd.DataFrame:
    """Tabulate posts and staff of every profession, region and year that has posts, FTE.

    Returns
    -------
    pandas.DataFrame
        ``profession``, ``region``, ``year``, ``posts``, ``supply``; ``without``: staff without a
        post; ``graduates``: those who enter in the year; ``graduates_without``: those of them who
        find no post if all others keep theirs; ``new``: of all without a post, at most those who
        are there because of new places and units; ``unfunded``: work for which there are no posts.
    """
    instance = problem.instance
    cells = np.flatnonzero(~np.isnan(instance.posts.ravel()))
    p, q, y = (instance.cells.of(axis, cells) for axis in instance.cells.axes)
    posts, supply, demand, idle, base, graduates = (
        each.ravel()[cells]
        for each in (
            instance.posts, result.supply, result.demand, result.unemployed, result.supply_base,
            _graduates(problem, result),
        )
    )  # fmt: skip
    idle = np.where(idle > _ROUNDING, idle, 0.0)
    return pd.DataFrame(
        {
            "profession": instance.professions["profession"].to_numpy()[p],
            "region": instance.regions["region"].to_numpy()[q],
            "year": instance.first_year + y,
            "posts": posts,
            "supply": supply,
            "without": idle,
            "graduates": graduates,
            "graduates_without": np.minimum(graduates, idle),
            "new": np.clip(supply - base, 0.0, idle),
            "unfunded": np.maximum(demand - posts, 0.0),
        }
    )


def by_year(cells: pd.DataFrame) -> pd.DataFrame:
    """Add up cells in each year."""
    return cells.groupby("year", as_index=False)[list(SUMS)].sum()


def _graduates(problem: Planning, result: Outcome) -> Floats:
    """Return the FTE of graduates who enter in each year, of the pipeline and of all places."""
    instance, shape = problem.instance, problem.instance.starts.shape
    of_course = np.arange(instance.starts.size) < result.n_courses * shape[1]
    started = start_years(instance, problem.policy, result.amounts)
    new, later = (np.where(of_course, each, 0.0) for each in started)
    found = waterfall(instance, problem.effects.supply.matrix, result.supply, new, later)
    return found.pipeline + found.commissioned + found.continued


def said(futures: Baselines) -> Iterator[str]:
    """Say who is without a post and what work has none; nothing where posts have no end."""
    instance, plan = futures.problem.instance, futures.plan
    if np.isnan(instance.posts).all():
        return
    of_year = np.nansum(plan.unemployed, axis=(0, 1))
    end, without = words.year(instance.years[-1]), futures.titles[0]
    if of_year.max() <= _ROUNDING:
        yield f"With the plan nobody is without a post in any year to {end}."
    else:
        worst = int(np.argmax(of_year))
        yield (
            f"With the plan {words.count(of_year.sum())} FTE-years of staff are without a post to "
            f"{end}, most in {words.year(instance.years[worst])}: {words.count(of_year[worst])} "
            f"FTE; {without} it would be {words.count(np.nansum(futures.nothing.unemployed))} "
            "FTE-years."
        )
    unfunded = float(np.nansum(np.maximum(plan.demand - instance.posts, 0.0)))
    if unfunded > _ROUNDING:
        yield (
            f"Of the shortfall with the plan {words.count(unfunded)} FTE-years are work for which "
            "there are no posts: no training closes them."
        )
