"""Chunks worked by the workers of a Dask cluster that is there already."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import closing
from itertools import islice
from typing import Any

from commission_opt.errors import CommissionOptError, UsageError
from commission_opt.solvers.status import Watch
from commission_opt.workers.executor import Executor, Failure, outcome

_AHEAD = 2  # chunks per thread that the cluster holds, so that workers never wait for us


def dask(address: str, *, patience: float = 30.0) -> Executor:
    """Return an executor on a Dask cluster.

    A chunk whose worker dies is given to another by the scheduler, as often as its
    ``allowed-failures`` says.

    Parameters
    ----------
    address : str
        Of its scheduler, such as ``tcp://10.0.0.5:8786``.
    patience : float
        Seconds to wait for the scheduler, and for its first worker.

    Raises
    ------
    UsageError
        If ``distributed`` is not installed. The executor raises it if nothing answers at the
        address, or if the workers cannot do the work.
    """
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        message = "--scheduler needs Dask; install it with: pip install 'commission-opt[dask]'"
        raise UsageError(message) from error

    def execute(
        function: Callable[[Any], Any], chunks: Mapping[int, Any], watch: Watch
    ) -> Generator[tuple[int, Any]]:
        from distributed.utils import silence_logging_cmgr

        # What goes wrong is told by what we yield or raise.
        with silence_logging_cmgr(logging.CRITICAL), closing(_connect(address, patience)) as client:
            try:
                yield from _answers(client, function, chunks, watch)
            except (CancelledError, OSError) as error:
                kept = "what came before is kept, --resume does the rest"
                message = f"the scheduler at {address} went away; {kept}"
                raise CommissionOptError(message) from error

    return execute


def _connect(address: str, patience: float) -> Any:
    from distributed import Client

    try:
        client = Client(address, timeout=patience, set_as_default=False)
    except (OSError, ValueError) as error:
        message = f"no Dask scheduler answers at {address}; give its address as tcp://HOST:PORT"
        raise UsageError(message) from error
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError as error:
        client.close()
        message = (
            f"the scheduler at {address} has no workers; start one with: dask worker {address}"
        )
        raise UsageError(message) from error
    return client


def _answers(
    client: Any, function: Callable[[Any], Any], chunks: Mapping[int, Any], watch: Watch
) -> Iterator[tuple[int, Any]]:
    from distributed import wait

    waiting = iter(chunks.items())
    running: dict[Any, int] = {}
    while not watch.stopped:
        if client.status != "running":
            raise ConnectionError
        room = _AHEAD * max(1, sum(client.nthreads().values())) - len(running)
        for number, chunk in islice(waiting, max(0, room)):
            running[client.submit(outcome, function, chunk, pure=False)] = number
        if not running:
            return
        try:
            with client.as_current():
                done = wait(list(running), timeout=0.5, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            continue
        for future in done:
            yield running.pop(future), _reply(future)
    client.cancel(list(running))


def _reply(future: Any) -> Any:
    from distributed import KilledWorker

    try:
        reply = future.result()
    except KilledWorker as error:
        return Failure(f"the workers that worked it died: {error}", lost=True)
    except ImportError as error:
        message = f"a worker of the cluster cannot work ({error}); install the same commission-opt"
        raise UsageError(f"{message} for all workers") from error
    if isinstance(reply, UsageError):
        raise reply
    return reply
