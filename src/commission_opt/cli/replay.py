"""``commission-opt replay``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commission_opt.cli.arguments import JsonOption, PlanArgument
from commission_opt.cli.progress import followed
from commission_opt.cli.screen import Text, console, put_out_json
from commission_opt.errors import CertificateError
from commission_opt.solvers.status import Watch

if TYPE_CHECKING:
    from commission_opt.plan.replay import Replay


def replay(
    plan: PlanArgument,
    extend: Annotated[
        Path | None,
        typer.Option(help="The file of constraints that the plan was made with, if it was."),
    ] = None,
    json_: JsonOption = False,
) -> int:
    """Solve a plan again from its own copies, and say whether it comes out the same.

    Exit code 0 if the places or the objectives are the same, 5 if not.
    """
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
    if not found.reasons:
        return [head, "Versions, platform and code are those that the plan was made with."]
    return [head, "Not as it was when the plan was made:", *(f"  - {r}" for r in found.reasons)]


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
