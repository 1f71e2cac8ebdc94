"""Folders and files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from commission_opt.errors import UsageError


def check_target(target: Path, *, force: bool) -> None:
    """Refuse an output folder that would overwrite something.

    Raises
    ------
    UsageError
        If it exists and is not empty and ``force`` is not given, or is not a folder.
    """
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file; give the name of a folder with --out")
    if target.is_dir() and any(target.iterdir()) and not force:
        raise UsageError(f"{target} exists and is not empty; use --force to replace it")
    for parent in target.absolute().parents:
        if parent.exists():
            if not parent.is_dir():
                raise UsageError(f"{parent} is a file, so {target} cannot be a folder in it")
            if not os.access(parent, os.W_OK):
                raise UsageError(f"{parent} cannot be written to; choose another --out")
            break


def check_file(target: Path, *, force: bool) -> None:
    """Refuse an output file that would overwrite something.

    Raises
    ------
    UsageError
        If it exists and ``force`` is not given, or is a folder.
    """
    if target.is_dir():
        raise UsageError(f"{target} is a folder; give the name of a file")
    if target.exists() and not force:
        raise UsageError(f"{target} exists; use --force to replace it")


def write_whole(target: Path, content: bytes, *, force: bool = False) -> None:
    """Write a file that is there whole or not at all.

    Raises
    ------
    UsageError
        If the file may not be replaced or cannot be written.
    """
    target = target.absolute()
    check_file(target, force=force)
    work = _beside(target, "part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work.write_bytes(content)
        work.replace(target)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            work.unlink(missing_ok=True)


@contextmanager
def whole_folder(target: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a temporary folder that takes the target's name when the block ends well.

    Whatever happens inside the block, or if the process is killed, the target is what it was
    before or the whole new folder. While an old folder is being replaced there is a moment
    without either.

    Parameters
    ----------
    target : Path
        Folder to make.
    force : bool
        Whether an existing folder may be replaced.

    Yields
    ------
    Path
        Folder to write into, beside the target.

    Raises
    ------
    UsageError
        If the target may not be replaced or cannot be written.
    """
    target = target.absolute()
    check_target(target, force=force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = _beside(target, "part")
        work.mkdir()
    except OSError as error:
        raise UsageError(f"{target.parent} cannot be written: {error.strerror}") from error
    try:
        yield work
        _flush(work)
        check_target(target, force=force)
        _move_into_place(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _beside(target: Path, what: str) -> Path:
    return target.with_name(f".{target.name}.{what}-{secrets.token_hex(4)}")


def _flush(folder: Path) -> None:
    """Put the files on disk before the folder gets its name."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())


def _move_into_place(work: Path, target: Path) -> None:
    if not target.exists():
        work.rename(target)
        return
    old = _beside(target, "old")
    target.rename(old)
    try:
        work.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
