"""A plan as a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from commission_opt.explain.answer import Answer
from commission_opt.report import words
from commission_opt.report.facts import Facts
from commission_opt.report.page import Page
from commission_opt.report.section import Section, from_answer
from commission_opt.report.sections.assumptions import assumptions
from commission_opt.report.sections.decision import decision, headline
from commission_opt.report.sections.fairness import fairness
from commission_opt.report.sections.limits import limits
from commission_opt.report.sections.money import money
from commission_opt.report.sections.places import places
from commission_opt.report.sections.proof import proof
from commission_opt.report.sections.provenance import provenance
from commission_opt.report.sections.shortfall import shortfall

_BEFORE: tuple[Callable[[Facts], Section], ...] = (
    decision, places, shortfall, money, limits, fairness,
)  # fmt: skip
_AFTER: tuple[Callable[[Facts], Section], ...] = (proof, assumptions, provenance)


def plan_page(facts: Facts, answers: Sequence[Answer] = ()) -> Page:
    """Return the page of a plan.

    Parameters
    ----------
    facts : Facts
    answers : sequence of Answer
        Further questions and their answers, a section each, before what is said of the proof.
    """
    further = [from_answer(answer, f"answer-{k}") for k, answer in enumerate(answers, start=1)]
    sections = (
        *(section(facts) for section in _BEFORE),
        *further,
        *(section(facts) for section in _AFTER),
    )
    model = words.clean(facts.policy.title or facts.policy.name)
    first, last = facts.commissioned_years[0], facts.commissioned_years[-1]
    span = words.year(first) if first == last else f"{words.year(first)} to {words.year(last)}"
    return Page(
        title=facts.title,
        kind="Plan of training places",
        subtitle=f"Places for {span}, commissioning model “{model}”, looked ahead to "
        f"{words.year(facts.years[-1])}",
        sections=sections,
        headline=headline(facts),
        choices={"profession": facts.professions, "region": facts.regions},
    )
