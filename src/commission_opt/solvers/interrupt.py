"""Ctrl-C as a request to stop, not as an end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

from commission_opt.solvers.status import Watch

T = TypeVar("T")


def interruptible(work: Callable[[], T], watch: Watch) -> T:
    """Do some work in a thread of its own, so that Ctrl-C reaches us and stops the watch.

    Parameters
    ----------
    work : callable
        Looks at the watch now and then, and ends soon once it is stopped.
    watch : Watch

    Returns
    -------
    object
        What the work returns; what it raises is raised.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # handed over to the caller
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    while True:
        try:
            if outcome.done():
                return outcome.result()
            wait([outcome], timeout=0.05)
        except KeyboardInterrupt:
            watch.stop()
