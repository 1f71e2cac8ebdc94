"""Commands run as processes of their own, in the workspace, with what they print kept in files.

A command that runs when the server ends is stopped as Ctrl-C stops it, which keeps the best plan.
One that a killed server left running is followed by the next one that starts; one that ended, or
was killed, meanwhile is marked as what it is. What commands write is whole or not there, so it can
be run again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from commission_opt.workbench.commands import ANSWERS, MERGE, Command
from commission_opt.workbench.held import code_of, is_held, process_of
from commission_opt.workbench.memory import Memory
from commission_opt.workbench.records import DONE, FAILED, INTERRUPTED, RUNNING, STOPPED, Job
from commission_opt.workbench.workspace import Workspace

_STOPPED = 130  # what a command that was stopped ends with
_PATIENCE = 20.0  # seconds that commands have to end when the server does
_PAUSE = 0.05
_HELD = "commission_opt.workbench.held"
_EVERY = 0.5  # seconds between looks at a command that is not a child of this server
_OWN_GROUP: Mapping[str, int | bool] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if os.name == "nt"
    else {"start_new_session": True}
)  # so that Ctrl-C in the server's terminal reaches the server only
_Process = subprocess.Popen[bytes]
_STOP = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)  # Windows has Ctrl-C for no group


class Runner:
    """Runs commands, so many at once, in the order in which they were asked for."""

    def __init__(self, workspace: Workspace, store: Memory, at_once: int) -> None:
        self._workspace, self._store = workspace, store
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="command")
        self._running: dict[int, _Process | None] = {}  # None for one that another server started
        self._stopped: set[int] = set()
        self._lock = threading.Lock()
        self._followers: list[threading.Thread] = []
        self._ending = False

    def start(self, command: Command, **about: str | None) -> int:
        """Note a command, and what it is about, and have it run; return its number.

        Raises
        ------
        UsageError
            If another that is not over writes to the same place.
        """
        out = None if command.out is None else command.out.as_posix()
        number = self._store.add_job(command.kind, command.words, out, **about)
        self._pool.submit(self._run, number)
        return number

    def output(self, number: int, stream: str = "stderr") -> Path:
        """Return the file of what a command prints."""
        return self._workspace.root / "jobs" / str(number) / stream

    def stop(self, number: int) -> None:
        """Stop a command as Ctrl-C does: what it has found is kept."""
        with self._lock:
            self._stopped.add(number)
            if number in self._running:
                self._send(number, _STOP)
                return
        if not self._store.job(number).started:
            self._store.end(number, STOPPED, None)

    def close(self) -> None:
        """Stop everything, and wait a moment until it has ended."""
        with self._lock:
            self._ending = True
            self._stopped.update(self._running)
            for number in self._running:
                self._send(number, _STOP)
        end = time.monotonic() + _PATIENCE
        while self._running and time.monotonic() < end:
            time.sleep(_PAUSE)
        with self._lock:
            for number in self._running:
                self._send(number, signal.SIGTERM)
        self._pool.shutdown(cancel_futures=True)
        for thread in self._followers:
            thread.join(_PATIENCE)
        self._store.interrupted()  # what still waited

    def adopt(self) -> None:
        """Find out what became of the commands that another server left.

        What still runs is followed to its end; what waited is marked as interrupted.
        """
        for job in self._store.jobs():
            if job.state != RUNNING:
                continue
            folder = self.output(job.id).parent
            if is_held(folder):
                self._running[job.id] = None
                thread = threading.Thread(target=self._follow, args=(job,), daemon=True)
                self._followers.append(thread)
                thread.start()
            elif (code := code_of(folder)) is not None:
                self._ended(job, code)
        self._store.interrupted(self._running)

    def _follow(self, job: Job) -> None:
        """Wait for the end of a command that another server started."""
        folder = self.output(job.id).parent
        while is_held(folder):
            time.sleep(_EVERY)
        code = code_of(folder)
        if code is None:
            self._store.end(job.id, INTERRUPTED, None)
        else:
            self._ended(job, code)
        with self._lock:
            del self._running[job.id]

    def _send(self, number: int, sent: int) -> None:
        """Send a signal to a command that runs, unless it has just ended."""
        child = self._running[number]
        with suppress(OSError):
            if child is not None:
                child.send_signal(sent)
            elif (process := process_of(self.output(number).parent)) is not None:
                os.kill(process, sent)

    def _run(self, number: int) -> None:
        job = self._store.job(number)
        if self._ending or not self._store.begin(number):
            return
        try:
            code = self._code_of(job)
        except OSError as error:
            with suppress(OSError):
                self.output(number).write_text(f"commission-opt: {error}\n", "utf-8")
            self._store.end(number, FAILED, None)
            return
        self._ended(job, code)

    def _ended(self, job: Job, code: int) -> None:
        """Note how a command ended; a merged workbook is an instance from then on."""
        if job.kind == MERGE and code == 0 and job.out and job.instance:
            model = self._store.instance(job.instance).model
            self._store.add_instance(Path(job.out).stem, job.out, model)
        self._store.end(job.id, self._state(job, code), code)

    def _code_of(self, job: Job) -> int:
        folder = self.output(job.id).parent
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
            with self._lock:
                if job.id in self._stopped or self._ending:
                    return _STOPPED
                process = subprocess.Popen(
                    [sys.executable, "-m", _HELD, folder.resolve(), *job.words],
                    cwd=self._workspace.root, env=_environment(), stdin=subprocess.DEVNULL,
                    stdout=out, stderr=err, **_OWN_GROUP,  # type: ignore[call-overload]
                )  # fmt: skip
                self._running[job.id] = process
            try:
                return int(process.wait())
            finally:
                with self._lock:
                    del self._running[job.id]

    def _state(self, job: Job, code: int) -> str:
        if code == 0 or code == ANSWERS.get(job.kind):
            return DONE
        return STOPPED if code == _STOPPED or job.id in self._stopped else FAILED


def _environment() -> dict[str, str]:
    """Return an environment in which a command prints plain text, and finds this very program."""
    kept = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "TTY_INTERACTIVE")}
    kept["NO_COLOR"], kept["PYTHONIOENCODING"] = "1", "utf-8"
    kept["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return kept
