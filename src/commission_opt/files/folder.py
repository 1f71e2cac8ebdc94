"""Folders and files that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from commission_opt.errors import UsageError
from commission_opt.files.beside import clear_litter, new_file, new_folder, set_aside
from commission_opt.files.refusal import writing
from commission_opt.files.replacing import check_replaceable, check_replaceable_file, write_manifest
from commission_opt.files.signals import put_off


def check_target(
    target: Path, *, force: bool, discard_signatures: bool = False, inputs: tuple[Path, ...] = ()
) -> None:
    """Refuse an output folder that would overwrite something; clear what killed runs left.

    Parameters
    ----------
    force, discard_signatures : bool
        Whether a folder that the program wrote may be replaced, and whether that may be a signed
        plan.
    inputs : tuple of Path
        What is read, and must not be in the folder.

    Raises
    ------
    UsageError
        If it exists, is not empty and may not be replaced, or is not a folder.
    """
    with writing(target):
        clear_litter(target.absolute())
        if os.path.lexists(target):
            if target.exists() and not target.is_dir():
                raise UsageError(f"{target} is a file; give the name of a folder with --out")
            check_replaceable(
                target, force=force, discard_signatures=discard_signatures, inputs=inputs
            )
        for parent in target.absolute().parents:
            if parent.exists():
                if not parent.is_dir():
                    raise UsageError(f"{parent} is a file, so {target} cannot be a folder in it")
                if not os.access(parent, os.W_OK):
                    raise UsageError(f"{parent} cannot be written to; choose another --out")
                break


def check_file(target: Path, *, force: bool, inputs: tuple[Path, ...] = ()) -> None:
    """Refuse an output file that would overwrite something; clear what killed runs left.

    Raises
    ------
    UsageError
        If it exists and ``force`` is not given, is an input or a part of one, or is no regular
        file, such as a folder, a link or a device.
    """
    with writing(target):
        clear_litter(target.absolute())
        check_replaceable_file(target, force=force, inputs=inputs)


def write_whole(target: Path, content: bytes, *, force: bool = False) -> None:
    """Write a file that is there whole or not at all.

    Raises
    ------
    UsageError
        If the file may not be replaced or cannot be written.
    """
    with writing(target):
        check_file(target, force=force)
        target = target.absolute()
        with _parents_of(target), new_file(target) as (work, file):
            left = memoryview(content)
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
            file.close()
            work.replace(target)
        _flush_names(target.parent)


@contextmanager
def whole_folder(
    target: Path, *, force: bool = False, discard_signatures: bool = False
) -> Iterator[Path]:
    """Give a temporary folder that takes the target's name when the block ends well.

    Whatever happens inside the block, or if the process is killed, the target is what it was
    before or the whole new folder. While an old folder is being replaced there is a moment
    without either; if the process is killed then, the next run puts the old one back.

    The temporary folder lies beside the target; ``force`` and ``discard_signatures`` are those of
    ``check_target``.

    Raises
    ------
    UsageError
        If the target may not be replaced or cannot be written.
    """
    with writing(target):
        check_target(target, force=force, discard_signatures=discard_signatures)
        place = target.absolute()
        with _parents_of(place), new_folder(place) as work:
            yield work
            write_manifest(work)
            _flush(work)
            check_target(target, force=force, discard_signatures=discard_signatures)
            with put_off():
                _move_into_place(work, place)
        _flush_names(place.parent)


@contextmanager
def _parents_of(target: Path) -> Iterator[None]:
    """Make the folders that lead to a target; take those that were new away again if all fails."""
    new = [parent for parent in target.parents if not parent.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for parent in new:
            with suppress(OSError):
                parent.rmdir()
        raise


def _flush(folder: Path) -> None:
    """Put the files of a folder on disk before it gets its name."""
    for path in folder.rglob("*"):
        if path.is_dir():
            _flush_names(path)
        elif path.is_file() and not path.is_symlink():
            put_on_disk(path)
    _flush_names(folder)


def _flush_names(folder: Path) -> None:
    """Put the names in a folder on disk, on systems that can."""
    with suppress(OSError):
        put_on_disk(folder)


def put_on_disk(path: Path) -> None:
    """Have the system write what it still holds of a file; an OSError says that it cannot."""
    file = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _move_into_place(work: Path, target: Path) -> None:
    if not target.exists():
        work.rename(target)
        return
    with set_aside(target) as old:
        work.rename(target)
        with suppress(OSError):
            shutil.rmtree(old)
