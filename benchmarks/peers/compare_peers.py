"""Every peer and this engine on one problem, in one interleaved run; prints Markdown tables.

Run ``python benchmarks/peers/compare_peers.py 129 7 5``: professions, regions, commissioning years.
Every job runs in a process of its own with a limit on time and memory. A round goes through the
peers in one order and the next round in the other, so that what else the machine does hits all.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measuring import Size, generated, percent, size_name
from peers.registry import OURS, PEERS
from peers.tables import TABLES, Rows

_DRIVER = Path(__file__).with_name("driver.py")
# The quickest way of each library; the others of `registry.py` can be asked for by name.
USUAL = (
    OURS, "raw-highspy", "scipy", "linopy", "pyomo-appsi", "pyomo-contrib", "mathopt",
    "mathopt-pdlp-highs", "pulp-cbc",
)  # fmt: skip
KINDS = {
    "assembly": ("build", "pass"),
    "relaxation": ("build", "pass", "relax", "resolve"),
    "integer": ("integer",),
}
_NOTES = """
{size}, seed {seed}: {decisions:,} decisions, {rows:,} rows, {columns:,} columns, {nonzeros:,}
coefficients; in whole steps {binaries:,} binaries more. Rounds: {rounds}; figures of several are
medians, of seconds and of the ratios of each round. Integer plans were asked for a gap of {gap}
within {limit:g} s; a process was stopped after {process:g} s. {cpus} processors ({machine}),
{system}, Python {python}. Solvers ran on one thread, but for the HiGHS inside SciPy and inside
MathOpt, which take no such option. {versions}."""


@dataclass(frozen=True)
class Limits:
    """What a job may take.

    Parameters
    ----------
    gap, time_limit : float
        Of the integer plan.
    process : float
        Seconds until a process is stopped.
    memory_mib : float
        Most address space of a process.
    """

    gap: float
    time_limit: float
    process: float
    memory_mib: float


def order(peers: Sequence[str], rounds: int) -> Iterator[tuple[int, str]]:
    """Go through the peers forwards and backwards in turn."""
    for number in range(rounds):
        for peer in peers if number % 2 == 0 else reversed(peers):
            yield number, peer


def run_job(peer: str, kind: str, folder: Path, limits: Limits, seed: int) -> dict[str, Any]:
    """Run a job in a process of its own and return its row, whatever happens to the process."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "row.json"
        job = {
            "peer": peer, "instance": str(folder), "phases": KINDS[kind], "gap": limits.gap,
            "time_limit": limits.time_limit, "memory_mib": limits.memory_mib, "seed": seed,
            "out": str(out),
        }  # fmt: skip
        # A group of its own, so that a solver which a peer has started ends with it.
        with subprocess.Popen(
            [sys.executable, str(_DRIVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                _, errors = process.communicate(json.dumps(job), timeout=limits.process)
                ended = f"exit code {process.returncode}: {errors.strip()[-200:]}"
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                ended = f"stopped after {limits.process:g} s"
        row: dict[str, Any] = {"peer": peer, "status": "running", "seconds": {}}
        if out.is_file():
            row = json.loads(out.read_text(encoding="utf-8"))
    if row["status"] == "running":
        row |= {"status": "stopped" if ended.startswith("stopped") else "crashed", "message": ended}
    return row


def compare(
    folder: Path, peers: Sequence[str], rounds: dict[str, int], limits: Limits, seed: int
) -> Rows:
    """Run every kind of job and return its rows, by kind and peer."""
    found: Rows = {kind: {peer: [] for peer in peers} for kind in rounds}
    for kind, count in rounds.items():
        for number, peer in order(peers, count):
            row = run_job(peer, kind, folder, limits, seed)
            print(f"{kind}, round {number + 1}, {peer}: {row['status']}", file=sys.stderr)
            found[kind][peer].append(row)
    return found


def notes(found: Rows, size: Size, rounds: dict[str, int], limits: Limits, seed: int) -> str:
    """Say what was run on what."""
    rows = [row for by_peer in found.values() for rows in by_peer.values() for row in rows]
    sizes = next((row["sizes"] for row in rows if "sizes" in row), None)
    if sizes is None:
        return "\nNo job got as far as the problem."
    versions = {name: v for row in rows for name, v in row.get("versions", {}).items()}
    python = versions.pop("python", platform.python_version())
    return _NOTES.format(
        size=size_name(size), seed=seed, **sizes, gap=percent(limits.gap), limit=limits.time_limit,
        process=limits.process, cpus=os.cpu_count(), machine=platform.machine(),
        system=platform.system(), python=python,
        rounds=", ".join(f"{kind} {count}" for kind, count in rounds.items()),
        versions=", ".join(f"{name} {version}" for name, version in sorted(versions.items())),
    )  # fmt: skip


def _peers(text: str) -> list[str]:
    names = text.split(",")
    if unknown := sorted(set(names) - set(PEERS)):
        raise argparse.ArgumentTypeError(f"no such peer: {', '.join(unknown)}")
    return [OURS, *(name for name in names if name != OURS)]


def main(words: Sequence[str] | None = None) -> None:
    """Run all and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("professions", "regions", "years"):
        parser.add_argument(name, type=int)
    parser.add_argument("--peers", type=_peers, default=list(USUAL), help="names, by commas")
    parser.add_argument("--only", choices=list(KINDS), action="append", help="kinds of jobs")
    parser.add_argument("--rounds", type=int, default=3, help="of assembly")
    parser.add_argument("--solve-rounds", type=int, default=1, help="of everything else")
    parser.add_argument("--gap", type=float, default=0.002)
    parser.add_argument("--time-limit", type=float, default=300.0, help="of an integer plan")
    parser.add_argument("--process-limit", type=float, default=900.0, help="seconds of a process")
    parser.add_argument("--memory", type=float, default=8192.0, help="MiB of a process")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rows", type=Path, help="file to write the rows to, JSON lines")
    asked = parser.parse_args(words)
    size = asked.professions, asked.regions, asked.years
    limits = Limits(asked.gap, asked.time_limit, asked.process_limit, asked.memory)
    rounds = {
        kind: asked.rounds if kind == "assembly" else asked.solve_rounds
        for kind in asked.only or KINDS
    }
    with generated(size, asked.seed) as folder:
        found = compare(folder, asked.peers, rounds, limits, asked.seed)
    if asked.rows is not None:
        lines = [
            json.dumps({"kind": kind, **row})
            for kind, by_peer in found.items()
            for rows in by_peer.values()
            for row in rows
        ]
        asked.rows.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for title, kind, table in TABLES:
        if kind in found:
            print(f"#### {title}\n\n{table(found[kind], limits.gap)}\n")
    print(notes(found, size, rounds, limits, asked.seed).lstrip())


if __name__ == "__main__":
    main()
