"""A sweep from its scenarios to its store."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from commission_opt.allocation.methods import Method
from commission_opt.errors import InputError, StoppedError
from commission_opt.formulation.fits import tables_lacking
from commission_opt.instance.instance import Instance
from commission_opt.plan.made_with import made_with
from commission_opt.policy import Policy
from commission_opt.scenario.scenario import Scenario
from commission_opt.solvers.status import Limits, Watch
from commission_opt.sweep.row import Row, row_of
from commission_opt.sweep.store import (
    LOST,
    check_binding,
    create,
    exists,
    reading,
    settings_text,
    writing,
)
from commission_opt.sweep.work import Work, chunks, run_chunk
from commission_opt.workers.executor import Executor, Failure

Chunk = Sequence[tuple[int, Scenario]]
"""Scenarios along a path, each with its number in the design."""

_WHOLE, _RELAXED, _RELAXED_SMALL = 5, 20, 50  # scenarios of a chunk
_PARTS = 4  # of a small sweep: a cold start takes as long as two or three hot ones
_SMALL = 2_000  # decisions up to which a relaxation counts as small


@dataclass(frozen=True)
class Sweep:
    """What is to be done.

    Parameters
    ----------
    work
    chunks : sequence of Chunk
        A chunk starts cold, so that its answers depend on nothing but itself.
    chunk : int
        Scenarios of a chunk; the last may have fewer.
    about : mapping of str to str
        What is kept of the sweep beside its results; made by ``plan_sweep``.
    """

    work: Work
    chunks: Sequence[Chunk]
    chunk: int
    about: Mapping[str, str]

    @property
    def size(self) -> int:
        """Number of scenarios."""
        return sum(len(chunk) for chunk in self.chunks)

    def binding(self) -> dict[str, str]:
        """Return what must stay the same for the sweep to go on."""
        scenarios = sorted(
            (row.number, row.name, row.key, settings_text(row.settings))
            for chunk in self.chunks
            for row in (row_of(*each) for each in chunk)
        )
        content = json.dumps(scenarios, ensure_ascii=False).encode()
        return {
            **self.work.identity(),
            "scenarios": hashlib.sha256(content).hexdigest(),
            "chunk": str(self.chunk),
        }


def plan_sweep(
    instance: Instance,
    policy: Policy,
    scenarios: Sequence[Scenario],
    limits: Limits,
    *,
    relaxed: bool,
    chunk: int | None = None,
    method: Method = Method.FAST,
    about: Mapping[str, str] | None = None,
) -> Sweep:
    """Lay scenarios along a path and cut it into chunks.

    Parameters
    ----------
    instance
    policy : Policy
        As it was read; it is relaxed if ``relaxed``.
    scenarios : sequence of Scenario
        No two of the same key.
    limits, relaxed, method
        As in ``Work``.
    chunk : int, optional
        Scenarios of a chunk; see ``usual_chunk``.
    about : mapping of str to str, optional
        What else is to be kept in the store, by name.

    Raises
    ------
    InputError
        If the model asks for tables that the instance does not have, which no scenario gives it.
    """
    if lacking := tuple(tables_lacking(instance, policy)):
        raise InputError(lacking)
    codes = {"courses": instance.courses["course"]}
    if len(instance.measures):
        codes["measures"] = instance.measures["measure"]
    kept = {
        "instance": instance.name,
        "model": policy.name,
        **{key: json.dumps([*column], ensure_ascii=False) for key, column in codes.items()},
        "first_year": str(instance.first_year),
        "size": str(len(scenarios)),
    }
    files, versions = sorted(instance.files.items()), made_with().items()
    work = Work(tuple(files), policy.content, limits, relaxed, method, tuple(versions))
    size = chunk or usual_chunk(instance, policy, len(scenarios), relaxed=relaxed)
    return Sweep(work, chunks(scenarios, size), size, {**(about or {}), **kept})


def usual_chunk(instance: Instance, policy: Policy, count: int, *, relaxed: bool) -> int:
    """Return how many of so many scenarios make a chunk where nobody says: few enough to lose one.

    A chunk begins cold and is kept as a whole. Whole places take seconds each; relaxations of a
    national year take milliseconds, of several years or many regions seconds. Of few scenarios
    there are several chunks all the same, so that several processes have something to do.
    """
    small = len(instance.courses) * policy.commissioning_years <= _SMALL
    most = _WHOLE if not relaxed else _RELAXED_SMALL if small else _RELAXED
    return min(most, max(_WHOLE, math.ceil(count / _PARTS)))


@dataclass
class Progress:
    """Shared between a running sweep and whoever follows it.

    Parameters
    ----------
    watch : Watch
        Can stop the sweep.
    total, before, done, unplanned : int
        Scenarios in all, found in the store, in the store by now, and of these without a plan.
    waits : bool
        For another process that writes to the sweep.
    """

    watch: Watch = field(default_factory=Watch)
    total: int = 0
    before: int = 0
    done: int = 0
    unplanned: int = 0
    waits: bool = False
    _started: float = field(default_factory=time.monotonic)

    def begin(self, total: int, before: int, unplanned: int) -> None:
        """Start counting."""
        self.waits = False
        self.total, self.before, self.done, self.unplanned = total, before, before, unplanned
        self._started = time.monotonic()

    def wait_for_another(self) -> None:
        """Note that another process is writing, perhaps one that was killed and is not gone yet.

        Raises ``StoppedError`` if the watch was stopped meanwhile.
        """
        self.waits = True
        if self.watch.stopped:
            raise StoppedError("stopped while another process was writing to the sweep")

    def count(self, rows: Sequence[Row]) -> None:
        """Count rows that were put into the store."""
        self.done += len(rows)
        self.unplanned += sum(row.places is None for row in rows)

    @property
    def rate(self) -> float:
        """Scenarios a second; 0 until the first chunk is done."""
        seconds = time.monotonic() - self._started
        return (self.done - self.before) / seconds if seconds else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds to the end as far as is known."""
        return (self.total - self.done) / self.rate if self.rate else None


def work_out(
    sweep: Sweep,
    folder: Path,
    execute: Executor,
    progress: Progress | None = None,
    *,
    resume: bool = False,
    force: bool = False,
) -> None:
    """Work out all scenarios that the store does not have, and keep each chunk as it comes.

    Parameters
    ----------
    sweep
    folder : Path
        Where the store is, or is to be.
    execute : Executor
        ``local(...)`` or ``dask(...)``.
    progress
    resume, force : bool
        Whether to go on with a sweep in the folder, or to replace it.

    Raises
    ------
    UsageError
        If the folder may not be used, if the sweep in it was begun with other inputs, options or
        versions, or if the executor cannot work at all.
    """
    progress, binding = progress or Progress(), sweep.binding()
    going_on = resume and exists(folder)
    if going_on and _finished(sweep, folder, progress):
        return
    if not going_on:
        create(
            folder, sweep.work, binding, sweep.about, force=force, waiting=progress.wait_for_another
        )
    with writing(folder, binding, waiting=progress.wait_for_another) as store:
        done = store.done()
        progress.begin(sweep.size, *store.size())
        waiting = {n: chunk for n, chunk in enumerate(sweep.chunks) if n not in done}
        with closing(execute(partial(run_chunk, sweep.work), waiting, progress.watch)) as coming:
            for n, reply in coming:
                rows = _failed(waiting[n], reply) if isinstance(reply, Failure) else reply
                store.add(n, rows)
                progress.count(rows)


def _finished(sweep: Sweep, folder: Path, progress: Progress) -> bool:
    """Say whether nothing is left to do; that needs no right to write."""
    with reading(folder) as store:
        check_binding(store, folder, sweep.binding())
        if len(store.done()) < len(sweep.chunks):
            return False
        progress.begin(sweep.size, *store.size())
    return True


def _failed(chunk: Chunk, failure: Failure) -> list[Row]:
    how = LOST if failure.lost else ""
    return [replace(row_of(*each), reason=failure.reason, how=how) for each in chunk]
