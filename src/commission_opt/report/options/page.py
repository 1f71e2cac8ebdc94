"""Options as one page."""

from __future__ import annotations

from collections.abc import Sequence

from commission_opt.report.options.asked import Options
from commission_opt.report.options.board import (
    fairness,
    over_years,
    recommendation,
    risk,
    side_by_side,
)
from commission_opt.report.options.made import Option
from commission_opt.report.options.people import people
from commission_opt.report.options.source import source
from commission_opt.report.page import Page
from commission_opt.text.counts import plural
from commission_opt.views import words


def options_page(asked: Options, options: Sequence[Option]) -> Page:
    """Return the page of options that were made."""
    facts = options[0].facts
    plans = sum(each.is_plan for each in options)
    sections = (
        recommendation(asked.recommendation, options), side_by_side(options),
        *over_years(options), fairness(options), risk(options), people(options), source(options),
    )  # fmt: skip
    title = asked.title or facts.instance.title or facts.instance.name
    return Page(
        title=words.clean(title),
        kind="Options for training places" + " and other measures" * facts.units,
        subtitle=f"{plural(plans, 'plan')} beside no new places and last year repeated, "
        f"{words.span(facts.years[0], facts.years[-1])}",
        sections=tuple(section for section in sections if section is not None),
        choices={"profession": facts.professions, "region": facts.regions},
    )
