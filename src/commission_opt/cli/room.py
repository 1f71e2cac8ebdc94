"""``commission-opt room``."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from commission_opt.cli.answers import print_answers
from commission_opt.cli.arguments import Format
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console
from commission_opt.explain.room.alternatives import alternatives
from commission_opt.explain.room.different import different
from commission_opt.explain.room.ranges import ranges
from commission_opt.explain.room.room import room
from commission_opt.files.folder import check_target
from commission_opt.plan.read import read_plan
from commission_opt.plan.write import write_plan
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Watch

T = TypeVar("T")


def run_room(
    folder: str,
    within: Sequence[float],
    chosen: tuple[Sequence[str], Sequence[str], Sequence[str]],
    seconds: float,
    jobs: int,
    form: Format,
    *,
    totals: bool,
) -> int:
    """Find the ranges of courses, professions and regions chosen, print them, return the code."""
    plan = read_plan(folder)
    course, profession, region = chosen
    watch = Watch()
    found = _followed(
        watch,
        lambda: ranges(
            plan, within, course=course, profession=profession, region=region,
            totals=totals, seconds=seconds, jobs=jobs, watch=watch,
        ),
    )  # fmt: skip
    print_answers(room(found), form)
    return 130 if watch.stopped else 0


def run_alternatives(
    folder: str,
    count: int,
    tolerance: float,
    out: Path | None,
    seconds: float,
    form: Format,
    *,
    force: bool,
    discard_signatures: bool,
) -> int:
    """Find different plans, write them if asked to, print them, return the exit code."""
    plan = read_plan(folder)
    targets = [] if out is None else [out / f"plan-{k + 1}" for k in range(count)]
    for target in targets:
        check_target(
            target, force=force, discard_signatures=discard_signatures, inputs=(plan.folder,)
        )
    watch = Watch()
    found = _followed(
        watch, lambda: alternatives(plan, count, tolerance, seconds=seconds, watch=watch)
    )
    command = shlex.join(["commission-opt", *sys.argv[1:]])
    for allocation, target in zip(found.found, targets, strict=False):
        write_plan(
            allocation, target, force=force, discard_signatures=discard_signatures, command=command
        )
        console().print(f"plan written to {target}", highlight=False, markup=False)
    print_answers([different(found)], form)
    return 130 if watch.stopped else 0


def _followed(watch: Watch, work: Callable[[], T]) -> T:
    with following(watch, console()):
        return interruptible(work, watch)
