"""Peers: the same problem written with other libraries, run by their own driver."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from commission_opt.bench.results import Row
from commission_opt.bench.spec import PEER, Case

# Our word for the driver's.
_STATUS = {
    "failed": "crash",
    "absent": "refused",
    "out of memory": "memory limit",
    "broken": "uncertified",
}


def peer_job(case: Case, instance: Path) -> dict[str, object]:
    """Return the job of a peer, as ``benchmarks/peers/driver.py`` reads it."""
    integer = [] if case.relaxed else ["integer"]
    job = case.job(instance)
    return {
        "peer": case.engine.removeprefix(PEER),
        "phases": ["build", "pass", "relax", *integer],
        "memory_mib": job["memory_limit_mib"],
        **{key: job[key] for key in ("instance", "model", "gap", "time_limit", "seed")},
    }


def peer_row(said: Row) -> Row:
    """Return the row of a peer in the words of ours."""
    if "peer" not in said:  # it did not come so far as to write one
        return said
    status = str(said["status"])
    if status == "limit":
        status = "time limit" if said.get("objective") is None else "feasible"
    memory = said.get("peak_memory_mib") or {}
    seconds: dict[str, float] = said.get("seconds") or {}
    row: dict[str, Any] = {
        "status": _STATUS.get(status, status),
        "ended_by": "gap" if status == "optimal" else "time",
        "message": None if status in ("optimal", "feasible") else said.get("message"),
        "objective": said.get("objective", said.get("relaxation")),
        "bound": said.get("bound", said.get("relaxation")),
        "gap": said.get("gap", 0.0 if "relaxation" in said else None),
        "seconds": {**seconds, "total": sum(seconds.values())},
        "sizes": said.get("sizes"),
        "versions": said.get("versions"),
        "hashes": {"instance": said.get("instance_hash"), "model": said.get("model_hash")},
        "peak_memory_mib": max(memory.values(), default=None),
    }
    return {key: value for key, value in row.items() if value is not None}
