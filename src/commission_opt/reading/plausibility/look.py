"""All doubts about an instance, the most consequential first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.reading.plausibility import peers, people, work
from commission_opt.reading.plausibility.peers import MOST_FTE
from commission_opt.reading.plausibility.saying import summed


def _beyond(
    table: str, column: str, most: float, message: str, instance: Instance
) -> Iterator[Problem]:
    """Warn of figures above the most; the message is a format string over the row."""
    rows = instance.tables[table]
    rows = rows[rows[column] > most]
    yield from summed(
        table, column, rows, rows[column], lambda row: message.format_map(row._asdict())
    )


def _overtime(table: str, column: str, words: str, instance: Instance) -> Iterator[Problem]:
    """Warn of more than one and a half full-time posts for one person."""
    rows = instance.tables[table]
    rows = rows[rows[column] > MOST_FTE]

    def said(row: Any) -> str:
        fte = getattr(row, column)
        share = f": if it is a percentage, write {fte / 100:g}" if 10 < fte <= 100 else ""
        return f"{words} {fte:g} FTE{share}"

    yield from summed(table, column, rows, rows[column], said)


def _nothing(table: str, column: str, message: str, instance: Instance) -> Iterator[Problem]:
    """Warn of figures of 0."""
    rows = instance.tables[table]
    rows = rows[rows[column] == 0]
    yield from summed(table, column, rows, rows[column], lambda _: f"0: {message}")


def _closing(table: str, last: str, most: str, instance: Instance) -> Iterator[Problem]:
    """Warn of courses and measures that may take less than they took last year, unless nothing."""
    rows = instance.tables[table].rename(columns={last: "last", most: "most"})
    rows = rows[(rows["most"] > 0) & (rows["most"] < rows["last"])]  # 0 closes one
    yield from summed(
        table, most, rows, rows["last"] - rows["most"],
        lambda row: f"{row.most:,.0f} is below {last}, {row.last:,.0f}: is one of them wrong?",
    )  # fmt: skip


_LARGE = (  # priorities are 1, 1.5 or 3
    "{weight:,.0f} is large for the weight of {CODE!r}: weights are priorities around 1, and do "
    "not count people (is it a population?)"
)

_IN_ORDER: tuple[Callable[[Instance], Iterator[Problem]], ...] = (
    people.negative_staff,
    partial(_overtime, "courses", "fte_per_joiner", "one joiner would work"),
    partial(_overtime, "measures", "fte_per_unit", "one unit would be worth"),
    people.staff_and_need,
    people.posts_and_need,
    work.floors,
    work.substitution,
    work.pay,
    partial(_beyond, "professions", "weight", 100.0, _LARGE.replace("CODE", "profession")),
    partial(_beyond, "regions", "weight", 100.0, _LARGE.replace("CODE", "region")),
    work.budgets,
    peers.costs,
    people.nobody_on_course,
    people.missing_cohorts,
    people.last_year_and_last_cohort,
    partial(_closing, "courses", "last_intake", "max_intake"),
    people.more_than_all_staff,
    partial(_closing, "measures", "last_amount", "max_amount"),
    partial(_nothing, "measures", "fte_per_unit", "a unit of this measure would be worth nothing"),
    partial(_nothing, "measures", "success_rate", "no unit of this measure would succeed"),
    partial(_nothing, "measures", "leaver_rate", "nobody whom this measure brings would ever "
            "leave; an empty cell means the leaver rates of workforce.csv"),
    # a team from abroad takes one or two years, a bond is paid back within five
    partial(_beyond, "measures", "lead_years", 5.0, "{lead_years:g} years: are they months?"),
    partial(_beyond, "measures", "paid_years", 10.0, "{paid_years:g} years: are they months?"),
    peers.rates_of_courses,
    work.placements,
    partial(_beyond, "placement_use", "weeks", 52.0, "{weeks:g} weeks in a study year are "
            "more than it has: are they days or hours?"),
    peers.leaver_rates,
    people.trained_by_nobody,
)  # fmt: skip


def doubts(instance: Instance) -> Iterator[Problem]:
    """Return what is valid in an instance and yet probably not meant."""
    for look in _IN_ORDER:
        yield from look(instance)
