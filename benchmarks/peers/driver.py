"""Run one peer on one problem in this process and write one row of what happened.

Run ``python benchmarks/peers/driver.py < job.json``. The keys of a job are the fields of `Job`; the
row is one line of JSON on standard output and, after every phase, in the file ``out``, so that a
process that is stopped leaves behind how far it came.
"""

from __future__ import annotations

import gc
import hashlib
import json
import resource
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from measuring import generated, read_size
from peers.peer import Answer, Peer
from peers.registry import EXTRA, OURS, PEERS
from peers.statement import Statement, state

from commission_opt.accounts.outcome import outcome
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE, violations
from commission_opt.errors import CommissionOptError, UsageError
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning, planning
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance

PHASES = ("build", "pass", "relax", "resolve", "integer")
FACTORS = tuple(1.0 + 0.002 * k for k in range(1, 11))  # of all budgets, one re-solve each


@dataclass(frozen=True)
class Job:
    """What to run.

    Parameters
    ----------
    peer : str
        A name of ``registry.py``.
    instance : str, optional
        Folder or name of a shipped one.
    generate : mapping, optional
        ``professions``, ``regions``, ``years`` and ``seed`` instead of an instance.
    model : str, optional
        File or name of a shipped one; by default ``model.toml`` of the instance.
    gap, time_limit : float
        Of the integer plan; relative and seconds.
    phases : sequence of str
        Which of ``build``, ``pass``, ``relax``, ``resolve`` and ``integer``. The first four are of
        the relaxation; ``integer`` builds a model of its own.
    seed : int
        Of the solver.
    memory_mib : float, optional
        Most address space of the process.
    out : str, optional
        File for the row.
    """

    peer: str
    instance: str | None = None
    generate: Mapping[str, int] | None = None
    model: str | None = None
    gap: float = 0.002
    time_limit: float = 60.0
    phases: Sequence[str] = PHASES
    seed: int = 0
    memory_mib: float | None = None
    out: str | None = None

    def __post_init__(self) -> None:
        if self.peer not in PEERS:
            raise UsageError(f"no such peer: {self.peer!r}; there are {', '.join(PEERS)}")
        if unknown := sorted(set(self.phases) - set(PHASES)):
            raise UsageError(f"no such phase: {', '.join(unknown)}; there are {', '.join(PHASES)}")
        if (self.instance is None) == (self.generate is None):
            raise UsageError("a job has either an instance or generate")


def parse_job(text: str) -> Job:
    """Read a job.

    Raises
    ------
    UsageError
        If a key is unknown or a value is not possible.
    """
    try:
        keys = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"the job is not JSON: {error}") from error
    names = [field.name for field in fields(Job)]
    if not isinstance(keys, dict) or "peer" not in keys:
        raise UsageError("a job is a JSON object with a key 'peer'")
    if unknown := sorted(set(keys) - set(names)):
        raise UsageError(f"a job has no key {', '.join(unknown)}; it has {', '.join(names)}")
    return Job(**keys)


class Row:
    """The row of a job as it grows, phase by phase."""

    def __init__(self, job: Job) -> None:
        self._out = job.out
        self.record: dict[str, Any] = {
            "peer": job.peer, "status": "running", "message": "", "seed": job.seed,
            "gap_asked": job.gap, "time_limit": job.time_limit,
            "versions": {"python": sys.version.split()[0], **PEERS[job.peer].versions()},
            "seconds": {}, "peak_memory_mib": {},
        }  # fmt: skip

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase and note the most memory that the process has held at its end."""
        gc.collect()  # what earlier phases left behind is not this one's to clear away
        start = time.perf_counter()
        yield
        self.record["seconds"][name] = time.perf_counter() - start
        self.record["peak_memory_mib"][name] = peak_memory_mib()
        self.write()

    def write(self, **more: Any) -> None:
        """Add to the row, and write it if it has a file."""
        self.record.update(more)
        if self._out is not None:
            Path(self._out).write_text(json.dumps(self.record) + "\n", encoding="utf-8")


def run(job: Job) -> dict[str, Any]:
    """Run a job and return its row."""
    row = Row(job)
    if job.memory_mib is not None:
        most = int(job.memory_mib * 2**20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        peer = PEERS[job.peer].make(job.seed)
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed; pip install 'commission-opt[{EXTRA}]'"
        row.write(status="absent", message=message)
        return row.record
    try:
        if job.generate is not None:
            size = tuple(job.generate[key] for key in ("professions", "regions", "years"))
            with generated(size, job.generate.get("seed", 0)) as folder:  # type: ignore[arg-type]
                _run(job, peer, row, folder)
        else:
            _run(job, peer, row, find_instance(str(job.instance)))
    except MemoryError:
        row.write(status="out of memory", message=f"more than {job.memory_mib:g} MiB")
    except CommissionOptError as error:
        row.write(status="refused", message=str(error))
    return row.record


def _run(job: Job, peer: Peer, row: Row, folder: Path) -> None:
    _warm_up(peer)
    with row.phase("read"):
        instance = read_instance(folder)
        path = folder / "model.toml" if job.model is None else find_model(job.model)
        policy = read_policy(path).first_stages(1)
    with row.phase("supply"):
        problem = planning(instance, policy)
    with row.phase("statement"):
        statement = state(problem)
    if job.peer == OURS:  # which starts from the instance and does not read the statement
        row.record["seconds"]["statement"] = 0.0
    tables = hashlib.sha256("".join(sorted(instance.hashes().values())).encode()).hexdigest()
    row.write(
        instance=instance.name, instance_hash=tables, model_hash=policy.hash,
        sizes=_sizes(statement),
    )  # fmt: skip
    status = "optimal"
    if {"build", "pass", "relax", "resolve"} & set(job.phases):
        status = _relaxed(job, peer, row, statement)
    if "integer" in job.phases:
        with row.phase("build_integer"):
            model = peer.build(statement, whole=True)
        with row.phase("integer"):
            answer = peer.solve_integer(model, job.gap, job.time_limit)
        status = answer.status
        row.write(message=answer.message, **_valued(problem, statement, answer))
        if row.record.get("violation", 0.0) > TOLERANCE:
            status = "broken"
    row.write(status=status)


def _warm_up(peer: Peer) -> None:
    """Let a library load what it loads at its first use, on a problem of a few courses."""
    problem = planning(*read_size((2, 2, 2)))
    peer.solve_relaxation(peer.build(state(problem), whole=False))


def _relaxed(job: Job, peer: Peer, row: Row, statement: Statement) -> str:
    with row.phase("build"):
        model = peer.build(statement, whole=False)
    if "pass" in job.phases:
        with row.phase("pass"):
            peer.hand_over(model)
    status = "optimal"
    if "relax" in job.phases:
        with row.phase("relax"):
            answer = peer.solve_relaxation(model)
        status = answer.status
        row.write(relaxation=answer.objective, message=answer.message)
    if "resolve" in job.phases:
        with row.phase("resolve"):
            found = peer.resolve_budgets(model, FACTORS)
        row.write(resolved=found)
    return status


def _valued(problem: Planning, statement: Statement, answer: Answer) -> dict[str, Any]:
    """Value the plan of a peer by the functions that certify ours."""
    valued: dict[str, Any] = {"claimed": answer.objective, "bound": answer.bound}
    if answer.steps is None:
        return valued
    places = statement.places(np.round(answer.steps))
    result = outcome(problem.instance, problem.policy, problem.effects, places)
    objective = OBJECTIVES["shortfall"].value(problem, result)
    bound = -np.inf if answer.bound is None else answer.bound
    gap = max(0.0, objective - bound) / max(abs(objective), 1e-9)
    return valued | {
        "objective": objective,
        "violation": max(v.size for v in violations(problem, result)),
        "gap": gap if np.isfinite(gap) else None,
        "places_hash": _hash(places),
    }


def _hash(places: Floats) -> str:
    return hashlib.sha256(np.ascontiguousarray(places, dtype=np.int64).tobytes()).hexdigest()


def _sizes(s: Statement) -> dict[str, int]:
    parts = (s.supply, s.budget, s.placement, s.promise)
    return {
        "decisions": len(s.step),
        "columns": len(s.step) + s.width.size,
        "rows": sum(part.shape[0] for part in parts) + 2 * len(s.now),
        "nonzeros": sum(part.nnz for part in parts) + s.width.size + 4 * len(s.now),
        "binaries": len(s.guarded),
    }


def peak_memory_mib() -> float:
    """Return the most memory that this process itself has held, MiB."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def main() -> int:
    """Run the job on standard input and print its row."""
    try:
        job = parse_job(sys.stdin.read())
    except CommissionOptError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(json.dumps(run(job)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
