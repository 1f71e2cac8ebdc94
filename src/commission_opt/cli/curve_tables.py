"""A frontier on the screen: its points, its plans in whole places, and what is proved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import fill, shorten

import numpy as np
from rich.table import Table

from commission_opt.cli.screen import Text, grid
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.wording import Number
from commission_opt.frontier.curve import BESIDE, Curve
from commission_opt.frontier.over import BUDGET, Over, over_of
from commission_opt.frontier.whole import WholePlan
from commission_opt.text.counts import plural
from commission_opt.views import lines

_LONGEST = 120  # characters of a reason
_WIDTH = 14  # of a heading


def curve_table(curve: Curve) -> Table:
    """Tabulate the points: objective, bound, what more is worth, shortfall, money and places."""
    over = curve.family.over
    what = f"{OBJECTIVES[curve.objective].title}, {curve.unit}"
    shown: dict[str, tuple[str, Callable[[float], str]]] = {
        _head(over): ("t", lambda t: _at(over, t)),
        "objective": ("objective", _value),
        "bound": ("bound", _value),
        f"saved by\n{over.more}": ("marginal", _rate),
        "saved by\n£1m spent": ("saved_per_million", _rate),
        "shortfall,\nFTE-years": ("shortfall", "{:,.0f}".format),
        "spent,\n£m": ("spend", lambda spend: f"{spend / 1e6:,.1f}"),
        **{fill(over_of(name).what, _WIDTH): (name, _beside(name)) for name in BESIDE},
        "places": ("places", "{:,.0f}".format),
    }
    if over.caps:
        del shown["saved by\n£1m spent"]
    cells = {head: [*map(show, curve.points[name])] for head, (name, show) in shown.items()}
    if "units" in curve.points:  # one column for both: with two the table is too wide
        both = zip(cells.pop("places"), curve.points["units"], strict=True)
        cells["places;\nunits"] = [f"{places}; {units:,.0f}" for places, units in both]
    table = grid(f"\n{curve.family.problem.instance.title}: {what}", list(cells), words=0)
    for row in zip(*cells.values(), strict=True):
        table.add_row(*row)
    return table


def _head(over: Over) -> str:
    of = ", %" * (over.number is Number.SHARE) + ", at most" * over.caps
    return fill(f"{over.what}{of}", _WIDTH)


def _beside(name: str) -> Callable[[float], str]:
    over = over_of(name)
    return lambda value: over.show(value, 2 * (over.number is Number.SHARE))


def _value(number: float | None) -> str:
    """Write an objective: one decimal, or as many as a share needs."""
    if number is None:
        return ""
    return f"{number:,.1f}" if abs(number) >= 10.0 else f"{number:.6f}"


def _rate(number: float) -> str:
    if np.isnan(number):
        return ""
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"


def _at(over: Over, t: float) -> str:
    digits = (5 if over.caps else 3) if over.number is Number.SHARE else 1
    return over.show(t, digits).removesuffix(" %")


def whole_table(curve: Curve, plans: Sequence[WholePlan]) -> Table:
    """Tabulate the plans in whole places, or why there is none."""
    columns = (_head(curve.family.over), "objective", "bound", "gap")
    table = grid(f"\nIn whole {lines.what(curve.family.problem.instance)}", columns, words=0)
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
    frontier, bought = curve.frontier, lines.what(curve.family.problem.instance)
    proved = f"{np.ceil(frontier.distance * 1e5) / 1e3:.3f} %"
    texts = [
        f"{plural(frontier.solves, 'solve')}; anywhere between, the curve is within {proved} of "
        f"the least possible (certified; in fractions of {bought})."
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
        f"£{spend / 1e6:,.1f}m at {_at(BUDGET, t)} % of them"
        for t, spend in curve.points[["t", "spend"]].iloc[[0, -1]].itertuples(index=False)
    )
    return [
        f"Budgets say what may be spent, not what is: {first}, {last} (over the horizon, all "
        "funds)."
    ]
