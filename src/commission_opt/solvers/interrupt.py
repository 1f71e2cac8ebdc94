"""Ctrl-C as a request to stop, not as an end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import TypeVar

from commission_opt.files.signals import Ended
from commission_opt.solvers.status import Watch

T = TypeVar("T")
_GRACE = 5.0  # seconds that work has to end when the system asks the program to


@contextmanager
def stopping(watch: Watch) -> Iterator[None]:
    """Have Ctrl-C stop the watch, and do nothing else, while the block runs.

    However often it is pressed, what the block has found is kept: a plan that is being proved or
    written then is written.
    """
    if threading.current_thread() is not threading.main_thread() or not callable(
        before := signal.getsignal(signal.SIGINT)
    ):  # signals reach the main thread only; whoever started us may have Ctrl-C ignored
        yield
        return
    signal.signal(signal.SIGINT, lambda *_: watch.stop())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def interruptible(work: Callable[[], T], watch: Watch) -> T:
    """Do some work in a thread of its own, so that Ctrl-C reaches us and stops the watch.

    Parameters
    ----------
    work : callable
        Looks at the watch now and then, and ends soon once it is stopped.

    Returns
    -------
    object
        What the work returns; what it raises is raised.

    Raises
    ------
    Ended
        If the system asks the program to end; the work is given a moment to clear up.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # handed over to the caller
            outcome.set_exception(error)

    with stopping(watch):
        threading.Thread(target=run, daemon=True).start()
        try:
            while not outcome.done():
                wait([outcome], timeout=0.05)
        except Ended:
            watch.stop()
            wait([outcome], timeout=_GRACE)
            raise
    return outcome.result()
