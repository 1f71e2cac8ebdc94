"""What more of everything would be worth, out of the answer to that question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from commission_opt.explain.answer import Answer, AnswerColumn, AnswerTable
from commission_opt.explain.limits import pursued
from commission_opt.explain.margins.pools import ENTRANTS, OFFERS, SHARES
from commission_opt.explain.margins.posts import POSTS
from commission_opt.explain.margins.questions import EVERY
from commission_opt.explain.margins.worth import ESTIMATE
from commission_opt.explain.units import Unit, unit_of
from commission_opt.formulation.rules import LIMITS
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, known, typographic
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
    ENTRANTS: "Ten more people from outside in a pool of people",
    OFFERS: "Offers to one percentage point fewer of those in a pool of people",
    SHARES: "One percentage point more of what is needed that others may cover",
    POSTS: "Ten more posts in every year",
    "capacity": "Ten more places of capacity on a course",
    "units": "Ten more units of a measure",
    "rates": "One percentage point better completing, joining or leaving",
}
_NOTE = (
    "“Saved” is what is taken off the first objective when the change is made and all else stays, "
    "in fractions of {bought}, with the same courses running."
)
_SPENT = (
    " “More spent” is what the change really takes, on new and continued {bought}, all funds and "
    "years together, in the {bought} found; others that are as good may spend otherwise."
)
_WHOLE = " “At most, in whole {bought}” is the most that the best plan with the change could save."
_MARGIN = (
    "£ and FTE-years are discounted. One more is one place or unit more in each commissioning "
    "year. At the margin: its £ for each {unit} that it takes off the first objective, at the "
    "prices next to the plan; a dash where it takes off none."
)


def worth(facts: Facts, answer: Answer) -> Section:
    """Return the section of an answer of ``explain.margins``."""
    unit = unit_of(pursued(facts.found.plan).problem)
    tables = [
        _table(facts, name, title, answer.frame(name), unit)
        for name, title in _TITLES.items()
        if name in answer.frames()
    ]
    said = [_best(t, unit) for t in tables if len(t.frame) and t.name not in _LONG_RUN]
    lead = (_NOTE + _SPENT + (_WHOLE if facts.policy.integer else "")).format(bought=facts.bought)
    exhibits = tuple(Exhibit(table) for table in tables if len(table.frame))
    exhibits += tuple(_floors(facts, table) for table in answer.tables if table.name == "floors")
    if facts.units:
        lead = lead.replace("courses running", "courses running and measures bought")
        exhibits += (Exhibit(_line_costs(facts, answer.frame("line_costs"), unit)),)
    return Section("worth", "What more would be worth", (lead,), exhibits, tuple(said))


def _floors(facts: Facts, table: AnswerTable) -> Exhibit:
    """Return what one FTE more of a floor costs each objective, regions by their names."""
    shown = table.frame.head(table.most or 0).reset_index(drop=True)
    frame = shown.assign(region=shown["region"].map(facts.names.regions))
    looks = tuple(
        column if column.is_text else replace(column, show=typographic(column.show))
        for column in table.columns
    )
    return Exhibit(replace(table, frame=frame, columns=looks))


def _table(facts: Facts, name: str, title: str, frame: pd.DataFrame, unit: Unit) -> AnswerTable:
    asked = len(frame)
    if asked:
        frame = frame[frame["worth"].abs() > _NOTHING].reset_index(drop=True)
    named = _named(facts)
    if name == "capacity" and not facts.instance.courses.duplicated(["profession", "region"]).any():
        del named["course"]
    keys = [column for column in named if column in frame]
    frame = frame.assign(
        **{column: frame[column].map(named[column]) for column in keys},
        saved=[_saved(row, unit) for _, row in frame.iterrows()],
        spent_in=[
            words.NOTHING
            if pd.isna(row["first_spent"])
            else words.span(row["first_spent"], row["last_spent"])
            for _, row in frame.iterrows()
        ],
    )
    if name in _LONG_RUN and "year" in keys:  # a kind without limits has no columns
        keys.remove("year")
    saves = f"saved by each £1m spent, {unit.name}"
    spent = (
        AnswerColumn("spent", "more spent, £m", known(words.millions)),
        *[AnswerColumn("paid", "of it pay, £m", known(words.millions))] * ("paid" in frame),
        AnswerColumn("spent_in", "spent in", str),
        AnswerColumn("per_million", saves, known(typographic(unit.show))),
    )
    columns = (
        *(AnswerColumn(column, column) for column in keys),
        AnswerColumn("saved", f"saved, {unit.name}", str),
        AnswerColumn("plain", "FTE-years saved, unweighted", words.count),
        *(spent if name != "rates" else ()),
        *(
            (AnswerColumn("most", f"at most, in whole {facts.bought}", typographic(unit.show)),)
            if facts.policy.integer
            else ()
        ),
    )
    idle = asked - len(frame)
    note = f"In {idle:,} of {words.plural(asked, 'case')} it would save nothing." if idle else ""
    return AnswerTable(name, title, frame, columns, _MOST, note)


def _line_costs(facts: Facts, frame: pd.DataFrame, unit: Unit) -> AnswerTable:
    """Tabulate what an FTE-year costs on each line, and what one more costs at the margin."""
    names = {**facts.names.courses, **facts.names.measures}
    frame = frame.assign(line=frame["line"].map(lambda code: names.get(code, code)))
    costs = {
        "per_fte_year": "£ per FTE-year",
        "one_more": "£ per FTE-year of one more",
        "marginal": "£ of one more at the margin",
    }
    if frame["marginal"].isna().all():
        del costs["marginal"]
    columns = (
        AnswerColumn("line", "course or measure"),
        AnswerColumn("amount", "bought", known(words.count)),
        *(AnswerColumn(name, heading, words.per_fte_year) for name, heading in costs.items()),
    )
    note = _MARGIN.format(unit=unit.name.removesuffix("s"))
    return AnswerTable(
        "line_costs", "What an FTE-year costs at the margin", frame, columns, _MOST, note
    )


def _named(facts: Facts) -> dict[str, Callable[[Any], str]]:
    """Return how to name what each column of codes holds, in the order of the columns."""
    names = facts.names
    return {
        "rate": _RATES.__getitem__,
        "course": names.courses.__getitem__,
        "measure": names.measures.__getitem__,
        "by": names.professions.__getitem__,
        "needed": names.professions.__getitem__,
        "profession": lambda code: _ALL if code == EVERY else names.professions[code],
        "fund": names.funds.__getitem__,
        "pool": lambda code: names.pools.get(code, words.spoken(code)),  # of people, if not
        "region": lambda code: _EACH if code == EVERY else names.regions[code],
        "year": lambda year: "every year" if year == EVERY else words.year(year),
    }


def _saved(row: pd.Series, unit: Unit) -> str:
    if row["how"] == ESTIMATE:
        return words.signed(f"{unit.show(row['low'])} to {unit.show(row['high'])}")
    return words.signed(unit.show(row["worth"]))


def _best(table: AnswerTable, unit: Unit) -> str:
    first = table.shown()[0]
    at = next(i for i, column in enumerate(table.columns) if column.name == "saved")
    where = ", ".join(first[:at])
    row = table.frame.iloc[0]
    spent = "" if "spent" not in row or pd.isna(row["spent"]) else _spends(row)
    return f"{table.title} would save most for: {where} ({first[at]} {unit.name}{spent})."


def _spends(row: pd.Series) -> str:
    pounds = float(row["spent"])
    if pd.isna(row["first_spent"]):
        return "; nothing more is spent"
    way = "more" if pounds >= 0 else "less"
    return f"; {words.money(abs(pounds))} {way} is spent in all, {row['spent_in']}"
