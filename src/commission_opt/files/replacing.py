"""What ``--force`` may replace: folders that the program wrote, with nothing foreign in them.

A plan lists its files in ``plan.json``, a sweep is known by its store, an unfinished audit by what
it rests on, and every other folder that the program writes has a list of its files with their
hashes. A folder with anything else in it, or with a file that was changed since, is somebody's work
and is never replaced.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from commission_opt.errors import UsageError
from commission_opt.files.regular import hash_of, read_whole

MANIFEST = ".commission-opt.json"
UNFINISHED = "unfinished.json"
_PLAN, _SWEEP = "plan.json", "sweep.sqlite"
_TASK = re.compile(r"\.?\w+(-\d+)*\.npz(\.part-[0-9a-f]+)?")  # or what a killed run left of it
_SIGNED = "signoff.jsonl"
_TABLES = (".csv", ".toml", ".json")  # what an instance is read from
_SHOWN = 3  # names in a message
_LONGEST = 2**26  # bytes of a record
_STEPS = 10**7  # of SQLite
Files = Mapping[str, str | None]  # SHA-256 by name; None where a file may change


def check_replaceable(
    folder: Path, *, force: bool, discard_signatures: bool, inputs: tuple[Path, ...]
) -> None:
    """Refuse to replace a folder that is not wholly the program's own; see ``check_target``.

    Raises
    ------
    UsageError
        If it is a link, a mount point, a folder that holds the home or the current folder or an
        input, or if it has anything in it that the program did not write; names it.
    """
    _check_place(folder, inputs)
    if not any(folder.iterdir()):
        return
    foreign = list(_foreign(folder))
    if foreign:
        more = f" and {len(foreign) - _SHOWN} more" if len(foreign) > _SHOWN else ""
        raise UsageError(
            f"{folder} is not empty, and is not replaced even with --force: "
            f"{'; '.join(foreign[:_SHOWN])}{more}. Only what commission-opt wrote is replaced; "
            "give another --out, or move it away"
        )
    if not force:
        raise UsageError(f"{folder} exists and is not empty; use --force to replace it")
    if not discard_signatures:
        for signed in sorted(folder.rglob(_SIGNED)):
            raise UsageError(
                f"{signed.parent} is a signed plan (see {_SIGNED} in it) and is not replaced; give "
                "another --out, or say --discard-signatures where the command takes it"
            )


def check_replaceable_file(file: Path, *, force: bool, inputs: Iterable[Path] = ()) -> None:
    """Refuse to replace anything but a regular file, and that only if it is forced.

    Raises
    ------
    UsageError
        If it is there and may not be replaced, such as an input, a table of an instance or a file
        of a plan, which is whole or nothing.
    """
    if not os.path.lexists(file):
        return
    if file.is_dir():
        raise UsageError(f"{file} is a folder; give the name of a file")
    if not stat.S_ISREG(file.lstat().st_mode):
        what = "a link" if file.is_symlink() else "no regular file"
        raise UsageError(f"{file} is {what} and is not replaced; give the name of another file")
    if any(path.exists() and path.samefile(file) for path in inputs):
        raise UsageError(f"{file} is an input and is not replaced; give the name of another file")
    if (whole := _whole_of(file.absolute())) is not None:
        raise UsageError(f"{file} is a part of {whole} and is not replaced; give another name")
    if not force and file.stat().st_size:  # an empty one is what a killed run of benchmarks leaves
        raise UsageError(f"{file} exists; use --force to replace it")


def _whole_of(file: Path) -> Path | None:
    """Return the folder that a file is a part of: an instance, or what the program wrote."""
    for folder in file.parents[:2]:
        own = _own_files(folder)
        if own is not None and file.relative_to(folder).as_posix() in own:
            return folder
    of_instance = file.suffix.lower() in _TABLES and (file.parent / "instance.toml").is_file()
    return file.parent if of_instance else None


def write_manifest(folder: Path) -> None:
    """List the files of a new folder, so that it is known later; others are anyway."""
    if any((folder / name).is_file() for name in (_PLAN, _SWEEP, UNFINISHED)):
        return
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    files = {name.as_posix(): hash_of(folder / name) for name in names if name != Path(MANIFEST)}
    text = json.dumps({"made_by": "commission-opt", "files": files}, indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def _check_place(folder: Path, inputs: Iterable[Path]) -> None:
    if folder.is_symlink():
        raise UsageError(f"{folder} is a link and is not replaced; give another --out")
    if os.path.ismount(folder):
        raise UsageError(f"{folder} is where a disk is mounted; give a folder in it with --out")
    whole = folder.resolve()
    kept = [("the current folder", Path.cwd()), *((f"an input, {p}", p) for p in inputs)]
    with suppress(RuntimeError):  # there may be none
        kept.append(("the home folder", Path.home()))
    for what, path in kept:
        here = path.resolve()
        if whole == here or whole in here.parents:
            which = "is" if whole == here else "holds"
            raise UsageError(f"{folder} {which} {what}; give another --out")


def _foreign(folder: Path, inside: str = "") -> Iterator[str]:
    """Say what in a folder the program did not write, or not as it is now."""
    files = _own_files(folder)
    if files is None:
        names = sorted(path.name for path in folder.iterdir())
        more = ", …" if len(names) > _SHOWN else ""
        yield (
            "it was not written by commission-opt, or by a version that kept no list of its files "
            f"(it holds {', '.join(names[:_SHOWN])}{more})"
        )
        return
    for path in _walk(folder, files):
        name = path.relative_to(folder).as_posix()
        shown = f"{inside}{name}"
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            if _own_files(path) is None:
                yield f"{shown} is none of its files"
            else:
                yield from _foreign(path, f"{shown}/")
        elif name not in files or not stat.S_ISREG(mode):
            yield f"{shown} is none of its files"
        elif files[name] not in (None, hash_of(path)):
            yield f"{shown} was changed after it was written"


def _walk(folder: Path, files: Files) -> Iterator[Path]:
    """Give everything in a folder, but go down only where its own files lie."""
    parents = {parent.as_posix() for name in files for parent in Path(name).parents}
    waiting = [folder]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            down = stat.S_ISDIR(path.lstat().st_mode)
            if down and path.relative_to(folder).as_posix() in parents:
                waiting.append(path)
            else:
                yield path


def _own_files(folder: Path) -> Files | None:
    """Return the files of a folder that the program wrote, or None if it did not write it."""
    for name, read in (
        (_PLAN, _of_plan), (_SWEEP, _of_sweep), (UNFINISHED, _of_unfinished),
        (MANIFEST, _of_manifest),
    ):  # fmt: skip
        path = folder / name
        if path.is_file() and not path.is_symlink():
            try:
                return {name: None, **read(path)}
            except (OSError, ValueError, TypeError, KeyError, RecursionError, sqlite3.Error):
                return None
    return None


def _of_plan(path: Path) -> Files:
    record = _json(path)
    hashes = record["hashes"]
    if not (isinstance(record["format"], int) and isinstance(record["stages"], list)):
        raise TypeError("no plan")
    inputs = {f"instance/{name}": value for name, value in _texts(hashes["inputs"]).items()}
    tables = _texts(hashes.get("outputs", {}))
    signed: dict[str, str | None] = {_SIGNED: None, "signoff.head": None}
    copies = {"model.toml": str(hashes["model"])}
    if "uncertainty" in record:  # a plan for several futures
        copies["uncertainty.toml"] = str(record["uncertainty"]["hash"])
    return {**inputs, **tables, **signed, **copies}


def _of_manifest(path: Path) -> Files:
    record = _json(path)
    if record["made_by"] != "commission-opt":
        raise ValueError("no manifest")
    return _texts(record["files"])


def _of_unfinished(path: Path) -> Files:
    if _json(path)["made_by"] != "commission-opt":
        raise ValueError("no audit")
    return {own.name: None for own in path.parent.iterdir() if _TASK.fullmatch(own.name)}


def _of_sweep(path: Path) -> Files:
    """Read the hashes of the copies that a store keeps, changing nothing beside it."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        connection.set_progress_handler(lambda: 1, _STEPS)  # a view may be endless
        about = dict(connection.execute("SELECT key, value FROM meta LIMIT 1000"))
    finally:
        connection.close()
    if "format" not in about or "model.toml" not in about:
        raise ValueError("no sweep")
    copies = {name: _sha(value) for name, value in about.items() if "." in name}
    inputs = {f"instance/{name}": value for name, value in copies.items() if name != "model.toml"}
    beside = [f"{file}{end}" for file in (_SWEEP, "sweep.lock") for end in ("-wal", "-shm", "")]
    others = dict.fromkeys([*beside, "sweep.lock-journal", "sweep.sqlite-journal"])
    return {**inputs, "model.toml": copies["model.toml"], **others}


def _sha(value: object) -> str:
    if not isinstance(value, str) or len(value) != hashlib.sha256().digest_size * 2:
        raise ValueError("no hash")
    return value


def _json(path: Path) -> Mapping[str, Any]:
    record = json.loads(read_whole(path, _LONGEST))
    if not isinstance(record, dict):
        raise TypeError("no record")
    return record


def _texts(values: object) -> dict[str, str]:
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise ValueError("no list of files")
    return values
