"""Runs the cases of specifications one after the other, each in a process of its own."""

from __future__ import annotations

import datetime
import json
import os
import secrets
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from commission_opt.bench.results import FORMAT, Row, new_results, parse, write_row, wrong_keys
from commission_opt.bench.sides import Version, base_side, head_side
from commission_opt.bench.spec import PEER, Case, Generated, Spec
from commission_opt.files.folder import check_file
from commission_opt.instance.generate import generate
from commission_opt.instance.write import write_instance

_LAST = 8  # lines of what a crashed process said
_OUT_OF_MEMORY = ("MemoryError", "bad_alloc", "Cannot allocate memory", "can't start new thread")
PAIRS = 6  # runs of each side that a ratio needs before it may block
# Our word for the driver's.
_STATUS = {
    "failed": "crash",
    "absent": "refused",
    "out of memory": "memory limit",
    "broken": "uncertified",
}


def run_job(
    command: Sequence[str],
    environment: Mapping[str, str],
    job: Row,
    file_key: str,
    kill_after: float,
    *,
    limited: bool,
) -> Row:
    """Run a job and return its row: what the process wrote, or how it ended.

    Parameters
    ----------
    command : sequence of str
        Reads the job as JSON on stdin, and writes the row into a file or as the last line of its
        output.
    job : dict
    file_key : str
        Key of the job that tells it the file.
    kill_after : float
        Seconds after which the process, and all it has started, is ended.
    limited : bool
        Whether its memory is limited, so that a crash for want of it is known as such.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        row_file = folder / "row.json"
        said, complained = folder / "stdout", folder / "stderr"
        text = json.dumps({**job, file_key: str(row_file)})
        with said.open("wb") as out, complained.open("wb") as err:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=out, stderr=err, env=environment,
                start_new_session=True,
            )  # fmt: skip
            try:
                process.communicate(text.encode(), timeout=kill_after)
            except subprocess.TimeoutExpired:
                _end(process)
                message = f"ended from outside after {kill_after:g} s"
                return {"status": "time limit", "ended_by": "time", "message": message}
            except BaseException:
                _end(process)
                raise
        errors = complained.read_text("utf-8", "replace")
        row = _written(said) or _written(row_file)
        if process.returncode or row is None:
            return _crash(process.returncode, errors, limited=limited)
        return row


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children."""
    if os.name == "nt":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _written(file: Path) -> Row | None:
    """Return the row that the last line of a file holds, if it does."""
    lines = file.read_text("utf-8").strip().splitlines() if file.exists() else []
    try:
        row = parse(lines[-1]) if lines else None
    except ValueError:
        return None
    return row if isinstance(row, dict) and "status" in row else None


def _crash(code: int, errors: str, *, limited: bool) -> Row:
    last = "\n".join(errors.strip().splitlines()[-_LAST:])
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    short = limited and any(sign in errors for sign in _OUT_OF_MEMORY)
    message = f"the process ended with {how}" + (f": {last}" if last else "")
    return {"status": "memory limit" if short else "crash", "message": message}


def run_benchmarks(
    specs: Sequence[Spec],
    out: Path,
    tell: Callable[[str], None],
    against: str | None = None,
    base_out: Path | None = None,
    repeats: int | None = None,
    *,
    force: bool = False,
) -> list[Row]:
    """Run all cases, a round of each case after the other.

    With a version to compare with, each round runs a case on both, in the order base, head, head,
    base and so on, so that a machine that gets slower or faster does so for both.

    Parameters
    ----------
    out : Path
        Results of this version.
    tell : callable
        Told what runs.
    against : str, optional
        The version to alternate with.
    base_out : Path, optional
        Results of that version.
    repeats : int, optional
        Runs of each case, in place of what the specifications say.
    force : bool
        Whether files may be replaced.

    Returns
    -------
    list of dict
        The rows of this version. Each is written before the next run starts.

    Raises
    ------
    UsageError
        If a file may not be replaced, or the other version cannot be run.
    InputError
        If an instance cannot be generated.
    """
    session, rows = secrets.token_hex(4), []
    with ExitStack() as stack:
        head, files = head_side(), {"head": out}
        versions = [head]
        if against is not None and base_out is not None:
            versions.insert(0, stack.enter_context(base_side(against)))
            files["base"] = base_out
        for path in files.values():
            check_file(path, force=force)
        sides = [
            (side, stack.enter_context(new_results(files[side.name], force=force)))
            for side in versions
        ]
        folders = stack.enter_context(_instances(specs))
        rounds = list(_rounds(specs, repeats, paired=len(sides) > 1))
        total = len(rounds) * len(sides)
        for done, (spec, case, number) in enumerate(rounds):
            order = sides if number % 2 == 0 else sides[::-1]
            for k, (side, file) in enumerate(order):
                tell(f"{done * len(sides) + k + 1} of {total} · {side.name} · {case.key}")
                row = _run(spec, case, side, folders[case.instance_label])
                row |= {"repeat": number, "session": session}
                row["pair"] = number if len(sides) > 1 else None
                write_row(file, row)
                if side is head:
                    rows.append(row)
    return rows


def _rounds(
    specs: Sequence[Spec], repeats: int | None, *, paired: bool
) -> Iterator[tuple[Spec, Case, int]]:
    """Yield every case of a round before the next round, so that a disturbance hits few of each."""
    cells = [(spec, case) for spec in specs for case in spec.cases]

    def count(case: Case) -> int:
        least = PAIRS if paired else 1
        return repeats or max(least, case.repeats)

    for number in range(max(count(case) for _, case in cells)):
        for spec, case in cells:
            if number < count(case):
                yield spec, case, number


def _run(spec: Spec, case: Case, side: Version, instance: Path) -> Row:
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    peer = case.engine.startswith(PEER)
    command = side.command(case.peers / "driver.py" if peer else None)
    job, key = (_peer_job(case, instance), "out") if peer else (case.job(instance), "row")
    limited = case.memory_limit_mib is not None
    row = run_job(command, side.environment, job, key, case.kill_after, limited=limited)
    row = peer_row(row) if peer else row
    known = {
        "format": FORMAT,
        "spec": spec.name,
        **case.identity(),
        "side": side.name,
        "started": started,
        "commit": side.commit,
        "dirty": side.dirty,
    }
    wrong = [f"{key}: {message}" for key, message in wrong_keys({**known, **row})]
    if wrong:
        return {**known, "status": "crash", "message": f"the process said {'; '.join(wrong)}"}
    return {**known, **row}


def _peer_job(case: Case, instance: Path) -> dict[str, object]:
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


def write_generated(made: Generated, folder: Path) -> None:
    """Write a generated instance, with its model, into a folder."""
    size = made.professions, made.regions, made.years
    synthetic = generate(*size, made.seed, levers=made.levers)
    write_instance(folder, synthetic.settings, synthetic.tables)
    (folder / "model.toml").write_bytes(synthetic.model.encode())


@contextmanager
def _instances(specs: Sequence[Spec]) -> Iterator[dict[str, Path]]:
    """Give the folders of all instances by label; generated ones are made once, for both sides."""
    with tempfile.TemporaryDirectory() as name:
        folders: dict[str, Path] = {}
        for case in (case for spec in specs for case in spec.cases):
            made = case.instance
            if isinstance(made, Generated) and made.label not in folders:
                folder = Path(name) / made.label
                folder.mkdir()
                write_generated(made, folder)
                folders[made.label] = folder
            elif isinstance(made, Path):
                folders[case.instance_label] = made
        yield folders
