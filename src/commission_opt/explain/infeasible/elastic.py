"""The cheapest way to bend statements until there is a plan, as edits of figures."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.explain.infeasible.bending import Cell, bend
from commission_opt.explain.infeasible.edits import Edit
from commission_opt.explain.infeasible.prices import Prices
from commission_opt.explain.infeasible.rulebook import Rulebook
from commission_opt.explain.infeasible.statements import MODEL_FILE, Kind, Statement, placement_rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules.commitments import in_force
from commission_opt.formulation.rules.fair_share import deviations
from commission_opt.formulation.rules.pace_of_change import pace_ends
from commission_opt.instance.instance import Bools
from commission_opt.solvers.status import Limits, Status, Watch

PACE_KEY, SHARE_KEY = "pace_of_change.allowance", "fair_share.max_deviation"
MONEY = 1000.0  # £ to which budgets are raised
_POINT = 0.01  # to which a fair share's deviation is raised
_GAP = 4e-3  # the solver stops a quarter of this from the cheapest
_SLIGHT = 1e-6  # what a solver's tolerance may leave, £m, weeks or places

BENDS: dict[str, tuple[Kind, ...]] = {
    "budgets": (Kind.BUDGET,),
    "placements": (Kind.PLACEMENT,),
    "commitments": (Kind.LEAST, Kind.MOST),
    "capacity": (Kind.INTAKE,),
    "cohorts": (Kind.COHORT, Kind.STEP),
    "pace": (Kind.FALL, Kind.RISE),
    "fair_share": (Kind.SHARE,),
}
OF_THE_MODEL = ("pace", "fair_share")


@dataclass(frozen=True, eq=False)
class Elastic:
    """Edits that leave a plan.

    Parameters
    ----------
    edits : tuple of Edit
        None if there is a plan already.
    x : array, shape (n,)
        Places by course and year that the edited figures allow.
    cheapest : bool
        Whether the solver found no cheaper one; figures are rounded outward after that.
    moves : mapping of int to float
        By how much the edits let each statement give way, £m, weeks or places.
    """

    edits: tuple[Edit, ...]
    x: Floats
    cheapest: bool
    moves: Mapping[int, float]


def elastic(
    book: Rulebook, active: Bools, bends: Sequence[str], limits: Limits, watch: Watch, end: float
) -> Elastic | None:
    """Bend statements of some kinds at the least price.

    Parameters
    ----------
    book : Rulebook
    active : array of bool
        The statements that count.
    bends : sequence of str
        Keys of ``BENDS``.
    limits : Limits
    watch : Watch
    end : float
        When to stop, by ``time.perf_counter``.

    Returns
    -------
    Elastic or None
        None if no bending of these kinds helps, or the time was too short to find one.
    """
    kinds = {kind for name in bends for kind in BENDS[name]}
    prices = Prices(book.problem.instance)
    cells = []
    for (column, row), group in _figures(book, active, kinds).items():
        unit, kind = prices.of(column, row), book.kinds[group[0]]
        if kind is Kind.SHARE:
            unit /= max(1.0, float(book.problem.instance.courses["last_intake"].sum()))
        if kind is Kind.STEP:
            unit *= book.statement(group[0]).limit - 1.0  # given up as a whole or not at all
        cells.append(Cell(tuple(group), unit if kind is Kind.BUDGET else unit / 1e6))
    near, part = replace(limits, gap=_GAP), book.only(active)
    bent = bend(part, active, cells, near, watch, end - time.perf_counter())
    if bent.x is None or bent.by is None:
        return None
    x = book.spread(part, bent.x)
    edits, moves = list[Edit](), dict[int, float]()
    for cell, by in zip(cells, bent.by, strict=True):
        if by <= _SLIGHT or (edit := _edit(book, cell.statements, float(by), x)) is None:
            continue
        edits.append(edit)
        unit = 1e6 if edit.column == "amount" else 1.0
        moves |= dict.fromkeys(cell.statements, abs(edit.new - edit.old) / unit)
    return Elastic(tuple(edits), x, bent.status is Status.OPTIMAL, moves)


def _figures(
    book: Rulebook, active: Bools, kinds: set[Kind]
) -> dict[tuple[str, int | None], list[int]]:
    """Group the statements of some kinds by the figure that makes them: column and line, or key."""
    instance, years = book.problem.instance, book.problem.policy.commissioning_years
    of_placement, (which, _) = placement_rows(instance), in_force(instance, years)
    of_commitment = instance.commitments.index.to_numpy(int)[which]
    of_budget, of_course = (t.index.to_numpy(int) for t in (instance.budgets, instance.courses))
    lines = {
        Kind.BUDGET: ("amount", of_budget),
        Kind.PLACEMENT: ("capacity", of_placement),
        Kind.LEAST: ("min_places", of_commitment),
        Kind.MOST: ("max_places", of_commitment),
        Kind.INTAKE: ("max_intake", of_course),
        Kind.COHORT: ("min_cohort", of_course),
        Kind.STEP: ("cohort_step", of_course),
    }
    groups: dict[tuple[str, int | None], list[int]] = {}
    for number in np.flatnonzero(active & [kind in kinds for kind in book.kinds]):
        kind = book.kinds[number]
        key: tuple[str, int | None] = (SHARE_KEY if kind is Kind.SHARE else PACE_KEY, None)
        if kind in lines:
            column, line = lines[kind]
            key = column, int(line[book.items[number]])
        groups.setdefault(key, []).append(int(number))
    return groups


def _edit(book: Rulebook, statements: Sequence[int], by: float, x: Floats) -> Edit | None:
    said = book.statement(statements[0])
    if said.kind in (Kind.FALL, Kind.RISE):
        return pace_edit(book.problem, x)
    if said.kind is Kind.SHARE:
        return share_edit(book.problem, x)
    name = said.name if said.kind is Kind.BUDGET or said.year is None else said.undated
    if said.kind is Kind.PLACEMENT and len(statements) == 1:
        name = said.name
    return Edit(said.file, said.row, said.column, said.limit, _new(said, by), name)


def _new(said: Statement, by: float) -> float:
    """Return the figure that gives way by so much, rounded outward."""
    if said.kind is Kind.BUDGET:
        return float(np.ceil((said.limit + by * 1e6 - _SLIGHT * 1e6) / MONEY) * MONEY)
    whole = float(np.ceil(by - _SLIGHT))
    if said.kind is Kind.PLACEMENT:
        return float(np.ceil(said.limit + by - _SLIGHT))
    if said.kind is Kind.STEP:
        return 1.0
    return max(0.0, said.limit - whole) if said.asks_for_more else said.limit + whole


def pace_edit(problem: Planning, x: Floats) -> Edit | None:
    """Return the least allowance of the pace of change that some places keep, if it is larger."""
    pace, places = problem.policy.rules.pace_of_change, x.reshape(len(problem.instance.courses), -1)
    assert pace is not None

    def kept(allowance: float) -> bool:
        rules = replace(problem.policy.rules, pace_of_change=replace(pace, allowance=allowance))
        changed = replace(problem, policy=replace(problem.policy, rules=rules))
        low, high = pace_ends(changed, places)
        return bool(np.all(low - places <= _SLIGHT) and np.all(places - high <= _SLIGHT))

    last = problem.instance.courses["last_intake"].to_numpy(float)
    moved = np.abs(np.diff(np.column_stack([last, places]), axis=1))
    least, most = math.floor(pace.allowance), math.ceil(float(moved.max(initial=0.0)))
    if kept(pace.allowance) or not kept(most):  # closed courses may have to stay closed
        return None
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (least, middle) if kept(middle) else (middle, most)
    name = "allowance of the pace of change"
    return Edit(MODEL_FILE, None, PACE_KEY, pace.allowance, float(most), name)


def share_edit(problem: Planning, x: Floats) -> Edit | None:
    """Return the least deviation from fair shares that some places keep, if it is larger."""
    instance, rule = problem.instance, problem.policy.rules.fair_share
    assert rule is not None
    off = deviations(instance, rule.basis, x.reshape(len(instance.courses), -1))
    new = round(float(np.ceil((off.max(initial=0.0) - _SLIGHT) / _POINT)) * _POINT, 2)
    if new <= rule.max_deviation:
        return None
    name = "deviation from fair shares"
    return Edit(MODEL_FILE, None, SHARE_KEY, rule.max_deviation, new, name)
