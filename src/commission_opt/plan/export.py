"""A stage of a model as an MPS or LP file, with names that a person can read."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from scipy import sparse

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.whole import whole_formulation
from commission_opt.certificate.limits import limit
from commission_opt.core.linear_program import LinearProgram
from commission_opt.errors import UsageError
from commission_opt.files.beside import new_folder
from commission_opt.files.folder import check_file, put_on_disk
from commission_opt.files.refusal import writing
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.fits import check_fits
from commission_opt.formulation.problem import planning
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.solvers.program_file import is_program, write_program
from commission_opt.text.counts import plural

Format = Literal["mps", "lp"]


def formulate_stage(instance: Instance, policy: Policy, stage: int = 1) -> Formulation:
    """Write a stage of a model; earlier stages are solved first, to be held.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    stage : int
        Which objective, counted from 1.

    Raises
    ------
    UsageError
        If the model has no such stage.
    InputError
        If the model asks for what the instance does not have.
    """
    check_fits(instance, policy)
    count = len(policy.objectives)
    if not 1 <= stage <= count:
        raise UsageError(
            f"model {policy.name!r} has {plural(count, 'stage')}, so there is no stage {stage}"
        )
    problem = planning(instance, policy)
    targets = aims(problem)
    if stage == 1:
        return formulate(problem, targets[0])
    earlier = policy.first_stages(stage - 1)
    proofs = allocate(instance, earlier).proofs
    held = [
        (aim, limit(proof.objective, objective.tolerance))
        for aim, proof, objective in zip(targets, proofs, earlier.objectives, strict=False)
    ]
    return formulate(problem, targets[stage - 1], held=held)


def named_program(
    formulation: Formulation,
) -> tuple[LinearProgram, np.ndarray, list[str], list[str]]:
    """Return the program of a stage, which columns are whole, and names of columns and rows.

    Decision columns whose places or units come in steps count steps and are named so; a binary
    ``open(…)`` says whether a course with a minimum cohort runs, or a measure with a least amount.
    """
    columns, rows = formulation.column_names(), formulation.row_names()
    if not formulation.problem.policy.integer:
        program = formulation.program
        return program, np.zeros(len(program.cost), dtype=bool), _plain(columns), _plain(rows)
    whole = whole_formulation(formulation, scaled_rows=False)
    for i in np.flatnonzero(whole.step > 1):
        columns[i] = f"steps_of_{whole.step[i]:g}({columns[i].partition('(')[2]}"
    inside = [columns[i].split("(", 1)[1] for i in whole.switched]
    columns += [f"open({key}" for key in inside]
    rows += [f"at_least_a_cohort({key}" for key in inside] + [
        f"only_if_open({key}" for key in inside
    ]
    return whole.program, whole.integer, _plain(columns), _plain(rows)


def _without_empty_rows(
    program: LinearProgram, integer: np.ndarray, columns: list[str], rows: list[str]
) -> tuple[LinearProgram, np.ndarray, list[str], list[str]]:
    """Leave out rows that no column enters and that hold anyway; not every reader takes them."""
    touched = np.diff(sparse.csr_array(program.matrix).indptr) > 0
    keep = np.flatnonzero(touched | (program.row_lower > 0) | (program.row_upper < 0))
    kept = replace(
        program,
        matrix=sparse.csc_array(sparse.csr_array(program.matrix)[keep]),
        row_lower=program.row_lower[keep],
        row_upper=program.row_upper[keep],
        rows={},
    )
    return kept, integer, columns, [rows[i] for i in keep]


def _one_sided(program: LinearProgram, rows: list[str]) -> tuple[LinearProgram, list[str]]:
    """Write a row between two ends as two rows, since LP files know no others."""
    low, high = program.row_lower, program.row_upper
    both = np.flatnonzero(np.isfinite(low) & np.isfinite(high) & (low < high))
    if not len(both):
        return program, rows
    by_row = sparse.csr_array(program.matrix)
    least = high.copy()
    least[both] = np.inf
    split = replace(
        program,
        matrix=sparse.csc_array(sparse.vstack([by_row, by_row[both]])),
        row_lower=np.append(low, np.full(len(both), -np.inf)),
        row_upper=np.append(least, high[both]),
    )
    return split, [*rows, *(f"{rows[i]}_at_most" for i in both)]


def _plain(names: Sequence[str]) -> list[str]:
    """Make names fit both formats, and unlike each other."""
    seen: dict[str, int] = {}
    plain = []
    for name in names:
        text = re.sub(r"[^A-Za-z0-9_(),.]", "_", name.replace("*", "all"))[:240]
        seen[text] = seen.get(text, 0) + 1
        plain.append(text if seen[text] == 1 else f"{text}_{seen[text]}")
    return plain


def export_stage(
    formulation: Formulation, path: Path, format_: Format, *, force: bool = False
) -> None:
    """Write a stage as a file that any solver reads, whole or not at all.

    The solver that writes it says nothing of a full disk, so what it wrote is read again.

    Raises
    ------
    UsageError
        If the file may not be replaced or cannot be written.
    """
    program, integer, columns, rows = _without_empty_rows(*named_program(formulation))
    if format_ == "lp":
        program, rows = _one_sided(program, rows)
    check_file(path, force=force)
    if not path.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}")
    with writing(path), new_folder(path.absolute()) as folder:
        work = folder / f"program.{format_}"
        work.touch(exist_ok=False)  # a solver that cannot open a file ends the process
        if not write_program(program, integer, columns, rows, work):
            raise UsageError(f"{path} cannot be written: the solver does not say why")
        put_on_disk(work)
        _check_whole(work, format_)
        if not is_program(program, integer, work):
            raise OSError(errno.EIO, "what was written does not read back")
        check_file(path, force=force)
        work.replace(path)


def _check_whole(work: Path, format_: Format) -> None:
    """Raise what the system says if a file does not end as its format does."""
    ending = {"lp": b"end", "mps": b"ENDATA"}[format_]
    with work.open("r+b") as file:
        file.seek(-min(64, work.stat().st_size), os.SEEK_END)
        if not file.read().rstrip().endswith(ending):
            file.write(bytes(2**16))  # what the solver could not write: this has a reason
            file.flush()
            os.fsync(file.fileno())
            raise OSError(errno.ENOSPC, "the file was cut short")
