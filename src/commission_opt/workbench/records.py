"""What a workspace remembers, one row each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from commission_opt.errors import UsageError

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
STOPPED, INTERRUPTED = "stopped", "interrupted"


@dataclass(frozen=True)
class Listed:
    """An instance of the workspace.

    Parameters
    ----------
    name, source, model : str
        What it is called; its workbook or folder and its commissioning model, as commands name
        them.
    sha256 : str
        Of its workbook; empty for one that comes with the program.
    added : str
        When, UTC, ISO 8601.
    """

    name: str
    source: str
    model: str
    sha256: str
    added: str


@dataclass(frozen=True)
class Brought:
    """A file besides workbooks of instances that somebody brought, or that a form wrote.

    Parameters
    ----------
    place : str
        Relative to the workspace, as commands name it.
    instance : str or None
        The instance of which it is a return.
    added : str
        When, UTC, ISO 8601.
    """

    place: str
    sha256: str
    instance: str | None
    added: str


@dataclass(frozen=True)
class Kept:
    """A scenario that was given a name: its changes, as ``--change`` takes them."""

    id: int
    instance: str
    name: str
    changes: tuple[str, ...]
    version: int
    saved: str


@dataclass(frozen=True)
class Job:
    """A command that was asked for.

    Parameters
    ----------
    kind : str
        See ``commands.py``.
    words : tuple of str
        After ``commission-opt``.
    out : str or None
        What it writes, relative to the workspace.
    instance, scenario, plan : str or None
        What it is about.
    state : str
        ``waiting``, ``running``, ``done``, ``failed``, ``stopped`` or ``interrupted``.
    asked, started, ended : str or None
        When, UTC, ISO 8601.
    code : int or None
        With which it ended.
    """

    id: int
    kind: str
    words: tuple[str, ...]
    out: str | None
    instance: str | None
    scenario: str | None
    plan: str | None
    state: str
    asked: str
    started: str | None
    ended: str | None
    code: int | None

    @property
    def over(self) -> bool:
        """Whether it has ended, however."""
        return self.state not in (WAITING, RUNNING)


class ChangedMeanwhileError(UsageError):
    """Somebody else has saved a later version of what is to be saved."""


def now() -> str:
    """Return the time, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
