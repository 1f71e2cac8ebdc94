"""``commission-opt sweep``."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import typer

from commission_opt.allocation.methods import Method
from commission_opt.cli.progress import telling
from commission_opt.cli.screen import Console, console, say
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_target
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import parse_axis
from commission_opt.solvers.interrupt import interruptible, stopping
from commission_opt.solvers.status import Limits
from commission_opt.sweep.export import export
from commission_opt.sweep.planned import planned
from commission_opt.sweep.run import Progress, Sweep, run_sweep
from commission_opt.sweep.store import LOST, Store, exists, reading
from commission_opt.sweep.sweep_file import SweepFile, find_sweep, read_sweep, sweep_names
from commission_opt.text.counts import plural
from commission_opt.workers.cluster import dask
from commission_opt.workers.processes import local

_MANY = 200  # scenarios beyond which one is asked first
_LONG = 600.0  # seconds that whole-number plans may take beyond which one is asked first
_EVERY = 10.0  # seconds between lines of progress where there is no screen
_REASONS = 5  # shown


@dataclass(frozen=True)
class Asked:
    """A sweep as it is asked for on the command line; see the options of the same names."""

    instance: str
    model: str | None
    vary: tuple[str, ...]
    file: str | None
    design: str
    samples: int | None
    seed: int
    relaxed: bool
    limits: Limits
    method: str
    chunk: int | None


def run_command(
    asked: Asked,
    out: Path,
    processes: int | None,
    scheduler: str | None,
    *,
    resume: bool,
    yes: bool,
    force: bool,
) -> int:
    """Run a sweep, print what came of it, and return the exit code."""
    screen = console()
    resumed = resume and exists(out)
    if not resumed:
        _check_folder(asked, out, force=force)
    processes = processes or _processors()
    execute = dask(scheduler) if scheduler else local(processes)
    sweep = _plan(asked)
    for text in changes(sweep.about):
        screen.print(text, highlight=False, markup=False, soft_wrap=True)
    where = (
        f"the cluster at {scheduler}" if scheduler else plural(processes, "process", "processes")
    )
    size = f"{plural(sweep.size, 'scenario')} in {plural(len(sweep.chunks), 'chunk')}"
    screen.print(f"{size} on {where}", highlight=False, markup=False)
    if resume and not resumed:
        screen.print(f"there is no sweep in {out} yet, so this starts it", highlight=False)
    most = 0.0 if sweep.work.relaxed else sweep.size * asked.limits.seconds / processes
    if not (yes or resumed):
        _confirm(sweep.size, most)
    progress = Progress()
    with stopping(progress.watch):
        with telling(lambda: line(progress), screen, lambda: "Ctrl-C keeps what is done", _EVERY):
            interruptible(
                lambda: run_sweep(sweep, out, execute, progress, resume=resume, force=force),
                progress.watch,
            )
        with reading(out) as store:
            _print_summary(store, out, screen)
    if progress.done < progress.total:
        screen.print("stopped by you; go on with:", style="yellow")
        say(f"  {_again()}")
        return 130
    return 0


def export_command(
    folder: Path, form: Literal["csv", "parquet"], out: Path | None, *, force: bool
) -> None:
    """Write the tables of a sweep."""
    target = out or folder / form
    check_target(target, force=force, inputs=(folder,))
    with reading(folder) as store:
        export(store, target, form, force=force)
    console().print(
        f"wrote scenarios, measures and places to {target}", highlight=False, markup=False
    )


def summary_command(folder: Path) -> None:
    """Print what is in a sweep."""
    with reading(folder) as store:
        _print_summary(store, folder, console())


def line(progress: Progress) -> str:
    """Say how far a sweep has come: scenarios, rate, time left, scenarios without a plan."""
    if progress.waits:
        return "waiting for another process that is writing to the sweep"
    parts = [f"{progress.done:,} of {progress.total:,} scenarios" if progress.total else "starting"]
    if (left := progress.remaining) is not None:
        parts += [f"{progress.rate:.3g} a second", f"{_duration(left)} left"]
    if progress.unplanned:
        parts.append(f"{progress.unplanned:,} without a plan")
    return " · ".join(parts)


def _check_folder(asked: Asked, out: Path, *, force: bool) -> None:
    if exists(out) and not force:
        raise UsageError(
            f"{out} holds a sweep; go on with it with --resume, or replace it with --force"
        )
    named = [find_instance(asked.instance), *([find_model(asked.model)] if asked.model else [])]
    check_target(out, force=force, inputs=tuple(named))


def _plan(asked: Asked) -> Sweep:
    folder = find_instance(asked.instance)
    written = _written(asked, folder)
    instance = read_instance(folder)
    policy = read_policy(find_model(asked.model or written.model or "annual"))
    return planned(
        written, instance, policy, asked.limits,
        relaxed=asked.relaxed, chunk=asked.chunk, method=Method(asked.method),
        command=shlex.join(["commission-opt", *sys.argv[1:]]),
    )  # fmt: skip


def _written(asked: Asked, instance: Path) -> SweepFile:
    """Return the sweep that was asked for as if it were a file."""
    if asked.file is not None:
        return read_sweep(find_sweep(asked.file, instance))
    axes = tuple(parse_axis(text) for text in asked.vary)
    if not axes:
        names = ", ".join(sweep_names(instance)) or "none"
        raise UsageError(
            "nothing varies; give an axis, such as --vary 'budget*=0.9,1,1.1', or a sweep with "
            f"--file: a TOML file, or the name of one of the instance: {names}"
        )
    return SweepFile(
        name="",
        title="",
        model="",
        relaxed=False,
        design=asked.design,
        samples=asked.samples,
        seed=asked.seed,
        axes=axes,
        storylines=(),
        titles={},
    )


def changes(about: Mapping[str, str]) -> list[str]:
    """Say what each axis and each setting of a storyline changes; older stores do not know."""
    return [f"  {text}" for text in json.loads(about.get("changes", "[]"))]


def _confirm(size: int, seconds: float) -> None:
    """Ask before a long run; without anybody to ask, refuse it."""
    if size <= _MANY and seconds <= _LONG:
        return
    most = f", which may take up to {_duration(seconds)}" if seconds else ""
    if not sys.stdin.isatty():
        raise UsageError(f"these are {plural(size, 'scenario')}{most}; give --yes if you mean it")
    typer.confirm(f"Solve {plural(size, 'scenario')}{most}?", abort=True, err=True)


def _print_summary(store: Store, folder: Path, screen: Console) -> None:
    def tell(text: str) -> None:
        screen.print(text, highlight=False, markup=False)

    counts, size = store.counts(), int(store.about()["size"])
    done = sum(counts.values())
    statuses = ", ".join(f"{n:,} {status.replace('_', ' ')}" for status, n in counts.items())
    tell(
        f"{folder}: {done:,} of {plural(size, 'scenario')} done" + (f": {statuses}" if done else "")
    )
    ways = store.ways()
    if ways:
        tell("relaxations: " + ", ".join(f"{n:,} {way}" for way, n in ways.items() if way != LOST))
    reasons = store.reasons()
    for status, reason, n in reasons[:_REASONS]:
        tell(f"  {n:,} × {status.replace('_', ' ')}: {' '.join(reason.split())}")
    if len(reasons) > _REASONS:
        tell(f"  and {plural(len(reasons) - _REASONS, 'other reason')}; sweep export has them all")
    if LOST in ways:
        tell(f"the workers of {ways[LOST]:,} scenarios died; --resume tries these again")


def _again() -> str:
    """Return the command that goes on."""
    words = [word for word in sys.argv[1:] if word not in ("--force", "--resume")]
    return shlex.join(["commission-opt", *words, "--resume"])


def _processors() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
