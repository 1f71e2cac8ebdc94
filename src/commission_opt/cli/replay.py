"""``commission-opt replay``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commission_opt.cli.arguments import JsonOption
from commission_opt.cli.progress import followed, telling
from commission_opt.cli.screen import Text, console, put_out_json
from commission_opt.errors import CertificateError
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Watch
from commission_opt.text.counts import plural

if TYPE_CHECKING:
    from commission_opt.plan.replay import Replay
    from commission_opt.sweep.replay import SweepReplay

_NAMED = 5  # scenarios


def replay(
    plan: Annotated[
        str,
        typer.Argument(
            metavar="PLAN|SWEEP|FRONTIER", help="Folder of a plan, a sweep or a frontier."
        ),
    ],
    extend: Annotated[
        Path | None,
        typer.Option(help="The file of constraints that the plan was made with, if it was."),
    ] = None,
    chunks: Annotated[
        int | None,
        typer.Option(
            min=1, help="Of a sweep: chunks to solve again, evenly spread.  \\[default: all]"
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            min=1, max=1024, help="Of a sweep: processes of this machine.  \\[default: 1]"
        ),
    ] = None,
    json_: JsonOption = False,
) -> int:
    """Solve a plan, a sweep or a frontier again from its own copies; say whether it is the same.

    What the clock or Ctrl-C ended then ends at the same work now, on any machine. Exit code 0 if
    the places or the objectives are the same, 5 if not.
    """
    from commission_opt.sweep.store import exists

    if exists(Path(plan)):
        if extend is not None:
            raise typer.BadParameter("--extend goes with a plan, and this is a sweep")
        return _sweep(Path(plan), chunks, processes or 1, json_=json_)
    if chunks is not None or processes is not None:
        raise typer.BadParameter("--chunks and --processes go with a sweep, and this is none")
    if (Path(plan) / "frontier.json").is_file():
        if extend is not None:
            raise typer.BadParameter("--extend goes with a plan, and this is a frontier")
        return _frontier(Path(plan), json_=json_)
    return _plan(plan, extend, json_=json_)


def _sweep(folder: Path, chunks: int | None, processes: int, *, json_: bool) -> int:
    from commission_opt.cli.sweep_lines import line
    from commission_opt.plan.replay import Sameness
    from commission_opt.sweep.replay import replay_sweep
    from commission_opt.sweep.run import Progress
    from commission_opt.workers.processes import local

    progress, screen = Progress(), console()
    with telling(lambda: line(progress), screen, lambda: "Ctrl-C stops it"):
        found = interruptible(
            lambda: replay_sweep(folder, local(processes), progress, parts=chunks), progress.watch
        )
    for text in _lines_of_sweep(found):
        screen.print(Text(text))
    if json_:
        put_out_json(
            {
                "scenarios": found.scenarios,
                "of": found.of,
                **{same.value: found.sameness.get(same, 0) for same in Sameness},
                "differ": list(found.differ),
                "reasons": list(found.reasons),
            }
        )
    if progress.watch.asked:
        return 130
    return CertificateError.exit_code if found.differ else 0


def _frontier(folder: Path, *, json_: bool) -> int:
    from commission_opt.frontier.replay import replay_frontier
    from commission_opt.plan.replay import Sameness

    watch, screen = Watch(phase="reading the frontier"), console()
    found = followed(watch, lambda: replay_frontier(folder, watch))
    plans = f" and {plural(found.plans, 'plan')} in whole places" if found.plans else ""
    head = {
        Sameness.IDENTICAL: "Identical: every point is as it was.",
        Sameness.SAME_OBJECTIVE: "Same objectives: what is bought at some points differs.",
        Sameness.DIFFERENT: "Different: points or objectives are not what they were.",
    }[found.sameness]
    screen.print(Text(f"{plural(found.points, 'point')}{plans} traced again. {head}"))
    for text in _changed(found.reasons, "frontier"):
        screen.print(Text(text))
    if json_:
        put_out_json(
            {
                "sameness": found.sameness.value,
                "points": found.points,
                "whole": found.plans,
                "reasons": list(found.reasons),
            }
        )
    return CertificateError.exit_code if found.sameness is Sameness.DIFFERENT else 0


def _lines_of_sweep(found: SweepReplay) -> list[str]:
    from commission_opt.plan.replay import Sameness

    counts = [(same.value, n) for same in Sameness if (n := found.sameness.get(same, 0))]
    said = ", ".join(f"{n:,} {how}" for how, n in counts) or "none solved again"
    lines = [f"{plural(found.scenarios, 'scenario')} of {found.of:,} solved again: {said}."]
    if found.differ:
        some = ", ".join(found.differ[:_NAMED])
        more = f" and {len(found.differ) - _NAMED:,} more" if len(found.differ) > _NAMED else ""
        lines.append(f"Different: {some}{more}.")
    return [*lines, *_changed(found.reasons, "sweep")]


def _changed(reasons: Sequence[str], what: str) -> list[str]:
    """Say what is not as it was."""
    if not reasons:
        return [f"Versions, platform and code are those that the {what} was made with."]
    return [f"Not as it was when the {what} was made:", *(f"  - {reason}" for reason in reasons)]


def _plan(plan: str, extend: Path | None, *, json_: bool) -> int:
    """Replay a plan."""
    from commission_opt.plan.read import read_plan
    from commission_opt.plan.replay import Sameness
    from commission_opt.plan.replay import replay as replayed

    watch = Watch(phase="reading the plan")

    def work() -> Replay:
        read, extension = read_plan(plan), None
        if extend is not None:
            from commission_opt.algebra.extension import load_extension

            extension = load_extension(extend)
        return replayed(read, extension, watch)

    found = followed(watch, work)
    for text in _lines(found):
        console().print(Text(text))
    if json_:
        put_out_json(_record(found))
    if watch.asked:
        return 130
    return CertificateError.exit_code if found.sameness is Sameness.DIFFERENT else 0


def _lines(found: Replay) -> list[str]:
    from commission_opt.formulation.objectives import OBJECTIVES
    from commission_opt.plan.replay import Sameness
    from commission_opt.views import words

    now = found.allocation.certificate.stages[0]
    units, differ = found.units_moved is not None, f"{found.moved:,.6g} places"
    if units:
        differ += f" and {found.units_moved:,.6g} units"
    head = {
        Sameness.IDENTICAL: f"Identical: every place {'and unit ' * units}is as it was.",
        Sameness.SAME_OBJECTIVE: (
            f"Same objective, different {words.bought(units)}: {differ} differ, and what they "
            "lead to is as good."
        ),
        Sameness.DIFFERENT: (
            f"Different: the {OBJECTIVES[now.minimise].title} was {found.objective:,.8g} and is "
            f"{now.final:,.8g} {now.unit}; {differ} differ."
        ),
    }[found.sameness]
    return [head, *_changed(found.reasons, "plan")]


def _record(found: Replay) -> dict[str, object]:
    certificate = found.allocation.certificate
    return {
        "sameness": found.sameness.value,
        "objective_was": found.objective,
        "objective_is": certificate.stages[0].final,
        "bound_is": certificate.bound,
        "places_moved": found.moved,
        **({} if found.units_moved is None else {"units_moved": found.units_moved}),
        "reasons": list(found.reasons),
    }
