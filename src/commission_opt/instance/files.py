"""The files of an instance's folder, and what else in it could be taken for one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from commission_opt.errors import InputError, Problem
from commission_opt.files.regular import not_a_file, read_whole
from commission_opt.instance.schema import TABLES
from commission_opt.text.near_names import likely

SETTINGS_FILE = "instance.toml"
DESCRIPTOR_FILE = "datapackage.json"
_TABLE_FILES = frozenset(table.file for table in TABLES.values())
_OWN = frozenset({*_TABLE_FILES, SETTINGS_FILE, DESCRIPTOR_FILE})
_LARGEST = 256 << 20  # bytes of a table; 129 professions in 44 regions need 3 MiB
_LARGEST_SETTINGS = 1 << 20
_LITTER = re.compile(r"\._.*|\.DS_Store|Thumbs\.db|desktop\.ini|~\$.*|\.~lock\..*#", re.IGNORECASE)
_DOCUMENT = re.compile(r"\.(md|pdf|docx|html|png|jpg|svg|geojson|py|ipynb|r|sql)", re.IGNORECASE)
_LIKE = 0.8  # least likeness of a name, which one slip in a short one still has
_COPY = re.compile(r"^copy of |[ _-]*(copy( \d+)?|\(\d+\)|final|old|new|v?\d+)$|~$", re.IGNORECASE)


def read_files(folder: Path) -> dict[str, bytes]:
    """Read the files of an instance, once, as they are.

    Raises
    ------
    InputError
        If the folder is missing, cannot be read or holds no ``instance.toml``, or if what has the
        name of one of its files is none, or too large.
    """
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise InputError.of_file(str(folder), f"the instance {what}")
    strange = list(_no_files(folder))
    if strange:
        raise InputError(strange)
    if not (folder / SETTINGS_FILE).is_file():
        raise InputError.of_file(SETTINGS_FILE, _no_settings(folder))
    contents = {}
    for name in sorted(_OWN):
        if (folder / name).exists():
            most = _LARGEST_SETTINGS if name == SETTINGS_FILE else _LARGEST
            try:
                contents[name] = read_whole(folder / name, most)
            except OSError as error:
                message = f"cannot be read: {error.strerror}"
                raise InputError.of_file(name, message) from error
    return contents


def _no_files(folder: Path) -> Iterator[Problem]:
    for name in sorted(_OWN):
        kind = not_a_file(folder / name)
        if kind is not None:
            message = f"is {kind}, not a file; put the file there, or take it away"
            yield Problem.of_file(name, message)


def _no_settings(folder: Path) -> str:
    message = f"there is no {SETTINGS_FILE} in {folder}; an instance needs one"
    near = [p.name for p in _entries(folder) if _bare(p.name) == "instance"]
    return message + (f" (is it {near[0]!r}? Then rename it)" if near else "")


def check_file_names(folder: Path) -> list[Problem]:
    """Report CSV files that are no table of an instance, and warn of names that are nearly one.

    What a system leaves behind, such as ``._workforce.csv`` and ``.DS_Store``, is no such file.
    """
    return [*_beside(folder), *_below(folder)]


def _beside(folder: Path) -> Iterator[Problem]:
    for path in _entries(folder):
        name = path.name
        if name in _OWN:
            continue
        meant = _meant(name)
        if path.suffix.lower() == ".csv" and not path.is_dir():
            message = f"no such table; the tables are {', '.join(TABLES)}"
            if meant is not None:
                message = message.replace("; the", f"; did you mean {meant!r}? The")
            yield Problem.of_file(name, message)
        elif meant is not None and not _DOCUMENT.fullmatch(path.suffix):
            what = "folder" if path.is_dir() else "file"
            message = f"this {what} is not read; {_instead(folder, meant)}"
            yield Problem("warning", name, None, None, message)


def _below(folder: Path) -> Iterator[Problem]:
    """Warn of tables in folders of the folder that are missing in it."""
    for inner in _entries(folder):
        if not inner.is_dir() or inner.is_symlink() or (inner / SETTINGS_FILE).exists():
            continue
        for path in _entries(inner):
            meant = _meant(path.name)
            file_of_ours = path.suffix.lower() == ".toml"  # a sweep, say
            if meant is not None and not file_of_ours and not (folder / meant).exists():
                message = f"this file is not read; {_instead(folder, meant)}"
                yield Problem("warning", f"{inner.name}/{path.name}", None, None, message)


def _instead(folder: Path, meant: str) -> str:
    if (folder / meant).exists():
        return f"{meant!r} is, and stands beside it"
    return f"if it is meant to be the table, save it as {meant!r} in the instance's folder"


def _entries(folder: Path) -> list[Path]:
    """Return what stands in a folder, without what systems leave behind."""
    try:
        return sorted(path for path in folder.iterdir() if not _LITTER.fullmatch(path.name))
    except OSError:
        return []


def _meant(name: str) -> str | None:
    """Return the file of a table whose name is nearly this one."""
    table = likely(_bare(name), TABLES, _LIKE)
    return None if table is None else TABLES[table].file


def _bare(name: str) -> str:
    """Return a file's name without endings, and without what marks a copy."""
    bare = name.lstrip(".").split(".")[0].strip()
    while bare != (bare := _COPY.sub("", bare).strip()):
        pass
    return bare.replace(" ", "_").replace("-", "_").casefold()
