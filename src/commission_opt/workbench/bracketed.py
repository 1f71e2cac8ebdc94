"""What if, for instances too large to be solved at once: brackets from a plan of the workspace."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from commission_opt.explain.what_if.at_once import HOW, AtOnce, ChangedBracket, down, up
from commission_opt.formulation.objectives import first_objective
from commission_opt.plan.read import RECORD, for_one_future, is_plan, read_plan
from commission_opt.views import words
from commission_opt.workbench.memory import Memory

_KEPT = 2  # plans that are read
_CHART = "The chart shows the plan, not a place or unit moved, without the changes and with them."


def plan_of(store: Memory, root: Path, name: str, source: str, model: str) -> str | None:
    """Return the newest plan of an instance as it is under a model, relative to the workspace."""
    for job in reversed(store.jobs("instance,kind", name, "solve")):
        changed = any(word.startswith(("--change=", "--uncertainty=")) for word in job.words)
        same = job.words[:3] == ("solve", source, f"--model={model}")
        if same and not changed and job.over and job.out and is_plan(root / job.out):
            return job.out
    return None


@dataclass(frozen=True, eq=False)
class _Read:
    held: AtOnce
    lock: threading.Lock


class Brackets:
    """Plans of a workspace that are read and verified, and ready to be asked of changes.

    Parameters
    ----------
    root : Path
        Of the workspace.
    """

    def __init__(self, root: Path) -> None:
        self._root, self._lock = root, threading.Lock()
        self._read: OrderedDict[tuple[str, int], _Read] = OrderedDict()

    def answer(self, plan: str, changes: Sequence[str]) -> dict[str, Any]:
        """Return the bracket for a page, as ``told`` of ``what_if.py`` does with a plan.

        Raises
        ------
        CommissionOptError
            If the plan does not hold, or a change cannot be made.
        """
        read = self._ready(plan)
        with read.lock:
            found = read.held.bracket(changes)
            said = [*read.held.sentences(found), HOW]
        before = read.held.plan.outcome
        answer: dict[str, Any] = {"status": "bracket", "tables": [_table(read.held, found)]}
        if found.broken is None:
            said.append(_CHART)
            years = read.held.plan.instance.years
            answer |= {
                "years": [words.year(year) for year in years],
                "shortfall": found.outcome.shortfall.sum((0, 1)).tolist(),
                "base": before.shortfall.sum((0, 1)).tolist(),
            }
        return {**answer, "sentences": said}

    def _ready(self, plan: str) -> _Read:
        """Return a plan that is read; again where it was replaced."""
        key = plan, (self._root / plan / RECORD).stat().st_mtime_ns
        with self._lock:  # whoever comes second waits for the first
            if key not in self._read:
                held = AtOnce(for_one_future(read_plan(self._root / plan), "what-if"))
                self._read[key] = _Read(held, threading.Lock())
                while len(self._read) > _KEPT:
                    self._read.popitem(last=False)
            self._read.move_to_end(key)
            return self._read[key]


def _table(held: AtOnce, found: ChangedBracket) -> dict[str, Any]:
    kind = first_objective(held.plan.problem.policy)
    (_, *before), (_, *after) = held.rows(found)
    return {
        "title": f"The least possible {kind.title}, {kind.unit}",
        "rows": [
            [name, show(old), words.NOTHING if np.isnan(new) else show(new), words.NOTHING]
            for name, show, old, new in zip(
                ("at least", "at most"), (down, up), before, after, strict=True
            )
        ],
    }
