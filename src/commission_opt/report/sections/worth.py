"""What more of everything would be worth, out of the answer to that question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from commission_opt.explain.answer import Answer, AnswerColumn, AnswerTable
from commission_opt.explain.margins.questions import EVERY
from commission_opt.explain.margins.worth import ESTIMATE
from commission_opt.explain.units import Unit, unit_of
from commission_opt.formulation.rules import LIMITS
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section
from commission_opt.views import words

_MOST = 10
_NOTHING = 1e-6
_LONG_RUN = [limit.answers for limit in LIMITS.values()]  # the same limits again, all years
_EACH, _ALL = "each region", "all professions"
_RATES = {
    "completion": "completing the course", "join": "joining the service", "leavers": "leaving",
}  # fmt: skip
_TITLES = {
    name: f"{limit.said(limit.worth_step, 'more')} in a {limit.name}, in {when} year"
    for limit in LIMITS.values()
    for name, when in ((limit.answer, "one"), (limit.answers, "every"))
} | {
    "capacity": "Ten more places of capacity on a course",
    "rates": "One percentage point better completing, joining or leaving",
}
_NOTE = (
    "“Saved” is what is taken off the first objective when the change is made and all else stays, "
    "in fractions of places, with the same courses running."
)
_SPENT = (
    " “More spent” is what the change really takes, on new and continued places, all funds and "
    "years together, in the places found; others that are as good may spend otherwise."
)
_WHOLE = " “At most, in whole places” is the most that the best plan with the change could save."


def worth(facts: Facts, answer: Answer) -> Section:
    """Return the section.

    Parameters
    ----------
    facts : Facts
    answer : Answer
        Of ``explain.margins``.
    """
    unit = unit_of(facts.found.plan.problem)
    tables = [
        _table(facts, name, title, answer.frame(name), unit) for name, title in _TITLES.items()
    ]
    said = [_best(t, unit) for t in tables if len(t.frame) and t.name not in _LONG_RUN]
    lead = _NOTE + _SPENT + (_WHOLE if facts.policy.integer else "")
    exhibits = tuple(Exhibit(table) for table in tables if len(table.frame))
    return Section("worth", "What more would be worth", (lead,), exhibits, tuple(said))


def _table(facts: Facts, name: str, title: str, frame: pd.DataFrame, unit: Unit) -> AnswerTable:
    asked = len(frame)
    if asked:
        frame = frame[frame["worth"].abs() > _NOTHING].reset_index(drop=True)
    known = _known(facts)
    if name == "capacity" and not facts.instance.courses.duplicated(["profession", "region"]).any():
        del known["course"]
    keys = [column for column in known if column in frame]
    frame = frame.assign(
        **{column: frame[column].map(known[column]) for column in keys},
        saved=[_saved(row, unit) for _, row in frame.iterrows()],
        spent_in=[_years(row) for _, row in frame.iterrows()],
    )
    if name in _LONG_RUN and "year" in keys:  # a kind without limits has no columns
        keys.remove("year")
    columns = (
        *(AnswerColumn(column, column) for column in keys),
        AnswerColumn("saved", f"saved, {unit.name}", str),
        AnswerColumn("plain", "FTE-years saved, unweighted", words.count),
        *(() if name == "rates" else _spent(unit)),
        *(
            (AnswerColumn("most", "at most, in whole places", _typographic(unit.show)),)
            if facts.policy.integer
            else ()
        ),
    )
    idle = asked - len(frame)
    note = f"In {idle:,} of {words.plural(asked, 'case')} it would save nothing." if idle else ""
    return AnswerTable(name, title, frame, columns, _MOST, note)


def _spent(unit: Unit) -> tuple[AnswerColumn, ...]:
    """Return the columns of what a change really spends, as far as that is known."""
    return (
        AnswerColumn("spent", "more spent, £m", _if_known(words.millions)),
        AnswerColumn("spent_in", "spent in", str),
        AnswerColumn(
            "per_million",
            f"saved by each £1m spent, {unit.name}",
            _if_known(_typographic(unit.show)),
        ),
    )


def _years(row: pd.Series) -> str:
    """Write the financial years in which more is spent, or less."""
    first, last = row["first_spent"], row["last_spent"]
    if pd.isna(first):
        return words.NOTHING
    return words.span(first, last)


def _if_known(show: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: words.NOTHING if pd.isna(value) else show(value)


def _known(facts: Facts) -> dict[str, Callable[[Any], str]]:
    """Return how to name what each column of codes holds, in the order of the columns."""
    names = facts.names
    return {
        "rate": _RATES.__getitem__,
        "course": names.courses.__getitem__,
        "profession": lambda code: _ALL if code == EVERY else names.professions[code],
        "fund": names.funds.__getitem__,
        "pool": names.pools.__getitem__,
        "region": lambda code: _EACH if code == EVERY else names.regions[code],
        "year": lambda year: "every year" if year == EVERY else words.year(year),
    }


def _saved(row: pd.Series, unit: Unit) -> str:
    if row["how"] == ESTIMATE:
        return words.signed(f"{unit.show(row['low'])} to {unit.show(row['high'])}")
    return words.signed(unit.show(row["worth"]))


def _typographic(show: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: words.signed(show(value))


def _best(table: AnswerTable, unit: Unit) -> str:
    first = table.shown()[0]
    at = next(i for i, column in enumerate(table.columns) if column.name == "saved")
    where = ", ".join(first[:at])
    row = table.frame.iloc[0]
    spent = "" if "spent" not in row or pd.isna(row["spent"]) else _spends(row)
    return f"{table.title} saves most for: {where} ({first[at]} {unit.name}{spent})."


def _spends(row: pd.Series) -> str:
    pounds = float(row["spent"])
    if pd.isna(row["first_spent"]):
        return "; nothing more is spent"
    way = "more" if pounds >= 0 else "less"
    return f"; {words.money(abs(pounds))} {way} is spent in all, {row['spent_in']}"
