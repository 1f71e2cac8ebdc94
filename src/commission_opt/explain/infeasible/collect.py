"""The statements of an instance under a model, collected from the rules that they stand for.

A statement is a budget, a capacity, a commitment, a course's own figure or what a rule of the
model says of a course or region, each to be dropped or bent alone. Demand is none: no plan fails
because of it. Being 0 or more, and whole where the model says so, is no statement but what a
place is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.explain.infeasible.cuts import cuts
from commission_opt.explain.infeasible.rulebook import NOBODY, Rulebook
from commission_opt.formulation.origin import MODEL_FILE, Origin, Said
from commission_opt.formulation.parts import PLACES, Rows
from commission_opt.formulation.problem import Planning, by_year
from commission_opt.formulation.rules import RULES


def rulebook(problem: Planning, points: Sequence[Floats] = ()) -> Rulebook:
    """Collect the statements of an instance under a model.

    ``points`` are places and units, course by course and year by year, at which targets have rows
    of their own; see ``cuts``.
    """
    wide = by_year(problem)
    size, of_line = wide.layout.size, wide.layout.line
    parts, writing = [(name, rule.rows(wide)) for name, rule in RULES.items()], _Writing()
    for name, part in parts:
        done = 0
        for rows in part.rows:
            if {*rows.coefficients} != {PLACES}:  # what is soft stands in nobody's way
                writing.cuts(wide, rows, points)
                continue
            items = np.arange(done, done + len(rows.lower)) if rows.items is None else rows.items
            own = _of_rule(name, rows.label, rows.lower, rows.upper, done)
            ends = rows.lower, rows.upper
            writing.rows(rows.coefficients[PLACES], ends, rows.origin or (own, own), items)
            done += len(rows.lower) if rows.origin is None else 0
    for name, part in parts:
        if part.box is None:
            continue
        low, high = part.box
        whole, items = _of_rule(name, _bound(wide, name), low, high, -size), np.arange(-size, 0)
        items = items if part.box_origin is None else of_line
        ends, columns = (
            (np.where(low > 0, low, -np.inf), high),
            sparse.eye_array(size, format="csr"),
        )
        writing.rows(columns, ends, part.box_origin or (whole, whole), items, bounds=True)
    step, least = (a[of_line] for a in (wide.cohorts.step, wide.cohorts.least))
    step_of, least_of = np.full(size, NOBODY), np.full(size, NOBODY)
    for _, part in parts:
        if part.numbers_origin is None or part.box is None or not problem.policy.integer:
            continue
        bound, (step_from, least_from) = np.isfinite(part.box[1]), part.numbers_origin
        step_of = np.where(bound, writing.number(step_from, of_line, bound & (step > 1)), step_of)
        least_of = np.where(
            bound, writing.number(least_from, of_line, bound & (least > 1)), least_of
        )
    matrices, lower, upper, low_of, high_of, bounds = zip(*writing.blocks, strict=True)
    return Rulebook(
        problem=problem,
        matrix=sparse.csr_array(sparse.vstack(matrices)),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
        lower_of=np.concatenate(low_of),
        upper_of=np.concatenate(high_of),
        bounds=np.concatenate(bounds),
        step=step,
        least=least,
        step_of=step_of,
        least_of=least_of,
        origins=tuple(origin for origin, _ in writing.numbers),
        items=np.array([item for _, item in writing.numbers], dtype=np.int64),
        columns=np.arange(size),
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
    codes, line = wide.instance.lines["line"].to_numpy(), wide.layout.line
    title, year = RULES[rule].title, wide.instance.first_year + wide.layout.year
    return lambda i: f"{title} of course {codes[line[i]]!r} in {year[i]}"


@dataclass(frozen=True)
class _Writing:
    """Numbers statements and gathers the rows that they stand for, as ``Rulebook`` has them."""

    numbers: dict[tuple[Origin, int], int] = field(default_factory=dict)
    blocks: list[tuple[Any, ...]] = field(default_factory=list)

    def number(self, origin: Origin, items: Ints, where: Bools) -> Ints:
        """Return the statements of an origin behind some items, ``NOBODY`` elsewhere."""
        of = np.full(len(items), NOBODY)
        for at in np.flatnonzero(where).tolist():
            of[at] = self.numbers.setdefault((origin, int(items[at])), len(self.numbers))
        return of

    def cuts(self, wide: Planning, rows: Rows, points: Sequence[Floats]) -> None:
        """Add rows over places for what rows keep of sums of hinges."""
        found = [*cuts(wide, rows, points)]
        if found and rows.origin is not None:
            item, coefficients, most = zip(*found, strict=True)
            ends = np.full(len(most), -np.inf), np.array(most)
            matrix = sparse.csr_array(np.stack(coefficients))
            self.rows(matrix, ends, rows.origin, np.array(item, dtype=np.int64))

    def rows(
        self,
        matrix: sparse.csr_array,
        ends: tuple[Floats, Floats],
        origins: tuple[Origin, Origin],
        items: Ints,
        *,
        bounds: bool = False,
    ) -> None:
        """Add rows; one origin for their lower ends, one for their upper ends."""
        of = (self.number(o, items, np.isfinite(e)) for o, e in zip(origins, ends, strict=True))
        columns = np.arange(len(items)) if bounds else np.full(len(items), NOBODY)
        self.blocks.append((matrix, *ends, *of, columns))
