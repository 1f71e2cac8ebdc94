"""A plan on disk: what was decided, what follows, the proof, and copies of all inputs."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commission_opt.allocation.allocate import Allocation
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import StageCertificate
from commission_opt.certificate.proof_file import write_proofs
from commission_opt.core.linear_program import LinearProgram
from commission_opt.errors import CertificateError
from commission_opt.files.folder import whole_folder
from commission_opt.formulation.problem import Planning
from commission_opt.plan.record import (
    CERTIFICATE_KEYS,
    EASED_KEYS,
    FORMATS,
    PROOF,
    STAGE_KEYS,
    UNCERTAINTY,
)
from commission_opt.solvers.status import Limits
from commission_opt.version import __version__

if TYPE_CHECKING:
    from commission_opt.plan.uncertain import WeighedRecord

FORMAT = max(FORMATS)
_LIBRARIES = ("highspy", "numpy", "pandas", "pyomo", "scipy")


def write_plan(
    allocation: Allocation,
    target: Path | str,
    *,
    force: bool = False,
    discard_signatures: bool = False,
    command: str = "",
    uncertain: WeighedRecord | None = None,
) -> dict[str, Any]:
    """Write a certified plan as a folder that appears whole or not at all.

    Parameters
    ----------
    allocation : Allocation
    target : path
        Folder to make.
    force : bool
        Whether an existing folder may be replaced, if the program wrote all that is in it.
    discard_signatures : bool
        Whether that may be a plan that somebody has signed.
    command : str
        The command that made the plan.
    uncertain : WeighedRecord, optional
        What is written beside a plan for several futures.

    Returns
    -------
    dict
        What ``plan.json`` holds.

    Raises
    ------
    CertificateError
        If the plan did not pass its certificate; nothing is written.
    UsageError
        If the folder may not be replaced or cannot be written.
    """
    if not allocation.certificate.valid:
        raise CertificateError(_failure(allocation))
    record = plan_record(allocation, command)
    tables = allocation.frames()
    if uncertain is not None:
        record["uncertainty"] = uncertain.record
        tables |= uncertain.tables
    with whole_folder(Path(target), force=force, discard_signatures=discard_signatures) as folder:
        for name, table in tables.items():
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        (folder / "instance").mkdir()
        for name, content in allocation.instance.files.items():
            (folder / "instance" / name).write_bytes(content)
        (folder / "model.toml").write_bytes(allocation.policy.content)
        if uncertain is not None:
            (folder / UNCERTAINTY).write_bytes(uncertain.content)
        write_proofs(folder / PROOF, allocation.proofs, allocation.alone, allocation.eased)
        record["hashes"]["outputs"] = _hashes(folder)
        text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
        (folder / "plan.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return record


def _hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each table of a plan and of its proof."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".npz"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _failure(allocation: Allocation) -> str:
    certificate = allocation.certificate
    if not certificate.feasible:
        return (
            f"the certificate failed: {certificate.where} is broken by a relative "
            f"{certificate.largest_violation:.3g}; nothing was written"
        )
    return "the certificate failed: the bound and the objective do not fit; nothing was written"


def plan_record(allocation: Allocation, command: str) -> dict[str, Any]:
    """Return what ``plan.json`` holds, but for the hashes of the plan's own files."""
    certificate, policy = allocation.certificate, allocation.policy
    program = allocation.proofs[0].formulation.program
    return {
        "format": FORMAT,
        "status": allocation.status,
        "instance": allocation.instance.name,
        "model": policy.name,
        "integer": policy.integer,
        "objective": certificate.objective,
        "bound": certificate.bound,
        "gap": certificate.gap,
        "asked_gap": allocation.limits.gap,
        "without_new_places": certificate.without_new_places,
        "achieved": certificate.achieved,
        "unit": certificate.stages[0].unit,
        "stages": [_stage(stage) for stage in certificate.stages],
        "certificate": _named(certificate, CERTIFICATE_KEYS),
        "interrupted": allocation.interrupted,
        "work": allocation.work,
        "ends": [None if end is None else asdict(end) for end in allocation.ends],
        "seconds": allocation.seconds,
        "peak_memory_mib": peak_memory_mib(),
        "versions": versions(),
        "hashes": {
            "inputs": allocation.instance.hashes(),
            "model": policy.hash,
            "code": code_hash(),
        },
        "options": {
            **allocation.asked,
            "time_limit": allocation.limits.seconds,
            **work_limit(allocation.limits),
            "seed": allocation.limits.seed,
            "threads": allocation.limits.threads,
        },
        "command": command,
        "counts": plan_counts(allocation.problem, program, allocation.amounts),
    }


def _stage(stage: StageCertificate) -> dict[str, Any]:
    """Return what a record says of a stage."""
    eased = {} if stage.eased is None else {"eased": _named(stage.eased, EASED_KEYS)}
    return {**_named(stage, STAGE_KEYS), **eased}


def work_limit(limits: Limits) -> dict[str, float]:
    """Return what a record says of a limit of work, if there is one."""
    return {} if limits.work is None else {"work_limit": limits.work}


def plan_counts(problem: Planning, program: LinearProgram, amounts: Floats) -> dict[str, Any]:
    """Return how much there is of everything.

    Parameters
    ----------
    problem : Planning
    program : LinearProgram
        Of the first stage.
    amounts : array, shape (L, K)
        Places and units; of years that are decided later none are counted.
    """
    instance, policy = problem.instance, problem.policy
    n_courses, whole = len(instance.courses), policy.integer
    amounts = amounts[:, : problem.now_years]
    bought = {
        "measures": len(instance.measures),
        "units": _number(amounts[n_courses:].sum(), whole=whole),
    }
    return {
        "professions": len(instance.professions),
        "regions": len(instance.regions),
        "courses": len(instance.courses),
        "commissioning_years": policy.commissioning_years,
        "decisions": problem.layout.size,
        "rows": len(program.row_lower),
        "columns": len(program.cost),
        "nonzeros": int(program.matrix.nnz),
        "places": _number(amounts[:n_courses].sum(), whole=whole),
        **(bought if len(instance.measures) else {}),
    }


def _named(of: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(of, name) for name in names}


def _number(value: float, *, whole: bool) -> int | float:
    return int(value) if whole else float(value)


def versions() -> dict[str, str]:
    """Return the versions of all that takes part in a plan."""
    return {
        "commission_opt": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        **{name: version(name) for name in _LIBRARIES},
    }


@cache
def code_hash() -> str:
    """Return one SHA-256 over the program's own source files, as they were when first asked."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    paths = (*root.rglob("*.py"), *root.glob("[a-z]*/*.csv"))
    for path in sorted(paths, key=lambda p: p.relative_to(root).as_posix()):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def peak_memory_mib() -> float | None:
    """Return the most memory this process has held, MiB; None where it is not known."""
    if os.name == "nt":
        return None
    status = Path("/proc/self/status")  # getrusage counts what a parent held before exec too
    if status.is_file():
        line = next(s for s in status.read_text("utf-8").splitlines() if s.startswith("VmHWM:"))
        return int(line.split()[1]) / 2**10
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
