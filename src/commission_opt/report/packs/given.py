"""What a region, a profession or a provider gets, and why, course by course."""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.facts import Facts, relative
from commission_opt.report.packs.asked import line_columns
from commission_opt.report.packs.scope import Scope
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.report.sections.moves import of_line, readings, why_column
from commission_opt.views import words

_TOLD = 6  # moves that are told before the table


def given(facts: Facts, scope: Scope) -> Section:
    """Return the section."""
    now, last = sums(facts, scope)
    change = now[:, 0] - last
    order = np.argsort(-np.abs(change), kind="stable")
    told = [int(scope.at[i]) for i in order if change[i] != 0][:_TOLD]
    many = int((change != 0).sum())
    said = [places_words(facts, scope), *readings(facts)]
    if many > len(told):
        said.append(f"The {len(told)} largest changes follow; the table has all {many:,}.")
    points = tuple(of_line(facts, line) for line in told)
    columns = [
        *line_columns(facts, scope),
        ("last", "last year", last, words.count),
        *(
            (str(year), words.year(year), now[:, k], words.count)
            for k, year in enumerate(facts.commissioned_years)
        ),
        ("change", "change on last year", change, words.change),
        ("relative", "change, %", relative(now[:, 0], last), words.signed_percent),
        ("why", "why", why_column(facts, scope.at.tolist())),
    ]
    table = tabled("given", "Places by course, and why they moved", columns)
    exhibits = (Exhibit(table, folded=len(scope.at) > 40),)
    return Section("given", "What it gets, and why", tuple(said), exhibits, points)


def sums(facts: Facts, scope: Scope) -> tuple[Floats, Floats]:
    """Return what each line of a scope gets in the years decided now, and what it had."""
    amounts = facts.outcome.amounts[scope.at][:, : len(facts.commissioned_years)]
    return amounts, facts.instance.lines["last_amount"].to_numpy(float)[scope.at]


def places_words(facts: Facts, scope: Scope) -> str:
    """Say how many places there are, against last year, and how many courses have more or fewer."""
    now, last = sums(facts, scope)
    courses = scope.at < len(facts.instance.courses)
    first = words.year(facts.commissioned_years[0])
    if not courses.any():
        return "No course is its own."
    total, before = now[courses].sum(axis=0), float(last[courses].sum())
    change = now[courses, 0] - last[courses]
    text = (
        f"{scope.name} gets {words.count(total[0])} places in {first}, "
        f"{words.change(total[0] - before)} on last year's {words.count(before)}"
    )
    if len(total) > 1:
        text += f"; {words.count(total[-1])} in {words.year(facts.commissioned_years[-1])}"
    more, fewer = int((change > 0).sum()), int((change < 0).sum())
    return (
        f"{text}. Of {words.plural(int(courses.sum()), 'course')}, {more:,} "
        f"{words.agreed(more, 'has', 'have')} more places than last year and {fewer:,} fewer."
    )
