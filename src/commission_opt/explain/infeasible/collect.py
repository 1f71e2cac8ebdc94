"""The statements of an instance under a model, collected from the rules that they stand for.

A statement is a budget, a capacity, a commitment, a course's own figure or what a rule of the
model says of a course or region, each to be dropped or bent alone. Demand is none: no plan fails
because of it. Being 0 or more, and whole where the model says so, is no statement but what a
place is.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.explain.infeasible.rulebook import NOBODY, Layer, Rulebook
from commission_opt.formulation.origin import MODEL_FILE, Origin, Said
from commission_opt.formulation.parts import PLACES, Rows
from commission_opt.formulation.problem import Planning, by_year
from commission_opt.formulation.rules import RULES
from commission_opt.instance.instance import Bools


def rulebook(problem: Planning) -> Rulebook:
    """Collect the statements of an instance under a model."""
    wide = by_year(problem)
    size, of_course = wide.layout.size, wide.layout.course
    parts = [(name, rule.rows(wide)) for name, rule in RULES.items()]
    writing = _Writing()
    for name, part in parts:
        done = 0
        for rows in part.rows:
            if {*rows.coefficients} != {PLACES}:  # what is soft stands in nobody's way
                continue
            items = np.arange(done, done + len(rows.lower)) if rows.items is None else rows.items
            own = _of_rule(name, rows.label, rows.lower, rows.upper, done)
            writing.rows(rows, rows.origin or (own, own), items)
            done += len(rows.lower) if rows.origin is None else 0
    floors, ceilings = list[Layer](), list[Layer]()
    step, least = (a[of_course] for a in (wide.cohorts.step, wide.cohorts.least))
    for name, part in parts:
        if part.box is None:
            continue
        low, high = part.box
        own, items = _of_rule(name, _bound(wide, name), low, high, -size), np.arange(-size, 0)
        least_of, most_of = part.box_origin or (own, own)
        items = items if part.box_origin is None else of_course
        floors.append(Layer(low, writing.number(least_of, items, low > 0)))
        ceilings.append(Layer(high, writing.number(most_of, items, np.isfinite(high))))
    step_of, fewest_of = np.full(size, NOBODY), np.full(size, NOBODY)
    for of_numbers in (part.numbers_origin for _, part in parts):
        if of_numbers is not None and problem.policy.integer:
            step_of = writing.number(of_numbers[0], of_course, step > 1)
            fewest_of = writing.number(of_numbers[1], of_course, least > 1)
    matrix, row_lower, row_upper, lower_of, upper_of = writing.stacked(size)
    return Rulebook(
        problem,
        matrix,
        row_lower,
        row_upper,
        lower_of,
        upper_of,
        tuple(floors),
        tuple(ceilings),
        step,
        least,
        step_of,
        fewest_of,
        tuple(writing.origins),
        np.array(writing.items, dtype=np.int64),
        np.arange(size),
    )


def _of_rule(
    rule: str, label: Callable[[int], str], low: Floats, high: Floats, first: int
) -> Origin:
    """Return the origin where a rule gives none: the model, with items from a first one on."""

    def says(_: Planning, item: int) -> Said:
        i = item - first
        return Said(label(i), float(high[i] if np.isfinite(high[i]) else low[i]))

    return Origin(RULES[rule].title, MODEL_FILE, rule, says, words="as the model sets it")


def _bound(wide: Planning, rule: str) -> Callable[[int], str]:
    codes, course = wide.instance.courses["course"].to_numpy(), wide.layout.course
    title, year = RULES[rule].title, wide.instance.first_year + wide.layout.year
    return lambda i: f"{title} of course {codes[course[i]]!r} in {year[i]}"


class _Writing:
    """Numbers statements and stacks the rows that they stand for."""

    def __init__(self) -> None:
        self.origins: list[Origin] = []
        self.items: list[int] = []
        self._numbers: dict[tuple[Origin, int], int] = {}
        self._rows: list[Rows] = []
        self._of: list[tuple[Ints, Ints]] = []

    def number(self, origin: Origin, items: Ints, where: Bools | None = None) -> Ints:
        """Return the statements of an origin behind some items, ``NOBODY`` elsewhere."""
        of = np.full(len(items), NOBODY)
        for at in range(len(items)) if where is None else np.flatnonzero(where).tolist():
            key = origin, int(items[at])
            if key not in self._numbers:
                self._numbers[key] = len(self.origins)
                self.origins.append(origin)
                self.items.append(key[1])
            of[at] = self._numbers[key]
        return of

    def rows(self, rows: Rows, origin: tuple[Origin, Origin], items: Ints) -> None:
        """Add rows; one origin for their lower ends, one for their upper ends."""
        ends = zip(origin, (rows.lower, rows.upper), strict=True)
        low, high = (self.number(of, items, np.isfinite(end)) for of, end in ends)
        self._rows.append(rows)
        self._of.append((low, high))

    def stacked(self, columns: int) -> tuple[sparse.csr_array, Floats, Floats, Ints, Ints]:
        """Return all rows, their ends and the statements behind these."""
        matrices = [rows.coefficients[PLACES] for rows in self._rows]
        nothing, nobody = np.zeros(0), np.zeros(0, dtype=np.int64)
        return (
            sparse.csr_array(sparse.vstack([sparse.csr_array((0, columns)), *matrices])),
            np.concatenate([nothing, *(rows.lower for rows in self._rows)]),
            np.concatenate([nothing, *(rows.upper for rows in self._rows)]),
            np.concatenate([nobody, *(low for low, _ in self._of)]),
            np.concatenate([nobody, *(high for _, high in self._of)]),
        )
