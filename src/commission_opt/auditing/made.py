"""An audit from what is asked of it to its record and tables, and to its folder if it has one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from commission_opt.auditing.kept import begin, check, is_unfinished
from commission_opt.auditing.run import work_out
from commission_opt.auditing.work import AuditWork, trial_of
from commission_opt.errors import UsageError
from commission_opt.files.beside import locked
from commission_opt.files.folder import check_target
from commission_opt.plan.write import code_hash, versions
from commission_opt.solvers.status import Watch
from commission_opt.text.counts import plural
from commission_opt.uncertainty.audit.audit import audit
from commission_opt.uncertainty.audit.audited import AuditedPlan, Piece, answered
from commission_opt.uncertainty.audit.drivers import drivers
from commission_opt.uncertainty.audit.groups import sample_gap, value_of_knowing
from commission_opt.uncertainty.audit.places import steadiness
from commission_opt.uncertainty.audit.record import audit_record, write_audit
from commission_opt.uncertainty.audit.redecided import redecided
from commission_opt.uncertainty.audit.regret import regret_bounds, with_bounds
from commission_opt.uncertainty.audit.view import is_audit, read_audit
from commission_opt.workers.executor import Executor


@dataclass(frozen=True)
class Asked:
    """What is asked of an audit.

    Parameters
    ----------
    command : str
        That asked for it.
    regret, worth : bool
        Whether bounds on the regret of each future are wanted, and what a plan for all futures and
        knowing each row would be worth.
    redecide : int or None
        First commissioning years that stay where later ones are decided anew, if they are.
    redecided_draws : int
        Draws in which they are.
    places : bool
        Whether it is wanted which places are robust, and which hang on one assumption.
    """

    command: str = ""
    regret: bool = False
    worth: bool = False
    redecide: int | None = None
    redecided_draws: int = 0
    places: bool = False


def check_asked(trial: AuditedPlan, asked: Asked) -> None:
    """Refuse to decide later years anew where none is left.

    Raises
    ------
    UsageError
    """
    if asked.redecide is None or (trial.plan.problem.layout.year >= asked.redecide).any():
        return
    years = plural(trial.plan.policy.commissioning_years, "year")
    raise UsageError(
        f"the plan decides {years}: after {plural(asked.redecide, 'year')} nothing is left to "
        "decide anew; --redecide is for plans of several years that are decided year by year"
    )


def check_folder(folder: Path, *, resume: bool, force: bool, inputs: tuple[Path, ...] = ()) -> None:
    """Refuse a folder that an audit may not be written to.

    Raises
    ------
    UsageError
    """
    if is_unfinished(folder) and not (resume or force):
        raise UsageError(
            f"{folder} holds an audit that has not come to its end; go on with it with "
            "--resume, or replace it with --force"
        )
    if not (resume and (is_unfinished(folder) or is_audit(folder))):
        check_target(folder, force=force, inputs=inputs)


@contextmanager
def kept_in(folder: Path, work: AuditWork, *, resume: bool, force: bool) -> Iterator[Path]:
    """Give the folder in which what is worked out is kept while the block runs.

    Raises
    ------
    UsageError
        If it holds an audit of something else, another process writes to it, or it cannot be
        written.
    """
    if not (resume and (is_unfinished(folder) or is_audit(folder))):
        begin(folder, work.identity(), force=force)
    with locked(folder):
        if not is_audit(folder):
            check(folder, work.identity())
        yield folder


def made(
    work: AuditWork,
    asked: Asked,
    watch: Watch,
    *,
    folder: Path | None = None,
    execute: Executor | None = None,
) -> dict[str, Any]:
    """AuditWork an audit out, and write it if it has a folder, from ``kept_in``.

    Returns
    -------
    dict
        What ``audit.json`` holds.

    Raises
    ------
    InputError
        If the uncertainty file does not fit the instance.
    StoppedError, CommissionOptError
        As ``work_out`` does.
    """
    if folder is not None and is_audit(folder):  # nothing is left to do
        return _finished(folder, work, asked)
    trial = trial_of(work)
    if asked.regret or asked.worth:
        [trial] = work_out(work, [with_bounds(trial)], watch, folder=folder)
        work = work.with_bounds(trial.solved)
    pieces: list[Piece[Any]] = [
        audit(trial),
        drivers(trial),
        regret_bounds(trial) if asked.regret else answered("regret", None),
        sample_gap(trial) if asked.worth else answered("gap", None),
        value_of_knowing(trial) if asked.worth else answered("knowing", None),
        redecided(trial, asked.redecide, asked.redecided_draws)
        if asked.redecide is not None
        else answered("redecided", None),
        steadiness(trial) if asked.places else answered("places", None),
    ]
    found, moved_by, regret, gap, known, anew, places = work_out(
        work, pieces, watch, folder=folder, execute=execute
    )
    moved_by = _with_worth(moved_by, known)
    about_gap = None if gap is None else asdict(gap)
    how = _how(work, asked)
    record = audit_record(found, moved_by, regret, how, about_gap, anew, places)
    if folder is not None:
        write_audit(
            found, moved_by, regret, record, folder, redecided=anew, places=places, force=True
        )
    return record


def _with_worth(moved_by: pd.DataFrame | None, known: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the drivers with what knowing each is worth."""
    if moved_by is None or known is None:
        return moved_by
    return moved_by.merge(known, on="uncertain", how="left")


def _finished(folder: Path, work: AuditWork, asked: Asked) -> dict[str, Any]:
    """Return the record of an audit that has come to its end, if it is the one that is asked for.

    Raises
    ------
    UsageError, InputError
        If it is another, or cannot be read.
    """
    record = dict(read_audit(folder).record)
    same = {**_how(work, asked), "hash": work.identity()["the uncertainty file"]}
    if same != {**{key: record.get(key) for key in same}, "hash": record["uncertainty"]["hash"]}:
        raise UsageError(
            f"the audit in {folder} has come to its end, and was asked for by {record['command']}; "
            "replace it with --force, or give another --out"
        )
    return record


def _how(work: AuditWork, asked: Asked) -> Mapping[str, Any]:
    """Return how an audit was made."""
    said = work.identity()
    hashes = {
        "inputs": {name: said[f"instance/{name}"] for name, _ in work.files},
        "model": said["model.toml"],
        "places": said["the places of the plan"],
        "code": code_hash(),
    }
    return {"command": asked.command, "versions": versions(), "hashes": hashes}
