"""The work of a sweep: its order, and chunks that any process does alike.

A chunk is a stretch of the path of scenarios, each as near as may be to the one before, worked out
by one process from a cold start. Which chunks there are depends on the scenarios alone, so results
never depend on who worked out what before.
"""

from __future__ import annotations

import hashlib
import json
import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from commission_opt.allocation.methods import Method
from commission_opt.arrays import Floats
from commission_opt.errors import InputError
from commission_opt.plan.made_with import check_versions
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.scenario.axis import Axis
from commission_opt.scenario.fields import FIELDS
from commission_opt.scenario.scenario import Scenario
from commission_opt.solvers.status import Limits
from commission_opt.solvers.work import End
from commission_opt.sweep.engine import Session
from commission_opt.sweep.row import Row

_ENDS, _BOUNDS, _COEFFICIENTS = range(3)
_CHANGES = {"limits": _ENDS, "demand": _BOUNDS, "posts": _BOUNDS}  # by part of a problem
_one_at_a_time = threading.Lock()  # HiGHS is not for several threads of one process


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


@dataclass(frozen=True)
class Work:
    """Everything that the answer to a scenario depends on, except the scenarios themselves.

    Parameters
    ----------
    files, model
        The files of the instance, by name, and that of the commissioning model.
    limits : Limits
        Of each scenario.
    relaxed : bool
        Fractions of places, with prices.
    method : Method
        How whole places are found.
    made_with : tuple of (str, str)
        Versions of all that takes part; a process with others refuses to work.
    """

    files: tuple[tuple[str, bytes], ...]
    model: bytes
    limits: Limits
    relaxed: bool
    method: Method
    made_with: tuple[tuple[str, str], ...]

    def identity(self) -> dict[str, str]:
        """Return what must be equal for two results to be comparable, by names a user knows."""
        return {
            **{name: _sha(content) for name, content in self.files},
            "model.toml": _sha(self.model),
            "relaxed": json.dumps(self.relaxed),
            "method": self.method.value,
            "time limit": _exact(self.limits.seconds),
            **({} if self.limits.work is None else {"work limit": _exact(self.limits.work)}),
            "gap": _exact(self.limits.gap),
            "solver seed": str(self.limits.seed),
            "threads": str(self.limits.threads),
            **dict(self.made_with),
        }


def run_chunk(work: Work, chunk: Sequence[tuple[int, Scenario]]) -> list[Row]:
    """Work out some scenarios, each with its number, one after the other, starting cold.

    Raises
    ------
    UsageError
        If this process runs other versions than the work was made with.
    """
    check_versions(work.made_with, "the sweep's")
    with _one_at_a_time:
        session = _session(work)
        session.forget()
        return [session.run(scenario, number) for number, scenario in chunk]


def run_chunk_again(
    work: Work, chunk: Sequence[tuple[int, Scenario, tuple[End | None, ...]]]
) -> list[Row]:
    """Work scenarios out as ``run_chunk`` does, their work ending where it did before."""
    with _one_at_a_time:
        session = _session(work)
        session.forget()
        return [session.run(scenario, number, ends) for number, scenario, ends in chunk]


@lru_cache(maxsize=1)
def _session(work: Work) -> Session:
    reading = read_contents(dict(work.files))
    if reading.instance is None:
        raise InputError(reading.problems)
    policy = parse_policy(work.model)
    if work.relaxed:
        policy = policy.relaxed()
    return Session(reading.instance, policy, work.limits, work.method)


def _exact(number: float) -> str:
    """Write a number so that it reads back as it is."""
    return repr(float(number)).removesuffix(".0")


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
