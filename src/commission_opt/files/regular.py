"""Files read whole: only real ones, and never without limit."""

from __future__ import annotations

import hashlib
import stat
import sys
from pathlib import Path

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def not_a_file(path: Path) -> str | None:
    """Say what stands where a file should; None for a file, and where there is nothing.

    Nothing is opened: a pipe or device could wait for ever.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "a link to nothing" if path.is_symlink() else None
    except OSError as error:  # a circle of links, or a folder that cannot be entered
        return f"something that cannot be looked at ({error.strerror})"
    if stat.S_ISREG(mode):
        return None
    return next((name for is_kind, name in _KINDS if is_kind(mode)), "no regular file")


def read_whole(path: Path, most: int) -> bytes:
    """Return the content of a file; one of more bytes than ``most`` is refused without reading it.

    Raises
    ------
    OSError
        If it is no file, cannot be read or is too large; its ``strerror`` says so.
    """
    _check(path, most)
    return path.read_bytes()


def hash_of(path: Path, most: int = sys.maxsize) -> str:
    """Return the SHA-256 of a file, which need not fit into memory; else as ``read_whole``."""
    _check(path, most)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(path: Path, most: int) -> None:
    kind = not_a_file(path)
    if kind is not None:
        raise OSError(0, f"it is {kind}, not a file", str(path))
    if path.stat().st_size > most:
        raise OSError(0, f"it is larger than {most >> 20} MiB, the most that is read", str(path))
