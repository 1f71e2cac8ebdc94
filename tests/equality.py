"""Whether the arrays and the readable model say the same: coefficients, points and optima."""

import math
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pyomo.environ as pyo
import pytest

from commission_opt.accounts.outcome import Outcome, outcome
from commission_opt.algebra.model import build_model
from commission_opt.algebra.objectives import set_stage
from commission_opt.algebra.solvers import run_solver
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.arrays import Floats
from commission_opt.errors import InfeasibleError
from commission_opt.formulation.assemble import Formulation, aims, formulate, rule_parts
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.problem import planning
from commission_opt.formulation.rules import RULES
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.solvers.status import Limits, Status, Watch
from common_form import Form, Line, Names, arrays_form, name_of, row_names
from readable_side import Point, ReadableSide, read_model

# Numbers are equal within the rounding of a few hundred additions; 10⁻⁹ is far below any error.
SAME, SAME_END = 1e-9, 1e-8


class MismatchError(AssertionError):
    """The two formulations differ; ``found`` says all of where."""

    def __init__(self, found: list[str]) -> None:
        more = f"\n… and {len(found) - 12} more" if len(found) > 12 else ""
        super().__init__("\n".join(found[:12]) + more)
        self.found = found


def check_equal(instance: Instance, policy: Policy, seed: int = 0, points: int = 3) -> None:
    """Compare both formulations of a problem in every way that needs no solver.

    Raises
    ------
    MismatchError
        Lists what differs.
    """
    compare(read_model(instance, policy, seed, points))


def compare(algebra: ReadableSide) -> None:
    """Compare the arrays with what the readable model says."""
    stages = write_arrays(algebra)
    known: Names = {}
    found = [
        f"stage {stage.aim.name}: {what}"
        for stage, form in zip(stages, algebra.forms, strict=True)
        for what in _forms(arrays_form(stage, known), form)
    ]
    names = row_names(stages[-1], known)
    for point in algebra.points:
        found += _points(stages, names, point)
    if found:
        raise MismatchError(found)


def write_arrays(algebra: ReadableSide) -> list[Formulation]:
    """Write every stage, those before it held at the caps."""
    problem = planning(algebra.instance, algebra.policy)
    targets, parts = aims(problem), rule_parts(problem)
    held: list[tuple[Aim, float]] = []
    stages: list[Formulation] = []
    for aim, cap in zip(targets, algebra.caps, strict=True):
        stages.append(formulate(problem, aim, parts, held))
        held.append((aim, cap))
    return stages


# ── coefficients ─────────────────────────────────────────────────────────────────────────────


def _forms(arrays: Form, algebra: Form) -> Iterator[str]:
    yield from _mappings("objective", arrays.objective, algebra.objective)
    for name in sorted(arrays.box.keys() | algebra.box.keys()):
        ours, theirs = arrays.box.get(name), algebra.box.get(name)
        if ours is None or theirs is None or not all(map(_same_end, ours, theirs)):
            yield f"box of {name}: {ours} in the arrays, {theirs} in the algebra"
    for name in sorted(arrays.numbers.keys() | algebra.numbers.keys()):
        ours_, theirs_ = arrays.numbers.get(name), algebra.numbers.get(name)
        if ours_ is None or theirs_ is None or not np.array_equal(ours_, theirs_):
            yield f"numbers of {name}: {ours_} in the arrays, {theirs_} in the algebra"
    for name in sorted(arrays.rows.keys() | algebra.rows.keys()):
        line, other = arrays.rows.get(name), algebra.rows.get(name)
        if line is None or other is None:
            only = line or other
            assert only is not None
            others = arrays.rows if line is None else algebra.rows
            if not _redundant(only, arrays.box) and not _repeated(only, others.values()):
                yield f"row {name} is in the {'arrays' if other is None else 'algebra'} only"
            continue
        yield from _mappings(f"row {name}", line.coefficients, other.coefficients)
        for end in ("lower", "upper"):
            if not _same_end(getattr(line, end), getattr(other, end)):
                ends = f"{getattr(line, end)!r} in the arrays, {getattr(other, end)!r}"
                yield f"row {name}, {end} end: {ends} in the algebra"


def _mappings(
    where: str, arrays: Mapping[str, float], algebra: Mapping[str, float]
) -> Iterator[str]:
    for column in sorted(arrays.keys() | algebra.keys()):
        ours, theirs = arrays.get(column, 0.0), algebra.get(column, 0.0)
        # Constants are sums of many numbers.
        close = 1e-13 if column else SAME_END
        if not math.isclose(ours, theirs, rel_tol=SAME, abs_tol=close):
            at = column or "constant"
            yield f"{where}, {at}: {ours!r} in the arrays, {theirs!r} in the algebra"


def _same_end(ours: float, theirs: float) -> bool:
    return math.isclose(ours, theirs, rel_tol=SAME, abs_tol=SAME_END)


def _redundant(row: Line, box: Mapping[str, tuple[float, float]]) -> bool:
    """Whether every point of the box keeps a row; other columns are 0 or more."""
    least = most = 0.0
    for column, value in row.coefficients.items():
        ends = [value * end for end in box.get(column, (0.0, math.inf))]
        least, most = least + min(ends), most + max(ends)
    return least >= row.lower - SAME_END and most <= row.upper + SAME_END


def _repeated(row: Line, others: Iterable[Line]) -> bool:
    """Whether another row says the same or more, as with a level intake one year's does."""
    return any(
        row.lower <= other.lower + SAME_END
        and row.upper >= other.upper - SAME_END
        and not list(_mappings("", row.coefficients, other.coefficients))
        for other in others
    )


# ── points ───────────────────────────────────────────────────────────────────────────────────


def _points(stages: list[Formulation], names: list[str], point: Point) -> Iterator[str]:
    """Compare what follows from places: objectives, supply, rooms, and verdicts on the rules."""
    problem = stages[0].problem
    about = problem.instance, problem.policy, problem.effects
    result = outcome(*about, point.amounts, point.deployed)
    # Amounts in general position break a rule clearly or not at all; below 0 some have no meaning.
    for rule in RULES if (point.amounts >= 0).all() else ("capacity", "measures"):
        ours = any(found.size > 1e-6 for found in RULES[rule].violations(problem, result))
        if ours != point.broken[rule]:
            yield f"verdict on {rule}: {ours} in the arrays, {point.broken[rule]} in the algebra"
    if point.level:  # else the arrays have no columns for it
        yield from _objectives(stages, point, result)
        yield from _rooms(stages[-1], names, point)
        yield from _consequences(result, problem.instance, point)


def _objectives(stages: list[Formulation], point: Point, result: Outcome) -> Iterator[str]:
    for stage in stages:
        name = stage.aim.name
        ways = {"value of": OBJECTIVES[name].value(stage.problem, result)}
        if point.inside:
            x = stage.point(point.amounts, point.deployed)
            ways["program for"] = stage.program.value(x) * stage.aim.scale
            yield from _kept(stage, x)
        for way, ours in ways.items():
            if not _same_end(ours, point.values[name]):
                theirs = point.values[name]
                yield f"{way} {name}: {ours!r} in the arrays, {theirs!r} in the algebra"


def _kept(stage: Formulation, x: Floats) -> Iterator[str]:
    """Say where the columns that an objective adds leave their box, or its rows are broken."""
    program, parts = stage.program, stage.aim.parts
    activity = program.matrix @ x
    for block in {rows.name for part in parts for rows in part.rows} & program.rows.keys():
        at = program.rows[block]
        low, high = program.row_lower[at] - 1e-7, program.row_upper[at] + 1e-7
        if np.any((activity[at] < low) | (activity[at] > high)):
            yield f"point of {stage.aim.name}: a row of {block} is broken"
    for block in {columns.name for part in parts for columns in part.columns}:
        at = program.columns[block]
        low, high = program.lower[at] - 1e-7, program.upper[at] + 1e-7
        if np.any((x[at] < low) | (x[at] > high)):
            yield f"point of {stage.aim.name}: a column of {block} is out of its box"


def _rooms(stage: Formulation, names: list[str], point: Point) -> Iterator[str]:
    """Compare the room that is left in each shared row; others are redundant."""
    program = stage.program
    activity = program.matrix @ stage.point(point.amounts, point.deployed)
    room = np.minimum(activity - program.row_lower, program.row_upper - activity).tolist()
    for name, ours in zip(names, room, strict=True):
        if name in point.rooms and not _same_end(ours, point.rooms[name]):
            yield f"room in {name}: {ours!r} in the arrays, {point.rooms[name]!r} in the algebra"


def _consequences(result: Outcome, instance: Instance, point: Point) -> Iterator[str]:
    """Compare supply, and what is left of budgets and placements, as the certificate has them."""
    if not np.allclose(result.supply.ravel(), point.supply, rtol=SAME, atol=SAME_END):
        yield "supply that the certificate works out"
    for block, keys, left in (
        ("budgets", instance.budgets[["fund", "region", "year"]], result.spend.headroom / 1e6),
        ("placements", instance.placements[["pool", "region", "year"]], result.weeks.headroom),
    ):
        for key, ours in zip(keys.itertuples(index=False), left.tolist(), strict=True):
            theirs = point.rooms.get(name_of(block, *key), ours)  # absent if off or redundant
            if not _same_end(ours, theirs):
                yield f"room that the certificate finds in {block} {tuple(key)}: {ours!r}"


# ── optima ───────────────────────────────────────────────────────────────────────────────────


def check_optima(instance: Instance, policy: Policy, seconds: float = 60.0) -> list[float]:
    """Solve the relaxation of every stage both ways; both hold the same earlier optima."""
    policy, limits = policy.relaxed(), Limits(seconds=seconds, gap=0.0)
    model, problem = build_model(instance, policy), planning(instance, policy)
    held: list[tuple[Aim, float]] = []
    optima: list[float] = []
    for k, (aim, objective) in enumerate(zip(aims(problem), policy.objectives, strict=True)):
        set_stage(model, k, [cap for _, cap in held])
        status = run_solver(model, "highs", seconds, limits)
        try:
            found = solve_relaxation(formulate(problem, aim, held=held), limits, Watch())
        except InfeasibleError:
            assert status is Status.INFEASIBLE
            return optima
        assert status is Status.OPTIMAL
        ours = found.bound * aim.scale
        theirs = float(pyo.value(model.objective_value[aim.name]))
        if theirs != pytest.approx(ours, rel=1e-6, abs=1e-6 * aim.scale):
            raise MismatchError([f"optimum of {aim.name}: {ours!r} in the arrays, {theirs!r}"])
        optima.append(ours)
        held.append((aim, ours + max(objective.tolerance, 1e-4) * abs(ours)))
    return optima
