"""Chunks worked by processes of this machine.

Each process has its own pipe, so that it is known which chunk a process was at when it died; a pool
of the standard library is broken as a whole then.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import Any

from commission_opt.errors import CommissionOptError, UsageError
from commission_opt.solvers.status import Watch
from commission_opt.workers.executor import Executor, Failure
from commission_opt.workers.process import READY, serve

_TRIES = 3  # times that a chunk is given to a worker
_FALSE_STARTS = 3  # workers in a row that die before they can work
_SETTINGS = {
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")},
    "PYTHONSAFEPATH": "1",  # no module that lies in the current folder is one of the program's
}


def local(processes: int, *, recycled_after: int = 100) -> Executor:
    """Return an executor on this machine.

    Parameters
    ----------
    processes : int
        Each has one thread. They are spawned, and end with this process however it ends.
    recycled_after : int
        Chunks after which a process makes way for a fresh one, so that memory stays flat.

    Returns
    -------
    Executor
        It gives a chunk whose worker dies to another, twice at most.
    """

    def execute(
        function: Callable[[Any], Any], chunks: Mapping[int, Any], watch: Watch
    ) -> Generator[tuple[int, Any]]:
        pool = _Pool(function, chunks, processes, recycled_after)
        try:
            yield from pool.run(watch)
        finally:
            pool.close()

    return execute


class _Pool:
    """Workers by their pipes, and the chunks that wait."""

    def __init__(
        self,
        function: Callable[[Any], Any],
        chunks: Mapping[int, Any],
        processes: int,
        recycled_after: int,
    ) -> None:
        self._function, self._chunks = function, chunks
        self._processes, self._recycled_after = processes, recycled_after
        self._waiting = deque(chunks)
        self._tries: Counter[int] = Counter()
        self._false_starts = 0
        self._workers: dict[Connection, _Worker] = {}

    def run(self, watch: Watch) -> Iterator[tuple[int, Any]]:
        while not watch.stopped and (self._waiting or self._busy):
            self._hand_out()
            yield from self._collect(0.1)
        yield from self._collect(0.0)

    def close(self) -> None:
        for worker in self._workers.values():
            worker.process.kill()
        for worker in self._workers.values():
            worker.end()
        self._workers.clear()

    @property
    def _busy(self) -> bool:
        return any(worker.chunk is not None for worker in self._workers.values())

    def _hand_out(self) -> None:
        while self._waiting:
            idle = next((w for w in self._workers.values() if w.chunk is None), None)
            if idle is None:
                if len(self._workers) == self._processes:
                    return
                idle = _Worker(self._function)
                self._workers[idle.pipe] = idle
            number = self._waiting.popleft()
            idle.begin(number, self._chunks[number])

    def _collect(self, seconds: float) -> Iterator[tuple[int, Any]]:
        for pipe in wait(list(self._workers), seconds):
            assert isinstance(pipe, Connection)
            worker = self._workers[pipe]
            try:
                reply = pipe.recv()
            except (EOFError, OSError):
                yield from self._lost(worker)
                continue
            if reply == READY:
                worker.ready, self._false_starts = True, 0
                continue
            if isinstance(reply, UsageError):
                raise reply
            number, worker.chunk = worker.chunk, None
            worker.served += 1
            if worker.served == self._recycled_after:
                self._workers.pop(pipe).end()
            assert number is not None
            yield number, reply

    def _lost(self, worker: _Worker) -> Iterator[tuple[int, Failure]]:
        """Give the chunk of a dead worker to another, or give up on it."""
        self._workers.pop(worker.pipe).end()
        number = worker.chunk
        if number is None:
            return
        if worker.ready:
            self._tries[number] += 1
        else:
            self._false_starts += 1
        if self._false_starts == _FALSE_STARTS:
            raise CommissionOptError(
                f"worker processes end before they can start (exit code {worker.process.exitcode});"
                " if you call this from a script, guard it with if __name__ == '__main__'"
            )
        if self._tries[number] < _TRIES:
            self._waiting.appendleft(number)
            return
        yield (
            number,
            Failure(
                f"the process that worked it died {_TRIES} times"
                f" (exit code {worker.process.exitcode}); memory may have run out",
                lost=True,
            ),
        )


class _Worker:
    """A process of ours, seen from here."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.chunk: int | None = None
        self.served = 0
        self.ready = False
        packed = pickle.dumps(function)  # unpacked when the process already ends with this one
        self.process = context.Process(target=serve, args=(theirs, packed), daemon=True)
        with _settings(), _uninterrupted():
            self.process.start()
        theirs.close()

    def begin(self, number: int, chunk: Any) -> None:
        self.chunk = number
        try:
            self.pipe.send(chunk)
        except OSError:
            return  # it has died, which its pipe will say

    def end(self) -> None:
        """Let it end, and wait until it has; it ends when its pipe is closed."""
        self.pipe.close()
        self.process.join()


@contextmanager
def _settings() -> Iterator[None]:
    """Have processes that start meanwhile use one thread each, and no module of the folder."""
    before = {name: os.environ.get(name) for name in _SETTINGS}
    os.environ.update(_SETTINGS)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Have processes that start meanwhile not hear Ctrl-C, which they would die of loudly."""
    if os.name == "nt":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
