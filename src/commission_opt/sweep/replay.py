"""A sweep solved again from its own copies, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from commission_opt.allocation.methods import Method
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.errors import UsageError
from commission_opt.plan.copies import MODEL, read_copies
from commission_opt.plan.made_with import differences, made_with
from commission_opt.plan.replay import Sameness
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.scenario import Scenario, Setting
from commission_opt.solvers.status import Limits
from commission_opt.sweep.row import Row
from commission_opt.sweep.run import Progress
from commission_opt.sweep.store import FILE, reading
from commission_opt.sweep.work import Work, run_chunk_again
from commission_opt.workers.executor import Executor, Failure


@dataclass(frozen=True)
class SweepReplay:
    """What came of solving scenarios of a sweep again.

    Parameters
    ----------
    scenarios, of : int
        Solved again, of those that the sweep has.
    sameness : mapping of Sameness to int
        How many came out how.
    differ : tuple of str
        Names of those that came out different.
    reasons : tuple of str
        What is not as it was when the sweep was made.
    """

    scenarios: int
    of: int
    sameness: Mapping[Sameness, int]
    differ: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Kept:
    """A sweep as its store has it: how it worked, its answers by number, and their order."""

    work: Work
    rows: Mapping[int, Row]
    order: Mapping[int, Sequence[int]]
    made_with: Mapping[str, str]


def replay_sweep(
    folder: Path, execute: Executor, progress: Progress | None = None, *, parts: int | None = None
) -> SweepReplay:
    """Solve a sweep again, every scenario ending at the work at which it did.

    Parameters
    ----------
    folder : Path
        Of the sweep, which need not have come to its end.
    execute : Executor
        ``local(...)`` or ``dask(...)``.
    progress
    parts : int, optional
        Chunks that are solved again, evenly spread; all if not given.

    Raises
    ------
    UsageError
        If the folder holds no sweep, or one without answers, or if a chunk is lost.
    InputError
        If its copies of the inputs are not what was solved.
    """
    kept, progress = _kept(folder), progress or Progress()
    if not kept.order:
        raise UsageError(f"the sweep in {folder} has no answers yet; go on with it first")
    there = [*kept.order]
    chosen = there if parts is None else [there[i] for i in _spread(len(there), parts)]
    again = {
        n: [(i, _scenario(kept.rows[i]), kept.rows[i].ends) for i in kept.order[n]] for n in chosen
    }
    progress.begin(sum(map(len, again.values())), 0, 0)
    how, differ = Counter[Sameness](), list[str]()
    with closing(execute(partial(run_chunk_again, kept.work), again, progress.watch)) as coming:
        for n, reply in coming:
            if isinstance(reply, Failure):
                raise UsageError(f"chunk {n} could not be solved again: {reply.reason}")
            for row in reply:
                same = _sameness(kept.rows[row.number], row)
                how[same] += 1
                differ += [row.name] * (same is Sameness.DIFFERENT)
            progress.count(reply)
    changed = differences(dict(kept.work.made_with), kept.made_with)
    return SweepReplay(progress.done, len(kept.rows), how, tuple(differ), tuple(changed))


def _kept(folder: Path) -> _Kept:
    with reading(folder) as store:
        said, order = store.binding(), store.order()
        rows = {row.number: row for row in store.rows()}
    here = made_with()
    hashes = {name: digest for name, digest in said.items() if "." in name and name != MODEL}
    try:
        model_hash, limits = said[MODEL], _limits(said)
        relaxed, method = said["relaxed"] == "true", Method(said["method"])
    except (KeyError, ValueError) as error:
        message = f"{folder / FILE} does not say how the sweep was solved: {error}"
        raise UsageError(message) from error
    files, model = read_copies(folder, hashes, model_hash, "sweep", FILE)
    work = Work(tuple(files.items()), model, limits, relaxed, method, tuple(here.items()))
    return _Kept(work, rows, order, {key: said[key] for key in here if key in said})


def _limits(said: Mapping[str, str]) -> Limits:
    return Limits(
        seconds=float(said["time limit"]), gap=float(said["gap"]), seed=int(said["solver seed"]),
        threads=int(said["threads"]),
        work=float(said["work limit"]) if "work limit" in said else None,
    )  # fmt: skip


def _scenario(row: Row) -> Scenario:
    """Return the scenario of which a row tells."""
    settings = (
        Setting(parse_axis(f"{each.target}{each.value!r}", each.axis), each.value)
        for each in row.settings
    )
    return Scenario(row.name, tuple(settings))


def _spread(count: int, wanted: int) -> list[int]:
    """Return so many of the numbers below a count, evenly spread."""
    return sorted({round(i) for i in np.linspace(0, count - 1, min(count, wanted)).tolist()})


def _sameness(was: Row, now: Row) -> Sameness:
    """Say how near an answer comes to what it was."""
    if was.status == now.status and _alike(was.places, now.places) and _alike(was.units, now.units):
        return Sameness.IDENTICAL
    before, after = (row.measures.get("objective", np.nan) for row in (was, now))
    near = abs(before - after) <= TOLERANCE * max(1.0, abs(before))
    return Sameness.SAME_OBJECTIVE if near else Sameness.DIFFERENT


def _alike(a: Floats | None, b: Floats | None) -> bool:
    return a is b is None or (a is not None and b is not None and np.array_equal(a, b))
