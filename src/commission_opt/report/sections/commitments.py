"""Commitments: what each demands, what the plan gives and, if that was asked, what it costs."""

from __future__ import annotations

from dataclasses import replace

from commission_opt.explain.answer import Answer, Column, Table
from commission_opt.explain.ledger.ledger import demands
from commission_opt.report import words
from commission_opt.report.facts import Facts
from commission_opt.report.section import Block, Section

_YEARS = "Years are those in which a financial year starts: {} is {}."


def commitments(facts: Facts, answer: Answer | None = None) -> Section | None:
    """Return the section; None if the instance has no commitments.

    Parameters
    ----------
    facts : Facts
    answer : Answer, optional
        Of ``explain.ledger``, with prices.
    """
    if not len(facts.instance.commitments):
        return None
    first = facts.instance.first_year
    years = _YEARS.format(first, words.year(first))
    said: tuple[str, ...]
    if answer is None:
        tables = demands(facts.found.plan.problem, facts.outcome.places)
        said = (f"What each would cost is worked out on demand. {years}",)
        return Section("commitments", "Commitments", said, _blocks(tables))
    said = (*map(words.signed, answer.sentences), years)
    return Section("commitments", "What commitments cost", said, _blocks(answer.tables))


def _blocks(tables: tuple[Table, ...]) -> tuple[Block, ...]:
    return tuple(Block(replace(t, columns=tuple(map(_typographic, t.columns)))) for t in tables)


def _typographic(column: Column) -> Column:
    if column.is_text:
        return column
    return replace(column, show=lambda value: words.signed(column.show(value)))
