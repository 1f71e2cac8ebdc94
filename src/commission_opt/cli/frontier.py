"""``commission-opt frontier``."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill, shorten

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.table import Table

from commission_opt.allocation.methods import Method
from commission_opt.cli.progress import following
from commission_opt.cli.screen import Text, console, put_out_json
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_target
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.wording import Number
from commission_opt.frontier.curve import BESIDE, Curve, Point, trace
from commission_opt.frontier.over import BUDGET, Over, over_of
from commission_opt.frontier.whole import WholePlan, whole_plans
from commission_opt.frontier.write import write_curve
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.interrupt import interruptible, stopping
from commission_opt.solvers.status import Limits, Watch
from commission_opt.text.counts import plural
from commission_opt.views.charts import ADVICE, available

_LONGEST = 120  # characters of a reason
_WIDTH = 14  # of a heading


@dataclass(frozen=True)
class Asked:
    """A frontier as it is asked for on the command line; see the options of the same names."""

    instance: str
    model: str
    over: str
    funds: tuple[str, ...]
    scales: tuple[float, float]
    distance: float
    whole: int
    limits: Limits
    method: str


def run_frontier(asked: Asked, out: Path, *, force: bool, as_json: bool) -> int:
    """Trace a frontier, write it, print what it says, and return the exit code."""
    screen, watch, started = console(), Watch(), time.perf_counter()
    model, folder = find_model(asked.model), find_instance(asked.instance)
    check_target(out, force=force, inputs=(model, folder))
    policy = read_policy(model)
    if asked.whole and not policy.integer:
        raise UsageError(f"model {policy.name!r} is in fractions of places; leave --whole out")
    instance = read_instance(folder)

    def work() -> tuple[Curve, tuple[WholePlan, ...]]:
        curve = trace(
            instance, policy, over_of(asked.over), asked.funds, asked.scales, asked.distance,
            asked.limits, watch,
        )  # fmt: skip
        if not asked.whole:
            return curve, ()
        method = Method(asked.method)
        return curve, whole_plans(curve, policy, asked.whole, asked.limits, method, watch)

    command = shlex.join(["commission-opt", *sys.argv[1:]])
    with stopping(watch), following(watch, screen):  # what is found is written, whatever is pressed
        curve, plans = interruptible(work, watch)
        record = write_curve(
            curve, plans, asked.limits, asked.distance, out, force=force, command=command
        )
    screen.print(curve_table(curve))
    if plans:
        screen.print(whole_table(curve, plans))
    for text in verdict(curve, asked.distance):
        screen.print(Text(text))
    if not available():
        screen.print(ADVICE, highlight=False, markup=False)
    seconds = time.perf_counter() - started
    screen.print(f"frontier written to {out} in {seconds:.1f} s", highlight=False, markup=False)
    if as_json:
        put_out_json({**record, "folder": str(out)})
    return 0


def curve_table(curve: Curve) -> Table:
    """Tabulate the points: objective, bound, what more is worth, shortfall, money and places."""
    over = curve.family.over
    what = f"{OBJECTIVES[curve.objective].title}, {curve.unit}"
    table = _table(f"\n{curve.family.problem.instance.title}: {what}")
    shown: dict[str, Callable[[Point], str]] = {
        _head(over): lambda point: _at(over, point.t),
        "objective": lambda point: _value(point.objective),
        "bound": lambda point: _value(point.bound),
        f"saved by\n{over.more}": lambda point: _rate(point.marginal),
        "saved by\n£1m spent": lambda point: _rate(point.saved_per_million),
        "shortfall,\nFTE-years": lambda point: f"{point.figures.shortfall:,.0f}",
        "spent,\n£m": lambda point: f"{point.figures.spend / 1e6:,.1f}",
        **{fill(over_of(name).what, _WIDTH): _beside(name) for name in BESIDE},
        "places": lambda point: f"{point.figures.places:,.0f}",
    }
    if over.caps:
        del shown["saved by\n£1m spent"]
    for name in shown:
        table.add_column(name, justify="right", no_wrap=True)
    for point in curve.points:
        table.add_row(*(show(point) for show in shown.values()))
    return table


def _head(over: Over) -> str:
    of = ", %" * (over.number is Number.SHARE) + ", at most" * over.caps
    return fill(f"{over.what}{of}", _WIDTH)


def _beside(name: str) -> Callable[[Point], str]:
    over = over_of(name)
    return lambda point: over.show(point.figures.values[name], 2 * (over.number is Number.SHARE))


def _table(title: str) -> Table:
    return Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False
    )


def _value(number: float | None) -> str:
    """Write an objective: one decimal, or as many as a share needs."""
    if number is None:
        return ""
    return f"{number:,.1f}" if abs(number) >= 10.0 else f"{number:.6f}"


def _rate(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"


def _at(over: Over, t: float) -> str:
    digits = (5 if over.caps else 3) if over.number is Number.SHARE else 1
    return over.show(t, digits).removesuffix(" %")


def whole_table(curve: Curve, plans: Sequence[WholePlan]) -> Table:
    """Tabulate the plans in whole places, or why there is none."""
    table = _table("\nIn whole places")
    for name in (_head(curve.family.over), "objective", "bound", "gap"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for plan in plans:
        gap = "" if plan.gap is None else f"{plan.gap:.3%}".replace("%", " %")
        table.add_row(
            _at(curve.family.over, plan.t),
            _value(plan.objective),
            _value(plan.bound),
            gap,
            Text(_said(plan)),
        )
    return table


def _said(plan: WholePlan) -> str:
    if plan.places is not None:
        return plan.status
    reason = shorten(plan.reason, _LONGEST, placeholder=" … (see whole.csv)")
    return f"{plan.status.replace('_', ' ')}: {reason}"


def verdict(curve: Curve, asked: float) -> list[str]:
    """Say what is proved, and where there is no plan."""
    frontier = curve.frontier
    proved = f"{np.ceil(frontier.distance * 1e5) / 1e3:.3f} %"
    texts = [
        f"{plural(frontier.solves, 'solve')}; anywhere between, the curve is within {proved} of "
        "the least possible (certified; in fractions of places)."
    ]
    if frontier.distance > asked:
        texts.append(f"That is more than the {asked:.3%} asked for: the solves were used up.")
    over, least = curve.family.over, curve.range.proved
    if not over.caps and least is not None:
        which = "of the budgets" if curve.family.scaled.all() else "of the budgets that vary"
        texts.append(f"There is no plan below {over.floor(least)} {which}.")
    elif least:
        texts.append(f"No plan brings the {over.what} below {over.floor(least)}.")
    if over.note:
        texts.append(over.note)
    return [*texts, *spent(curve)]


def spent(curve: Curve) -> list[str]:
    """Say that budgets are what may be spent, and what really is at both ends."""
    if curve.family.over.caps:
        return []
    first, last = (
        f"£{point.figures.spend / 1e6:,.1f}m at {_at(BUDGET, point.t)} % of them"
        for point in (curve.points[0], curve.points[-1])
    )
    return [
        f"Budgets say what may be spent, not what is: {first}, {last} (over the horizon, all "
        "funds)."
    ]
