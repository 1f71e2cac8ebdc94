"""What has a range: the places of a course or units of a measure in a year, and totals.

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
    MEASURE = "measure"
    MEASURE_ALL_YEARS = "measure, all years"
    PROFESSION = "profession"
    REGION = "region"

    @property
    def line(self) -> str:
        """What it is of: a ``measure``, or a ``course`` or several."""
        return "measure" if self in _OF_MEASURES else "course"

    @property
    def unit(self) -> str:
        """What it counts: ``units`` or ``places``."""
        return "units" if self in _OF_MEASURES else "places"


_OF_MEASURES = (TargetKind.MEASURE, TargetKind.MEASURE_ALL_YEARS)


@dataclass(frozen=True, eq=False)
class Targets:
    """Numbers of places or units that have a range, m of them.

    Parameters
    ----------
    kind : tuple of TargetKind
    position : array of int, shape (m,)
        Of the course, measure, profession or region in its table of the instance.
    year : array of int, shape (m,)
        Commissioning year; -1 where it counts all of them, or where all are alike.
    weights : scipy.sparse.csr_array, shape (m, n)
        Places or units per unit of each decision column.
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
        of_line = (TargetKind.COURSE, TargetKind.MEASURE)
        return np.array([kind in of_line for kind in self.kind], dtype=bool)

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


def targets(problem: Planning, lines: Ints, *, totals: bool) -> Targets:
    """Lay out the targets of some lines.

    Parameters
    ----------
    problem : Planning
    lines : array of int
        Positions of courses and measures, as lines.
    totals : bool
        Whether all places of each profession and region of these courses are targets too.

    Returns
    -------
    Targets
        Totals of lines over the years first, then lines by year, then other totals, which are of
        places. With one number for all years, a course has that number only.
    """
    layout, instance = problem.layout, problem.instance
    n_courses, decided = layout.grid.shape
    repeated = layout.years // decided
    found: list[tuple[TargetKind, int, int, Ints, float]] = []
    by_year: list[tuple[TargetKind, int, int, Ints, float]] = []
    for line in lines.tolist():
        own, every = TargetKind.COURSE, TargetKind.ALL_YEARS
        at, own_columns = line, layout.columns_of(np.array([line]))
        if line >= n_courses:
            own, every, at = TargetKind.MEASURE, TargetKind.MEASURE_ALL_YEARS, line - n_courses
        if len(own_columns) > 1:
            found.append((every, at, -1, own_columns, 1.0))
        for k, column in enumerate(own_columns.tolist()):
            year = instance.first_year + k if len(own_columns) == layout.years else -1
            by_year.append((own, at, year, np.array([column]), 1.0))
    found += by_year
    if totals:
        courses = lines[lines < n_courses]
        line_of = layout.line[: layout.courses.stop]
        for kind, key in ((TargetKind.PROFESSION, "p"), (TargetKind.REGION, "q")):
            own_codes = instance.courses[key].to_numpy(int)
            for position in np.unique(own_codes[courses]).tolist():
                counted = np.flatnonzero((own_codes == position)[line_of])
                found.append((kind, position, -1, counted, float(repeated)))
    kinds, positions, years, columns, each = zip(*found, strict=True)
    counts = [len(some) for some in columns]
    weights = sparse.csr_array(
        (np.repeat(each, counts), (np.repeat(np.arange(len(found)), counts), np.hstack(columns))),
        shape=(len(found), layout.size),
    )
    return Targets(kinds, np.array(positions), np.array(years), weights)


def chosen(
    problem: Planning,
    course: Sequence[str],
    profession: Sequence[str],
    region: Sequence[str],
    measure: Sequence[str] = (),
) -> Ints:
    """Return the positions of the lines that every filter lets through; no filter, all.

    Courses and measures that are named are those of either name.

    Raises
    ------
    UsageError
        If a code is not there, or no line is left.
    """
    instance = problem.instance
    lines, n_courses = instance.lines, len(instance.courses)
    left = np.ones(len(lines), dtype=bool)
    if course or measure:
        named = [code_position(instance, "course", code) for code in course]
        named += [n_courses + code_position(instance, "measure", code) for code in measure]
        left &= np.isin(np.arange(len(lines)), named)
    if profession:
        some = [code_position(instance, "profession", p) for p in profession]
        left &= np.isin(lines["p"].to_numpy(int), some)
    if region:
        for code in region:
            if code not in instance.scopes:
                raise unknown("region", code, instance.scopes)
        inside = np.any([instance.scopes[code] for code in region], axis=0)
        left &= inside[lines["q"].to_numpy(int)]
    if not left.any():
        what = "course or measure" if len(instance.measures) else "course"
        raise UsageError(f"no {what} is of that course, profession and region together")
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
