"""A job in a process of its own, which gives a row whatever becomes of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from commission_opt.bench.results import Row, parse

_LAST = 8  # lines of what a crashed process said
_OUT_OF_MEMORY = ("MemoryError", "bad_alloc", "Cannot allocate memory", "can't start new thread")


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
    environment : mapping of str to str
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
