"""The code that runs: this one, and perhaps another one beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import commission_opt
from commission_opt.errors import UsageError

_WORKER = "commission_opt.bench.worker"
# Everything runs on one thread unless a specification says otherwise.
_SETTINGS = {
    **{f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMEXPR", "VECLIB")},
    "PYTHONSAFEPATH": "1",  # no module that lies in the current folder is one of the program's
}


@dataclass(frozen=True)
class Version:
    """A version of the program, and how to start it.

    Parameters
    ----------
    name : {"head", "base"}
    python : str
        The interpreter.
    commit : str or None
        Commit of the source, if it is in a repository.
    dirty : bool or None
        Whether the source differs from the commit.
    """

    name: str
    python: str
    environment: Mapping[str, str]
    commit: str | None
    dirty: bool | None

    def command(self, peer: Path | None) -> list[str]:
        """Return the command of a run, which reads a job on stdin."""
        return [self.python, *(["-m", _WORKER] if peer is None else [str(peer)])]


def head_side() -> Version:
    """Return the program that is running."""
    source = Path(commission_opt.__file__).resolve().parents[1]
    return _from_source("head", source)


@contextmanager
def base_side(against: str) -> Iterator[Version]:
    """Give the version to compare with while the block runs.

    It is an interpreter that has the program installed, a folder with its source, or a commit of
    the repository that the running program is in.

    Raises
    ------
    UsageError
        If it is none of these, or cannot run benchmarks.
    """
    path = Path(against)
    if path.is_file() and os.access(path, os.X_OK):
        yield _installed(path)
    elif (path / "src" / "commission_opt").is_dir():
        source = (path / "src").resolve()
        yield _checked(_from_source("base", source), against, source)
    else:
        with _checked_out(against) as folder:
            source = (folder / "src").resolve()
            yield _checked(_from_source("base", source), against, source)


def _from_source(name: str, source: Path) -> Version:
    commit = _git(source, "rev-parse", "HEAD") if _is_own(source) else None
    changes = None if commit is None else _git(source, "status", "--porcelain", "--", ".")
    environment = {**os.environ, **_SETTINGS, "PYTHONPATH": str(source)}
    return Version(
        name, sys.executable, environment, commit, None if changes is None else changes > ""
    )


def _installed(python: Path) -> Version:
    environment = {**os.environ, **_SETTINGS}
    environment.pop("PYTHONPATH", None)
    side = Version("base", str(python.absolute()), environment, None, None)
    return _checked(side, str(python))


def _checked(side: Version, against: str, source: Path | None = None) -> Version:
    """Refuse a version that has no worker; of a source folder, one that is not its own."""
    ran = subprocess.run(
        [side.python, "-c", f"import {_WORKER} as worker; print(worker.__file__)"],
        env=side.environment, capture_output=True, check=False,
    )  # fmt: skip
    found = Path(ran.stdout.decode(errors="replace").strip() or "nothing").resolve()
    if ran.returncode or not (source is None or found.is_relative_to(source)):
        last = ran.stderr.decode(errors="replace").strip().splitlines()[-1:]
        why = " ".join(last) or f"it would run {found}"
        raise UsageError(
            f"{against} cannot run benchmarks ({why}); choose a version that has "
            "`commission-opt bench`"
        )
    return side


@contextmanager
def _checked_out(ref: str) -> Iterator[Path]:
    source = Path(commission_opt.__file__).resolve().parents[1]
    commit = _git(source, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    if not _is_own(source) or not commit:
        raise UsageError(
            f"{ref} is no interpreter, no folder with src/commission_opt, and no commit of the "
            "repository that this program runs from; give one of these with --against"
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "base"
        if _git(source, "worktree", "add", "--detach", "--quiet", str(folder), commit) is None:
            raise UsageError(f"{ref} cannot be checked out into a worktree beside the repository")
        try:
            yield folder
        finally:
            _git(source, "worktree", "remove", "--force", str(folder))


def _is_own(source: Path) -> bool:
    """Say whether a source folder is part of a repository, and not just inside another one."""
    return bool(_git(source, "ls-files", "commission_opt/__init__.py"))


def _git(folder: Path, *words: str) -> str | None:
    """Return what git says, None if it fails or is not there."""
    try:
        ran = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None
