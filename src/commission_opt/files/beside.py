"""Files and locks that lie beside what they are of.

A run holds a lock on what it makes; the system frees it however the run ends. What is locked is in
use, what is not is litter.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import FileIO
from pathlib import Path

from commission_opt.errors import UsageError

_PATIENCE = 30.0  # seconds
_PAUSE = 0.02
_LONGEST = 200  # bytes of a target's name that still leave room for ours beside it
_TRIES = 20
_OLD = 86_400.0  # seconds after which litter is taken for that where there are no locks
_UNKNOWN = -1  # where a lock would have a number, but locks do not work


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


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Make a folder beside a target, hold it while the block runs, then remove what is left."""
    work, lock = _name(target, "part"), None
    try:
        for _ in range(_TRIES):
            work.mkdir()
            lock = _lock(work)
            if lock is not None and work.exists():
                break
            work = _name(target, "part")
        else:  # pragma: no cover - somebody removes each as soon as it is made
            raise OSError("another program removes what is written")
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        _release(lock)


@contextmanager
def new_file(target: Path) -> Iterator[tuple[Path, FileIO]]:
    """Make a file beside a target, hold it while the block runs, then remove what is left.

    No link is followed: one that somebody put there first is an error.
    """
    work, lock = _name(target, "part"), None
    with work.open("xb", buffering=0) as file:
        try:
            lock = _lock(work)
            yield work, file
        finally:
            file.close()  # before the file is removed, as Windows wants it
            with suppress(OSError):
                work.unlink(missing_ok=True)
            _release(lock)


@contextmanager
def set_aside(target: Path) -> Iterator[Path]:
    """Give a folder another name while the block runs; it gets its own back if that fails."""
    lock, old = _lock(target), _name(target, "old")
    target.rename(old)
    try:
        yield old
    except BaseException:
        old.rename(target)
        raise
    finally:
        _release(lock)


def clear_litter(target: Path) -> None:
    """Remove what killed runs left beside a target.

    A folder that was set aside when its run was killed, and that nothing has replaced since, gets
    its name back. What another run has in use stays, and so does what cannot be removed.
    """
    with suppress(OSError):
        for path in list(target.parent.iterdir()):
            if what := _ours(path.name, target):
                with suppress(OSError):
                    _clear(path, what, target)


def _clear(path: Path, what: str, target: Path) -> None:
    if path.is_symlink() or (lock := _lock(path)) is None:
        return
    try:
        if lock == _UNKNOWN and time.time() - path.stat().st_mtime < _OLD:
            return
        if what == "old" and not target.exists():
            path.rename(target)
        elif path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file():
            path.unlink()
    finally:
        _release(lock)


def _name(target: Path, what: str) -> Path:
    return target.with_name(f".{_stem(target)}.{what}-{secrets.token_hex(8)}")


def _stem(target: Path) -> str:
    name = os.fsencode(target.name)
    return target.name if len(name) <= _LONGEST else hashlib.sha256(name).hexdigest()


def _ours(name: str, target: Path) -> str | None:
    """Return what a name beside the target says it is: ``part`` or ``old``, or nothing of ours."""
    match = re.fullmatch(rf"\.{re.escape(_stem(target))}\.(part|old)-[0-9a-f]{{8,16}}", name)
    return match[1] if match else None


def _lock(path: Path) -> int | None:
    """Take the lock of a file or folder; None if somebody has it."""
    if sys.platform == "win32":
        return _UNKNOWN
    try:
        lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return _UNKNOWN
    try:
        taken = lock if take(lock) else None
    except OSError:  # not every file system has locks
        taken = _UNKNOWN
    if taken != lock:
        os.close(lock)
    return taken


def _release(lock: int | None) -> None:
    if lock not in (None, _UNKNOWN):
        os.close(lock)
