"""The order in which scenarios are worked out: each as near as may be to the one before.

A chunk is a stretch of that path, worked out by one process from a cold start. Which chunks there
are depends on the scenarios alone, so results never depend on who worked out what before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.scenario.axis import Axis
from commission_opt.scenario.fields import FIELDS
from commission_opt.scenario.scenario import Scenario

_ENDS, _BOUNDS, _COEFFICIENTS = range(3)
_CHANGES = {"limits": _ENDS, "demand": _BOUNDS, "posts": _BOUNDS}  # by part of a problem


def path(scenarios: Sequence[Scenario]) -> list[int]:
    """Order scenarios so that little changes from one to the next.

    Scenarios that set the same axes stand together. A full grid is walked to and fro: axes that
    change coefficients in the outer loops, then those that move the bounds of every shortage, as
    demand does, and those that only move the ends of rows, as budgets do, in the inner ones. Other
    scenarios go to the nearest one that is left, where a change of coefficients counts as much as
    the whole range of an axis.

    Returns
    -------
    list of int
        Positions of the scenarios, in the order in which they are to be worked out.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, scenario in enumerate(scenarios):
        axes = tuple(setting.axis.same_figures for setting in scenario.settings)
        groups.setdefault(axes, []).append(i)
    return [group[i] for group in groups.values() for i in _walk([scenarios[g] for g in group])]


def chunks(scenarios: Sequence[Scenario], size: int) -> list[list[tuple[int, Scenario]]]:
    """Cut the path through scenarios into chunks of a size; the last may be smaller.

    Each scenario comes with its position in what was given.
    """
    numbered = [(i, scenarios[i]) for i in path(scenarios)]
    return [numbered[i : i + size] for i in range(0, len(numbered), size)]


def _walk(group: Sequence[Scenario]) -> Iterable[int]:
    axes = [setting.axis for setting in group[0].settings]
    outer = sorted(range(len(axes)), key=lambda i: -_change(axes[i]))
    axes = [axes[i] for i in outer]
    values = np.array([[s.settings[i].value for i in outer] for s in group]).reshape(len(group), -1)
    levels = [np.unique(column) for column in values.T]
    if len(group) == math.prod(len(level) for level in levels):
        return _to_and_fro(values, levels)
    return _nearest(values, np.array([_change(axis) == _COEFFICIENTS for axis in axes], float))


def _change(axis: Axis) -> int:
    """Say how much of a program an axis changes."""
    if axis.field not in FIELDS:
        return _COEFFICIENTS
    return max(_CHANGES.get(part, _COEFFICIENTS) for part in FIELDS[axis.field].parts)


def _to_and_fro(values: Floats, levels: Sequence[Floats]) -> Iterator[int]:
    """Walk a grid; an inner axis turns round at each step of those outside it."""
    at = {tuple(row): i for i, row in enumerate(values.tolist())}
    for number in range(len(values)):
        row, left = [], number
        for level in reversed(levels):
            left, step = divmod(left, len(level))
            row.append(float(level[-1 - step if left % 2 else step]))
        yield at[tuple(reversed(row))]


def _nearest(values: Floats, fixed: Floats) -> Iterator[int]:
    """Go from the first row to the nearest that is left, until none is."""
    span = np.ptp(values, axis=0)
    scaled = values / np.where(span > 0, span, 1.0)
    left = np.arange(len(values))
    here = 0
    while len(left):
        yield int(left[here])
        change = np.abs(scaled[left] - scaled[left[here]])
        distance = (change + fixed * (change > 0)).sum(axis=1)
        distance[here] = np.inf
        nearest = int(np.argmin(distance))
        left = np.delete(left, here)
        here = nearest - (nearest > here)
