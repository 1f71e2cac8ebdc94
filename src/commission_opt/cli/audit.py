"""``commission-opt audit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import JsonOption, PlanArgument
from commission_opt.cli.progress import followed
from commission_opt.cli.screen import console, put_out, put_out_json
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_target
from commission_opt.solvers.status import Watch

if TYPE_CHECKING:
    from pandas import DataFrame

    from commission_opt.arrays import Floats
    from commission_opt.plan.read import StoredPlan
    from commission_opt.uncertainty.audit.audit import Audit

_DRAWS = 10_000


def audit(
    plan: PlanArgument,
    uncertainty: Annotated[
        str | None,
        typer.Option(
            help="Uncertainty file, or the name of one of the plan's instance.  \\[default: the "
            "plan's own, if it was made for many futures]"
        ),
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(min=1, max=1_000_000, help=f"Futures to draw.  \\[default: {_DRAWS:,}]"),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Of the draws.  \\[default: one more than that of the file]"),
    ] = None,
    short: Annotated[
        float, options.share("Share of demand of which more must be missing to count as short.")
    ] = 0.05,
    regret: Annotated[
        bool, typer.Option("--regret", help="Bound what knowing each future beforehand could save.")
    ] = False,
    worth: Annotated[
        bool,
        typer.Option(
            "--worth",
            help="Bound what a plan for all futures could save, and estimate what knowing each "
            "row of the file would be worth.",
        ),
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder of the audit.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
    json_: JsonOption = False,
) -> None:
    """Say how a plan fares in thousands of fresh futures, and what drives that."""
    if force and out is None:
        raise typer.BadParameter("--force goes with --out")
    from commission_opt.plan.read import read_plan
    from commission_opt.uncertainty.audit.drivers import ADVICE, available, drivers
    from commission_opt.uncertainty.audit.record import audit_record, write_audit
    from commission_opt.uncertainty.audit.regret import regret_bounds
    from commission_opt.uncertainty.audit.sentences import sentences

    screen, watch = console(), Watch(phase="reading the plan")
    if out is not None:
        check_target(out, force=force, inputs=(Path(plan),))

    def work() -> tuple[Audit, DataFrame | None, Floats | str | None, dict[str, Any]]:
        read = read_plan(plan)
        found = _audited(read, _file(read, uncertainty), draws, seed, short, watch)
        moved_by = drivers(read, found.futures, watch)
        bounds = regret_bounds(found, watch) if regret else None
        gap = None
        if worth:
            gap, moved_by = _worth(found, moved_by, watch)
        record = audit_record(found, moved_by, bounds, _made(read), gap)
        return found, moved_by, bounds, record

    found, moved_by, bounds, record = followed(watch, work)
    if not available():
        screen.tell(ADVICE)
    for problem in found.futures.warnings:
        screen.tell(str(problem))
    if out is not None:
        write_audit(found, moved_by, bounds, record, out, force=force)
        screen.tell(f"audit written to {out}")
    if json_:
        put_out_json({**record, "sentences": sentences(record)})
    else:
        put_out("\n".join(sentences(record)))


def _audited(
    plan: StoredPlan, file: Path, draws: int | None, seed: int | None, short: float, watch: Watch
) -> Audit:
    from commission_opt.futures.futures import futures
    from commission_opt.futures.uncertainty_file import read_uncertainty
    from commission_opt.uncertainty.audit.audit import audit as audited

    read = read_uncertainty(file)
    if not read.rows:
        made = futures(plan.instance, plan.policy, read, draws=draws, seed=seed)
    else:
        fresh = read.seed + 1 if seed is None else seed
        made = futures(plan.instance, plan.policy, read, draws=draws or _DRAWS, seed=fresh)
    return audited(plan, made, short, watch)


def _worth(
    found: Audit, moved_by: DataFrame | None, watch: Watch
) -> tuple[dict[str, float] | None, DataFrame | None]:
    """Return the gap on fresh samples, and the drivers with what knowing each is worth."""
    from dataclasses import asdict

    from commission_opt.uncertainty.audit.groups import sample_gap, value_of_knowing

    gap, known = sample_gap(found, watch), value_of_knowing(found, watch)
    if known is not None and moved_by is not None:
        moved_by = moved_by.merge(known, on="uncertain", how="left")
    return None if gap is None else asdict(gap), moved_by


def _file(plan: StoredPlan, name: str | None) -> Path:
    """Return the uncertainty file that is meant: the plan's own if none is."""
    from commission_opt.files.shipped import find_instance, instance_names
    from commission_opt.futures.uncertainty_file import find_uncertainty
    from commission_opt.uncertainty.audit.record import COPY

    if name is None:
        if not (plan.folder / COPY).is_file():
            raise UsageError(
                f"{plan.folder} was made for one future; give an uncertainty file with "
                "--uncertainty, or the name of one of its instance"
            )
        return plan.folder / COPY
    shipped = plan.instance.name in instance_names()
    return find_uncertainty(name, find_instance(plan.instance.name) if shipped else None)


def _made(plan: StoredPlan) -> dict[str, Any]:
    """Return how an audit was made."""
    from commission_opt.plan.write import code_hash, versions

    hashes = plan.record["hashes"]
    return {
        "command": options.typed_command(),
        "versions": versions(),
        "hashes": {"inputs": hashes["inputs"], "model": hashes["model"], "code": code_hash()},
    }
