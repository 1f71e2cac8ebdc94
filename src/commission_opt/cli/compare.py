"""``commission-opt compare``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from commission_opt.cli.answers import print_answers
from commission_opt.cli.arguments import Format
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console
from commission_opt.errors import InputError
from commission_opt.explain.comparison.compare import compare
from commission_opt.plan.read import StoredPlan, read_plan
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Limits, Watch


def run_compare(
    folder_a: str,
    folder_b: str,
    limits: Limits,
    form: Format,
    order: Sequence[str],
    *,
    both_orders: bool,
) -> None:
    """Compare two plans and print the answers."""
    watch = Watch(phase="reading the plans")
    with following(watch, console()):
        a, b = _read(folder_a), _read(folder_b)
        answers = interruptible(
            lambda: compare(a, b, limits, watch, order=order, both_orders=both_orders), watch
        )
    print_answers(answers, form)


def _read(folder: str) -> StoredPlan:
    """Read a plan; of two, say which one has the problem."""
    try:
        return read_plan(folder)
    except InputError as error:
        named = [replace(p, message=f"{p.message} (in {folder})") for p in error.problems]
        raise InputError(named) from None
