"""``commission-opt frontier``."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

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
from commission_opt.frontier.curve import Curve, Point, trace
from commission_opt.frontier.family import Over
from commission_opt.frontier.whole import WholePlan, whole_plans
from commission_opt.frontier.write import write_curve
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.interrupt import interruptible, stopping
from commission_opt.solvers.status import Limits, Watch
from commission_opt.text.counts import plural
from commission_opt.views.charts import ADVICE, available

_LONGEST = 120  # characters of a reason


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
            instance, policy, Over(asked.over), asked.funds, asked.scales, asked.distance,
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


_HEAD = {
    Over.BUDGET: ("budgets, %", "saved by\n1 % more"),
    Over.WORST_REGION: ("worst\nregion, %", "saved by\n0.01 points more"),
    Over.CHANGE: ("at most moved\nin first year", "saved by\n1 more moved"),
}


def curve_table(curve: Curve) -> Table:
    """Tabulate the points: objective, bound, what more is worth, shortfall, money and places."""
    over = curve.family.over
    what = f"{OBJECTIVES[curve.objective].title}, {curve.unit}"
    table = _table(f"\n{curve.family.problem.instance.title}: {what}")
    shown: dict[str, Callable[[Point], str]] = {
        _HEAD[over][0]: lambda point: _at(over, point.t),
        "objective": lambda point: _value(point.objective),
        "bound": lambda point: _value(point.bound),
        _HEAD[over][1]: lambda point: _rate(point.marginal),
        "saved by\n£1m spent": lambda point: _rate(point.saved_per_million),
        "shortfall,\nFTE-years": lambda point: f"{point.figures.shortfall:,.0f}",
        "spent,\n£m": lambda point: f"{point.figures.spend / 1e6:,.1f}",
        "worst\nregion": lambda point: f"{point.figures.worst_region:.2%}".replace("%", " %"),
        "moved in\nfirst year": lambda point: f"{point.figures.change:,.0f}",
        "places": lambda point: f"{point.figures.places:,.0f}",
    }
    for name in _LEFT_OUT[over]:
        del shown[name]
    for name in shown:
        table.add_column(name, justify="right", no_wrap=True)
    for point in curve.points:
        table.add_row(*(show(point) for show in shown.values()))
    return table


_LEFT_OUT = {
    Over.BUDGET: (),
    Over.WORST_REGION: ("saved by\n£1m spent", "worst\nregion"),
    Over.CHANGE: ("saved by\n£1m spent",),
}


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
    if over is Over.CHANGE:
        return f"{t:,.1f}"
    return f"{100 * t:.{3 if over is Over.BUDGET else 5}f}"


def whole_table(curve: Curve, plans: Sequence[WholePlan]) -> Table:
    """Tabulate the plans in whole places, or why there is none."""
    table = _table("\nIn whole places")
    for name in (_HEAD[curve.family.over][0], "objective", "bound", "gap"):
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
    if over is Over.BUDGET and least is not None:
        which = "of the budgets" if curve.family.scaled.all() else "of the budgets that vary"
        texts.append(f"There is no plan below {_floor(least)} % {which}.")
    elif over is Over.WORST_REGION and least is not None:
        texts.append(f"No plan leaves the worst region short of less than {_floor(least)} %.")
    elif over is Over.CHANGE and least:
        texts.append(f"No plan moves fewer than {_places(least)} places in the first year.")
    if over is Over.CHANGE:
        texts.append(
            "Places moved are those added to courses and those taken from them, against last "
            "year's: one that goes from one course to another counts twice."
        )
    return [*texts, *spent(curve)]


def spent(curve: Curve) -> list[str]:
    """Say that budgets are what may be spent, and what really is at both ends."""
    if curve.family.over is not Over.BUDGET:
        return []
    first, last = (
        f"£{point.figures.spend / 1e6:,.1f}m at {_at(Over.BUDGET, point.t)} % of them"
        for point in (curve.points[0], curve.points[-1])
    )
    return [
        f"Budgets say what may be spent, not what is: {first}, {last} (over the horizon, all "
        "funds)."
    ]


def _places(least: float) -> str:
    """Write places, never rounded up."""
    return f"{np.floor(least * 10) / 10:,.1f}"


def _floor(share: float) -> str:
    """Write a share as a percentage, never rounded up."""
    return f"{np.floor(share * 1e4) / 1e2:.2f}"
