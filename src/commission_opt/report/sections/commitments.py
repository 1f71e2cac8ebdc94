"""Commitments: what each demands, what the plan gives and, if that was asked, what it costs."""

from __future__ import annotations

from dataclasses import replace

from commission_opt.explain.answer import Answer, AnswerColumn, AnswerTable
from commission_opt.explain.ledger.ledger import demands
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled, typographic
from commission_opt.views import words
from commission_opt.views.commitments import lapsed_words

_YEARS = "Years are those in which a financial year starts: {} is {}."


def commitments(facts: Facts, answer: Answer | None = None) -> Section | None:
    """Return the section, with prices if there is an answer of ``explain.ledger``.

    None if the instance has no commitments.
    """
    if not len(facts.instance.commitments):
        return None
    first = facts.instance.first_year
    years = _YEARS.format(first, words.year(first))
    lapsed = lapsed_words(facts.lapsed)
    notes = (lapsed, years) if lapsed else (years,)
    if answer is None:
        tables = demands(facts.found.plan.problem, facts.outcome.amounts)
        said = ("What each would cost is worked out on demand.", *notes)
        return Section("commitments", "Commitments", said, _exhibits(tables) + _lapsed(facts))
    said = (*map(words.signed, answer.sentences), *notes)
    exhibits = _exhibits(answer.tables) + _lapsed(facts)
    return Section("commitments", "What commitments cost", said, exhibits)


def _lapsed(facts: Facts) -> tuple[Exhibit, ...]:
    """Return the commitments that were not in force, wholly or partly."""
    found = facts.lapsed
    if found.empty:
        return ()
    columns = (
        ("commitment", found["commitment"]),
        ("owner", found["owner"]),
        ("promised for", map(words.span, found["first_year"], found["last_year"])),
        (
            "in force in",
            [words.joined([*map(words.year, y)]) or "no year" for y in found["in_force"]],
        ),
        ("why not in all", found["why"]),
    )
    note = "In years in which a commitment is not in force, it limits nothing."
    title = "Commitments that were not in force, or in some years only"
    return (
        Exhibit(
            tabled("lapsed", title, [(name, name, [*cells]) for name, cells in columns], note=note)
        ),
    )


def _exhibits(tables: tuple[AnswerTable, ...]) -> tuple[Exhibit, ...]:
    return tuple(Exhibit(replace(t, columns=tuple(map(_typographic, t.columns)))) for t in tables)


def _typographic(column: AnswerColumn) -> AnswerColumn:
    return column if column.is_text else replace(column, show=typographic(column.show))
