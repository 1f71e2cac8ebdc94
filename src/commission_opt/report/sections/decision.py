"""The decision in a few points, and its headline figures."""

from __future__ import annotations

import numpy as np

from commission_opt.formulation.goals import weighs
from commission_opt.plan.judged import shows_each
from commission_opt.report.facts import Facts, share
from commission_opt.report.section import Section
from commission_opt.report.sections import floors
from commission_opt.report.sections.measures import against, units_figure, units_words
from commission_opt.report.sections.proof import signed_words, verdict_of
from commission_opt.views import posts, words
from commission_opt.views.commitments import lapsed_words
from commission_opt.views.money import PARTS, decimals
from commission_opt.views.settled import settled_words
from commission_opt.views.shortfall import LAST_YEAR, WITH, WITHOUT, cuts, trend
from commission_opt.views.verdict import achieved
from commission_opt.views.weighing import titled, told, weighing_of

_NAMED = 3  # professions named in a sentence


def decision(facts: Facts) -> Section:
    """Return the section."""
    problem = facts.found.plan.problem
    given = (*filter(None, [floors.said(facts)]), *posts.said(facts.futures), _money(facts))
    worth = facts.prospects.sentences(facts.found.certificate.stages[0]) if weighs(problem) else ()
    sentences = (
        _places(facts), *([units_words(facts)] if facts.units else []), _professions(facts),
        _shortfall(facts), *(told(problem, text) for text in given),
        *verdict_of(facts), *worth,
        settled_words(facts.settled, measured=not weighs(problem)), _again(facts),
        *_warnings(facts),
    )  # fmt: skip
    return Section("decision", "The decision", points=sentences)


def headline(facts: Facts) -> tuple[tuple[str, str, str], ...]:
    """Return the figures at the top of the page: what, how much, and what it is set against."""
    now, last = facts.places[:, :, 0].sum(), facts.last_year.sum()
    first, end = facts.commissioned_years[0], facts.years[-1]
    missing = facts.futures.by_year().iloc[-1]
    good, problem = achieved(facts.found.certificate), facts.found.plan.problem
    over = weighing_of(problem)
    figures = [
        (f"places in {words.year(first)}", words.count(now),
         f"{words.change(now - last)} on last year"),
        (titled(problem, f"FTE short in {words.year(end)}"), words.count(missing[WITH]),
         f"{words.count(missing[LAST_YEAR])} with last year repeated, "
         f"{words.count(missing[WITHOUT])} {facts.without}"),
    ]  # fmt: skip
    if facts.units:
        figures.insert(1, units_figure(facts))
    if len(facts.spending):
        limit, total, beside, _ = _spent(facts)
        against = f"of {_exact(facts, limit)}" + (
            f", and {_exact(facts, beside)} under no budget" * (beside > 0)
        )
        spent = titled(problem, f"spent in {words.year(first)}")
        figures.append((spent, _exact(facts, total), against))
    if good is not None:
        before = achieved(facts.found.certificate, facts.futures.last_year_value)
        figures.append(
            ("of what is possible achieved", words.floor_percent(good),
             f"{words.percent(before)} with last year repeated; "
             f"{f'weighed {over.over}; ' if over else ''}proved again here")
        )  # fmt: skip
    return tuple(figures)


def _places(facts: Facts) -> str:
    now, last = facts.places.sum(axis=(0, 1)), facts.last_year.sum()
    first = facts.commissioned_years[0]
    given = facts.places[:, :, 0] > 0
    text = (
        f"In {words.year(first)}, {words.count(now[0])} training places are commissioned in "
        f"{words.plural(int(given.any(axis=1).sum()), 'profession')} and "
        f"{words.plural(int(given.any(axis=0).sum()), 'region')}: {against(now[0], last)}"
    )
    if len(now) > 1:
        text += f"; in {words.year(facts.commissioned_years[-1])} it is {words.count(now[-1])}"
    if not facts.policy.integer:
        text += ". These are fractions of places: a bound on what is possible, not a plan to give"
    return text + "."


def _professions(facts: Facts) -> str:
    change = facts.places[:, :, 0].sum(axis=1) - facts.last_year.sum(axis=1)
    up = [i for i in np.argsort(-change, kind="stable") if change[i] > 0.5][:_NAMED]
    down = [i for i in np.argsort(change, kind="stable") if change[i] < -0.5][:_NAMED]

    def named(which: list[np.intp]) -> str:
        return words.joined([f"{facts.professions[i]} ({words.change(change[i])})" for i in which])

    more = f"The most is added to {named(up)}" if up else "No profession gets more places"
    less = f"the most is taken from {named(down)}" if down else "no profession gets fewer"
    return f"{more}; {less}."


def _shortfall(facts: Facts) -> str:
    missing, end = facts.futures.by_year(), words.year(facts.years[-1])
    if missing[WITHOUT].sum() <= 0:
        return cuts(facts.futures)
    last = missing.iloc[-1]
    return (
        f"{trend(facts.futures)} In {end} it would be {words.count(last[LAST_YEAR])} FTE with last "
        f"year's {facts.bought} repeated and {words.count(last[WITHOUT])} {facts.without}. "
        f"{cuts(facts.futures)}"
    )


def _spent(facts: Facts) -> tuple[float, float, float, list[tuple[str, float]]]:
    """Return budgets, spending under them and under none in the first year, and each share used."""
    rows = facts.spending[facts.spending["year"] == facts.years[0]]
    budget = rows["budget"].to_numpy(float)
    spent = rows[list(PARTS)].to_numpy(float).sum(axis=1)
    used = list(zip(rows["fund"], np.nan_to_num(share(spent, budget)).tolist(), strict=True))
    beside = sum(float(fund.beside[:, 0].sum()) for fund in facts.funds)
    return float(budget.sum()), float(spent.sum()), beside, used


def _exact(facts: Facts, pounds: float) -> str:
    """Write £m with as many decimals as the tables of money have."""
    return f"£{words.rounded(pounds / 1e6, decimals(facts.funds))}m"


def _money(facts: Facts) -> str:
    limit, total, beside, used = _spent(facts)
    first = words.year(facts.years[0])
    more = f" {_exact(facts, beside)} more is spent under no budget in {first}." if beside else ""
    if not used:
        return f"No budget limits the plan in {first}.{more}"
    full = [name for name, part in used if part >= 0.995]
    if not full:
        tight = "no fund is used to 99.5 %"
    elif len(full) == len(used):
        tight = f"{'the fund' if len(full) == 1 else 'every fund'} is used to 99.5 % or more"
    else:
        fund, are = (words.agreed(len(full), *w) for w in (("fund", "funds"), ("is", "are")))
        tight = f"the {fund} {words.joined(full)} {are} used to 99.5 % or more"
    return (
        f"It spends {_exact(facts, total)} of the {_exact(facts, limit)} budgeted for {first}, "
        f"students already on course{' and pay' * facts.pays} included; {tight}.{more}"
    )


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
        if said.get("repaired") is not None:
            only.append("what the places nearest to a plan for the mean have")
        text += f", but for {words.joined(only)}" if only else ""
    return f"{text}; {signed_words(facts)}."


def _warnings(facts: Facts) -> tuple[str, ...]:
    """Say what a reader must know before the rest is believed."""
    lapsed = lapsed_words(facts.lapsed)
    return (
        *facts.unbudgeted,
        *([f"{lapsed} The commitments below say which, and why."] if lapsed else []),
        *facts.negative,
    )
