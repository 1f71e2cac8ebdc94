"""What is asked of a plan at the margin: one more of this or of that, all else the same.

Every question comes with the settings of a sweep that make its change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.allocation.settled import pointed
from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.margins.consequences import Consequences, Leading
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.rules import LIMITS
from commission_opt.instance import hierarchy
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.scenario.axis import make_axis
from commission_opt.scenario.scenario import Setting

Filters = Mapping[str, Sequence[str]]
Changed = Callable[[tuple[Setting, ...]], Formulation]
CAPACITY, POINT = 10.0, 0.01
EVERY = "every"
_LINES = {"course": "capacity", "measure": "units"}  # kinds of questions
_MOST = {"course": "max_intake", "measure": "max_amount"}
_NOTHING: Ints = np.zeros(0, dtype=np.int64)


def setting(field: str, operator: str, value: float, filters: Filters) -> Setting:
    """Return a setting."""
    return Setting(make_axis(field, operator, [value], filters), value)


def written(settings: Sequence[Setting]) -> list[str]:
    """Write settings as ``--change`` and ``sweep --vary`` take them, to be done in order."""
    return [f"{one.axis.target}{one.value:.12g}" for one in settings]


@dataclass(frozen=True, eq=False)
class Question:
    """A change of an instance by one step.

    Parameters
    ----------
    kind : str
        ``money``, ``placements``, ``entrants``, ``offer_rate``, ``shares``, ``posts``,
        ``capacity``, ``units`` or ``rates``.
    about : mapping of str to str or int
        What is changed, by column of the answer's table.
    step : float
        How much of it there is more.
    settings : tuple of Setting
        What makes the change.
    changed : callable
        Returns the program of the changed instance, like that of the stage.
    rows, columns : array of int
        Rows of the program that the change moves, and columns whose bounds it moves.
    reshaped : array of int
        Rows whose coefficients it changes, so that prices hold only where they have none.
    point : callable or None
        From decision columns to the best point of the changed program; None where that is the best
        point of the program as it is.
    leading : callable or None
        What decision columns lead to in the changed instance; None where that is the same.
    saved : float
        What the change saves whatever is decided, in units of the program.
    kept : callable or None
        From a point of the program to one of the changed program with the same decisions; None
        where that is the point itself.
    """

    kind: str
    about: Mapping[str, str | int]
    step: float
    settings: tuple[Setting, ...]
    changed: Callable[[], LinearProgram]
    rows: Ints = field(default_factory=lambda: _NOTHING)
    reshaped: Ints = field(default_factory=lambda: _NOTHING)
    columns: Ints = field(default_factory=lambda: _NOTHING)
    point: Callable[[Floats], Floats] | None = None
    leading: Callable[[Floats], Consequences] | None = None
    saved: float = 0.0
    kept: Callable[[Floats], Floats] | None = None

    @property
    def single(self) -> bool:
        """Whether it asks for more in one row of the budgets or placements."""
        return self.about.get("year", EVERY) != EVERY

    @property
    def of_bounds(self) -> bool:
        """Whether ends of rows and bounds of columns move, and what there was stays allowed."""
        return self.point is None

    @property
    def of_line(self) -> bool:
        """Whether it asks for more room on one course or measure."""
        return self.kind in ("capacity", "units")


def anew(
    kind: str,
    about: Mapping[str, str | int],
    settings: tuple[Setting, ...],
    stage: Callable[[], Formulation],
) -> Question:
    """Ask for one point more, of an instance that is put together when it is needed."""
    return Question(
        kind, about, POINT, settings,
        lambda: stage().program,
        point=lambda columns: pointed(stage(), stage().problem.layout.to_amounts(columns)),
        leading=lambda columns: Leading(stage().problem)(columns),
    )  # fmt: skip


class LimitSteps:
    """Settings that add a step to rows of limits, such as budgets, and to no others.

    A region filter covers what lies within it, so that a second setting may have to take the step
    back from rows within.

    The field is ``budget`` or ``placement_capacity``; rows have a code, region and year, in this
    order.
    """

    def __init__(self, instance: Instance, field: str, rows: pd.DataFrame) -> None:
        self._field, self._code = field, str(rows.columns[0])
        self._parent_of = hierarchy.parents(instance.tables["regions"])
        self._regions: dict[tuple[str, int | None], dict[str, None]] = {}
        for code, region, year in rows.iloc[:, :3].itertuples(index=False, name=None):
            for key in ((code, year), (code, None)):
                self._regions.setdefault(key, {})[region] = None

    def of(
        self, code: str, region: str | None, year: int | None, step: float
    ) -> tuple[Setting, ...]:
        """Return the settings for a code; for all its regions or years where they are None."""
        base = {self._code: [code]} | ({} if year is None else {"year": [str(year)]})
        if region is None or region == ANY:
            given = setting(self._field, "+=", step, base)
        else:
            given = setting(self._field, "+=", step, {**base, "region": [region]})
        within = [] if region is None else self._within(region, self._regions[code, year])
        if not within:
            return (given,)
        return given, setting(self._field, "+=", -step, {**base, "region": within})

    def _within(self, region: str, others: Iterable[str]) -> list[str]:
        """Return the outermost of some regions that lie within a region, but for itself."""
        above = {r: {*hierarchy.ancestors(r, self._parent_of)} - {r} for r in others if r != ANY}
        inner = {r for r in above if r != region and (region == ANY or region in above[r])}
        return sorted(r for r in inner if not above[r] & inner)


def limit_questions(formulation: Formulation) -> Iterator[Question]:
    """Ask for £1m more on budgets and 1,000 more weeks in placement pools.

    Each row is asked about, then all years of a code in a region, then all rows of a code.
    """
    instance = formulation.problem.instance
    for limit in LIMITS.values():
        if limit.table not in formulation.program.rows:
            continue
        table, step = limit.rows_of(instance), limit.worth_step
        steps = LimitSteps(instance, limit.vary, table)
        for rows, (code, region, year) in _groups(table[[limit.code, "region", "year"]]):
            about = {limit.code: code, "region": region or EVERY, "year": year or EVERY}
            settings = steps.of(code, region, year, step)
            yield more_of(limit, formulation, rows, step, about, settings)


def more_of(
    limit: Limit,
    formulation: Formulation,
    rows: Ints,
    step: float,
    about: Mapping[str, str | int],
    settings: tuple[Setting, ...] = (),
) -> Question:
    """Ask for a step more, £ or weeks, in some rows of a table of limits."""
    program = formulation.program
    at = program.rows[limit.table].start + rows

    def changed() -> LinearProgram:
        upper = program.row_upper.copy()
        upper[at] += step / limit.origin.scale
        return replace(program, row_upper=upper)

    return Question(limit.answer, about, step, settings, changed, at)


_Where = tuple[str, str | None, int | None]


def _groups(table: pd.DataFrame) -> Iterator[tuple[Ints, _Where]]:
    """Yield the rows to ask about, with their code, region and year; None where it is every one."""
    code, region, year = (table[name].to_numpy(object) for name in table)
    for i in range(len(table)):
        yield np.array([i]), (code[i], region[i], int(year[i]))
    for one in dict.fromkeys(code):
        regions = list(dict.fromkeys(region[code == one]))
        for other in regions:
            rows = np.flatnonzero((code == one) & (region == other))
            if len(rows) > 1:
                yield rows, (one, other, None)
        if len(regions) > 1:
            yield np.flatnonzero(code == one), (one, None, None)


def capacity_questions(formulation: Formulation, enlarged: Formulation) -> Iterator[Question]:
    """Ask for ten more places of capacity on each course, and ten more units of each measure.

    ``enlarged`` is of the instance where every line has as many more. A line's bounds and pace
    depend on its own figures alone; other columns only get more room than they need.
    """
    program, other, problem = formulation.program, enlarged.program, formulation.problem
    instance, layout, first = problem.instance, problem.layout, program.columns[PLACES].start
    of_courses = instance.courses[["course", "profession", "region"]].to_dict("records")
    of_measures = instance.measures[["measure", "kind", "profession", "region"]].to_dict("records")
    named = [*of_courses, *of_measures]
    by_line = _rows_of_lines(enlarged, len(named))
    turned = _turned(program, other)
    for line, (rows, about) in enumerate(zip(by_line, named, strict=True)):
        columns = first + layout.columns_of(np.array([line]))
        reshaped = rows[turned[rows]]
        moved = rows[(other.row_upper[rows] != program.row_upper[rows]) | turned[rows]]
        key = "course" if line < len(of_courses) else "measure"
        yield Question(
            _LINES[key], {str(name): str(code) for name, code in about.items()}, CAPACITY,
            (_more(key, about[key]),),
            partial(_enlarged, program, other, columns, rows, reshaped), moved, reshaped, columns,
        )  # fmt: skip


def _enlarged(
    program: LinearProgram, other: LinearProgram, columns: Ints, rows: Ints, reshaped: Ints
) -> LinearProgram:
    """Return a program with the bounds and rows of one line out of another."""
    lower, upper, ends = program.lower.copy(), other.upper.copy(), program.row_upper.copy()
    upper[program.columns[PLACES]] = program.upper[program.columns[PLACES]]
    lower[columns], upper[columns] = other.lower[columns], other.upper[columns]
    ends[rows] = other.row_upper[rows]
    matrix = program.matrix
    if len(reshaped):
        own = np.ones(len(ends))
        own[reshaped] = 0.0
        mixed = sparse.diags_array(own) @ matrix + sparse.diags_array(1.0 - own) @ other.matrix
        matrix = sparse.csc_array(mixed)
    return replace(program, matrix=matrix, lower=lower, upper=upper, row_upper=ends)


def _turned(program: LinearProgram, other: LinearProgram) -> np.ndarray:
    """Say which rows of two programs have other coefficients, shape (m,)."""
    difference = (other.matrix - program.matrix).tocsr()
    difference.eliminate_zeros()
    return np.asarray(np.diff(difference.indptr) > 0)


def _rows_of_lines(formulation: Formulation, lines: int) -> list[Ints]:
    """Return the rows, by line, whose upper ends come from figures of that line alone."""
    rows, of = [_NOTHING], [_NOTHING]
    for block in formulation.rows:
        if block.items is not None and block.origin is not None and block.origin[1].of_course:
            rows.append(formulation.program.rows[block.name].start + np.arange(len(block.items)))
            of.append(block.items)
    order = np.argsort(np.concatenate(of), kind="stable")
    ends = np.searchsorted(np.concatenate(of)[order], np.arange(1, lines))
    return np.split(np.concatenate(rows)[order], ends)


def more_of_every_line(instance: Instance) -> tuple[Setting, ...]:
    """Return ten more places of capacity on every course, and ten more units of every measure."""
    return tuple(_more(key) for key in _LINES if len(getattr(instance, f"{key}s")))


def _more(key: str, code: str | None = None) -> Setting:
    return setting(_MOST[key], "+=", CAPACITY, {} if code is None else {key: [code]})
