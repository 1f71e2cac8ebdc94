"""What a frontier shows: sentences, the curve, what £1m more buys, plans in whole places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.wording import Number
from commission_opt.frontier.chart import PANELS, paint_curve, title_of
from commission_opt.frontier.curve import BESIDE
from commission_opt.frontier.view import CurveView
from commission_opt.report.charts.room import narrow
from commission_opt.report.drawing import Chart, Hover, Picture, painted
from commission_opt.report.section import Exhibit, Section, known, tabled
from commission_opt.views import words
from commission_opt.views.charts import BLUE, ORANGE, numbered, written

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
    first, last = _ends(view)
    name = words.joined([words.spoken(fund) for fund in view.funds])
    varied = f" What varies is every budget of {name}, by one and the same number." if name else ""
    said = [
        f"The least {view.words} there can be is {amount(view, first.objective)} with "
        f"{where(view, first.t)}, and {amount(view, last.objective)} with {where(view, last.t)}."
        f"{varied}",
        *_along(view),
        *_proved(view),
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
    chart = Chart("frontier", title, " ".join(findings(view).points), _curve(view))
    columns = (
        ("t", view.over.axis, _shown_t(view)),
        ("objective", f"{view.words}, {view.unit}", _shown(view)),
        ("bound", "proved: not below", _shown(view)),
        ("marginal", f"saved by {view.over.more}", _rate),
        ("shortfall", "shortfall, FTE-years", words.count),
        ("spend", "spent, £m", words.millions),
        *((n, OBJECTIVES[n].capped or OBJECTIVES[n].title, _show_by(n)) for n in BESIDE),
        ("places", "places, all years", words.count),
        *([("units", "units, all years", words.count)] if view.units else []),
    )
    note = (
        f"Spent is £ on new and continued {view.bought} over the horizon, all funds, not "
        "discounted. Where the curve bends, the value of a little more is that to one side."
    )
    if view.over.note:
        note += f" {view.over.note}"
    shown = [(name, heading, view.points[name], show) for name, heading, show in columns]
    table = tabled("points", "Points of the curve", shown, note=note)
    return Section("curve", "The curve", said, (Exhibit(table, (chart,), told=True),))


def million(view: CurveView) -> Section | None:
    """Return the section of what each £1m more buys; None where money does not vary."""
    steps = _steps(view)
    if steps.empty:
        return None
    columns = (
        ("before", "from, % of the budgets", steps["before"], _shown_t(view)),
        ("t", "to, % of the budgets", steps["t"], _shown_t(view)),
        ("spent", "more spent, £m", steps["spent"], words.millions),
        ("weighted", f"saved by each £1m, {view.unit}", steps["weighted"], words.count),
        ("plain", "saved by each £1m, FTE-years", steps["plain"], words.count),
    )
    top, low = (steps.loc[steps["weighted"].agg(end)] for end in ("idxmax", "idxmin"))
    summary = (
        f"Each £1m more spent saves most from {at(view, top['before'])} to {at(view, top['t'])} of "
        f"the budgets, {words.count(top['weighted'])} {view.unit}, and least from "
        f"{at(view, low['before'])} to {at(view, low['t'])}, {words.count(low['weighted'])}."
    )
    said = (
        "What is spent more from one point of the curve to the next, over the horizon, against "
        "what it saves. It need not fall evenly: more budget is not always spent in full, and a "
        "plan that saves as much may be dearer. Steps on which no more is spent are left out.",
    )
    title = "What each £1m more buys along the curve"
    chart = Chart("each-million", title, summary, _dots(view.unit, steps))
    table = tabled("million", "What each £1m more spent saves", columns)
    return Section("million", "What each £1m more buys", said, (Exhibit(table, (chart,)),))


def whole(view: CurveView) -> Section | None:
    """Return the section of plans in whole places; None if none was looked for."""
    if not view.plans:
        return None
    plans, shown = view.plans, known(_shown(view))
    reasons = [" ".join(plan.reason.split()) for plan in plans]
    columns = (
        ("t", view.over.axis, [plan.t for plan in plans], _shown_t(view)),
        ("objective", f"{view.words}, {view.unit}", [plan.objective for plan in plans], shown),
        ("bound", "proved: not below", [plan.bound for plan in plans], shown),
        ("gap", "gap", [plan.gap for plan in plans], known(words.ceil_percent)),
        *(
            (
                name,
                f"{name}, all years",
                [None if plan.figures is None else plan.figures[name] for plan in plans],
                known(words.count),
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


def _along(view: CurveView) -> Iterator[str]:
    """Say what the curve does: at the budgets as given, at its ends, and from where on little."""
    first, last = _ends(view)
    value, step = view.frontier.value, view.over.step
    if not view.over.caps and first.t + step <= 1.0 <= last.t - step:
        now, more, less = (value(1.0 + change) for change in (0.0, step, -step))
        yield (
            f"With the budgets as given it is about {amount(view, now)}; 1 % more budget would "
            f"save about {amount(view, max(0.0, now - more))}, 1 % less would cost "
            f"{_shown(view)(max(0.0, less - now))}."
        )
    if not view.over.caps:
        yield (
            "Budgets say what may be spent, not what is: over the horizon, all funds, "
            f"{words.money(first.spend)} is spent at {at(view, first.t)} of them and "
            f"{words.money(last.spend)} at {at(view, last.t)}."
        )
    if last.t - first.t >= 2 * step:
        start, end = value(first.t) - value(first.t + step), value(last.t - step) - value(last.t)
        yield (
            f"At the tight end, {view.over.more} saves {amount(view, max(0.0, start))}; at the "
            f"loose end, {_shown(view)(max(0.0, end))}."
        )
    saved = first.objective - view.points["objective"].to_numpy()
    enough = int(np.argmax(saved >= _MOST_OF_IT * saved[-1]))
    if saved[-1] > 0 and len(saved) > 2 and enough < len(saved) - 1:
        there = where(view, view.points["t"].iloc[enough])
        yield f"99 % of what can be saved from one end to the other is saved with {there}."


def _proved(view: CurveView) -> Iterator[str]:
    """Say where there is no plan, and how good those in whole places are."""
    if view.proved is not None and view.proved > 0:
        least = view.over.floor(view.proved)
        if view.over.caps:
            yield f"No plan brings the {view.over.what} below {least}; proved."
        else:
            yield f"Below {least} of the budgets there is no plan that keeps the rules; proved."
    if view.plans:
        gaps = [plan.gap for plan in view.plans if plan.gap is not None]
        near = f", each within {words.ceil_percent(max(gaps))} of the best there" if gaps else ""
        yield (
            f"Plans in whole {view.bought} were looked for at "
            f"{words.plural(len(view.plans), 'point')} and found at {len(gaps)}{near}."
        )


def _ends(view: CurveView) -> Iterator[Any]:
    """Return the first point and the last, as named tuples."""
    return view.points.iloc[[0, -1]].itertuples(index=False)


def _steps(view: CurveView) -> pd.DataFrame:
    """Return neighbours between which more is spent, with what each £1m saves."""
    points, before = view.points, view.points.shift()
    steps = pd.DataFrame({"before": before["t"], "t": points["t"]})
    steps["spent"] = points["spend"] - before["spend"]
    steps["weighted"], more = points["saved_per_million"], steps["spent"] / 1e6
    steps["plain"] = (before["shortfall"] - points["shortfall"]) / more
    return steps[steps["weighted"].notna() & (more > _LITTLE)]


def _curve(view: CurveView) -> Picture:
    """Return the curve, and below it what a little more of what varies saves."""

    def paint(figure: Any) -> Hover:
        figure.set_layout_engine("constrained")
        upper, lower = figure.subplots(2, **PANELS)
        return paint_curve(view, figure, upper, lower)

    return painted(lambda _width: 7.6, paint)


def _dots(unit: str, steps: pd.DataFrame) -> Picture:
    """Return what each £1m more buys, a point where each step ends."""

    def paint(figure: Any) -> Hover:
        figure.set_layout_engine("constrained")
        axes = figure.subplots()
        rows = range(len(steps))
        hover: dict[str, Sequence[str]] = {}
        for gid, colour, marker, label in (
            ("weighted", BLUE, "o", unit), ("plain", ORANGE, "D", "FTE-years, unweighted"),
        ):  # fmt: skip
            values = steps[gid]
            axes.scatter(rows, values, s=34, color=colour, marker=marker, label=label, gid=gid)
            hover[gid] = [
                f"up to {100 * t:.2f} % of the budgets: {written(value)} {label} for each £1m"
                for t, value in zip(steps["t"], values, strict=True)
            ]
        axes.set_xticks(rows, [f"{100 * t:.2f}" for t in steps["t"]], rotation=45, fontsize=8.5)
        axes.set_xlabel("up to this point of the curve, budgets in % of those given")
        axes.set_ylabel("saved by each £1m more spent")
        axes.axhline(0.0, color="#222222", lw=0.8)
        axes.grid(visible=True, axis="y")
        numbered(axes.yaxis)
        slim = narrow(figure)
        figure.legend(
            loc="outside lower center", ncols=1 if slim else 2, fontsize=8.5 if slim else 10
        )
        return hover

    return painted(lambda _width: 4.4, paint)
