"""What a frontier shows: sentences, the curve, what £1m more buys, plans in whole places."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.wording import Number
from commission_opt.frontier.chart import title_of
from commission_opt.frontier.curve import BESIDE, Point
from commission_opt.frontier.view import CurveView
from commission_opt.report.charts.frontier import frontier_chart, million_chart
from commission_opt.report.drawing import Chart
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words

_MOST_OF_IT = 0.99  # of what can be saved
_LITTLE = 1e-6  # £m
_STATUS = {
    "optimal": "found, and near enough to its bound",
    "feasible": "found, further from its bound than was asked for",
    "infeasible": "there is none",
    "no_plan_found": "none was found in the time given",
    "uncertified": "what was found did not prove itself",
}


def findings(view: CurveView) -> Section:
    """Return the section of sentences."""
    first, last = view.points[0], view.points[-1]
    name = words.joined([words.spoken(fund) for fund in view.funds])
    varied = f" What varies is every budget of {name}, by one and the same number." if name else ""
    said = [
        f"The least {view.words} there can be is {amount(view, first.objective)} with "
        f"{where(view, first.t)}, and {amount(view, last.objective)} with {where(view, last.t)}."
        f"{varied}",
        *_given(view),
        *_spent(view),
        *_dearest(view),
        *_most_of_it(view),
        *_no_plan(view),
        *_whole(view),
        f"Anywhere between the points, the least possible is within "
        f"{words.ceil_percent(view.frontier.distance)} of the curve, in fractions of {view.bought}"
        ". That was certified when the frontier was traced; this page repeats it.",
    ]
    return Section("decision", "What it shows", points=tuple(said))


def curve(view: CurveView) -> Section:
    """Return the section of the curve."""
    said = (
        f"Every point is a complete plan in fractions of {view.bought}. Dotted below the curve "
        "is what is proved: no plan lies under it. The lower panel says what a little more would "
        "save, from point to point; it falls from left to right, as what saves most is done first.",
    )
    title = title_of(view)
    chart = Chart("frontier", title, " ".join(findings(view).points), frontier_chart(view))
    points = view.points
    columns = (
        ("t", view.over.axis, [p.t for p in points], _shown_t(view)),
        ("objective", f"{view.words}, {view.unit}", [p.objective for p in points], _shown(view)),
        ("bound", "proved: not below", [p.bound for p in points], _shown(view)),
        ("marginal", f"saved by {view.over.more}", [p.marginal for p in points], _rate),
        *(
            (name, heading, [point.figures[name] for point in points], show)
            for name, heading, show in (
                ("shortfall", "shortfall, FTE-years", words.count),
                ("spend", "spent, £m", words.millions),
                *((n, OBJECTIVES[n].capped or OBJECTIVES[n].title, _show_by(n)) for n in BESIDE),
                ("places", "places, all years", words.count),
                *([("units", "units, all years", words.count)] if view.units else []),
            )
        ),
    )
    note = (
        f"Spent is £ on new and continued {view.bought} over the horizon, all funds, not "
        "discounted. Where the curve bends, the value of a little more is that to one side."
    )
    if view.over.note:
        note += f" {view.over.note}"
    table = tabled("points", "Points of the curve", columns, note=note)
    return Section("curve", "The curve", said, (Exhibit(table, (chart,), told=True),))


def million(view: CurveView) -> Section | None:
    """Return the section of what each £1m more buys; None where money does not vary."""
    steps = _steps(view)
    if not steps:
        return None
    befores, afters, weighted, plain = zip(*steps, strict=True)
    spent = [b.figures["spend"] - a.figures["spend"] for a, b, _, _ in steps]
    columns = (
        ("before", "from, % of the budgets", [point.t for point in befores], _shown_t(view)),
        ("t", "to, % of the budgets", [point.t for point in afters], _shown_t(view)),
        ("spent", "more spent, £m", spent, words.millions),
        ("weighted", f"saved by each £1m, {view.unit}", weighted, words.count),
        ("plain", "saved by each £1m, FTE-years", plain, words.count),
    )
    top, low = (f(steps, key=lambda step: step[2]) for f in (max, min))
    summary = (
        f"Each £1m more spent saves most from {at(view, top[0].t)} to {at(view, top[1].t)} of the "
        f"budgets, {words.count(top[2])} {view.unit}, and least from {at(view, low[0].t)} to "
        f"{at(view, low[1].t)}, {words.count(low[2])}."
    )
    said = (
        "What is spent more from one point of the curve to the next, over the horizon, against "
        "what it saves. It need not fall evenly: more budget is not always spent in full, and a "
        "plan that saves as much may be dearer. Steps on which no more is spent are left out.",
    )
    title = "What each £1m more buys along the curve"
    bars = million_chart(view.unit, [(b.t, w, p) for _, b, w, p in steps])
    chart = Chart("each-million", title, summary, bars)
    table = tabled("million", "What each £1m more spent saves", columns)
    return Section("million", "What each £1m more buys", said, (Exhibit(table, (chart,)),))


def whole(view: CurveView) -> Section | None:
    """Return the section of plans in whole places; None if none was looked for."""
    if not view.plans:
        return None
    plans, shown = view.plans, _known(_shown(view))
    reasons = [" ".join(plan.reason.split()) for plan in plans]
    columns = (
        ("t", view.over.axis, [plan.t for plan in plans], _shown_t(view)),
        ("objective", f"{view.words}, {view.unit}", [plan.objective for plan in plans], shown),
        ("bound", "proved: not below", [plan.bound for plan in plans], shown),
        ("gap", "gap", [plan.gap for plan in plans], _known(words.ceil_percent)),
        *(
            (
                name,
                f"{name}, all years",
                [None if plan.figures is None else plan.figures[name] for plan in plans],
                _known(words.count),
            )
            for name in ("places", *(("units",) if view.units else ()))
        ),
        ("status", "plan", [_STATUS.get(plan.status, plan.status) for plan in plans]),
        *([("reason", "why there is none", reasons)] if any(reasons) else []),
    )
    said = (
        f"{view.bought.capitalize()} are given in whole numbers and to whole cohorts, so a plan "
        "that can be given lies a little above the curve. The gap is how far at most it is from "
        f"the best in whole {view.bought}.",
    )
    table = tabled("whole", f"Plans in whole {view.bought} along the curve", columns)
    return Section("whole", f"In whole {view.bought}", said, (Exhibit(table),))


def at(view: CurveView, t: float) -> str:
    """Write a point of the frontier: a scale of the budgets, or a cap."""
    return f"{view.over.show(t)} {view.over.unit}".rstrip()


def where(view: CurveView, t: float) -> str:
    """Say what holds at a point of the frontier."""
    there = at(view, t)
    return f"the {view.over.what} at most {there}" if view.over.caps else f"budgets at {there}"


def amount(view: CurveView, value: float) -> str:
    """Write an objective with its unit."""
    shown = _shown(view)(value)
    return OBJECTIVES[view.objective].amount(value, shown)


def _shown(view: CurveView) -> Callable[[Any], str]:
    return _show_by(view.objective)


def _show_by(objective: str) -> Callable[[Any], str]:
    shows: dict[Number, Callable[[Any], str]] = {
        Number.SHARE: lambda value: f"{100 * value:.3f} %", Number.POUNDS: words.money,
    }  # fmt: skip
    return shows.get(OBJECTIVES[objective].number, words.count)


def _rate(value: Any) -> str:
    """Write what a little more saves, which may be much less than one."""
    small = np.isfinite(value) and 0 < abs(value) < 1
    return words.signed(f"{value:.2g}") if small else words.count(value)


def _shown_t(view: CurveView) -> Callable[[Any], str]:
    return lambda t: view.over.show(float(t))


def _known(show: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: words.NOTHING if pd.isna(value) else show(value)


def _given(view: CurveView) -> list[str]:
    """Say what there is at the budgets as given, if they lie on the curve."""
    least, most, step = view.points[0].t, view.points[-1].t, view.over.step
    if view.over.caps or not least + step <= 1.0 <= most - step:
        return []
    now, more, less = (view.frontier.value(1.0 + change) for change in (0.0, step, -step))
    return [
        f"With the budgets as given it is about {amount(view, now)}; 1 % more budget would save "
        f"about {amount(view, max(0.0, now - more))}, 1 % less would cost "
        f"{_shown(view)(max(0.0, less - now))}."
    ]


def _spent(view: CurveView) -> list[str]:
    """Say what is spent, where what varies is only what may be."""
    if view.over.caps:
        return []
    first, last = view.points[0], view.points[-1]
    return [
        "Budgets say what may be spent, not what is: over the horizon, all funds, "
        f"{words.money(first.figures['spend'])} is spent at {at(view, first.t)} of them and "
        f"{words.money(last.figures['spend'])} at {at(view, last.t)}."
    ]


def _dearest(view: CurveView) -> list[str]:
    """Say what a little more is worth at both ends."""
    first, last, step = view.points[0].t, view.points[-1].t, view.over.step
    if last - first < 2 * step:
        return []
    value, words_ = view.frontier.value, view.over.more
    start, end = value(first) - value(first + step), value(last - step) - value(last)
    return [
        f"At the tight end, {words_} saves {amount(view, max(0.0, start))}; at the loose end, "
        f"{_shown(view)(max(0.0, end))}."
    ]


def _most_of_it(view: CurveView) -> list[str]:
    """Say from where on nearly all is saved that can be."""
    first, last = view.points[0], view.points[-1]
    saved = first.objective - last.objective
    if saved <= 0 or len(view.points) < 3:
        return []
    enough = next(p for p in view.points if first.objective - p.objective >= _MOST_OF_IT * saved)
    if enough is last:
        return []
    return [
        f"99 % of what can be saved from one end to the other is saved with "
        f"{where(view, enough.t)}."
    ]


def _no_plan(view: CurveView) -> list[str]:
    if view.proved is None or view.proved <= 0:
        return []
    least = view.over.floor(view.proved)
    if view.over.caps:
        return [f"No plan brings the {view.over.what} below {least}; proved."]
    return [f"Below {least} of the budgets there is no plan that keeps the rules; proved."]


def _whole(view: CurveView) -> list[str]:
    if not view.plans:
        return []
    gaps = [plan.gap for plan in view.plans if plan.gap is not None]
    text = (
        f"Plans in whole {view.bought} were looked for at {words.plural(len(view.plans), 'point')} "
        f"and found at {len(gaps)}"
    )
    near = f", each within {words.ceil_percent(max(gaps))} of the best there" if gaps else ""
    return [f"{text}{near}."]


def _steps(view: CurveView) -> list[tuple[Point, Point, float, float]]:
    """Return neighbours between which more is spent, with what each £1m saves."""
    found = []
    for a, b in pairwise(view.points):
        more = (b.figures["spend"] - a.figures["spend"]) / 1e6
        if b.saved_per_million is not None and more > _LITTLE:
            plain = (a.figures["shortfall"] - b.figures["shortfall"]) / more
            found.append((a, b, b.saved_per_million, plain))
    return found
