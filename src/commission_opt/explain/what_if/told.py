"""A plan before and after a change, in tables and in words."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.explain import figures
from commission_opt.explain.answer import AnswerColumn, AnswerTable, columns
from commission_opt.explain.what_if.breakdown import SMALL
from commission_opt.formulation.objectives import ObjectiveKind
from commission_opt.views import words

AGAIN = "the plan, worked out again"
_SHOWN, _PROFESSIONS = 15, 12
_NAMED = 2  # professions in a sentence
_PAIRS = {
    "shortfall": ("shortfall", figures.fte, figures.signed_fte),
    "places": ("places", figures.places, figures.signed_places),
    "units": ("units", figures.places, figures.signed_places),
    "spent": ("spending", figures.pounds, figures.pounds),
}


def kept_label(*, measured: bool) -> str:
    """Name the plan as it is, kept with a change, where there are measures or not."""
    return f"the plan, {_not_moved(measured=measured)} moved"


def _not_moved(*, measured: bool) -> str:
    return "not a place or unit" if measured else "not a place"


def worded(saved: Any) -> str:
    """Say what a change saves or costs: ``saves 5,154`` or ``costs 529,524``."""
    if pd.isna(saved):
        return "is not known"
    if figures.fte(saved) == figures.fte(0.0) or abs(saved) < SMALL:
        return "saves nothing"
    return f"{'saves' if saved > 0 else 'costs'} {figures.fte(abs(saved))}"


def tables(frames: Mapping[str, pd.DataFrame], first: ObjectiveKind) -> tuple[AnswerTable, ...]:
    """Return the frames of a what-if as tables; ``first`` is the first objective."""
    professions, years = frames["by_profession"], frames["by_year"]
    changing = int((professions["shortfall_change"].abs() > SMALL).sum())
    beside = {"before": "as it is", "after": "with the change"}
    bought = ("places", *(("units",) if "moved_units" in frames else ()))
    counted = words.joined(["plain shortfall (FTE-years)", *bought])
    return (
        AnswerTable(
            "certified", f"{first.title}, {first.unit}", frames["certified"],
            (
                *columns(what=""), *columns(figures.fte, **beside),
                AnswerColumn("saved", "it saves or costs", worded),
                AnswerColumn("low", "certified: at least", figures.at_least),
                AnswerColumn("high", "at most", figures.at_most),
            ),
            note="What is saved; a loss has a minus.",
        ),
        AnswerTable(
            "measures", "The plan and the plan with the change", _shown(frames["measures"]),
            columns(
                what="", unit="unit", before_text="as it is", after_text="with the change",
                change_text="change",
            ),
        ),
        *(
            AnswerTable(
                name, title, frames[name],
                (
                    *columns(**{line: line}, profession="profession", region="region"),
                    *columns(figures.year, year="year"), *columns(figures.places, **beside),
                    *columns(figures.signed_places, change="change"),
                ),
                _SHOWN,
            )
            for name, title, line in (
                ("moved", "Places moved", "course"), ("moved_units", "Units moved", "measure"),
            )
            if name in frames
        ),
        AnswerTable(
            "by_profession", f"{counted[0].upper()}{counted[1:]} by profession", professions,
            (*columns(profession="profession"), *_pair("shortfall"), *chain(*map(_pair, bought))),
            min(_PROFESSIONS, changing), "" if changing else "It changes for no profession.",
        ),
        AnswerTable(
            "by_year", "Plain shortfall (FTE) and spending by year", years,
            (*columns(figures.year, year="year"), *_pair("shortfall"), *_pair("spent")),
        ),
        AnswerTable(
            "changes", "Rows that each change touches", frames["changes"],
            (
                *columns(setting="change"),
                *columns(figures.places, rows="rows", figures="figures"),
                *columns(figures.signed_fte, total="in all"), *columns(unit="unit"),
            ),
        ),
    )  # fmt: skip


def _pair(name: str) -> tuple[AnswerColumn, ...]:
    heading, show, signed = _PAIRS[name]
    return (
        AnswerColumn(f"{name}_before", f"{heading} as it is", show),
        AnswerColumn(f"{name}_after", "with the change", show),
        AnswerColumn(f"{name}_change", "change", signed),
    )


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the figures as text, each in its unit."""

    def text(name: str) -> list[str]:
        signed = name == "change"
        return [
            ("+" if signed and value > 0 else "")
            + (figures.pounds if unit.startswith("£") else figures.fte)(value)
            for unit, value in zip(frame["unit"], frame[name], strict=True)
        ]

    return frame.assign(**{f"{name}_text": text(name) for name in ("before", "after", "change")})


def sentences(said: str, unit: str, frames: Mapping[str, pd.DataFrame], whole: bool) -> list[str]:
    """Say what changes, named ``said``, do to a plan in whole places or in fractions."""
    certified = frames["certified"].set_index("what")
    best = certified.iloc[0]
    lines = [
        f"With {said}, the best that fractions of places could reach goes from "
        f"{figures.fte(best['before'])} to {figures.fte(best['after'])} {unit}: it "
        f"{worded(best['saved'])}."
    ]
    measured = frames["measures"].set_index("what")
    plain, first = measured.loc["plain shortfall"], measured.iloc[0]
    more: Any = measured.loc["spend, all funds"]["change"]
    spending = f"{'rises' if more > 0 else 'falls'} by {figures.pounds(abs(more))} over the horizon"
    spending = "does not change" if abs(more) < 0.5 else spending
    lines.append(
        f"The plan{' in whole places' if whole else ''} goes from {figures.fte(first['before'])} "
        f"to {figures.fte(first['after'])} {unit}, in plain FTE-years from "
        f"{figures.fte(plain['before'])} to {figures.fte(plain['after'])}; spending "
        f"{spending}, and {_moves(frames)}."
    )
    if whole:
        lines.append(_limits_of_whole(certified))
    lines.append(_kept(certified, unit, measured="moved_units" in frames))
    return lines + _most_changed(frames["by_profession"], frames["by_year"])


def _moves(frames: Mapping[str, pd.DataFrame]) -> str:
    """Say how many courses and measures change."""
    counts = [
        (int(frames[name][line].nunique()), line)
        for name, line in (("moved", "course"), ("moved_units", "measure"))
        if name in frames and len(frames[name])
    ]
    if len(counts) == 1:
        ((count, line),) = counts
        return words.plural(count, f"{line} changes", f"{line}s change")
    if counts:
        return f"{words.joined([words.plural(*each) for each in counts])} change"
    return f"{_not_moved(measured='moved_units' in frames)} moves"


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


def _kept(certified: pd.DataFrame, unit: str, *, measured: bool) -> str:
    """Say what keeping every place costs with the change, against the best that is possible."""
    label = kept_label(measured=measured)
    as_it_is = label.replace("the plan", "Kept as it is")
    if label not in certified.index:
        return f"{as_it_is}, the plan would break a rule with the change."
    kept: Any = certified.loc[label]
    return (
        f"{as_it_is}, the plan has {figures.fte(kept['after'])} {unit} with "
        f"the change: it {worded(kept['saved'])}, and is within "
        f"{words.ceil_percent(kept['regret'])} of the least possible (regret)."
    )


def _most_changed(professions: pd.DataFrame, years: pd.DataFrame) -> list[str]:
    """Say for which professions and in which year the plain shortfall changes most."""
    some = professions[professions["shortfall_change"].abs() > SMALL]
    if not len(some):
        return []
    named = " and ".join(
        f"{row['profession']} ({figures.signed_fte(row['shortfall_change'])})"
        for _, row in some.head(_NAMED).iterrows()
    )
    year = years.iloc[int(np.argmax(np.abs(years["shortfall_change"].to_numpy(float))))]
    return [
        f"The plain shortfall changes most for {named}, and in {figures.year(year['year'])} "
        f"({figures.signed_fte(year['shortfall_change'])} FTE)."
    ]
