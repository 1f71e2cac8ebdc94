"""What it takes to reach a target, in a commissioner's words."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerTable, columns
from commission_opt.formulation.targeted import asked, missed
from commission_opt.reach.fractions import MOST, Nearest
from commission_opt.reach.goal import written
from commission_opt.reach.reach import GoalAnswer
from commission_opt.reach.takes import takes_table, touched

_DIGITS = 4  # of percentages


def reach_answer(found: GoalAnswer) -> Answer:
    """Return what it takes, or why a target is not reached, with the figures on both sides."""
    question, by = found.question, found.resource
    name = "time" if by is None else by.text
    title = f"{written(question.target)} by {name}, {question.instance.title}"
    if found.ends is None:
        return Answer(title, tuple(_beyond(found)), (_bracket(found),))
    if by is None:
        return Answer(title, tuple(_years(found)), (_bracket(found),))
    tables = [_bracket(found)]
    if found.found is not None and found.found.at is not None:
        tables.append(takes_table(question, by, found.found.at))
    return Answer(title, tuple(_factor(found)), tuple(tables))


def kind(found: GoalAnswer) -> str:
    """Say what kind of plan is looked for."""
    return "in whole places" if found.question.policy.integer else "in fractions of places"


def _as_given(found: GoalAnswer) -> str:
    near = found.as_given
    if near.reached:
        return "As things are, fractions of places reach it already."
    return f"As things are no plan reaches it, which is proved: {_nearest(found, near)}."


def _nearest(found: GoalAnswer, near: Nearest) -> str:
    """Say what is proved to be missed, and by how much fractions do."""
    least, worst = _amount(found, near.proved, down=True), _amount(found, near.missed)
    return (
        f"at least {least} are missed over its years together, and the best plan in fractions of "
        f"places misses {worst} in its worst year"
    )


def _amount(found: GoalAnswer, value: float, *, down: bool = False) -> str:
    unit = "FTE" if found.question.target.staff else "places"
    return f"{figures.at_least(value).removeprefix('+') if down else figures.fte(value)} {unit}"


def _factor(found: GoalAnswer) -> list[str]:
    by, ends, at = found.resource, found.ends, found.found
    assert by is not None
    assert ends is not None
    assert at is not None
    what, sentences = by.what, []
    less, up = ("less", True) if by.of_limits else ("more", False)
    if at.at is not None:
        more = touched(found.question, by, at.at)
        sentences.append(
            f"A plan {kind(found)} reaches it with {what} at {_percent(at.at, up=up)} of those "
            f"given ({more})."
        )
    else:
        sentences.append(f"No plan {kind(found)} was found that reaches it.")
    if at.none is not None:
        sentences.append(
            f"At {_percent(at.none, up=not up)} or {less} no plan {kind(found)} reaches it: "
            f"{_proof(found)}."
        )
    if found.question.policy.integer and ends.none is not None and at.none != ends.none:
        sentences.append(
            f"In fractions of places it takes {'more' if up else 'less'} than "
            f"{_percent(ends.none, up=not up)}, which is proved."
        )
    if not ends.asks_more:
        sentences.append("With less no plan keeps the other rules either: the target asks no more.")
    if found.width:
        sentences.append(f"The two are {_points(found.width)} percentage points apart.")
    return [*sentences, _as_given(found)]


def _proof(found: GoalAnswer) -> str:
    """Say how far the proof that there is no plan goes."""
    if found.resource is not None and found.resource.of_limits:
        return "that is proved"
    if rises_with_retention(found):
        return "that is proved, as what is bought costs the same and more leave"
    return (
        "that is proved at this rate, and taken to be so where more leave: they also free pay, or "
        "those whom measures could keep"
    )


def rises_with_retention(found: GoalAnswer) -> bool:
    """Say whether lower leaver rates can never make a target harder to reach."""
    instance = found.question.instance
    return bool(
        found.question.target.staff
        and not len(instance.pay)
        and not instance.measures["kind"].isin(["retain"]).any()
        and not (instance.courses["from_p"] >= 0).any()
        and not found.question.policy.targets
    )


def _years(found: GoalAnswer) -> list[str]:
    ends, at = found.ends, found.found
    assert ends is not None
    assert at is not None
    sentences = []
    if at.at is not None:
        sentences.append(f"A plan {kind(found)} reaches it from {at.at:.0f} on.")
    else:
        sentences.append(f"No plan {kind(found)} was found that reaches it from any year on.")
    if at.none is not None:
        sentences.append(f"From {at.none:.0f} on no plan {kind(found)} does: that is proved.")
    if at.at != ends.least or at.at is None:
        sentences.append(f"In fractions of places it is reached from {ends.least:.0f} on.")
    return [*sentences, _as_given(found)]


def _beyond(found: GoalAnswer) -> list[str]:
    by, near = found.resource, found.most
    assert near is not None
    if by is None:
        all_ = "in no year of its range"
    elif by.of_limits:
        all_ = f"with {MOST:,.0f} times the {by.what}"
    else:
        all_ = "not even if nobody left"
    sentences = [
        f"It cannot be reached, {all_}: no plan does, not even in fractions of places.",
        f"That is proved: {_nearest(found, near)}.",
    ]
    if found.why:
        _, *rest = found.why.split("\n  - ")
        sentences.append(f"What cannot hold together: {'; '.join(rest)}.")
    if found.plan is not None:
        worst = plan_misses(found)
        sentences.append(
            f"A plan {kind(found)} misses it by {_amount(found, worst)} in its worst year."
        )
    same = math.isclose(near.proved, found.as_given.proved, rel_tol=1e-6)
    return sentences if same else [*sentences, _as_given(found)]


def plan_misses(found: GoalAnswer) -> float:
    """Return by how much the plan misses the target, FTE or places, in the worst of its years."""
    plan = found.allocation
    assert plan is not None
    problem, number = plan.problem, len(plan.policy.targets) - 1
    shortfall = plan.outcome.shortfall[..., None]
    own = [e for e in asked(problem, found.question.target.of) if e.number == number]
    over = [float(np.ravel(missed(problem, e, shortfall, plan.places))[0]) for e in own]
    return max([0.0, *over])


def _bracket(found: GoalAnswer) -> AnswerTable:
    """Return what is found and what is proved, side by side."""
    rows: list[dict[str, object]] = []
    unit = "year" if found.resource is None else "factor"

    def row(side: str, value: float | None, what: str) -> None:
        if value is not None:
            rows.append({"side": side, unit: value, "what": what})

    if found.found is not None:
        row("plan", found.found.at, f"a plan {kind(found)} was found")
        row("proved", found.found.none, f"proved: no plan {kind(found)}")
    if found.ends is not None:
        row("fractions", found.ends.least, "reached in fractions of places")
        row("proved in fractions", found.ends.none, "proved: not even in fractions of places")
    near = found.as_given if found.most is None else found.most
    if found.ends is None:
        rows.append({"side": "proved", unit: math.nan, "what": "proved: missed in all by at least"})
    frame = pd.DataFrame(rows, columns=["side", unit, "what"])
    frame = frame.assign(missed=np.where(frame["what"].str.contains("missed"), near.proved, np.nan))
    show = figures.year if unit == "year" else _shown_factor
    missing = columns(figures.fte, missed="missed")
    shown = (*columns(what="what"), *columns(show, **{unit: unit}))
    return AnswerTable(
        "bracket", "From both sides", frame, (*shown, *(missing if found.ends is None else ()))
    )


def _shown_factor(value: float) -> str:
    return "–" if not np.isfinite(value) else f"{value:.{_DIGITS + 2}f}"


def _percent(factor: float, *, up: bool) -> str:
    """Write a factor as a percentage, rounded so that what is said of it stays true."""
    size = 10.0**_DIGITS
    value = 100.0 * factor * size
    nearest = round(value)
    whole = nearest if abs(value - nearest) < 1e-6 * max(1.0, value) else (
        math.ceil(value) if up else math.floor(value)
    )  # fmt: skip
    return f"{whole / size:,.{_DIGITS}f}".rstrip("0").rstrip(".") + " %"


def _points(width: float) -> str:
    return f"{100 * width:.2g}" if width < 0.001 else f"{100 * width:,.2f}"
