"""The commands that pages run, as words after ``commission-opt``.

What somebody typed stands in ``--option=VALUE``, so that it is never taken for an option of its
own. Paths are relative to the workspace, in which commands are run.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "commission-opt"
CHECK_RETURN, MERGE = "check of a return", "merge"
ANSWERS = {"check": 1, CHECK_RETURN: 1, MERGE: 1, "reach": 3}
"""Codes that say no more than that errors or contradictions were found, or that a target cannot be
reached."""


@dataclass(frozen=True)
class Command:
    """A command.

    Parameters
    ----------
    kind : str
        What it is for, as lists of commands say it.
    words : tuple of str
        After ``commission-opt``.
    out : Path or None
        What it writes, relative to the workspace.
    """

    kind: str
    words: tuple[str, ...]
    out: Path | None = None

    def __str__(self) -> str:
        return shown(self.words)


def shown(words: Sequence[str]) -> str:
    """Return a command as it is typed in a shell."""
    return shlex.join([PROGRAM, *words])


def _writing(kind: str, out: Path, *words: str) -> Command:
    """Return a command that is told by ``--out`` what it writes."""
    return Command(kind, (*words, f"--out={out.as_posix()}"), out)


def changed(changes: Sequence[str]) -> list[str]:
    """Return the options that make changes."""
    return [f"--change={change}" for change in changes]


def check(source: str, model: str) -> Command:
    """Find everything that is wrong with an instance under a model."""
    return Command("check", ("check", source, f"--model={model}", "--json"))


def check_return(book: str, model: str) -> Command:
    """Find everything that is wrong with a workbook that came back."""
    return Command(CHECK_RETURN, check(book, model).words)


def merge(national: str, returns: Sequence[str], out: Path) -> Command:
    """Take what returns changed in the workbook that was sent out."""
    return _writing(MERGE, out, "workbook", "merge", national, *returns, "--json")


def empty_workbook(out: Path, like: str = "") -> Command:
    """Write a workbook to fill in, where an instance is named with its codes, years and texts."""
    codes = (f"--from={like}",) if like else ()
    return Command("empty workbook", ("workbook", "new", out.as_posix(), *codes), out)


def export_workbook(source: str, out: Path) -> Command:
    """Write an instance or a plan as a workbook."""
    return Command("workbook", ("workbook", "export", source, out.as_posix()), out)


def in_fractions(source: str, model: str, changes: Sequence[str]) -> tuple[str, ...]:
    """Return the words of what a page works out at once: fractions of places, with changes."""
    return "solve", source, f"--model={model}", *changed(changes), "--relaxed"


def at_once(plan: str, changes: Sequence[str]) -> tuple[str, ...]:
    """Return the words of what a page says at once of a large instance, from a plan of it."""
    return ("explain", plan, *changed(changes), "--at-once") if changes else ("verify", plan)


def solve(
    source: str,
    model: str,
    changes: Sequence[str],
    out: Path,
    seconds: float,
    *,
    fast: bool,
    uncertainty: str = "",
) -> Command:
    """Allocate whole places: for one future, or for all those of an uncertainty file."""
    how = ["--method=fast"] * fast + [f"--uncertainty={uncertainty}"] * bool(uncertainty)
    words = ("solve", source, f"--model={model}", *changed(changes), f"--time-limit={seconds:g}")
    return _writing("solve", out, *words, *how)


def reach(source: str, model: str, target: str, by: str, out: Path) -> Command:
    """Find the least by which a target is reached; its plan, or the nearest, is written."""
    asked = (f"--target={target}", f"--by={by}", f"--model={model}")
    return _writing("reach", out, "reach", source, *asked, "--format=md")


PAPER = ("title", "author", "date", "paper-version", "status", "asked")
"""What page one of a paper can be told to say, as the options of ``report`` are called."""


def paper(
    folder: str,
    out: Path,
    said: Mapping[str, str] | None = None,
    *,
    explained: bool = False,
    with_room: bool = False,
) -> Command:
    """Write the page that a board reads, of a plan, a sweep, a frontier or an audit."""
    more = [f"--{name}={value}" for name, value in (said or {}).items()]
    more += ["--explain"] * explained + ["--with-room"] * with_room
    return _writing("paper", out, "report", folder, *more)


def pack(plan: str, kind: str, code: str, out: Path) -> Command:
    """Write what a plan means for one region, profession or provider: a page or a workbook."""
    what = "paper" if out.suffix == ".html" else "workbook"
    return _writing(what, out, "report", plan, f"--{kind}={code}")


def packs(plan: str, out: Path) -> Command:
    """Write what a plan means for every region, profession and provider."""
    return Command("packs", ("report", plan, f"--packs={out.as_posix()}"), out)


def explain(plan: str, *options: str) -> Command:
    """Say why a plan is what it is."""
    return Command("explain", ("explain", plan, *options, "--format=md"))


def ledger(plan: str) -> Command:
    """Say what each commitment costs."""
    return Command("ledger", ("ledger", plan, "--format=md"))


def room(plan: str) -> Command:
    """Say how far places can move."""
    return Command("room", ("room", plan, "--format=md"))


def compare(before: str, after: str) -> Command:
    """Say what changed between two plans."""
    return Command("compare", ("compare", before, after, "--format=md"))


def options(plans: Sequence[str], out: Path) -> Command:
    """Set plans side by side with no new places and last year repeated, or those of one file."""
    return _writing("options", out, "options", *plans)


def verify(plan: str) -> Command:
    """Prove a plan again from its files."""
    return Command("verify", ("verify", plan))


def sign(plan: str, role: str, name: str, note: str, *, same_person: bool) -> Command:
    """Record who signed a plan."""
    more = ("--same-person",) if same_person else ()
    said = ("sign", plan, f"--role={role}", f"--name={name}", f"--note={note}", *more)
    return Command("sign", said)


def sweep(source: str, model: str, vary: Sequence[str], out: Path) -> Command:
    """Solve many scenarios in fractions of places."""
    axes = [f"--vary={axis}" for axis in vary]
    how = ("--relaxed", "--yes")
    return _writing("sweep", out, "sweep", "run", source, f"--model={model}", *axes, *how)


def sweep_of_file(source: str, file: str, out: Path, model: str = "") -> Command:
    """Solve the scenarios of a sweep that is written down; ``model`` is for one that names none."""
    named = [f"--model={model}"] * bool(model)
    return _writing("sweep", out, "sweep", "run", source, f"--file={file}", *named, "--yes")


def frontier(
    source: str, model: str, over: str, out: Path, *, whole: int = 0, budgets: Sequence[str] = ()
) -> Command:
    """Trace what budgets, or a cap, are worth; ``budgets`` says which, and how far."""
    more = [f"--whole={whole}"] * (whole > 0)
    words = ("frontier", source, f"--over={over}", f"--model={model}")
    return _writing("frontier", out, *words, *more, *budgets)


def audit(plan: str, uncertainty: str, draws: int, out: Path) -> Command:
    """Say how a plan fares in fresh futures."""
    asked = (f"--uncertainty={uncertainty}", f"--draws={draws}")
    return _writing("audit", out, "audit", plan, *asked)
