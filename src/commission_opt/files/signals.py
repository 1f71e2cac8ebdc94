"""Signals that end a program: put off for a moment, or turned into an exception."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_FATAL = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Ended(BaseException):
    """The system asks the program to end; carries the name of the signal."""


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    for each in (signal.SIGINT, *_FATAL):
        signal.signal(each, signal.SIG_IGN)  # clearing up is not to be interrupted
    raise Ended(signal.Signals(number).name)


def end_tidily() -> None:
    """Have SIGTERM and SIGHUP raise ``Ended``, unless whoever started us has them ignored."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in _FATAL:
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _end)


def break_as_ctrl_c() -> None:
    """Have Ctrl-Break, where there is one, do what Ctrl-C does.

    Windows hands Ctrl-Break to a group of processes, and Ctrl-C to none that is started as one.
    """
    if (number := getattr(signal, "SIGBREAK", None)) is not None:
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))


@contextmanager
def put_off() -> Iterator[None]:
    """Let Ctrl-C and the signals that end a program wait until the block is over."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread only
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *_FATAL)}
    handled = {number: handler for number, handler in before.items() if callable(handler)}
    for number in handled:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)
