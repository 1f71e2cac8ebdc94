"""The page of a region, a profession or a provider: its own rows of a plan that holds."""

from __future__ import annotations

from commission_opt.plan.sign import state_of
from commission_opt.report.facts import Facts
from commission_opt.report.packs.asked import asked
from commission_opt.report.packs.asking import ask_words, asking, asks
from commission_opt.report.packs.given import given, places_words, sums
from commission_opt.report.packs.holding import holding, standing_words
from commission_opt.report.packs.money import money, money_words, spent
from commission_opt.report.packs.scope import PROVIDER, Scope
from commission_opt.report.packs.staff import by_year, staff, staff_words
from commission_opt.report.page import Page
from commission_opt.report.section import Section
from commission_opt.report.sections.proof import signed_words
from commission_opt.views import words
from commission_opt.views.money import PARTS
from commission_opt.views.shortfall import LAST_YEAR, WITH, WITHOUT
from commission_opt.views.weighing import titled

_AS_GIVEN = "Staff, money and limits are those of the world as given; the plan weighs others too."


def pack_page(facts: Facts, scope: Scope) -> Page:
    """Return the page of a scope."""
    sections = (
        _summary(facts, scope), asked(facts, scope), given(facts, scope), staff(facts, scope),
        money(facts, scope), holding(facts, scope), asking(facts, scope), _source(facts, scope),
    )  # fmt: skip
    years, policy = facts.commissioned_years, facts.policy
    title = words.clean(facts.instance.title) or words.clean(facts.instance.name)
    return Page(
        title=scope.name,
        kind=f"What the plan means for a {scope.kind}",
        subtitle=f"{title}, {words.span(years[0], years[-1])}, commissioning model "
        f"“{words.clean(policy.title or policy.name)}”",
        sections=tuple(section for section in sections if section is not None),
        headline=_headline(facts, scope),
        choices=_choices(facts, scope),
    )


def _choices(facts: Facts, scope: Scope) -> dict[str, tuple[str, ...]]:
    """Return what its tables can be filtered by: what it has several of."""
    found = {
        "profession": tuple(facts.professions[p] for p in scope.professions),
        "region": tuple(facts.regions[q] for q in scope.regions),
    }
    return {name: names for name, names in found.items() if len(names) > 1}


def _summary(facts: Facts, scope: Scope) -> Section:
    of = facts.balances
    points = [
        places_words(facts, scope),
        staff_words(facts, scope),
        money_words(facts, scope),
        standing_words(facts, scope),
        *([ask_words(facts, of, asks(facts, of, scope))] if of is not None else [_AS_GIVEN]),
    ]
    return Section("summary", "At a glance", points=tuple(points))


def _headline(facts: Facts, scope: Scope) -> tuple[tuple[str, str, str], ...]:
    now, last = sums(facts, scope)
    courses = scope.at < len(facts.instance.courses)
    places, before = float(now[courses, 0].sum()), float(last[courses].sum())
    missing, first, end = by_year(facts, scope), facts.years[0], facts.years[-1]
    rows = spent(facts, scope, facts.outcome)
    pounds = float(rows.loc[rows["year"] == first, list(PARTS)].to_numpy().sum())
    pays = facts.pays and scope.kind != PROVIDER
    short = "FTE short where it teaches" if scope.kind == PROVIDER else "FTE short"
    return (
        (f"places in {words.year(first)}", words.count(places),
         f"{words.change(places - before)} on last year"),
        (titled(facts.futures.problem, f"{short} in {words.year(end)}"),
         words.count(missing[WITH][-1]),
         f"{words.count(missing[LAST_YEAR][-1])} with last year repeated, "
         f"{words.count(missing[WITHOUT][-1])} {facts.without}"),
        (f"cost in {words.year(first)}", words.money(pounds),
         f"students on course{' and pay of its staff' * pays} included"),
    )  # fmt: skip


def _source(facts: Facts, scope: Scope) -> Section:
    plan = facts.found.plan
    said = (
        f"This page shows the rows of the {scope.kind} {scope.name} ({words.clean(scope.code)}) "
        "only; the page of the plan has all of them, its proof, and the assumptions that it rests "
        "on.",
        "The plan was proved again from its own files when this page was made; "
        f"{signed_words(facts)}. The SHA-256 of the plan as it is: {state_of(plan)}.",
        f"Instance {words.clean(facts.instance.name)}, command: "
        f"{words.clean(plan.record.get('command', '')) or 'not recorded'}.",
    )
    return Section("source", "Where it comes from", said)
