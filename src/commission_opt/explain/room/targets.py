"""What has a range: the places of a course in a year, and totals of places.

A total becomes a column of the program, with a row that makes it the sum of the decision columns
it counts. Then every target is one column, and one argument bounds them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.errors import UsageError
from commission_opt.explain.naming import code_position, unknown
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Bools

_TOTALS = "totals"


class TargetKind(StrEnum):
    """What a target counts."""

    COURSE = "course"
    ALL_YEARS = "course, all years"
    PROFESSION = "profession"
    REGION = "region"


@dataclass(frozen=True, eq=False)
class Targets:
    """Numbers of places that have a range, m of them.

    Parameters
    ----------
    kind : tuple of TargetKind
    position : array of int, shape (m,)
        Of the course, profession or region in the instance.
    year : array of int, shape (m,)
        Commissioning year; -1 where it counts all of them, or where all are alike.
    weights : scipy.sparse.csr_array, shape (m, n)
        Places per unit of each decision column.
    """

    kind: tuple[TargetKind, ...]
    position: Ints
    year: Ints
    weights: sparse.csr_array

    def __len__(self) -> int:
        return len(self.kind)

    def of(self, kind: TargetKind) -> Ints:
        """Return the positions of the targets of a kind."""
        return np.flatnonzero([each is kind for each in self.kind])

    @cached_property
    def single(self) -> Bools:
        """Whether a target is one decision column, and no total, shape (m,)."""
        return np.array([kind is TargetKind.COURSE for kind in self.kind], dtype=bool)

    def counted(self, k: int) -> Ints:
        """Return the decision columns that a target counts."""
        return self.weights[[k]].indices.astype(np.int64)

    @property
    def columns(self) -> Ints:
        """Position of each target's column in the program with totals; negative from the end."""
        places = np.zeros(len(self), dtype=np.int64)
        places[self.single] = self.weights[self.single].indices
        places[~self.single] = -np.arange(int((~self.single).sum()), 0, -1)
        return places


def targets(problem: Planning, courses: Ints, *, totals: bool) -> Targets:
    """Lay out the targets of some courses.

    Parameters
    ----------
    problem : Planning
    courses : array of int
        Positions of courses.
    totals : bool
        Whether all places of each profession and region of these courses are targets too.

    Returns
    -------
    Targets
        Totals of courses over the years first, then courses by year, then other totals. With one
        number for all years, a course has that number only.
    """
    layout, instance = problem.layout, problem.instance
    decided = layout.grid.shape[1]
    repeated = layout.years // decided
    found: list[tuple[TargetKind, int, int, Ints, float]] = []
    if decided > 1:
        found += [(TargetKind.ALL_YEARS, c, -1, layout.grid[c], 1.0) for c in courses.tolist()]
    for c in courses.tolist():
        for k in range(decided):
            year = instance.first_year + k if repeated == 1 else -1
            found.append((TargetKind.COURSE, c, year, layout.grid[c, [k]], 1.0))
    if totals:
        for kind, key in ((TargetKind.PROFESSION, "p"), (TargetKind.REGION, "q")):
            own = instance.courses[key].to_numpy(int)
            for position in np.unique(own[courses]).tolist():
                counted = np.flatnonzero((own == position)[layout.line])
                found.append((kind, position, -1, counted, float(repeated)))
    kinds, positions, years, columns, each = zip(*found, strict=True)
    counts = [len(some) for some in columns]
    weights = sparse.csr_array(
        (np.repeat(each, counts), (np.repeat(np.arange(len(found)), counts), np.hstack(columns))),
        shape=(len(found), layout.size),
    )
    return Targets(kinds, np.array(positions), np.array(years), weights)


def chosen(
    problem: Planning, course: Sequence[str], profession: Sequence[str], region: Sequence[str]
) -> Ints:
    """Return the positions of the courses that every filter lets through; no filter, all.

    Raises
    ------
    UsageError
        If a code is not there, or no course is left.
    """
    instance = problem.instance
    courses = instance.courses
    left = np.ones(len(courses), dtype=bool)
    if course:
        left &= np.isin(
            np.arange(len(courses)), [code_position(instance, "course", c) for c in course]
        )
    if profession:
        some = [code_position(instance, "profession", p) for p in profession]
        left &= np.isin(courses["p"].to_numpy(int), some)
    if region:
        for code in region:
            if code not in instance.scopes:
                raise unknown("region", code, instance.scopes)
        inside = np.any([instance.scopes[code] for code in region], axis=0)
        left &= inside[courses["q"].to_numpy(int)]
    if not left.any():
        raise UsageError("no course is of that course, profession and region together")
    return np.flatnonzero(left)


def with_totals(program: LinearProgram, of: Targets) -> LinearProgram:
    """Return the program with a column, at the end, for each target that is a total."""
    weights = of.weights[~of.single]
    count, n = weights.shape
    if not count:
        return program
    beside = sparse.csr_array((count, len(program.cost) - n))
    blocks: list[list[Any]] = [
        [program.matrix, sparse.csr_array((len(program.row_lower), count))],
        [sparse.hstack([weights, beside]), -sparse.eye_array(count)],
    ]
    zeros = np.zeros(count)
    rows, columns = len(program.row_lower), len(program.cost)
    return replace(
        program,
        matrix=sparse.csc_array(sparse.block_array(blocks)),
        cost=np.append(program.cost, zeros),
        lower=np.append(program.lower, weights @ program.lower[:n]),
        upper=np.append(program.upper, weights @ program.upper[:n]),
        row_lower=np.append(program.row_lower, zeros),
        row_upper=np.append(program.row_upper, zeros),
        columns={**program.columns, _TOTALS: slice(columns, columns + count)},
        rows={**program.rows, _TOTALS: slice(rows, rows + count)},
    )


def admissible(of: Targets, formulation: Formulation) -> tuple[Floats, Floats]:
    """Return the step and the smallest positive number of each target in whole places.

    A total of several courses or years is a multiple of what divides all their steps; nothing
    more is said of it.
    """
    step, smallest = np.ones(len(of)), np.ones(len(of))
    for k in range(len(of)):
        own = slice(of.weights.indptr[k], of.weights.indptr[k + 1])
        column, weight = of.weights.indices[own], of.weights.data[own]
        sizes = np.round(weight * formulation.step[column]).astype(np.int64)
        step[k] = max(1.0, float(np.gcd.reduce(sizes)))
        least = formulation.smallest[column] * weight
        smallest[k] = least[least > 0].min(initial=np.inf)
    smallest[np.isinf(smallest)] = 0.0
    return step, smallest
