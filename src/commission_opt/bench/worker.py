"""One run, in a process of its own: a job comes as JSON on stdin, a row goes into a file.

``python -m commission_opt.bench.worker`` is started by ``commission-opt bench run``, which also
ends it when its time is over.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.methods import Method
from commission_opt.bench.inputs import meanings
from commission_opt.bench.machine import host, machine, reference_seconds
from commission_opt.bench.results import Row
from commission_opt.errors import (
    CertificateError,
    CommissionOptError,
    InfeasibleError,
    InputError,
    NoPlanError,
    UsageError,
)
from commission_opt.instance.instance import Instance
from commission_opt.plan.write import code_hash, peak_memory_mib, plan_record, versions, write_plan
from commission_opt.policy import Policy
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import check_instance
from commission_opt.solvers.status import Limits, Moment, Watch
from commission_opt.solvers.tally import Tally

MOST = 100  # points that are kept of a trace
Point = tuple[float, float | None, float | None]
Engine = Callable[[Instance, Policy, Limits, Watch], Allocation]
# Our name of a phase for the engine's.
_PHASES = {"relaxation": "relax"}


def main() -> None:
    """Do the job on stdin and write its row."""
    job = json.load(sys.stdin)
    row: Row = {"versions": versions(), "platform": machine(), "host": host()}
    row |= {"hashes": {"code": code_hash()}, "means": {}}
    engine = _engine(job)
    before = reference_seconds()
    _limit_memory(job["memory_limit_mib"])
    try:
        row |= _run(job, row["hashes"], row["means"], engine)
    except MemoryError:
        row |= {"status": "memory limit", "message": "out of memory"}
    row["peak_memory_mib"] = peak_memory_mib()
    _limit_memory(None)
    row["reference_seconds"] = (before + reference_seconds()) / 2
    text = json.dumps(row, ensure_ascii=False, allow_nan=False)
    Path(job["row"]).write_text(text + "\n", encoding="utf-8")


def _limit_memory(mib: float | None) -> None:
    """Limit the address space, or lift the limit, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = hard if mib is None else int(mib * 2**20)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _engine(job: Row) -> Engine:
    """Return what solves the job; its libraries are imported here, so that no import is timed."""
    if job["engine"] == "pyomo":
        from commission_opt.allocation.algebraic import allocate_algebraically

        return lambda instance, policy, limits, watch: allocate_algebraically(
            instance, policy, job["solver"], limits, watch
        )
    method = Method(job["method"])
    return lambda instance, policy, limits, watch: allocate(instance, policy, limits, watch, method)


def _run(job: Row, hashes: dict[str, str], means: dict[str, str], engine: Engine) -> Row:
    watch, seconds = Watch(), dict[str, float]()
    start = time.perf_counter()
    try:
        reading = check_instance(job["instance"])
        seconds |= reading.seconds
        if reading.instance is None:
            raise InputError(reading.problems)
        lap = time.perf_counter()
        policy = read_policy(job["model"])
        if job["relaxed"]:
            policy = policy.relaxed()
        seconds["read"] += time.perf_counter() - lap
        files = "".join(sorted(reading.instance.hashes().values()))
        one = hashlib.sha256(files.encode()).hexdigest()
        hashes |= {"model": policy.hash, "instance": one}
        lap = time.perf_counter()
        means |= meanings(reading.instance, policy)
        start += time.perf_counter() - lap  # a question of ours, not a part of the run
        limits = Limits(
            job["time_limit"],
            job["gap"],
            job["seed"],
            job["threads"],
            options=job["highs"],
            work=job.get("work_limit"),
        )
        watch = Watch()
        allocation = engine(reading.instance, policy, limits, watch)
        allocated = watch.seconds
        lap = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            write_plan(allocation, Path(folder) / "plan")
            seconds["write"] = time.perf_counter() - lap
    except CertificateError as error:
        ended: Row = {"status": "uncertified", "message": str(error)}
        ended |= _certificate(allocation)
    except CommissionOptError as error:
        ended = {"status": _status(error, watch.tally), "message": str(error)}
    else:
        seconds |= _phases(allocation.seconds, watch.tally)
        ended = _found(allocation, watch, allocated, job)
    seconds["total"] = time.perf_counter() - start
    return {**ended, "seconds": seconds, **_tallied(watch.tally)}


def _status(error: CommissionOptError, tally: Tally) -> str:
    if isinstance(error, InfeasibleError):
        return "infeasible"
    if "memory limit" in str(error).lower():  # HiGHS says so
        return "memory limit"
    if isinstance(error, NoPlanError):
        return "time limit" if tally.cut_short else "no plan"
    if isinstance(error, InputError | UsageError):
        return "refused"
    return "crash"


def _phases(spent: dict[str, float], tally: Tally) -> dict[str, float]:
    """Name the phases, and take handing over out of the relaxation."""
    phases = {_PHASES.get(name, name): seconds for name, seconds in spent.items()}
    phases["relax"] = max(0.0, phases.get("relax", 0.0) - tally.pass_seconds)
    return {**phases, "pass": tally.pass_seconds}


def _found(allocation: Allocation, watch: Watch, seconds: float, job: Row) -> Row:
    record: Row = plan_record(allocation, "")
    aim = allocation.proofs[0].formulation.aim
    end = (seconds, record["objective"], record["bound"])
    trace = first_stage(watch.trace, aim.name, aim.scale, end)
    # A stage of the Pyomo model may take half of the time that is left.
    patience = job["time_limit"] / 2 ** len(record["stages"])
    late = any(watch.meter.ends) or allocation.seconds.get("pyomo", 0.0) >= patience
    counts = record["counts"]
    return {
        "status": record["status"],
        "ended_by": ended_by(watch, record["status"], late=late),
        "work": allocation.work,
        "objective": record["objective"],
        "bound": record["bound"],
        "gap": record["gap"],
        "achieved": record["achieved"],
        "unit": record["unit"],
        "stages": record["stages"],
        "sizes": {name: counts[name] for name in ("rows", "columns", "nonzeros", "decisions")},
        "trace": trace,
        "primal_integral": primal_integral(trace, record["bound"]),
        **_certificate(allocation),
    }


def ended_by(watch: Watch, status: str, *, late: bool) -> str:
    """Say what ended a run: the clock, the work it was given, or that it was done."""
    if late:
        return "time"
    if watch.tally.cut_short:
        return "work"
    return "gap" if status == "optimal" else "exhausted"


def first_stage(
    moments: Sequence[Moment], name: str, scale: float, end: Point, most: int = MOST
) -> list[Point]:
    """Return seconds, best plan and bound of the first stage, in the units of its objective.

    Best plans never rise and bounds never fall; None where there is none yet.

    Parameters
    ----------
    name : str
        Of the first objective.
    scale : float
        Units of the objective in a unit of the program.
    end : tuple
        Seconds, objective and certified bound in the end.
    most : int
        Points that are kept; those left out lie between others.
    """
    points: list[Point] = []
    best, bound = math.inf, -math.inf
    for moment in moments:
        if moment.phase.split(":")[0] == name:
            best, bound = min(best, moment.best * scale), max(bound, moment.bound * scale)
            points.append((moment.seconds, _finite(best), _finite(bound)))
    return [*thinned(points, most - 1), end]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def thinned(points: list[Point], most: int) -> list[Point]:
    """Keep so many points, the first and the last among them."""
    if len(points) <= most:
        return points
    step = (len(points) - 1) / (most - 1)
    return [points[round(k * step)] for k in range(most)]


def primal_integral(points: Sequence[Point], bound: float) -> float:
    """Return the seconds up to the end, each weighted by how far the best plan then was.

    The distance is the gap of the best plan to the certified bound of the run, 1 where there is
    no plan yet.
    """
    total, since, distance = 0.0, 0.0, 1.0
    for seconds, best, _ in points:
        total += distance * (seconds - since)
        since = seconds
        if best is not None:
            distance = min(1.0, max(0.0, best - bound) / max(abs(best), 1e-9))
    return total


def _certificate(allocation: Allocation) -> Row:
    certificate = allocation.certificate
    return {
        "certificate": {
            "valid": certificate.valid,
            "feasible": certificate.feasible,
            "consistent": certificate.consistent,
            "largest_violation": certificate.largest_violation,
        }
    }


def _tallied(tally: Tally) -> Row:
    """Return what the solver did, and its options by kind of run."""
    iterations, runs_by_kind = Counter[str](), dict[str, Row]()
    options: dict[str, list[dict[str, object]]] = {}
    for runs in tally.runs.values():
        iterations.update(runs.iterations)
        known = options.setdefault(runs.kind, [])
        known += [dict(runs.options)] if dict(runs.options) not in known else []
        one = runs_by_kind.setdefault(runs.kind, {"count": 0, "nodes": 0, "seconds": 0.0})
        one["count"] += runs.count
        one["nodes"] += runs.nodes
        one["seconds"] += runs.seconds
    return {
        "iterations": iterations,
        "nodes": sum(runs.nodes for runs in tally.runs.values()),
        "solver_runs": runs_by_kind,
        "solver_options": options,
    }


if __name__ == "__main__":
    main()
