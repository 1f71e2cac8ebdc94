"""The folder in which a round is worked on, and the names of what lies in it."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commission_opt.errors import UsageError
from commission_opt.files.beside import take
from commission_opt.files.refusal import writing

INPUTS = ("instances", "models", "returns", "uncertainty", "sweep-files", "option-files")
"""What people bring, and what forms write; all else is made by commands."""
FOLDERS = (
    *INPUTS, "plans", "papers", "workbooks", "answers", "sweeps", "frontiers",
    "audits", "packs", "options", "jobs",
)  # fmt: skip
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}", re.ASCII)
_OTHER = re.compile(r"[^a-z0-9_-]+", re.ASCII)
_LONGEST = 60  # characters of a name that is made; an ending and a number go after it
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.ASCII)  # by Windows


def slug(text: str, otherwise: str = "new") -> str:
    """Return a name for files that is made of a text: small letters, digits, dashes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = _OTHER.sub("-", plain)[:_LONGEST].strip("-_")
    return otherwise if not name or _RESERVED.fullmatch(name) else name


@dataclass(frozen=True)
class Workspace:
    """A folder of one round, and what lies in it by kind and name."""

    root: Path

    def place(self, kind: str, name: str) -> Path:
        """Return where something lies, relative to the workspace, as commands name it.

        Raises
        ------
        UsageError
            If it is no name, so that no path can lead out of the workspace.
        """
        if kind not in FOLDERS or not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
            raise UsageError("there is nothing of that name here")
        return Path(kind) / name

    def path(self, kind: str, name: str) -> Path:
        """Return where something lies on this machine; see ``place``.

        Raises
        ------
        UsageError
            If it is no name, or a link leads out of the workspace.
        """
        found = self.root / self.place(kind, name)
        if not found.resolve().is_relative_to(self.root.resolve()):
            raise UsageError(f"{kind}/{name} is a link out of the workspace, and is not followed")
        return found

    def free(self, kind: str, wanted: str, ending: str = "", taken: Container[str] = ()) -> Path:
        """Return a place with nothing there, relative to the workspace, named after a text.

        Its name, without the ending, is none of those that are ``taken``.
        """
        stem, number = slug(wanted), 1
        while True:
            name = f"{stem}{f'-{number}' if number > 1 else ''}"
            place = self.place(kind, name + ending)
            if name not in taken and not os.path.lexists(self.root / place):
                return place
            number += 1

    def names(self, kind: str) -> list[str]:
        """Return what there is of a kind, the newest first."""
        with os.scandir(self.root / kind) as found:
            whole = [each for each in found if _NAME.fullmatch(each.name) and not each.is_symlink()]
            return [each.name for each in sorted(whole, key=lambda e: (-e.stat().st_mtime, e.name))]


@contextmanager
def opened(root: Path) -> Iterator[Workspace]:
    """Make a workspace if there is none, and keep other servers out while the block runs.

    Raises
    ------
    UsageError
        If it cannot be made or written, or another server has it open.
    """
    with writing(root):
        if root.exists() and not root.is_dir():
            raise UsageError(f"{root} is a file; give the name of a folder")
        root.mkdir(parents=True, exist_ok=True)
        for kind in FOLDERS:
            (root / kind).mkdir(exist_ok=True)
        handle = os.open(root / "workbench.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not take(handle):
            raise UsageError(f"{root} is open in another workbench; use that, or stop it first")
        yield Workspace(root)
    finally:
        os.close(handle)
