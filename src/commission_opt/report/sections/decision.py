"""Page one: what is to be decided, what follows from it, and what to know before."""

from __future__ import annotations

from commission_opt.explain.answer import AnswerTable
from commission_opt.formulation.goals import weighs
from commission_opt.plan.judged import says_repaired, shows_each
from commission_opt.plan.sign import Role
from commission_opt.report.facts import Facts
from commission_opt.report.paper import Paper
from commission_opt.report.section import Exhibit, Points, Section, tabled
from commission_opt.report.sections import floors
from commission_opt.report.sections.measures import units_figure
from commission_opt.report.sections.proof import signed_now, signed_words, verdict_of
from commission_opt.report.sections.weights import weights_words
from commission_opt.views import decision as view
from commission_opt.views import posts, words
from commission_opt.views.caveats import caveats
from commission_opt.views.decision import three_lines
from commission_opt.views.settled import free_words
from commission_opt.views.shortfall import LAST_YEAR, WITH, WITHOUT, caveat
from commission_opt.views.verdict import achieved, objectives_words
from commission_opt.views.weighing import titled, told


def decision(facts: Facts, paper: Paper | None = None) -> Section:
    """Return the section; what only the author can say comes from a paper, if there is one."""
    problem, at = facts.found.plan.problem, facts.proposal
    money = " ".join(filter(None, [view.money_words(at), view.extra_words(at)]))
    given = (*filter(None, [floors.said(facts)]), *posts.said(facts.futures), money)
    worth = facts.prospects.sentences(facts.found.certificate.stages[0]) if weighs(problem) else ()
    points = (
        view.places_words(at), *([view.units_words(at)] if facts.units else []),
        view.professions_words(at), view.shortfall_words(at),
        *(told(problem, text) for text in given), *_good(facts), *worth,
    )  # fmt: skip
    return Section(
        "decision",
        "The decision",
        sentences=_asked(facts, paper or Paper()),
        exhibits=(Exhibit(_lines(facts)),),
        points=points,
        parts=(
            Points("Before you decide", (*caveats(at), free_words(facts.settled), _again(facts))),
            Points("In plain words", (_plain(facts),)),
        ),
    )


def headline(facts: Facts) -> tuple[tuple[str, str, str], ...]:
    """Return the figures at the top of the page: what, how much, and what it is set against."""
    now, last = facts.places[:, :, 0].sum(), facts.last_year.sum()
    first, end = facts.commissioned_years[0], facts.years[-1]
    missing, at = facts.futures.by_year().iloc[-1], facts.proposal
    problem = facts.found.plan.problem
    figures = [
        (f"places in {words.year(first)}", words.count(now),
         f"{words.change(now - last)} on last year"),
        (titled(problem, f"FTE short in {words.year(end)}"), words.count(missing[WITH]),
         f"{words.count(missing[LAST_YEAR])} with last year repeated, "
         f"{words.count(missing[WITHOUT])} {facts.without}"),
    ]  # fmt: skip
    if facts.units:
        figures.insert(1, units_figure(facts))
    rows = view.budgeted(at)
    if len(rows):
        beside = view.beside(at)
        against = f"of {view.exact(at, rows['budget'].sum())} budgeted" + (
            f", and {view.exact(at, beside)} under no budget" * (beside > 0)
        )
        spent = titled(problem, f"spent in {words.year(first)}{', with pay' * at.pays}")
        figures.append((spent, view.exact(at, rows["spent"].sum()), against))
    if at.costs:
        more = view.extra(at)
        what = titled(problem, f"{'less' if more[0] < 0 else 'more'} spent in {words.year(first)}")
        whole = f"{view.exact(at, abs(more.sum()))} {'less' if more.sum() < 0 else 'more'} in all"
        against = f"than with last year repeated{', pay left out' * at.pays}; {whole} to "
        against += words.year(end)
        figures.append((what, view.exact(at, abs(more[0])), against))
    return tuple(figures)


def _asked(facts: Facts, paper: Paper) -> tuple[str, ...]:
    """Say what is to be decided, or was, and what its author asks."""
    asked = (f"Asked: {paper.asked}",) if paper.asked else ()
    if not facts.policy.integer:
        return (*asked, "Nothing can be commissioned by this plan: it is in fractions of places.")
    now, first = facts.places[:, :, 0].sum(), words.year(facts.commissioned_years[0])
    what = f"{words.count(now)} training places"
    if facts.units:
        what += f", and {words.count(facts.outcome.units[:, 0].sum())} units of other measures,"
    agreed = [s for s in signed_now(facts) if s.role == Role.commissioner]
    if agreed:
        who = words.joined([words.clean(s.name) for s in agreed])
        return (*asked, f"Decided by {who}: {what.removesuffix(',')} for {first}.")
    return (*asked, f"To decide: whether to commission {what} for {first}.")


def _good(facts: Facts) -> tuple[str, ...]:
    """Say how good the plan is; objectives in weighted units are left to the annex."""
    certificate, problem = facts.found.certificate, facts.found.plan.problem
    said = verdict_of(facts)
    if achieved(certificate) is None or weighs(problem):
        return said
    rest = objectives_words(certificate)
    kept = " ".join(text for text in said if text not in rest)
    if weights_words(facts):
        kept += " What is possible is measured in weighted shortfall; the plain words below say "
        kept += "what that counts."
    return (kept,)


def _plain(facts: Facts) -> str:
    """Say in plain words what figures count, weighted ones too."""
    return " ".join(filter(None, [*view.plain_units(facts.proposal), weights_words(facts)]))


def _lines(facts: Facts) -> AnswerTable:
    """Return nothing new, last year repeated and the plan beside each other."""
    at, problem = facts.proposal, facts.found.plan.problem
    rows = three_lines(at)
    first, end = (words.year(facts.years[k]) for k in (0, -1))

    def money(pounds: float) -> str:
        return view.exact(at, pounds).replace("£", "").removesuffix("m")

    def more(pounds: float) -> str:
        shown = money(pounds)
        return shown if shown.startswith("−") or pounds <= 0 else f"+{shown}"

    costs = (
        ("pounds_first", f"£m in {first}", rows["pounds_first"], money),
        ("extra_first", "against last year", rows["extra_first"], more),
        ("pounds", f"£m to {end}", rows["pounds"], money),
        ("extra", "against last year", rows["extra"], more),
        *[("pay", f"pay to {end}, £m", rows["pay"], money)] * facts.pays,
    )
    columns = (
        ("line", "choice", rows["line"]),
        ("places", f"places in {first}", rows["places"], words.count),
        *[("units", f"units in {first}", rows["units"], words.count)] * facts.units,
        ("short_first", f"FTE short in {first}", rows["short_first"], words.count),
        ("short_last", f"FTE short in {end}", rows["short_last"], words.count),
        ("fte_years", f"FTE-years short to {end}", rows["fte_years"], words.count),
        *(costs if at.costs else ()),
    )
    title = titled(problem, "What each choice leaves short, and what it costs")
    note = told(problem, caveat(facts.futures))
    if at.costs:
        note += " Against last year: what is spent more, or less, than with last year repeated."
    if facts.pays:
        note += " Pay, that of all staff, stands in its own column and in no other."
    return tabled("lines", title, columns, note=note)


def _again(facts: Facts) -> str:
    text = "All this was proved again from the plan's own files when this page was made"
    if facts.found.unproved:
        text += (
            ", but for what is called unproved and all that rests on it, which no file of the plan "
            "shows"
        )
    if weighs(facts.found.plan.problem):
        said = facts.found.plan.record["uncertainty"]
        only = ["the bounds of each scenario alone and what knowing it would be worth"]
        only = only if said["evpi"] and not shows_each(facts.found.plan) else []
        if says_repaired(facts.found.plan):
            only.append("what the places nearest to a plan for the mean have")
        text += f", but for {words.joined(only)}" if only else ""
    return f"{text}; {signed_words(facts)}."
