"""What gaps and limits of stages are measured by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.goals import goals, size_of
from commission_opt.formulation.problem import Planning

_ROUNDING = 1e-9  # a gap that is none
_LITTLE = 1e-2  # an objective that can be no larger is measured by what it can be


def relative_gap(objective: float, bound: float, size: float = 0.0, grain: float = 1.0) -> float:
    """Return the distance of objective and bound relative to the objective; 0 below 1e-9.

    An objective smaller than a size, or than a billionth of a grain, counts as that.
    """
    gap = (objective - bound) / max(abs(objective), size, 1e-9 * grain)
    return 0.0 if gap <= _ROUNDING else gap


def limit(objective: float, tolerance: float, size: float = 0.0) -> float:
    """Return the most that later stages may let an objective become; see ``relative_gap``."""
    return objective + tolerance * max(abs(objective), size)


def limits_of(problem: Planning, objectives: Sequence[float]) -> list[float]:
    """Return the most that the next stage may let each goal before it become.

    What only settles what the goal before leaves open takes nothing of its tolerance.

    Parameters
    ----------
    problem : Planning
    objectives : sequence of float
        What the goals before reached.
    """
    wanted, k = goals(problem), len(objectives)
    keeps = k < len(wanted) and wanted[k].settles
    return [
        limit(value, 0.0 if keeps else goal.objective.tolerance, size_of(problem, goal.risk))
        for value, goal in zip(objectives, wanted, strict=False)
    ]


def grain_of(formulation: Formulation) -> float:
    """Return what the rounding of an objective is relative to at least, in its unit.

    That is 1, or all that it can be if that is tiny: weights of a millionth say no less than those
    of a million.
    """
    program, aim = formulation.program, formulation.aim
    ends = np.maximum(np.abs(program.lower), np.abs(program.upper))
    counted = program.cost != 0
    most = float(np.abs(program.cost[counted]) @ ends[counted]) + abs(program.offset)
    return most * aim.scale if 0.0 < most * aim.scale < _LITTLE else 1.0
