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
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
"""What keeps numpy to one thread in a process that starts with it."""
_SETTINGS = {
    **ONE_THREAD,
    "PYTHONSAFEPATH": "1",  # no module that lies in the current folder is one of the program's
}


def local(processes: int, *, recycled_after: int = 100) -> Executor:
    """Return an executor on this machine, which gives a chunk whose worker dies to another, twice.

    Parameters
    ----------
    processes : int
        Each has one thread. They are spawned, and end with this process however it ends.
    recycled_after : int
        Chunks after which a process makes way for a fresh one, so that memory stays flat.
    """

    def execute(
        function: Callable[[Any], Any], chunks: Mapping[int, Any], watch: Watch
    ) -> Generator[tuple[int, Any]]:
        pool = _Pool(pickle.dumps(function), chunks, processes, recycled_after)
        try:
            while not watch.stopped and (pool.waiting or pool.busy):
                pool.hand_out()
                yield from pool.collect(0.1)
            yield from pool.collect(0.0)
        finally:
            pool.close()

    return execute


class _Pool:
    """Workers by their pipes, and the chunks that wait."""

    def __init__(
        self, packed: bytes, chunks: Mapping[int, Any], processes: int, recycled_after: int
    ) -> None:
        self._packed, self._chunks = packed, chunks
        self._processes, self._recycled_after = processes, recycled_after
        self.waiting = deque(chunks)
        self._tries: Counter[int] = Counter()
        self._false_starts = 0
        self._workers: dict[Connection, _Worker] = {}

    def close(self) -> None:
        for worker in self._workers.values():
            worker.process.kill()
        for worker in self._workers.values():
            worker.end()

    @property
    def busy(self) -> bool:
        return any(worker.chunk is not None for worker in self._workers.values())

    def hand_out(self) -> None:
        while self.waiting:
            idle = next((w for w in self._workers.values() if w.chunk is None), None)
            if idle is None:
                if len(self._workers) == self._processes:
                    return
                idle = _Worker(self._packed)
                self._workers[idle.pipe] = idle
            number = self.waiting.popleft()
            idle.begin(number, self._chunks[number])

    def collect(self, seconds: float) -> Iterator[tuple[int, Any]]:
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
        number, code = worker.chunk, worker.process.exitcode
        if number is None:
            return
        if worker.ready:
            self._tries[number] += 1
        else:
            self._false_starts += 1
        if self._false_starts == _FALSE_STARTS:
            raise CommissionOptError(
                f"worker processes end before they can start (exit code {code});"
                " if you call this from a script, guard it with if __name__ == '__main__'"
            )
        if self._tries[number] < _TRIES:
            self.waiting.appendleft(number)
            return
        died = f"the process that worked it died {_TRIES} times (exit code {code})"
        yield number, Failure(f"{died}; memory may have run out", lost=True)


class _Worker:
    """A process of ours, seen from here."""

    def __init__(self, packed: bytes) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.chunk: int | None = None
        self.served, self.ready = 0, False
        self.process = context.Process(target=serve, args=(theirs, packed), daemon=True)
        with _starting():
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
def _starting() -> Iterator[None]:
    """Have processes that start meanwhile use one thread each, and no module of the folder.

    Nor do they hear Ctrl-C, which they would die of loudly.
    """
    posix, before = os.name != "nt", dict(os.environ)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT]) if posix else set()
    os.environ.update(_SETTINGS)
    try:
        yield
    finally:
        for name in _SETTINGS.keys() - before.keys():
            del os.environ[name]
        os.environ.update({name: before[name] for name in _SETTINGS.keys() & before.keys()})
        if posix:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
