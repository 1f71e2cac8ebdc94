"""``python -m commission_opt.workbench.held FOLDER …``: a command whose end can be found out later.

While it runs it holds a lock in the folder, beside the number of its process; at its end it writes
its code there. So a server that starts anew can follow what one that was killed has left running.
"""

from __future__ import annotations

import os
import runpy
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commission_opt.files.beside import take
from commission_opt.files.folder import write_whole
from commission_opt.files.signals import break_as_ctrl_c

_LOCK, _PROCESS, _CODE = "running", "process", "code"
_PAUSE = 0.01  # seconds


def is_held(folder: Path) -> bool:
    """Say whether a command holds the lock of its folder, and so runs."""
    try:
        handle = os.open(folder / _LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        return not take(handle)
    finally:
        os.close(handle)


def process_of(folder: Path) -> int | None:
    """Return the number of the process of a command that runs."""
    return _number(folder / _PROCESS) if is_held(folder) else None


def code_of(folder: Path) -> int | None:
    """Return with what a command has ended; None if it was killed, or has not ended."""
    return _number(folder / _CODE)


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):
        return None


@contextmanager
def _holding(folder: Path) -> Iterator[None]:
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not take(handle):  # somebody looks whether it is held
            time.sleep(_PAUSE)
        (folder / _CODE).unlink(missing_ok=True)  # of a workspace that has lost its memory
        write_whole(folder / _PROCESS, str(os.getpid()).encode(), force=True)
        yield
    finally:
        os.close(handle)


def main() -> None:
    """Run a command line in a folder that is held; end with its code."""
    folder, words = Path(sys.argv[1]), sys.argv[2:]
    break_as_ctrl_c()
    with _holding(folder):
        sys.argv = ["commission-opt", *words]
        try:
            runpy.run_module("commission_opt", run_name="__main__")
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
            write_whole(folder / _CODE, str(code).encode())
            raise


if __name__ == "__main__":
    main()
