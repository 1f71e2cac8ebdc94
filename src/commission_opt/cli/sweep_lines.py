"""What is said on the screen of a sweep: how far it is, what varies, what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from commission_opt.cli.screen import Console
from commission_opt.sweep.run import Progress
from commission_opt.sweep.store import LOST, Store
from commission_opt.text.counts import plural

_REASONS = 5  # shown


def line(progress: Progress) -> str:
    """Say how far a sweep has come: scenarios, rate, time left, scenarios without a plan."""
    if progress.waits:
        return "waiting for another process that is writing to the sweep"
    parts = [f"{progress.done:,} of {progress.total:,} scenarios" if progress.total else "starting"]
    if (left := progress.remaining) is not None:
        parts += [f"{progress.rate:.3g} a second", f"{duration(left)} left"]
    if progress.unplanned:
        parts.append(f"{progress.unplanned:,} without a plan")
    return " · ".join(parts)


def changes(about: Mapping[str, str]) -> list[str]:
    """Say what each axis and each setting of a storyline changes; older stores do not know."""
    return [f"  {text}" for text in json.loads(about.get("changes", "[]"))]


def print_counts(store: Store, folder: Path, screen: Console) -> None:
    """Print what is in a sweep: scenarios by how they ended, and why some have no plan."""
    tell = screen.tell
    counts, size = store.counts(), int(store.about()["size"])
    done = sum(counts.values())
    statuses = ", ".join(f"{n:,} {status.replace('_', ' ')}" for status, n in counts.items())
    tell(
        f"{folder}: {done:,} of {plural(size, 'scenario')} done" + (f": {statuses}" if done else "")
    )
    ways = dict(store.tally("how"))
    if ways:
        tell("relaxations: " + ", ".join(f"{n:,} {way}" for way, n in ways.items() if way != LOST))
    reasons = store.tally("status", "reason")
    for status, reason, n in reasons[:_REASONS]:
        tell(f"  {n:,} × {status.replace('_', ' ')}: {' '.join(reason.split())}")
    if len(reasons) > _REASONS:
        tell(f"  and {plural(len(reasons) - _REASONS, 'other reason')}; sweep export has them all")
    if LOST in ways:
        tell(f"the workers of {ways[LOST]:,} scenarios died; --resume tries these again")


def duration(seconds: float) -> str:
    """Write a length of time in its unit."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
