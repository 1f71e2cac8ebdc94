"""Words of the report in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from commission_opt.report.facts import Facts
from commission_opt.report.section import Section
from commission_opt.report.sections.weights import weights_words
from commission_opt.views import words
from commission_opt.views.settled import NEAR


def glossary(facts: Facts) -> Section:
    """Return the section: every term that the sections of this plan use."""
    return Section("glossary", "Words used here", terms=tuple(_terms(facts)))


def _terms(facts: Facts) -> Iterator[tuple[str, str]]:
    instance, policy = facts.instance, facts.policy
    yield "place", "One student who starts a course in the year."
    if facts.units:
        yield (
            "measure, unit",
            "What can be bought besides places, such as people recruited; a unit is one of it.",
        )
    yield (
        "FTE, FTE-year",
        "Full-time equivalents: one FTE is one full-time post, or two half-time ones. An FTE-year "
        "is one full-time post for one year.",
    )
    yield (
        "shortfall, short",
        "Staff needed less the staff there are, for each profession in each region and year, where "
        "that is positive. A surplus elsewhere does not make up for it.",
    )
    if meaning := weights_words(facts):
        yield (
            "weighted",
            f"Some shortfalls are counted as more than one, so that what matters most is "
            f"closed first. {meaning}",
        )
    yield facts.without, "Nothing is commissioned or continued; students on course still arrive."
    yield "last year repeated", f"Every course takes last year's places{_units(facts)} again."
    yield (
        "pace of change",
        "How much a course may grow or shrink from one year to the next.",
    )
    if len(instance.commitments):
        yield "commitment", "A promise that the plan is held to, such as a least number of places."
    if len(instance.placements):
        yield (
            "placement pool",
            "The weeks of practice that students can have in a region and year.",
        )
    if len(instance.budgets):
        yield (
            "fund, budget",
            "Who pays, and the most it may spend in a year. Committed is what students already on "
            "course cost, planned what this plan costs, continued what the years after it cost.",
        )
    if len(instance.floors):
        yield "floor of service", "The least staff that a service must have to be safe."
    yield (
        "certified, gap, bound",
        "The bound is a value that no plan within the rules can be better than, and that is "
        "proved. The gap is how far this plan is from it. Certified means that rules and bound "
        "were checked again from the places alone.",
    )
    yield (
        "decided",
        f"Every plan that is as good has this course's places, to within {NEAR:g}. Other courses "
        "may be one choice of many.",
    )
    if policy.discount_rate:
        rate = words.percent(policy.discount_rate)
        yield "discount", f"Later years count {rate} a year less than earlier ones."
    if len(instance.tables["assumptions"]):
        yield (
            "rated red",
            "Of an assumption: its evidence is weak (quality), or its effect on the plan is strong "
            "(impact), as whoever made the instance judges.",
        )


def _units(facts: Facts) -> str:
    return ", and every measure last year's units," if facts.units else ""
