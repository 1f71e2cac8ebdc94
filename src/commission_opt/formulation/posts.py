"""Posts as rows see them: ``u ≥ demand − posts`` where they, and not staff, can be what is missing.

Demand less posts is a number, unless measures reshape demand: then it is affine in the decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.core.account import Affine
from commission_opt.formulation.cells import named_cell
from commission_opt.formulation.origin import Origin, Said
from commission_opt.formulation.parts import Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.service import Service
from commission_opt.instance import overrides

POSTS = "posts"


@dataclass(frozen=True, eq=False)
class PostsMissing:
    """Demand less posts, by cell of ``Instance.cells`` and column of the service.

    Parameters
    ----------
    beyond : Affine
        Demand less posts, FTE; −∞ where posts have no end.
    least, most : array, shape (cells,)
        Its ends over the box, but at least 0.
    can, must : array of bool, shape (cells,)
        Whether posts can be what is missing, and whether staff never are while there is demand
        beyond posts.
    """

    beyond: Affine
    least: Floats
    most: Floats
    can: Bools
    must: Bools

    @property
    def turned(self) -> Bools:
        """Whether decisions move it."""
        return np.asarray(np.diff(self.beyond.matrix.indptr) > 0)

    def rows(
        self, problem: Planning, whole: Service, live: Ints, fills: Mapping[str, sparse.csr_array]
    ) -> Iterator[Rows]:
        """Keep what is missing at demand less posts or more.

        Parameters
        ----------
        whole : Service
            Of the problem.
        live : array of int, shape (rows,)
            Cells in which something may be missing.
        fills : mapping of str to scipy.sparse.csr_array, shape (rows, columns)
            By the name of a block of columns, those that add up to what is missing in each.
        """
        instance = problem.instance
        given = np.isfinite(self.beyond.constant) & (self.can | problem.steady)
        own = np.flatnonzero(given[live])
        cells = live[own]
        if not len(cells):
            return

        def key(i: int) -> str:
            return "{},{},{}".format(*named_cell(instance, cells[i]))

        yield Rows(
            POSTS,
            {
                **whole.coefficients(sparse.csr_array(-self.beyond.matrix[cells])),
                **{block: fill[own] for block, fill in fills.items()},
            },
            self.beyond.constant[cells], np.full(len(cells), np.inf),
            lambda i: _NAME.format(*named_cell(instance, cells[i])), key,
            origin=(ORIGIN, ORIGIN), items=cells,
        )  # fmt: skip


def posts_missing(problem: Planning, whole: Service) -> PostsMissing:
    """Work out where posts may be what is missing, over the columns of the service."""
    posts, demand = problem.instance.posts.ravel(), problem.column_effects.demand
    over = whole.widened(demand)
    beyond = Affine(demand.constant - np.where(np.isnan(posts), np.inf, posts), over.matrix)
    least, most = (np.maximum(side, 0.0) for side in whole.range(beyond))
    can = must = np.zeros(len(posts), dtype=bool)
    if not np.isnan(posts).all():
        fewest, greatest = whole.range(whole.done)
        can, must = (posts < greatest) & (most > 0), posts <= fewest
    return PostsMissing(beyond, least, most, can, must)


_NAME = "posts for {!r} in {!r} in {}"


def _said(problem: Planning, cell: int) -> Said:
    named = named_cell(problem.instance, cell)
    return Said(_NAME.format(*named), float(problem.instance.posts.flat[cell]), named[2])


def _lines(problem: Planning) -> Ints:
    """Return the line of the file on which the posts of each cell stand; 0 where none do."""
    instance, table = problem.instance, problem.instance.tables["posts"]
    lines = overrides.by_cell(
        table, table.index.to_numpy(float),
        instance.professions["profession"], instance.regions["region"], instance.years,
    )  # fmt: skip
    return np.nan_to_num(lines).astype(np.int64).ravel()


ORIGIN = Origin("posts", "posts.csv", "posts", _said, _lines, unit="FTE")
"""The posts of each cell of ``Instance.cells``; no plan fails because of them."""
