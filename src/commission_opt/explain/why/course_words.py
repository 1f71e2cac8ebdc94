"""Why a course has the places it has, or a measure its units, in sentences and tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.activities import KINDS
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerTable, columns
from commission_opt.explain.limits import of_first
from commission_opt.explain.why.deployed import DeployedBecause
from commission_opt.explain.why.one_more import brings, in_words, takes
from commission_opt.explain.why.standing import BETWEEN
from commission_opt.explain.why.subject import MOVED, Subject
from commission_opt.formulation.parts import PLACES

_SHOWN, _NAMED = 12, 3
_FLAT = 1e-7  # of what a place brings: a balance that is nothing


def told(
    subject: Subject,
    shares: pd.DataFrame,
    displaced: pd.DataFrame,
    lost: float | None,
    evens: pd.DataFrame,
    deployed: DeployedBecause | None,
) -> Answer:
    """Put what was found into words: a balance, what one more step moves, and break-evens.

    That step costs ``lost``, in the unit of the first objective; None if there is no room for it.
    """
    at = subject.near.program.columns[PLACES].start + subject.column
    beside = float(subject.near.optimum.x[at])
    amount = f"{figures.places(subject.now)} {subject.one}s"
    has = f"{subject.row['line']} has {amount} in {subject.year}"
    instance, policy = subject.problem.instance, subject.problem.policy
    more = [] if subject.is_course else _one_more(subject)
    sentences = [
        f"{has}, {_stands(subject, beside)}.",
        *(
            [in_words(instance, more[0].frame, more[1].frame, str(subject.year), _does(subject))]
            if more
            else ()
        ),
        _weighed(subject, shares),
        _pushed(subject, displaced, lost),
        *_evened(subject, evens, beside),
        *([deployed.sentence] if deployed else ()),
    ]
    if policy.held:
        sentences.append(str(of_first(policy)))
    if len(policy.objectives) > 1:
        sentences.append("All of this is about the first objective; later ones may decide ties.")
    years, *others = _tables(subject, shares, displaced, evens)
    if deployed:
        others.append(deployed.table)
    return Answer(f"Why {has}", tuple(sentences), (years, *more, *others))


def _does(subject: Subject) -> str:
    return KINDS[subject.row["kind"]].does


def _one_more(subject: Subject) -> list[AnswerTable]:
    """Return what one more unit brings and takes, as tables."""
    problem, column, when = subject.problem, subject.column, f"one more unit in {subject.year}"
    note = "With the units that are bought again after the commissioning years because of it."
    brought = columns(profession="profession", region="region")
    taken, year = columns(what="fund or pool", unit="unit"), columns(figures.year, year="year")
    return [
        AnswerTable(
            "brings", f"What {when} {_does(subject)}s", brings(problem, column),
            (*brought, *year, *columns(figures.fte, fte="FTE")),
        ),
        AnswerTable(
            "takes", f"What {when} takes", takes(problem, column),
            (*taken, *year, *columns(figures.fte, amount="amount")), note=note,
        ),
    ]  # fmt: skip


def _stands(subject: Subject, beside: float) -> str:
    row = subject.years.iloc[subject.k]
    change, standing = row["change"], row["stands"]
    moved = "as many as" if change == 0 else f"{figures.signed_places(change)} on"
    near = f"; in fractions of {subject.one}s it would have {figures.places(beside)}"
    near = near if abs(beside - subject.now) > MOVED else ""
    at = standing if standing == BETWEEN else f"at: {standing}"
    return f"{moved} the year before; it stands {at}{near}"


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


def _pushed(subject: Subject, displaced: pd.DataFrame, lost: float | None) -> str:
    one, size = subject.one, figures.places(subject.step)
    step = f"one more {one}" if subject.step == 1 else f"{size} more {one}s"
    if lost is None:
        return f"There is no room at all for {step}: other rules leave none."
    others = displaced.iloc[1:]
    fewer = others[others["change"] < 0].head(_NAMED)
    codes = zip(fewer[subject.keys[0]], fewer["change"], strict=True)
    names = ", ".join(f"{code} ({figures.signed_places(change)})" for code, change in codes)
    line = "course or measure" if len(subject.keys) > 1 else "course"
    moved = f"No other {line} would have fewer."
    moved = f"It would displace, above all: {names}." if names else moved
    if abs(lost) <= _FLAT * max(1.0, abs(subject.near.optimum.value) * subject.near.scale * 1e-3):
        return f"Forcing {step} on it would cost nothing: there is a tie. {moved}"
    return (
        f"Forcing {step} on it would {'cost' if lost > 0 else 'save'} {figures.fte(abs(lost))} "
        f"{subject.unit} in all (solved again, certified). {moved}"
    )


def _evened(subject: Subject, evens: pd.DataFrame, beside: float) -> Iterator[str]:
    found = evens[evens["other"].notna()]
    for row in found.to_dict("records"):
        money = row["what"] == subject.cost
        show = figures.pounds if money else figures.fte
        name = f"its {row['what']}" if money else f"the weight of {subject.row['profession']}"
        amount = row[f"{subject.one}s"]
        way = "more" if amount > beside else "fewer"
        if abs(beside - subject.now) > MOVED:  # against the fractions, which the plan has not
            way += f" than {figures.places(beside)}"
        then = f"{way} {subject.one}s ({figures.places(amount)})"
        yield (
            f"With {name} ever so little {row['way']}, it would have {then}."
            if row["tied"]
            else f"It would have {then} if {name} were {row['way']} than about "
            f"{show((row['same'] + row['other']) / 2)} (now {show(row['now'])})."
        )
    for what in evens["what"].unique():
        if what not in {*found["what"]}:
            yield (
                f"No {what} that was tried, up to ten times what it is, changes its {subject.one}s."
            )


def _tables(
    subject: Subject, shares: pd.DataFrame, displaced: pd.DataFrame, evens: pd.DataFrame
) -> tuple[AnswerTable, ...]:
    places, signed, fte = figures.places, figures.signed_places, figures.signed_fte
    one, amounts, year = subject.one, f"{subject.one}s", columns(figures.year, year="year")
    measured = len(subject.keys) > 1
    whose = "student who stays to the end" if subject.is_course else "unit in all its years"
    return (
        AnswerTable(
            "years", f"{amounts.capitalize()} by year", subject.years,
            (
                *year, *columns(places, **{amounts: amounts}, before="year before"),
                *columns(signed, change="change"),
                *columns(places, least="least allowed", most="most allowed"),
                *columns(stands="stands at"),
            ),
        ),
        AnswerTable(
            "balance", f"One more {one} in {subject.year}, {subject.unit}", shares,
            (
                *columns(what="what"), *columns(figures.fte, uses="uses"),
                *columns(unit="unit"), *columns(fte, worth="worth"),
            ),
            _SHOWN,
            f"Above 0: what a {one} brings; below 0: what it takes from others, at the prices of "
            "what is scarce.",
        ),
        AnswerTable(
            "displaced", f"What {places(subject.step)} more would move", displaced,
            (
                *columns(**dict(zip(subject.keys, subject.keys, strict=True))),
                *columns(profession="profession", region="region"), *year,
                *columns(signed, change="places or units" if measured else "places"),
                *columns(fte, brings="brings, at the prices"),
            ),
            _SHOWN,
        ),
        AnswerTable(
            "break_even", f"Where its {amounts} would change", evens,
            (
                *columns(what="figure", way="way"),
                *columns(_figure, now="now", same="still the same at", other="changes at"),
                *columns(places, **{amounts: f"{amounts} then"}),
            ),
            note="Solved again with either figure; a dash: no change was found up to ten times "
            f"the figure, or down to a hundredth. Cost: of a {whose}, all funds.",
        ),
    )  # fmt: skip


def _figure(value: float) -> str:
    return figures.text(None) if np.isnan(value) else f"{value:,.6g}"
