"""People who may go on to a course: who is drawn from a pool, who feeds it, who stays in it.

    eligible[y] = entrants[y] + fed[y] + stay_rate[y−1] · (eligible[y−1] − drawn[y−1])

The last term is 0 in the first year, whose entrants include those already waiting. It may be below
0 where a pool is overdrawn, so that all of this stays affine in what starts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.account import Account, Affine
from commission_opt.core.index import Index
from commission_opt.instance.instance import Instance
from commission_opt.instance.pools import NOWHERE
from commission_opt.instance.use import matches


@dataclass(frozen=True)
class Pools:
    """People in N pools, by year of the horizon.

    Parameters
    ----------
    entrants, fed, carried : array, shape (N, Y)
        From outside, from courses, and of those eligible and not drawn the year before.
    eligible, drawn : array, shape (N, Y)
        All of these, and those who start a course.
    """

    entrants: Floats
    fed: Floats
    carried: Floats
    eligible: Floats
    drawn: Floats


def drawn(instance: Instance, *, by_link: bool = False) -> Account:
    """Return the people whom starts draw from each pool in each year.

    Returns
    -------
    Account, of N · Y cells
        Over starts at positions of ``Instance.starts``; it has no limit of its own. With
        ``by_link`` there are cells for each of the pathways that ``links_of`` returns.
    """
    if instance.pathways.empty:
        return _nothing(instance, by_link=by_link)
    links = links_of(instance, "draws")
    cells = _rows(instance, links, by_link=by_link)
    return _account(instance, links, cells, np.zeros(cells[0].size))


def fed(instance: Instance, *, by_link: bool = False) -> Account:
    """Return the people who go from courses to each pool in each year; as ``drawn``.

    Its constant are those of the pipeline: of cohorts that are on course when the plan starts, and
    of those that have qualified and enter the pool within the horizon.
    """
    if instance.pathways.empty:
        return _nothing(instance, by_link=by_link)
    links, cohorts = links_of(instance, "feeds"), instance.tables["pipeline"]
    rows, of_link = _rows(instance, links, by_link=by_link)
    at = pd.Index(instance.courses["course"]).get_indexer(cohorts["course"])
    cohort, link = matches(at, links["course"].to_numpy(int))
    start = cohorts["start_year"].to_numpy(int)[cohort] - instance.first_year
    year = start + links["delay"].to_numpy(int)[link]
    inside = (year >= 0) & (year < instance.horizon)
    people = cohorts["started"].to_numpy(float)[cohort] * links["each"].to_numpy(float)[link]
    of_pipeline = np.zeros(rows.size)
    np.add.at(of_pipeline, rows.at(of_link[link[inside]], year[inside]), people[inside])
    return _account(instance, links, (rows, of_link), of_pipeline)


def _nothing(instance: Instance, *, by_link: bool) -> Account:
    """Return that nobody is drawn from pools, nor goes to them."""
    count = 0 if by_link else instance.pools.size
    matrix = sparse.csr_array((count, instance.starts.size))
    return Account(np.zeros(count), matrix, np.full(count, np.inf))


def links_of(instance: Instance, role: str) -> pd.DataFrame:
    """Return the pathways of a role: place, course, delay (years), each (people per starter)."""
    links = instance.pathways
    links = links[(links["role"] == role) & (links["place"] != NOWHERE)]
    if role == "draws":
        return links.assign(delay=0, each=links["share"])
    courses = instance.courses.iloc[links["course"].to_numpy(int)]
    return links.assign(
        delay=courses["duration_years"].to_numpy(int) + links["lag_years"].to_numpy(int),
        each=courses["completion_rate"].to_numpy(float) * links["share"].to_numpy(float),
    )


def _rows(instance: Instance, links: pd.DataFrame, *, by_link: bool) -> tuple[Index, Ints]:
    """Return how cells are numbered, and the first coordinate of each link among them."""
    if not by_link:
        return instance.pools, links["place"].to_numpy(np.int64)
    return Index(("link", "year"), (len(links), instance.horizon)), np.arange(len(links))


def _account(
    instance: Instance, links: pd.DataFrame, cells: tuple[Index, Ints], constant: Floats
) -> Account:
    (rows, of_link), starts, horizon = cells, instance.starts, instance.horizon
    course, delay = (links[name].to_numpy(int) for name in ("course", "delay"))
    each = links["each"].to_numpy(float) * instance.lines["fill_rate"].to_numpy(float)[course]
    link, start = np.nonzero(delay[:, None] + np.arange(horizon) < horizon)
    row = rows.at(of_link[link], start + delay[link])
    column = starts.at(course[link], start)
    matrix = sparse.csr_array((each[link], (row, column)), shape=(rows.size, starts.size))
    return Account(constant, matrix, np.full(rows.size, np.inf))


def eligible(instance: Instance, fed: Affine, drawn: Affine) -> Affine:
    """Return the people eligible in each pool and year, over what the others are over."""
    pools, stays = instance.pools, figures(instance, "stay_rate")[:, :-1].ravel()
    later = np.flatnonzero(pools.of("year") > 0)
    stay = sparse.csr_array((stays, (later, later - 1)), shape=(pools.size, pools.size))
    stay.eliminate_zeros()
    entrants = figures(instance, "entrants").ravel()
    new = Affine(
        entrants + fed.constant - stay @ drawn.constant,
        sparse.csr_array(fed.matrix - stay @ drawn.matrix),
    )
    constant, matrix = new.constant, new.matrix
    for _ in range(instance.horizon - 1 if stay.nnz else 0):
        constant, matrix = new.constant + stay @ constant, new.matrix + stay @ matrix
    return Affine(np.asarray(constant), sparse.csr_array(matrix))


def people(instance: Instance, fed: Floats, drawn: Floats) -> Pools:
    """Follow those fed and drawn, in each pool and year, through the years."""
    shape, stay = instance.pools.shape, figures(instance, "stay_rate")
    entrants, carried = figures(instance, "entrants"), np.zeros(shape)
    fed, drawn = fed.reshape(shape), drawn.reshape(shape)
    here = entrants + fed
    for y in range(1, instance.horizon):
        carried[:, y] = stay[:, y - 1] * (here[:, y - 1] - drawn[:, y - 1])
        here[:, y] += carried[:, y]
    return Pools(entrants, fed, carried, here, drawn)


def figures(instance: Instance, column: str) -> Floats:
    """Return a column of ``Instance.eligible``, shape (N, Y)."""
    return instance.eligible[column].to_numpy(float).reshape(instance.pools.shape)
