"""How tables of what one more of everything is worth are laid out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from commission_opt.explain import figures
from commission_opt.explain.answer import AnswerColumn, AnswerTable, columns
from commission_opt.explain.margins.pools import ENTRANTS, OFFERS, PEOPLE, SHARES
from commission_opt.explain.margins.posts import POSTS
from commission_opt.explain.margins.questions import EVERY
from commission_opt.explain.margins.sentences import NOTHING
from commission_opt.formulation.rules import LIMITS
from commission_opt.views import words

_SHOWN, _FEW = 10, 5
_TO = "same up to"
_RATES = "One point better completion, joining or leaving"
_NOTE = (
    "Worth: what is saved of the first objective when the change is made, all else the same. "
    "± is how far a certified limit may be away. “price”: every unit up to “same up to” is worth "
    "as much as the first; “solved again”: the program was solved with the change made; "
    "“estimate”: only its limits, in --format json, are certified (--seconds gives more time). "
    "£ spent: how much more on new and continued {places}{pay}, all funds and years, in the "
    "{places} found; others as good may spend otherwise. Per £1m: worth for each £1m so spent."
)


def tables(frames: Mapping[str, pd.DataFrame], *, whole: bool) -> list[AnswerTable]:
    """Lay out every kind of change; rows that are worth nothing are in the frames only."""
    pays = any("paid" in frame for frame in frames.values())
    worth = (
        *columns(figures.signed_fte, worth="worth", plain="plain FTE-years"),
        *columns(figures.pounds, spent="£ spent"),
        *(columns(figures.pounds, paid="of it pay") if pays else ()),
        *columns(span="in"),
        *columns(figures.fte, per_million="per £1m"),
    )
    last = (*columns(shown="how"), *columns(figures.signed_fte, most="whole plan at most"))

    def table(
        name: str, title: str, frame: pd.DataFrame, shown: tuple[AnswerColumn, ...],
        most: int = _SHOWN, note: str = "",
    ) -> AnswerTable:  # fmt: skip
        some = int((frame["worth"].abs() > NOTHING).sum()) if len(frame) else 0
        shown = (*shown, *(last if whole else last[:1]))
        return AnswerTable(name, title, frame, shown, min(most, some), note)

    found = []
    for limit in LIMITS.values():
        frame, what = frames[limit.answer], limit.said(limit.worth_step, "more")
        up_to = columns(_endless(figures.pounds if limit.money else figures.places), same_to=_TO)
        keys = (*columns(**{limit.code: limit.code}), *columns(_region, region="region"))
        year = columns(figures.year, year="year")
        single = frame["year"] != EVERY if len(frame) else np.zeros(0, dtype=bool)
        one, every = (frame[part].reset_index(drop=True) for part in (single, ~single))
        title = f"{what} in a {limit.name}"
        shown = (*keys, *year, *worth, *up_to)
        found.append(table(limit.answer, f"{title}, one year", one, shown, note=_alike(one)))
        shown = (*keys, *worth, *up_to)
        found.append(table(limit.answers, f"{title}, every year", every, shown, _FEW))
    pool = (*columns(pool="pool"), *columns(_region, region="region"))
    for name, title, keys, most in (
        (ENTRANTS, f"{PEOPLE:.0f} more people from outside in a pool",
         (*pool, *columns(_year, year="year")), _SHOWN),
        (OFFERS, "Offers to one point fewer of those in a pool", pool, _FEW),
        (SHARES, "One point more of what is needed that others may cover",
         columns(by="staff of", needed="for"), _SHOWN),
        (POSTS, "Ten more posts in every year",
         columns(profession="profession", region="region"), _SHOWN),
    ):  # fmt: skip
        if len(frame := frames[name]):
            note = _alike(frame) if name == POSTS else ""
            found.append(table(name, title, frame, (*keys, *worth), most, note))
    for name, title, line in (
        ("capacity", "Ten more places of capacity", "course"),
        ("units", "Ten more units of a measure", "measure"),
    ):
        if name == "units" and not len(frames[name]):
            continue
        frame, keys = frames[name], columns(**{line: line}, region="region")
        shown = (*keys, *worth, *columns(_endless(figures.places), same_to=_TO))
        found.append(table(name, title, frame, shown, note=_alike(frame)))
    keys = columns(rate="rate", profession="profession")
    bought = "places and units" if len(frames["units"]) else "places"
    note = _NOTE.format(places=bought, pay=", and on pay of those whom they bring" * pays)
    return [*found, table("rates", _RATES, frames["rates"], (*keys, *worth[:2]), note=note)]


def _alike(frame: pd.DataFrame) -> str:
    idle = int((frame["worth"].abs() <= NOTHING).sum()) if len(frame) else 0
    return f"In {idle:,} of {words.plural(len(frame), 'row')} it would buy nothing." if idle else ""


def _region(value: object) -> str:
    return "(all)" if value == "*" else "each row" if value == EVERY else str(value)


def _year(value: object) -> str:
    return EVERY if value == EVERY else figures.year(value)


def _endless(show: Callable[[float], str]) -> Callable[[float], str]:
    return lambda value: "any" if np.isinf(value) else show(value)
