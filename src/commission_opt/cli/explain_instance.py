"""``commission-opt explain`` of an instance: why there is no plan, and what would give one."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

from commission_opt.cli.answers import print_answers
from commission_opt.cli.arguments import Format
from commission_opt.cli.changed_instance import check_out, write_changed
from commission_opt.cli.problems import print_problems
from commission_opt.cli.progress import followed
from commission_opt.cli.screen import console
from commission_opt.errors import UsageError
from commission_opt.explain.answer import Answer, AnswerTable
from commission_opt.explain.infeasible.answers import diagnosis_answers
from commission_opt.explain.infeasible.contradictions import edited_policy
from commission_opt.explain.infeasible.diagnosis import Diagnosis, diagnosis_of
from commission_opt.explain.infeasible.edits import edited
from commission_opt.explain.infeasible.repairs import Repair, check_bends
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.origin import MODEL_FILE
from commission_opt.instance.files import check_file_names
from commission_opt.policy import Policy
from commission_opt.policy_file import read_policy_for_one
from commission_opt.solvers.status import Limits, Watch
from commission_opt.workbook.in_cells import InCells
from commission_opt.workbook.opened import files_of, open_source

_INVALID, _INFEASIBLE = 1, 3


def explain_instance(
    name: str,
    form: Format,
    *,
    model: str,
    bend: str | None,
    repairs: int,
    apply_repair: int | None,
    out: Path | None,
    force: bool,
    relaxed: bool,
    time_limit: float,
) -> int:
    """Diagnose an instance, print what is found, and return the exit code."""
    bends = () if bend is None else check_bends(bend)
    if (apply_repair is None) != (out is None):
        raise UsageError("--apply-repair and --out go together")
    folder, modelled = find_instance(name), find_model(model)
    if out is not None:
        check_out((folder, modelled), out, force=force)
    policy = read_policy_for_one(modelled, "explain INSTANCE")
    if relaxed:
        policy = policy.relaxed()
    watch, screen = Watch(phase="reading and checking"), console()
    diagnosis = followed(
        watch,
        lambda: diagnosis_of(
            files_of(folder), policy, bends, Limits(seconds=time_limit), watch,
            check_file_names(folder) if folder.is_dir() else (),
        ),
    )  # fmt: skip
    diagnosis = replace(diagnosis, repairs=diagnosis.repairs[:repairs])
    book = None if folder.is_dir() else InCells(open_source(folder))
    if diagnosis.errors:
        print_problems([book.problem(e) for e in diagnosis.errors] if book else diagnosis.errors)
    answers = diagnosis_answers(diagnosis)
    print_answers([_in_cells(a, book) for a in answers] if book else answers, form)
    if diagnosis.places is not None and not diagnosis.errors:
        screen.tell(f"solve it with: {_solve(name, model, relaxed=relaxed)}", soft_wrap=True)
        if apply_repair is not None:
            raise UsageError("there is a plan, so there is no repair to apply")
        return 0
    if apply_repair is None or out is None:
        if diagnosis.repairs:
            screen.tell("write a repaired instance with: --apply-repair N --out DIR")
        return _INVALID if diagnosis.errors else _INFEASIBLE
    repair = _chosen(diagnosis, apply_repair)
    copy = _write(folder, modelled, repair, policy, out, force=force)
    for edit in repair.edits:
        screen.tell(f"{edit.what} ({edit.where})", soft_wrap=True)
    screen.tell(f"repaired instance written to {out}", soft_wrap=True)
    command = _solve(str(out), model if copy is None else str(copy), relaxed=relaxed)
    screen.tell(f"solve it with: {command}", soft_wrap=True)
    return 0


def _solve(instance: str, model: str, *, relaxed: bool) -> str:
    words = ["commission-opt", "solve", instance, "--model", model, *["--relaxed"] * relaxed]
    return shlex.join(words)


def _in_cells(answer: Answer, book: InCells) -> Answer:
    """Return an answer that names cells of a workbook, not rows of files."""

    def table(of: AnswerTable) -> AnswerTable:
        frame = of.frame.map(lambda cell: book.text(cell) if isinstance(cell, str) else cell)
        return replace(of, frame=frame)

    return replace(
        answer,
        sentences=tuple(map(book.text, answer.sentences)),
        tables=tuple(map(table, answer.tables)),
    )


def _write(
    folder: Path, model: Path, repair: Repair, policy: Policy, out: Path, *, force: bool
) -> Path | None:
    """Write the repaired instance: all files as they are but for the cells that are edited.

    Returns where its model is, if that is changed.
    """
    files = edited(files_of(folder), repair.edits)
    if all(edit.file != MODEL_FILE for edit in repair.edits):
        return write_changed(folder, files, out, force=force)
    changed = edited_policy(policy, repair.edits).content
    return write_changed(folder, files, out, model, changed, force=force)


def _chosen(diagnosis: Diagnosis, number: int) -> Repair:
    count = len(diagnosis.repairs)
    if not 1 <= number <= count:
        offered = f"there are repairs 1 to {count}" if count else "no repair was found"
        raise UsageError(f"there is no repair {number}; {offered}")
    return diagnosis.repairs[number - 1]
