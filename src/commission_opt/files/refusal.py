"""Why something could not be written, in one sentence that says what to do."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commission_opt.errors import UsageError

FULL = "the disk is full; make room on it, or choose another place"
READ_ONLY = "it is on a medium that can only be read; choose another place"
BROKEN = "the disk reports an error; have it looked after, and choose another place"
_NOT_YOURS = "you may not write there; choose another place, or ask for the right to"
_REASONS = {
    "ENOSPC": FULL,
    "EDQUOT": "your share of the disk is used up; make room on it, or choose another place",
    "EFBIG": "a file may not be as large as that here (see: ulimit -f); choose another place",
    "EROFS": READ_ONLY,
    "EACCES": _NOT_YOURS,
    "EPERM": _NOT_YOURS,
    "EIO": BROKEN,
    "ENXIO": BROKEN,
    "ESTALE": "the shared folder is no longer there; connect it again, or choose another place",
    "ENOENT": "a folder on the way to it is gone; make it again, or choose another place",
    "ENOTDIR": "a name on the way to it is a file, not a folder; choose another place",
    "ENAMETOOLONG": "its name is too long; choose a shorter one",
    "ELOOP": "links on the way to it lead in a circle; choose another place",
    "EMFILE": "this program may not open more files (see: ulimit -n)",
    "ENFILE": "the machine may not open more files; end other programs, and try again",
    "EBUSY": "another program uses it; end that, or choose another place",
}
_BY_NUMBER = {
    getattr(errno, name): reason for name, reason in _REASONS.items() if hasattr(errno, name)
}


def unwritable(target: Path | str, error: OSError) -> UsageError:
    """Return the error that says why a target could not be written."""
    reason = _BY_NUMBER.get(_number(error)) or error.strerror or str(error) or "no reason is known"
    return UsageError(f"{target} cannot be written: {reason}")


def _number(error: OSError) -> int:
    """Return the number of an error; where a whole folder was copied, that of the first file."""
    if isinstance(error, shutil.Error):
        found = re.search(r"\[Errno (\d+)\]", str(error))
        return int(found[1]) if found else 0
    return error.errno or 0


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turn every error of the system into a sentence about the target.

    Raises
    ------
    UsageError
        For an ``OSError`` inside the block.
    """
    try:
        yield
    except OSError as error:
        raise unwritable(target, error) from error
