"""The statements of an instance under a model, collected from the rules that they stand for."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.explain.infeasible.rulebook import NOBODY, Layer, Rulebook
from commission_opt.explain.infeasible.statements import (
    KNOWN,
    Kind,
    by_year,
    fair_pairs,
    other_blocks,
)
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import RULES
from commission_opt.formulation.rules.commitments import in_force
from commission_opt.instance.instance import Bools


def rulebook(problem: Planning) -> Rulebook:
    """Collect the statements of an instance under a model."""
    instance, policy = problem.instance, problem.policy
    wide = by_year(problem)
    years, count = policy.commissioning_years, len(instance.courses)
    writing = _Writing()
    of_course = np.repeat(np.arange(count), years)
    _write_rows(writing, wide)
    _write_others(writing, wide)
    if policy.rules.level_intake and years > 1:
        _write_level(writing, count, years)
    capacity = np.repeat(problem.cohorts.capacity, years)
    ceilings, floors = [Layer(capacity, writing.number(Kind.INTAKE, of_course))], list[Layer]()
    box = RULES["pace_of_change"].rows(wide).box
    if box is not None:
        low, high = box
        floors.append(Layer(low, writing.number(Kind.FALL, of_course, low > 0)))
        ceilings.append(Layer(high, writing.number(Kind.RISE, of_course, np.isfinite(high))))
    courses = instance.courses
    step = courses["cohort_step"].to_numpy(float)[of_course]
    least = (courses["min_cohort"].to_numpy(float) * policy.rules.minimum_cohorts)[of_course]
    step_of = writing.number(Kind.STEP, of_course, policy.integer & (step > 1))
    least_of = writing.number(Kind.COHORT, of_course, policy.integer & (least > 1))
    matrix, row_lower, row_upper, lower_of, upper_of = writing.stacked(count * years)
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
        least_of,
        tuple(writing.kinds),
        np.array(writing.items, dtype=np.int64),
        np.arange(count * years),
    )


class _Writing:
    """Numbers statements and stacks the rows that they stand for."""

    def __init__(self) -> None:
        self.kinds: list[Kind] = []
        self.items: list[int] = []
        self._numbers: dict[tuple[Kind, int], int] = {}
        self._matrices: list[sparse.csr_array] = []
        self._sides: list[tuple[Floats, Floats]] = []
        self._of: list[tuple[Ints, Ints]] = []

    def number(self, kind: Kind, items: Ints, where: Bools | None = None) -> Ints:
        """Return the statements of a kind behind some items, ``NOBODY`` elsewhere."""
        of = np.full(len(items), NOBODY)
        for at in range(len(items)) if where is None else np.flatnonzero(where).tolist():
            key = kind, int(items[at])
            if key not in self._numbers:
                self._numbers[key] = len(self.kinds)
                self.kinds.append(kind)
                self.items.append(key[1])
            of[at] = self._numbers[key]
        return of

    def rows(
        self, matrix: sparse.csr_array, lower: Floats, upper: Floats, low: Kind, high: Kind,
        items: Ints,
    ) -> None:  # fmt: skip
        """Add rows; ``low`` and ``high`` are the kinds behind their ends."""
        self._matrices.append(matrix)
        self._sides.append((lower, upper))
        self._of.append(
            (
                self.number(low, items, np.isfinite(lower)),
                self.number(high, items, np.isfinite(upper)),
            )
        )

    def stacked(self, columns: int) -> tuple[sparse.csr_array, Floats, Floats, Ints, Ints]:
        """Return all rows, their ends and the statements behind these."""
        matrix = sparse.vstack([sparse.csr_array((0, columns)), *self._matrices])
        nothing, nobody = np.zeros(0), np.zeros(0, dtype=np.int64)
        return (
            sparse.csr_array(matrix),
            np.concatenate([nothing, *(low for low, _ in self._sides)]),
            np.concatenate([nothing, *(high for _, high in self._sides)]),
            np.concatenate([nobody, *(low for low, _ in self._of)]),
            np.concatenate([nobody, *(high for _, high in self._of)]),
        )


def _write_rows(writing: _Writing, wide: Planning) -> None:
    """Write the rows that rules add, each item named by its position among its like."""
    instance, years = wide.instance, wide.layout.years
    budgets, pools = np.arange(len(instance.budgets)), np.arange(len(instance.placements))
    promised = np.arange(len(in_force(instance, years)[0]))
    shares = np.arange(len(fair_pairs(instance)) * years)
    later = np.repeat(np.arange(len(instance.courses)), years - 1)
    known = {
        "budgets": (Kind.BUDGET, Kind.BUDGET, budgets),
        "placements": (Kind.PLACEMENT, Kind.PLACEMENT, pools),
        "commitments": (Kind.LEAST, Kind.MOST, promised),
        "fair_share_most": (Kind.SHARE, Kind.SHARE, shares),
        "fair_share_least": (Kind.SHARE, Kind.SHARE, shares),
        "pace_up": (Kind.RISE, Kind.RISE, later),
        "pace_open": (Kind.RISE, Kind.RISE, later),
        "pace_down": (Kind.FALL, Kind.FALL, later),
    }
    for rule in (rule for name, rule in RULES.items() if name in KNOWN):
        for rows in rule.rows(wide).rows:
            if {*rows.coefficients} == {PLACES}:  # what is soft stands in nobody's way
                writing.rows(rows.coefficients[PLACES], rows.lower, rows.upper, *known[rows.name])


def _write_others(writing: _Writing, wide: Planning) -> None:
    """Write the rows of rules without a kind of their own: each row is a statement."""
    done = 0
    for _, rows in other_blocks(wide):
        items = np.arange(done, done + len(rows.lower))
        ends = rows.coefficients[PLACES], rows.lower, rows.upper
        writing.rows(*ends, Kind.OTHER, Kind.OTHER, items)
        done += len(items)


def _write_level(writing: _Writing, count: int, years: int) -> None:
    size = count * years
    now = np.arange(size).reshape(count, years)[:, 1:].ravel()
    same = sparse.csr_array(sparse.eye_array(size, format="csr"))
    rows, zeros = sparse.csr_array(same[now] - same[now - 1]), np.zeros(len(now))
    course = np.repeat(np.arange(count), years - 1)
    writing.rows(rows, zeros, zeros, Kind.LEVEL, Kind.LEVEL, course)
