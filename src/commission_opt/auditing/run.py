"""The pieces of an audit, done together: what is kept already, and then the rest."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from commission_opt.auditing.kept import keep, kept, name_of
from commission_opt.auditing.work import AuditWork, run_task, trial_of
from commission_opt.errors import CommissionOptError, StoppedError
from commission_opt.solvers.status import Watch
from commission_opt.uncertainty.audit.audited import Arrays, Piece, Task
from commission_opt.workers.executor import Executor, Failure


def work_out(
    work: AuditWork,
    pieces: Sequence[Piece[Any]],
    watch: Watch,
    *,
    folder: Path | None = None,
    execute: Executor | None = None,
) -> list[Any]:
    """Return the answers of some pieces of an audit.

    Parameters
    ----------
    watch : Watch
        Told of progress; can stop the work.
    folder : Path, optional
        Of the audit, where what comes of each task is kept.
    execute : Executor, optional
        ``local(...)`` or ``dask(...)``; this process works if it is left out.

    Raises
    ------
    StoppedError
        If the watch was stopped.
    CommissionOptError
        If a task failed; what came before is kept.
    """
    tasks = {name_of(task): task for piece in pieces for task in piece.tasks}
    found: dict[str, Arrays] = {}
    for name, task in tasks.items():
        before = None if folder is None else kept(folder, task)
        if before is not None:
            found[name] = before
    names = [name for name in tasks if name not in found]
    waiting = {number: tasks[name] for number, name in enumerate(names)}
    with closing(_coming(work, waiting, execute, watch, keeps=folder is not None)) as coming:
        for number, arrays in coming:
            if folder is not None:
                keep(folder, waiting[number], arrays)
            found[names[number]] = arrays
            watch.begin(f"part {len(found):,} of {len(tasks):,}")
    if len(found) < len(tasks):
        raise StoppedError("stopped" if folder else "stopped; nothing was written")
    watch.begin("putting it together")
    return [piece.together([found[name_of(task)] for task in piece.tasks]) for piece in pieces]


def _coming(
    work: AuditWork,
    waiting: Mapping[int, Task],
    execute: Executor | None,
    watch: Watch,
    *,
    keeps: bool,
) -> Generator[tuple[int, Arrays]]:
    """Yield what comes of each task."""
    if execute is None or not waiting:
        trial = trial_of(work)
        for number, (function, asked) in waiting.items():
            if watch.stopped:
                return
            yield number, function(trial, *asked)
        return
    with closing(execute(partial(run_task, work), waiting, watch)) as coming:
        for number, reply in coming:
            if isinstance(reply, Failure):
                kept_so = "; what was done is kept, --resume does the rest" if keeps else ""
                raise CommissionOptError(f"a part of the audit failed: {reply.reason}{kept_so}")
            yield number, reply
