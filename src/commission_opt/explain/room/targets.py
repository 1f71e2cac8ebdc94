"""What has a range: the places of a course or units of a measure in a year, and totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.errors import UsageError
from commission_opt.explain.naming import code_position, unknown
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Bools


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


_SINGLE = (TargetKind.COURSE, TargetKind.MEASURE)
_ALL_YEARS = (TargetKind.ALL_YEARS, TargetKind.MEASURE_ALL_YEARS)
_OF_MEASURES = (TargetKind.MEASURE, TargetKind.MEASURE_ALL_YEARS)
_TOTALS = ((TargetKind.PROFESSION, "p"), (TargetKind.REGION, "q"))


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
        return np.array([kind in _SINGLE for kind in self.kind], dtype=bool)

    def counted(self, k: int) -> Ints:
        """Return the decision columns that a target counts."""
        return self.weights[[k]].indices.astype(np.int64)


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
    line, count = layout.line, np.bincount(layout.line, minlength=layout.n_lines)
    several, columns = lines[count[lines] > 1], np.flatnonzero(np.isin(line, lines))
    year = np.where(count[line] == layout.years, instance.first_year + layout.year, -1)
    of = np.append(several, line[columns])
    kinds = [_ALL_YEARS[at >= n_courses] for at in several.tolist()]
    kinds += [_SINGLE[at >= n_courses] for at in line[columns].tolist()]
    positions = [np.where(of < n_courses, of, of - n_courses)]
    weights = [
        sparse.csr_array(line == several[:, None], dtype=float),
        sparse.eye_array(layout.size, format="csr")[columns],
    ]
    for kind, key in _TOTALS if totals else ():
        codes = instance.lines[key].to_numpy(int)
        asked = np.unique(codes[lines[lines < n_courses]])
        counted = (codes[line] == asked[:, None]) & (line < n_courses)
        kinds += [kind] * len(asked)
        positions.append(asked)
        weights.append(sparse.csr_array(counted, dtype=float) * (layout.years // decided))
    years = np.full(len(kinds), -1)
    years[len(several) : len(of)] = year[columns]
    rows = sparse.csr_array(sparse.vstack(weights))
    return Targets(tuple(kinds), np.concatenate(positions), years, rows)


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


def admissible(of: Targets, formulation: Formulation) -> tuple[Floats, Floats]:
    """Return the step and the smallest positive number of each target in whole places.

    A total of several courses or years is a multiple of what divides all their steps; nothing
    more is said of it.
    """
    column, weight, starts = of.weights.indices, of.weights.data, of.weights.indptr[:-1]
    sizes = np.round(weight * formulation.step[column]).astype(np.int64)
    step = np.maximum(1.0, np.gcd.reduceat(sizes, starts))
    least = formulation.smallest[column] * weight
    smallest = np.minimum.reduceat(np.where(least > 0, least, np.inf), starts)
    return step, np.where(np.isinf(smallest), 0.0, smallest)
