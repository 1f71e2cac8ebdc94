"""``commission-opt compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import FormatOption
from commission_opt.cli.progress import followed
from commission_opt.errors import InputError
from commission_opt.solvers.status import Limits, Watch

if TYPE_CHECKING:
    from commission_opt.explain.answer import Answers
    from commission_opt.plan.read import StoredPlan


def compare(
    plan_a: Annotated[str, typer.Argument(metavar="PLAN_A", help="Folder of a plan.")],
    plan_b: Annotated[str, typer.Argument(metavar="PLAN_B", help="Folder of the later plan.")],
    order: Annotated[
        str,
        typer.Option(
            help="Files whose changes are made first, such as budgets,demand,model; the others "
            "follow in the order of the tables, the model last."
        ),
    ] = "",
    both_orders: Annotated[
        bool, typer.Option("--both-orders", help="In the reverse order as well; the mean is given.")
    ] = False,
    time_limit: Annotated[float, options.seconds("Seconds for each solve.")] = 60.0,
    format_: FormatOption = "text",
) -> None:
    """Say what changed between two plans, and what explains the change in shortfall."""
    from commission_opt.cli.answers import print_answers
    from commission_opt.explain.comparison.compare import compare as answers

    first, limits = [name for name in order.split(",") if name.strip()], Limits(seconds=time_limit)
    watch = Watch(phase="reading the plans")

    def work() -> Answers:
        a, b = _read(plan_a), _read(plan_b)
        return answers(a, b, limits, watch, order=first, both_orders=both_orders)

    print_answers(followed(watch, work), format_)


def _read(folder: str) -> StoredPlan:
    """Read a plan; of two, say which one has the problem."""
    from commission_opt.plan.read import read_plan

    try:
        return read_plan(folder)
    except InputError as error:
        raise error.where(f"in {folder}") from None
