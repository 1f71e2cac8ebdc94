"""What if: everything solved again with some figures changed, beside the plan as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.allocation.allocate import Allocation
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import keeps_rules
from commission_opt.errors import UsageError
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, Column, Table
from commission_opt.explain.best import BestPlaces, Least
from commission_opt.explain.margins.prices import first_stage
from commission_opt.explain.plan import Plan
from commission_opt.explain.what_if.breakdown import (
    Side,
    breakdown_tables,
    by_profession,
    by_year,
    most_changed,
    worded,
)
from commission_opt.explain.what_if.replan import replanned
from commission_opt.explain.what_if.variants import Variants
from commission_opt.formulation.objectives import OBJECTIVES, first_objective, first_value
from commission_opt.formulation.problem import Planning
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.setting import Setting
from commission_opt.solvers.status import Limits, Watch
from commission_opt.views import words

SECONDS = 10.0  # for each of two plans
_MOVED = 1e-6
_LEAST = 1e-9  # size that a regret is relative to, as a gap is
_ROUNDING = 1e-12  # relative difference of objectives that is none
_SHOWN = 15
KEPT, AGAIN = "the plan, not a place moved", "the plan, worked out again"


def read_changes(texts: Sequence[str]) -> tuple[Setting, ...]:
    """Read changes as they stand on a command line: axes with one value each.

    Raises
    ------
    UsageError
        If one cannot be read, or has several values.
    """
    settings = []
    for text in texts:
        axis = parse_axis(text)
        first, *others = tuple(axis.values)
        if others:
            raise UsageError(f"{text!r} has {1 + len(others)} values; a change has one")
        settings.append(Setting(axis, first))
    return tuple(settings)


def what_if(
    plan: Plan,
    changes: Sequence[str],
    limits: Limits | None = None,
    watch: Watch | None = None,
    seconds: float = SECONDS,
) -> Answer:
    """Solve everything again with some figures changed.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    changes : sequence of str
        Such as ``budget[fund=tuition]+=1000000``, as ``sweep --vary`` takes them, with one value
        each; made one after the other.
    limits : Limits, optional
        Gap, threads and seed; time limit of the relaxations.
    watch : Watch, optional
        Told of progress; can stop the work.
    seconds : float
        Time for the plan with the changes, and for the plan without them.

    Returns
    -------
    Answer
        Tables ``certified``, ``measures``, ``by_profession``, ``by_year``, ``moved`` and
        ``changes``, the rows that each change touches.

    Raises
    ------
    UsageError, InputError
        If a change names what is not there, or takes a figure out of its range.
    InfeasibleError, NoPlanError, StoppedError
        If there is no plan with the changes, or none was found in time.
    """
    limits, watch = limits or Limits(), watch or Watch()
    problem, places = plan.problem, plan.places
    settings = read_changes(changes)
    steady = first_stage(problem).problem
    variants = Variants(steady)
    variants.ground.check([setting.axis for setting in settings])
    touched = variants.ground.touched(settings)
    changed = variants.planned(settings)
    after = replanned(changed, places, limits, watch, seconds)
    watch.begin("what if: in fractions of places")
    best = BestPlaces(limits, watch)
    base = best.least(steady)[0], best.least(changed)[0]
    searched = None
    if problem.policy.integer:
        searched = replanned(steady, places, limits, watch, seconds)
    sides = Side(problem, plan.outcome), Side(changed, after.outcome)
    frames = {
        "certified": _certified(problem, places, changed, after, base, searched),
        "measures": _measures(*sides),
        "moved": _moved(problem, places, after.places),
        "by_profession": by_profession(*sides),
        "by_year": by_year(*sides),
        "changes": pd.DataFrame([asdict(one) for one in touched]),
    }
    said = [f"“{s}” changes {t}." for s, t in zip(settings, map(str, touched), strict=True)]
    return _answer(problem, changed, settings, frames, after, said)


def _certified(
    problem: Planning,
    places: Floats,
    changed: Planning,
    after: Allocation,
    base: tuple[Least, Least],
    searched: Allocation | None,
) -> pd.DataFrame:
    """Tabulate the first objective without and with the change, and limits of what it saves."""
    old, new = base
    rows: list[dict[str, object]] = [
        _row(
            *("the best in fractions of places", old.value, new.value),
            *(old.low - new.high, old.high - new.low),
        )
    ]
    value = first_value(problem, places)
    if keeps_rules(changed, changed.outcome(places)):
        same = first_value(changed, places)
        whole = searched is not None
        possible = max(new.bound, after.certificate.bound) if whole else new.bound
        regret = max(0.0, same - possible) / max(abs(same), _LEAST)
        kept = _row(KEPT, value, same, value - same, value - same)
        rows.append({**kept, "regret": regret})
    if searched is not None:
        stage, least = after.certificate.stages[0], searched.certificate.stages[0]
        most = value - stage.bound
        rows.append(_row(AGAIN, value, stage.objective, value - stage.objective, most))
        rows.append(
            _row(
                *("the same search without the change", value, least.objective),
                *(value - least.objective, value - least.bound),
            )
        )
    return pd.DataFrame(rows)


def _row(what: str, before: float, after: float, low: float, high: float) -> dict[str, object]:
    small = _ROUNDING * max(1.0, abs(before))
    saved, low, high = (0.0 if abs(v) <= small else v for v in (before - after, low, high))
    return {
        "what": what, "before": before, "after": after, "saved": saved, "low": low, "high": high,
    }  # fmt: skip


def _measures(before: Side, after: Side) -> pd.DataFrame:
    rows = []

    def add(what: str, unit: str, old: float, new: float) -> None:
        rows.append({"what": what, "unit": unit, "before": old, "after": new, "change": new - old})

    for objective in before.problem.policy.objectives:
        kind = OBJECTIVES[objective.minimise]
        values = (kind.value(side.problem, side.result) for side in (before, after))
        add(kind.title, kind.unit, *values)
    add("plain shortfall", "FTE-years", before.plain, after.plain)
    add("places", "places", before.result.places.sum(), after.result.places.sum())
    add("spend, all funds", "£", before.spent(), after.spent())
    for fund in dict.fromkeys(before.problem.instance.costs["code"]):
        add(f"spend, {fund}", "£", before.spent(fund), after.spent(fund))
    return pd.DataFrame(rows)


def _moved(problem: Planning, before: Floats, after: Floats) -> pd.DataFrame:
    courses, years = problem.instance.courses, before.shape[1]
    table = courses[["course", "profession", "region"]]
    table = table.loc[table.index.repeat(years)].reset_index(drop=True)
    table["year"] = np.tile(problem.instance.first_year + np.arange(years), len(courses))
    table["before"], table["after"] = before.ravel(), after.ravel()
    table["change"] = (after - before).ravel()
    table = table[table["change"].abs() > _MOVED]
    order = np.argsort(-table["change"].abs().to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _answer(
    problem: Planning,
    changed: Planning,
    settings: Sequence[Setting],
    frames: dict[str, pd.DataFrame],
    after: Allocation,
    touched: list[str],
) -> Answer:
    said = " and ".join(f"“{setting}”" for setting in settings)
    first = first_objective(problem.policy)
    saved = (
        Column("before", "as it is", figures.fte),
        Column("after", "with the change", figures.fte),
        Column("saved", "it saves or costs", worded),
        Column("low", "certified: at least", figures.at_least),
        Column("high", "at most", figures.at_most),
    )
    tables = (
        Table(
            "certified", f"{first.title}, {first.unit}", frames["certified"],
            (Column("what", ""), *saved),
            note="What is saved; a loss has a minus.",
        ),
        Table(
            "measures", "The plan and the plan with the change", _shown(frames["measures"]),
            (
                Column("what", ""), Column("unit", "unit"), Column("before_text", "as it is"),
                Column("after_text", "with the change"), Column("change_text", "change"),
            ),
        ),
        Table(
            "moved", "Places moved", frames["moved"],
            (
                *(Column(name, name) for name in ("course", "profession", "region")),
                Column("year", "year", figures.year),
                Column("before", "as it is", figures.places),
                Column("after", "with the change", figures.places),
                Column("change", "change", figures.signed_places),
            ),
            _SHOWN,
        ),
        *breakdown_tables(frames["by_profession"], frames["by_year"]),
        Table(
            "changes", "Rows that each change touches", frames["changes"],
            (
                Column("setting", "change"), Column("rows", "rows", figures.places),
                Column("figures", "figures", figures.places),
                Column("total", "in all", figures.signed_fte), Column("unit", "unit"),
            ),
        ),
    )  # fmt: skip
    sentences = [*touched, *_sentences(said, first.unit, frames, after)]
    if changed.policy != problem.policy:
        sentences.append(
            "The change is one of the model, so that figures before and after it may count "
            "different things."
        )
    return Answer(f"{problem.instance.title}: what if {said}", tuple(sentences), tables)


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the figures as text, each in its unit."""
    shown = frame.copy()
    for name in ("before", "after", "change"):
        shown[f"{name}_text"] = [
            _text(unit, value, signed=name == "change")
            for unit, value in zip(frame["unit"], frame[name], strict=True)
        ]
    return shown


def _text(unit: str, value: float, *, signed: bool) -> str:
    show = figures.pounds if unit.startswith("£") else figures.fte
    return f"{'+' if signed and value > 0 else ''}{show(value)}"


def _sentences(
    said: str, unit: str, frames: dict[str, pd.DataFrame], after: Allocation
) -> list[str]:
    certified = frames["certified"].set_index("what")
    best = certified.iloc[0]
    lines = [
        f"With {said}, the best that fractions of places could reach goes from "
        f"{figures.fte(best['before'])} to {figures.fte(best['after'])} {unit}: it "
        f"{worded(best['saved'])}."
    ]
    measured = frames["measures"].set_index("what")
    plain, money = measured.loc["plain shortfall"], measured.loc["spend, all funds"]
    moved = frames["moved"]
    count = int(moved["course"].nunique()) if len(moved) else 0
    courses = words.plural(count, "course changes", "courses change")
    whole = after.policy.integer
    first = measured.iloc[0]
    lines.append(
        f"The plan{' in whole places' if whole else ''} goes from {figures.fte(first['before'])} "
        f"to {figures.fte(first['after'])} {unit}, in plain FTE-years from "
        f"{figures.fte(plain['before'])} to {figures.fte(plain['after'])}; spending "
        f"{_spending(money['change'])}, and {courses if count else 'not a place moves'}."
    )
    if whole:
        lines.append(_limits_of_whole(certified))
    lines.append(_kept(certified, unit))
    return lines + most_changed(frames["by_profession"], frames["by_year"])


def _spending(change: Any) -> str:
    if abs(change) < 0.5:
        return "does not change"
    way = "rises" if change > 0 else "falls"
    return f"{way} by {figures.pounds(abs(change))} over the horizon"


def _limits_of_whole(certified: pd.DataFrame) -> str:
    """Say what was found in whole places, what more is impossible, and what the change adds."""
    again, without = certified.loc[AGAIN], certified.iloc[-1]
    high = figures.at_most(again["high"])
    if again["high"] == 0:
        most = "saves anything against this one"
    elif again["high"] > 0:
        most = f"can save more than {high.lstrip('+')} against this one"
    else:
        most = f"costs less than {high.lstrip('-')} against this one"
    return (
        f"No plan in whole places with the change {most}; the one that was found "
        f"{worded(again['saved'])}, and the one that the same search finds without the change "
        f"{worded(without['saved'])}."
    )


def _kept(certified: pd.DataFrame, unit: str) -> str:
    """Say what keeping every place costs with the change, against the best that is possible."""
    if KEPT not in certified.index:
        return "Kept as it is, not a place moved, the plan would break a rule with the change."
    kept: Any = certified.loc[KEPT]
    return (
        f"Kept as it is, not a place moved, the plan has {figures.fte(kept['after'])} {unit} with "
        f"the change: it {worded(kept['saved'])}, and is within "
        f"{words.ceil_percent(kept['regret'])} of the least possible (regret)."
    )
