"""What is asked of a plan at the margin: one more of this or of that, all else the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.margins.plain import Shortfall
from commission_opt.explain.margins.settings import LimitSteps, setting
from commission_opt.explain.margins.taken import Taking
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import LIMITS
from commission_opt.instance.instance import Instance
from commission_opt.scenario.setting import Setting

CAPACITY, POINT = 10.0, 0.01
EVERY = "every"
_NOTHING: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Question:
    """A change of an instance by one step.

    Parameters
    ----------
    kind : str
        ``money``, ``placements``, ``capacity`` or ``rates``.
    about : mapping of str to str or int
        What is changed, by column of the answer's table.
    step : float
        How much of it there is more.
    settings : tuple of Setting
        What makes the change.
    changed : callable
        From the program of the stage to that of the changed instance.
    plain : callable
        Plain shortfall of the changed instance.
    taking : callable
        What decision columns take in the changed instance.
    rows : array of int
        Rows of the program that the change moves.
    reshaped : array of int
        Those of them whose coefficients it changes, so that prices hold only where they have none.
    columns : array of int
        Columns whose bounds it moves.
    point : callable or None
        From decision columns to the best point of the changed program; None where that is the best
        point of the program as it is.
    """

    kind: str
    about: Mapping[str, str | int]
    step: float
    settings: tuple[Setting, ...]
    changed: Callable[[LinearProgram], LinearProgram]
    plain: Shortfall
    taking: Taking
    rows: Ints = field(default_factory=lambda: _NOTHING)
    reshaped: Ints = field(default_factory=lambda: _NOTHING)
    columns: Ints = field(default_factory=lambda: _NOTHING)
    point: Callable[[Floats], Floats] | None = None

    @property
    def single(self) -> bool:
        """Whether it asks for more in one row of the budgets or placements."""
        return self.about.get("year", EVERY) != EVERY

    @property
    def of_bounds(self) -> bool:
        """Whether ends of rows and bounds of columns move, and what there was stays allowed."""
        return self.kind != "rates"


def limit_questions(
    problem: Planning, formulation: Formulation, plain: Shortfall, taking: Taking
) -> list[Question]:
    """Ask for £1m more on budgets and 1,000 more weeks in placement pools.

    Each row is asked about, then all years of a code in a region, then all rows of a code.
    """
    rows = formulation.program.rows
    return [
        question
        for limit in LIMITS.values()
        if limit.table in rows
        for question in _of_limits(
            limit, rows[limit.table].start, problem.instance, plain, taking
        )
    ]  # fmt: skip


def raising(rows: Ints, step: float) -> Callable[[LinearProgram], LinearProgram]:
    """Return what raises the upper ends of rows by a step, in their units."""

    def changed(program: LinearProgram) -> LinearProgram:
        upper = program.row_upper.copy()
        upper[rows] += step
        return replace(program, row_upper=upper)

    return changed


def _of_limits(
    limit: Limit, start: int, instance: Instance, plain: Shortfall, taking: Taking
) -> Iterator[Question]:
    table, name, step = limit.rows_of(instance), limit.code, limit.worth_step
    steps, raised = LimitSteps(instance, limit.vary, table), step / limit.origin.scale
    code, region = (table[column].to_numpy(object) for column in (name, "region"))
    year = table["year"].to_numpy(int)

    def ask(rows: Ints, where: tuple[str, str | None, int | None]) -> Question:
        about = {name: where[0], "region": where[1] or EVERY, "year": where[2] or EVERY}
        at = start + rows
        return Question(
            limit.answer,
            about,
            step,
            steps.of(*where, step),
            raising(at, raised),
            plain,
            taking,
            at,
        )

    for i in range(len(table)):
        yield ask(np.array([i]), (code[i], region[i], int(year[i])))
    for one in dict.fromkeys(code):
        own = code == one
        regions = list(dict.fromkeys(region[own]))
        for other in regions:
            rows = np.flatnonzero(own & (region == other))
            if len(rows) > 1:
                yield ask(rows, (one, other, None))
        if len(regions) > 1:
            yield ask(np.flatnonzero(own), (one, None, None))


def capacity_questions(
    problem: Planning,
    formulation: Formulation,
    enlarged: Formulation,
    plain: Shortfall,
    taking: Taking,
) -> list[Question]:
    """Ask for ten more places of capacity on each course.

    Parameters
    ----------
    problem : Planning
    formulation, enlarged : Formulation
        Of the instance, and of the one where every course has as many more. A course's bounds and
        pace depend on its own capacity alone; other columns only get more room than they need.
    plain, taking : callable
    """
    program, other = formulation.program, enlarged.program
    courses, grid = problem.instance.courses, problem.layout.grid
    named = courses[["course", "profession", "region"]].to_numpy(object)
    by_course = _rows_of_courses(enlarged, len(courses))
    turned = _turned(program, other)

    def ask(c: int) -> Question:
        own = program.columns[PLACES].start + grid[c]
        rows = by_course[c]
        reshaped = rows[turned[rows]]
        moved = (other.row_upper[rows] != program.row_upper[rows]) | turned[rows]

        def changed(_: LinearProgram) -> LinearProgram:
            bounds = [program.lower.copy(), other.upper.copy()]
            bounds[1][program.columns[PLACES]] = program.upper[program.columns[PLACES]]
            bounds[0][own], bounds[1][own] = other.lower[own], other.upper[own]
            upper = program.row_upper.copy()
            upper[rows] = other.row_upper[rows]
            matrix = _with_rows(program, other, reshaped) if len(reshaped) else program.matrix
            return replace(
                program, matrix=matrix, lower=bounds[0], upper=bounds[1], row_upper=upper
            )

        code, profession, region = named[c]
        about = {"course": code, "profession": profession, "region": region}
        return Question(
            "capacity", about, CAPACITY, (more_capacity(code),), changed, plain, taking,
            rows[moved], reshaped, own,
        )  # fmt: skip

    return [ask(c) for c in range(len(courses))]


def _turned(program: LinearProgram, other: LinearProgram) -> np.ndarray:
    """Say which rows of two programs have other coefficients, shape (m,)."""
    difference = (other.matrix - program.matrix).tocsr()
    difference.eliminate_zeros()
    return np.asarray(np.diff(difference.indptr) > 0)


def _with_rows(program: LinearProgram, other: LinearProgram, rows: Ints) -> sparse.csc_array:
    """Return the coefficients of a program, in some rows those of another."""
    own = np.ones(len(program.row_lower))
    own[rows] = 0.0
    mixed = sparse.diags_array(own) @ program.matrix + sparse.diags_array(1.0 - own) @ other.matrix
    return sparse.csc_array(mixed)


def _rows_of_courses(formulation: Formulation, courses: int) -> list[Ints]:
    """Return the rows, by course, whose upper ends come from figures of that course alone."""
    rows, of = [_NOTHING], [_NOTHING]
    for block in formulation.rows:
        if block.items is not None and block.origin is not None and block.origin[1].of_course:
            rows.append(formulation.program.rows[block.name].start + np.arange(len(block.items)))
            of.append(block.items)
    order = np.argsort(np.concatenate(of), kind="stable")
    ends = np.searchsorted(np.concatenate(of)[order], np.arange(1, courses))
    return np.split(np.concatenate(rows)[order], ends)


def more_capacity(course: str | None = None) -> Setting:
    """Return ten more places of capacity on a course, or on every course."""
    return setting("max_intake", "+=", CAPACITY, {} if course is None else {"course": [course]})
