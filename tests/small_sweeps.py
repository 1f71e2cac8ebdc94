"""A small sweep, its store, and what is in it."""

import json
import sqlite3
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from commission_opt.files.shipped import find_instance
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import parse_axis
from commission_opt.solvers.status import Limits, Watch
from commission_opt.sweep.design import scenarios
from commission_opt.sweep.run import Sweep, plan_sweep
from commission_opt.sweep.store import FILE

BY_HAND = find_instance("two-by-two")
MODEL = BY_HAND / "model.toml"
VARY = ("budget*=0.2:1.4:0.1", "demand*=0.9,1,1.1")
SIZE, CHUNK = 39, 4


def small(vary: tuple[str, ...] = VARY, *, chunk: int = CHUNK, relaxed: bool = True) -> Sweep:
    """A sweep of the instance that can be worked out by hand."""
    planned = scenarios("grid", [parse_axis(text) for text in vary])
    return plan_sweep(
        read_instance(BY_HAND),
        read_policy(MODEL),
        planned,
        Limits(seconds=20.0),
        relaxed=relaxed,
        chunk=chunk,
    )


def described() -> Sweep:
    """The small sweep with what the command line keeps of it."""
    sweep = small()
    axes = [
        {"name": axis.name, "target": axis.target, "values": axis.values}
        for axis in map(parse_axis, VARY)
    ]
    about = {"design": "grid", "samples": "null", "axes": json.dumps(axes), "storylines": "{}"}
    return replace(sweep, about={**sweep.about, **about})


def here(
    function: Callable[[Any], Any], chunks: Mapping[int, Any], watch: Watch
) -> Generator[tuple[int, Any]]:
    """Work in this process; a test does not always need others."""
    for number, chunk in chunks.items():
        if watch.stopped:
            return
        yield number, function(chunk)


def kept(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a store must have the same however the sweep went: all but times."""
    connection = sqlite3.connect(folder / FILE)
    try:
        return {
            "meta": connection.execute(
                "SELECT key, value FROM meta WHERE binding ORDER BY key"
            ).fetchall(),
            "scenario": connection.execute(
                "SELECT number, chunk, step, key, name, settings, status, reason, how, places"
                " FROM scenario ORDER BY number"
            ).fetchall(),
            "measure": connection.execute(
                "SELECT scenario, measure, value FROM measure ORDER BY scenario, measure"
            ).fetchall(),
        }
    finally:
        connection.close()


def count(folder: Path) -> int:
    """How many scenarios a store has; none if it is not there."""
    if not (folder / FILE).is_file():
        return 0
    connection = sqlite3.connect(folder / FILE, timeout=30.0)
    try:
        return int(connection.execute("SELECT count(*) FROM scenario").fetchone()[0])
    finally:
        connection.close()
