"""A plan as a page."""

from __future__ import annotations

from collections.abc import Callable

from commission_opt.explain.answer import Answer
from commission_opt.report.facts import Facts
from commission_opt.report.page import Page
from commission_opt.report.section import Section
from commission_opt.report.sections.assumptions import assumptions
from commission_opt.report.sections.commitments import commitments
from commission_opt.report.sections.decision import decision, headline
from commission_opt.report.sections.fairness import fairness
from commission_opt.report.sections.limits import limits
from commission_opt.report.sections.measures import measures
from commission_opt.report.sections.money import money
from commission_opt.report.sections.places import places
from commission_opt.report.sections.proof import proof
from commission_opt.report.sections.provenance import provenance
from commission_opt.report.sections.shortfall import shortfall
from commission_opt.report.sections.worth import worth
from commission_opt.views import words

_FIRST: tuple[Callable[[Facts], Section], ...] = (
    decision, places, measures, shortfall, money,
)  # fmt: skip
_LAST: tuple[Callable[[Facts], Section], ...] = (proof, assumptions, provenance)


def plan_page(facts: Facts, margins: Answer | None = None, ledger: Answer | None = None) -> Page:
    """Return the page of a plan.

    Parameters
    ----------
    facts : Facts
    margins, ledger : Answer, optional
        What more of everything would be worth, and what commitments cost.
    """
    sections = (
        *(section(facts) for section in _FIRST if section is not measures or facts.units),
        limits(facts, priced=margins is None),
        None if margins is None else worth(facts, margins),
        fairness(facts),
        commitments(facts, ledger),
        *(section(facts) for section in _LAST),
    )
    model = words.clean(facts.policy.title or facts.policy.name)
    years = facts.commissioned_years
    return Page(
        title=facts.title,
        kind="Plan of training places" + " and other measures" * facts.units,
        subtitle=f"{facts.bought.capitalize()} for {words.span(years[0], years[-1])}, "
        f"commissioning model “{model}”, looked ahead to {words.year(facts.years[-1])}",
        sections=tuple(section for section in sections if section is not None),
        headline=headline(facts),
        choices={"profession": facts.professions, "region": facts.regions},
    )
