"""One process at a time in a folder; the system frees the lock however that process ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from commission_opt.errors import UsageError

_PATIENCE = 30.0  # seconds
_PAUSE = 0.02


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes that lock the same folder waiting until the block ends.

    Raises
    ------
    UsageError
        If another process holds the lock for too long, or the folder cannot be locked.
    """
    with ExitStack() as stack:
        try:
            handle = _open(folder)
            stack.callback(os.close, handle)
            end = time.monotonic() + _PATIENCE
            while not take(handle):
                if time.monotonic() > end:
                    raise UsageError(f"another process is writing to {folder}; try again later")
                time.sleep(_PAUSE)
        except OSError as error:
            raise UsageError(f"{folder} cannot be locked: {error.strerror}") from error
        yield


if sys.platform == "win32":
    import msvcrt
    import tempfile
    from hashlib import sha256

    def _open(folder: Path) -> int:
        name = sha256(str(folder.resolve()).encode()).hexdigest()
        path = Path(tempfile.gettempdir()) / f"commission-opt-{name[:32]}.lock"
        return os.open(path, os.O_RDWR | os.O_CREAT)

    def take(handle: int) -> bool:
        """Take the lock of an open file or folder; False if somebody has it."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _open(folder: Path) -> int:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)

    def take(handle: int) -> bool:
        """Take the lock of an open file or folder; False if somebody has it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
