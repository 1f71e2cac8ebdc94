"""Standard streams that a command can rely on: closed ones, readers that leave, full disks."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from typing import Any, TextIO

from commission_opt.files.refusal import unwritable

_GONE = {errno.EPIPE, errno.EIO, errno.ESHUTDOWN, errno.ECONNRESET}


class _Forgiving(io.FileIO):
    """Writes to a stream until nobody reads it any more, and then to nowhere.

    A reader that has seen enough (``| head``) or a terminal that was closed is no reason to give
    up work that is half done, nor is a full disk that takes no more words of how far it is. A
    result that is lost because a disk is full is an error, once.
    """

    lost = False

    def __init__(self, number: int) -> None:
        super().__init__(number, "w", closefd=False)
        self._result = number == 1

    def write(self, data: Any, /) -> int:
        if not self.lost:
            try:
                return super().write(data)
            except OSError as error:
                self.lost = True
                if self._result and error.errno not in _GONE:
                    raise unwritable("the output", error) from error
        return memoryview(data).nbytes


def settle_streams() -> None:
    """Open what was closed, and let output that nobody reads be lost without a word."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # else the next file that is opened would take its number
            os.open(os.devnull, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115
    if sys.stdout is sys.__stdout__:  # and no test listens
        sys.stdout = _settled(sys.stdout, 1)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _settled(sys.stderr, 2)


def _settled(stream: TextIO | None, number: int) -> TextIO:
    file = io.BufferedWriter(_Forgiving(number))
    if stream is None:
        return io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace")
    raw = getattr(stream.buffer, "raw", stream.buffer)
    if type(raw) is not io.FileIO or not isinstance(stream, io.TextIOWrapper):
        return stream  # a console of Windows
    return io.TextIOWrapper(
        file,
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
