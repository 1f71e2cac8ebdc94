"""The decision in five sentences, and its headline figures."""

from __future__ import annotations

import numpy as np

from commission_opt.linear_program import Floats
from commission_opt.report import words
from commission_opt.report.facts import Facts
from commission_opt.report.section import Section
from commission_opt.report.sections.money import by_fund
from commission_opt.report.sections.proof import in_words, signed_words

_NAMED = 3  # professions named in a sentence


def decision(facts: Facts) -> Section:
    """Return the section."""
    sentences = (
        _places(facts), _professions(facts), _shortfall(facts), _money(facts), _proof(facts),
    )  # fmt: skip
    return Section("decision", "The decision", points=sentences)


def headline(facts: Facts) -> tuple[tuple[str, str, str], ...]:
    """Return the figures at the top of the page: what, how much, and what it is set against."""
    now, last = facts.places[:, :, 0].sum(), facts.last_year.sum()
    first, end = facts.commissioned_years[0], facts.years[-1]
    before, after = _missing(facts)
    achieved = facts.found.certificate.achieved
    figures = [
        (f"places in {words.year(first)}", words.count(now),
         f"{words.change(now - last)} on last year"),
        (f"FTE short in {words.year(end)}", words.count(after[-1]),
         f"{words.count(before[-1])} without new places"),
    ]  # fmt: skip
    if len(facts.instance.budgets):
        limit, total, _ = _spent(facts)
        figures.append(
            (f"spent in {words.year(first)}", words.money(total), f"of {words.money(limit)}")
        )
    if achieved is not None:
        figures.append(
            ("of what is possible achieved", words.floor_percent(achieved), "proved again here")
        )
    return tuple(figures)


def _places(facts: Facts) -> str:
    now, last = facts.places.sum(axis=(0, 1)), facts.last_year.sum()
    first = facts.commissioned_years[0]
    given = facts.places[:, :, 0] > 0
    text = (
        f"In {words.year(first)}, {words.count(now[0])} training places are commissioned in "
        f"{words.plural(int(given.any(axis=1).sum()), 'profession')} and "
        f"{words.plural(int(given.any(axis=0).sum()), 'region')}: {_against(now[0], last)}"
    )
    if len(now) > 1:
        text += f"; in {words.year(facts.commissioned_years[-1])} it is {words.count(now[-1])}"
    if not facts.policy.integer:
        text += ". These are fractions of places: a bound on what is possible, not a plan to give"
    return text + "."


def _against(now: float, last: float) -> str:
    if words.change(now - last) == "±0":
        return "as many as last year"
    word = "more" if now > last else "fewer"
    share = f" ({words.signed_percent(now / last - 1)})" if last > 0 else ""
    return f"{words.count(abs(now - last))} {word} than last year's {words.count(last)}{share}"


def _professions(facts: Facts) -> str:
    change = facts.places[:, :, 0].sum(axis=1) - facts.last_year.sum(axis=1)
    up = [i for i in np.argsort(-change, kind="stable") if change[i] > 0.5][:_NAMED]
    down = [i for i in np.argsort(change, kind="stable") if change[i] < -0.5][:_NAMED]

    def named(which: list[np.intp]) -> str:
        return words.joined([f"{facts.professions[i]} ({words.change(change[i])})" for i in which])

    more = f"The most is added to {named(up)}" if up else "No profession gets more places"
    less = f"the most is taken from {named(down)}" if down else "no profession gets fewer"
    return f"{more}; {less}."


def _missing(facts: Facts) -> tuple[Floats, Floats]:
    """Return the FTE missing by year without new places and with the plan."""
    result = facts.outcome
    return result.shortfall_base.sum(axis=(0, 1)), result.shortfall.sum(axis=(0, 1))


def _shortfall(facts: Facts) -> str:
    before, after = _missing(facts)
    end = words.year(facts.years[-1])
    if before.sum() <= 0:
        return f"No staff are missing in any year to {end}, with or without new places."
    saved = 1 - after.sum() / before.sum()
    return (
        f"In {end} {words.count(after[-1])} FTE of staff are missing, where it would be "
        f"{words.count(before[-1])} without new places; over all years to then, the plan takes "
        f"away {words.percent(saved)} of the shortfall."
    )


def _spent(facts: Facts) -> tuple[float, float, list[tuple[str, float]]]:
    """Return limit and spending in the first year, and the share used by each fund."""
    first, limit, total, used = facts.years[0], 0.0, 0.0, []
    for fund in by_fund(facts):
        if first in fund.years:
            at = fund.years.index(first)
            spent = float(fund.parts[:, at].sum())
            limit, total = limit + float(fund.budget[at]), total + spent
            used.append((fund.name, spent / fund.budget[at] if fund.budget[at] > 0 else 0.0))
    return limit, total, used


def _money(facts: Facts) -> str:
    limit, total, used = _spent(facts)
    first = words.year(facts.years[0])
    if not used:
        return f"No budget limits the plan in {first}."
    full = [name for name, share in used if share >= 0.995]
    if not full:
        tight = "no fund is used to 99.5 %"
    elif len(full) == len(used):
        tight = f"{'the fund' if len(full) == 1 else 'every fund'} is used to 99.5 % or more"
    else:
        funds = f"{'fund' if len(full) == 1 else 'funds'} {words.joined(full)}"
        tight = f"the {funds} {'is' if len(full) == 1 else 'are'} used to 99.5 % or more"
    return (
        f"It spends {words.money(total)} of the {words.money(limit)} budgeted for {first}, "
        f"students already on course included; {tight}."
    )


def _proof(facts: Facts) -> str:
    certificate = facts.found.certificate
    first = certificate.stages[0]
    achieved = certificate.achieved
    good = (
        f"It achieves {words.floor_percent(achieved)} of what is possible: "
        if achieved is not None
        else ""
    )
    text = (
        f"{good}every rule is kept, and {in_words(first.minimise, first.objective)} is within "
        f"{words.ceil_percent(first.gap)} of the least possible, proved again from the plan's own "
        f"files when this page was made; {signed_words(facts)}."
    )
    return text[0].upper() + text[1:]
