"""Why a course has the places it has, or a measure its units, in sentences and tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerTable, columns
from commission_opt.explain.margins.prices import Optimum
from commission_opt.explain.why.one_more import brings, in_words, takes
from commission_opt.explain.why.subject import BETWEEN, MOVED, Subject
from commission_opt.formulation.parts import PLACES

_SHOWN = 12
_FLAT = 1e-7  # of what a place brings: a balance that is nothing


def told(
    subject: Subject,
    shares: pd.DataFrame,
    displaced: pd.DataFrame,
    forced: Optimum | None,
    evens: pd.DataFrame,
) -> Answer:
    """Put what was found into words.

    Parameters
    ----------
    subject : Subject
    shares : pandas.DataFrame
        What one more place brings and takes.
    displaced : pandas.DataFrame
        What one more step would move.
    forced : Optimum or None
        The optimum with that step forced.
    evens : pandas.DataFrame
        Weights and costs at which the places change.
    """
    row = subject.row
    has = f"{figures.places(subject.now)} {subject.one}s in {subject.year}"
    title = f"Why {row['line']} has {has}"
    near = subject.near
    at = near.program.columns[PLACES].start + subject.column
    beside = float(near.optimum.x[at])
    lost = None
    if forced is not None:
        lost = (forced.value - near.optimum.value) * near.scale
    more = [] if subject.is_course else _one_more(subject)
    unit = [in_words(more[0].frame, more[1].frame, str(subject.year))] if more else []
    sentences = [
        _stands(subject, beside),
        *unit,
        _weighed(subject, shares),
        *_pushed(subject, displaced, lost),
        *_evened(subject, evens, beside),
    ]
    if len(subject.problem.policy.objectives) > 1:
        sentences.append("All of this is about the first objective; later ones may decide ties.")
    years, *others = _tables(subject, shares, displaced, evens)
    return Answer(title, tuple(sentences), (years, *more, *others))


def _one_more(subject: Subject) -> list[AnswerTable]:
    """Return what one more unit brings and takes, as tables."""
    problem, when = subject.problem, f"one more unit in {subject.year}"
    brought = (
        *columns(profession="profession", region="region"),
        *columns(figures.year, year="year"),
        *columns(figures.fte, fte="FTE"),
    )
    taken = (
        *columns(what="fund or pool", unit="unit"),
        *columns(figures.year, year="year"),
        *columns(figures.fte, amount="amount"),
    )
    note = "With the units that are bought again after the commissioning years because of it."
    return [
        AnswerTable("brings", f"What {when} brings", brings(problem, subject.column), brought),
        AnswerTable(
            "takes", f"What {when} takes", takes(problem, subject.column), taken, note=note
        ),
    ]


def _stands(subject: Subject, beside: float) -> str:
    last = float(subject.row["last_amount"])
    before = last if subject.k == 0 else float(subject.amounts[subject.line, subject.k - 1])
    change = subject.now - before
    moved = "as many as" if change == 0 else f"{figures.signed_places(change)} on"
    near = f"; in fractions of {subject.one}s it would have {figures.places(beside)}"
    near = near if abs(beside - subject.now) > MOVED else ""
    standing = subject.stands(subject.k)
    at = standing if standing == BETWEEN else f"at: {standing}"
    has = f"{figures.places(subject.now)} {subject.one}s in {subject.year}"
    return f"{subject.row['line']} has {has}, {moved} the year before; it stands {at}{near}."


def _weighed(subject: Subject, shares: pd.DataFrame) -> str:
    worth = shares["worth"].to_numpy(float)
    gain, loss = float(worth[worth > 0].sum()), float(-worth[worth < 0].sum())
    both = (
        f"One more {subject.one} would bring {figures.fte(gain)} {subject.unit} and take "
        f"{figures.fte(loss)} from others at today's prices"
    )
    net = gain - loss
    if abs(net) <= _FLAT * max(1.0, gain, loss):
        return (
            f"{both}: as much, so that the {subject.called} is where gain and loss meet, and what "
            "is scarce decides."
        )
    if net > 0:
        return f"{both}: {figures.fte(net)} better, but its own limits do not let it grow."
    return f"{both}: {figures.fte(-net)} worse, so that it gets no more."


def _pushed(subject: Subject, displaced: pd.DataFrame, lost: float | None) -> list[str]:
    one, size = subject.one, figures.places(subject.step)
    step = f"one more {one}" if subject.step == 1 else f"{size} more {one}s"
    measured = len(subject.problem.instance.measures) > 0
    key, other = ("line", "course or measure") if measured else ("course", "course")
    if lost is None:
        return [f"There is no room at all for {step}: other rules leave none."]
    others = displaced.iloc[1:]
    fewer = others[others["change"] < 0]
    names = ", ".join(
        f"{r[key]} ({figures.signed_places(r['change'])})" for _, r in fewer[:3].iterrows()
    )
    moved = f"It would displace, above all: {names}." if names else ""
    moved = moved or f"No other {other} would have fewer."
    if abs(lost) <= _FLAT * max(1.0, abs(subject.near.optimum.value) * subject.near.scale * 1e-3):
        return [f"Forcing {step} on it would cost nothing: there is a tie. {moved}"]
    kind = "cost" if lost > 0 else "save"
    return [
        f"Forcing {step} on it would {kind} {figures.fte(abs(lost))} {subject.unit} in all (solved "
        f"again, certified). {moved}"
    ]


def _evened(subject: Subject, evens: pd.DataFrame, beside: float) -> list[str]:
    lines = []
    for _, row in evens.iterrows():
        if np.isnan(row["other"]):
            continue
        money = row["what"].startswith("cost per")
        show = figures.pounds if money else figures.fte
        name = f"its {row['what']}" if money else f"the weight of {subject.row['profession']}"
        amount = row[f"{subject.one}s"]
        way = "more" if amount > beside else "fewer"
        if abs(beside - subject.now) > MOVED:  # against the fractions, which the plan has not
            way += f" than {figures.places(beside)}"
        then = f"{way} {subject.one}s ({figures.places(amount)})"
        if row["tied"]:
            lines.append(f"With {name} ever so little {row['way']}, it would have {then}.")
            continue
        lines.append(
            f"It would have {then} if {name} were {row['way']} than about "
            f"{show((row['same'] + row['other']) / 2)} (now {show(row['now'])})."
        )
    found = set(evens.loc[evens["other"].notna(), "what"]) if len(evens) else set()
    asked = dict.fromkeys(evens["what"]) if len(evens) else {}
    return lines + [
        f"No {what} that was tried, up to ten times what it is, changes its {subject.one}s."
        for what in asked
        if what not in found
    ]


def _tables(
    subject: Subject, shares: pd.DataFrame, displaced: pd.DataFrame, evens: pd.DataFrame
) -> tuple[AnswerTable, ...]:
    places, signed, fte = figures.places, figures.signed_places, figures.signed_fte
    one, amounts = subject.one, f"{subject.one}s"
    years = (
        *columns(figures.year, year="year"),
        *columns(places, **{amounts: amounts}, before="year before"),
        *columns(signed, change="change"),
        *columns(places, least="least allowed", most="most allowed"),
        *columns(stands="stands at"),
    )
    parts = (
        *columns(what="what"),
        *columns(figures.fte, uses="uses"),
        *columns(unit="unit"),
        *columns(fte, worth="worth"),
    )
    measured = len(subject.problem.instance.measures) > 0
    keys = {"line": "line", "kind": "kind"} if measured else {"course": "course"}
    moved = (
        *columns(**keys, profession="profession", region="region"),
        *columns(figures.year, year="year"),
        *columns(signed, change="places or units" if measured else "places"),
        *columns(fte, brings="brings, at the prices"),
    )
    ends = (
        *columns(what="figure", way="way"),
        *columns(_figure, now="now", same="still the same at", other="changes at"),
        *columns(places, **{amounts: f"{amounts} then"}),
    )
    one_more = f"One more {one} in {subject.year}, {subject.unit}"
    prices = (
        f"Above 0: what a {one} brings; below 0: what it takes from others, at the prices of what "
        "is scarce."
    )
    whose = "student who stays to the end" if subject.is_course else "unit in all its years"
    again = (
        "Solved again with either figure; a dash: no change was found up to ten times the figure, "
        f"or down to a hundredth. Cost: of a {whose}, all funds."
    )
    would_move = f"What {places(subject.step)} more would move"
    return (
        AnswerTable("years", f"{amounts.capitalize()} by year", _years(subject), years),
        AnswerTable("balance", one_more, shares, parts, _SHOWN, prices),
        AnswerTable("displaced", would_move, displaced, moved, _SHOWN),
        AnswerTable("break_even", f"Where its {amounts} would change", evens, ends, note=again),
    )


def _figure(value: float) -> str:
    return figures.text(None) if np.isnan(value) else f"{value:,.6g}"


def _years(subject: Subject) -> pd.DataFrame:
    now = subject.amounts[subject.line]
    before = np.append(float(subject.row["last_amount"]), now[:-1])
    low, high = np.array([subject.pace(k) for k in range(len(now))]).T
    return pd.DataFrame(
        {
            "year": subject.problem.instance.first_year + np.arange(len(now)),
            f"{subject.one}s": now,
            "before": before,
            "change": now - before,
            "least": low,
            "most": np.minimum(high, subject.problem.cohorts.capacity[subject.line]),
            "stands": [subject.stands(k) for k in range(len(now))],
        }
    )
