"""A plan as a decision: what it buys, what that does for the shortfall, and what it costs.

These are the sentences on the first page of a report and the first sheet of a workbook; whoever
reads nothing else should be able to decide by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.views import words
from commission_opt.views.money import Fund, decimals, money
from commission_opt.views.names import Names, names_of
from commission_opt.views.places import by_pair, last_year
from commission_opt.views.shortfall import LAST_YEAR, WITH, WITHOUT, Baselines, cuts, trend

_NAMED = 3  # professions named in a sentence
_FULL = 0.995  # share of a budget from which it counts as used


@dataclass(frozen=True, eq=False)
class Proposal:
    """A plan beside last year repeated and nothing new.

    P professions, Q leaf regions, K years that are decided now, Y years of the horizon.
    """

    futures: Baselines

    @cached_property
    def names(self) -> Names:
        """What to call everything in the instance."""
        return names_of(self.futures.problem.instance)

    @cached_property
    def funds(self) -> list[Fund]:
        """What every fund spends with the plan."""
        at = self.futures
        return money(at.problem.instance, at.problem.policy, at.plan)

    @property
    def years(self) -> range:
        """Years for which places are decided now."""
        first = self.futures.problem.instance.first_year
        return range(first, first + self.futures.problem.now_years)

    @cached_property
    def places(self) -> Floats:
        """Places by profession, region of the course and year, shape (P, Q, K)."""
        amounts = self.futures.plan.places[:, : len(self.years)]
        return by_pair(self.futures.problem.instance, amounts)

    @cached_property
    def last_year(self) -> Floats:
        """Places in the year before the plan, shape (P, Q)."""
        return last_year(self.futures.problem.instance)

    @cached_property
    def _money(self) -> dict[str, tuple[Floats, Floats]]:
        """£ of all funds by year, shape (Y,), for each of the three futures: without pay, and pay.

        Where nothing is bought there is only what is committed.
        """
        at = self.futures
        repeated = money(at.problem.instance, at.problem.policy, at.last_year)
        none = np.zeros(at.problem.instance.horizon)

        def added(funds: list[Fund], parts: slice) -> tuple[Floats, Floats]:
            paid = sum((fund.paid[parts].sum(axis=(0, 1)) for fund in funds), none)
            return sum((fund.spent[parts].sum(axis=(0, 1)) for fund in funds), none) - paid, paid

        every = slice(None)
        return {
            WITHOUT: added(self.funds, slice(1)),
            LAST_YEAR: added(repeated, every),
            WITH: added(self.funds, every),
        }

    @property
    def spent(self) -> dict[str, Floats]:
        """£ of all funds but pay by year, shape (Y,), for each of the three futures."""
        return {name: spent for name, (spent, _) in self._money.items()}

    @property
    def paid(self) -> dict[str, Floats]:
        """£ of pay by year, shape (Y,), for each of the three futures."""
        return {name: paid for name, (_, paid) in self._money.items()}

    @property
    def pays(self) -> bool:
        """Whether any fund pays staff."""
        return len(self.futures.problem.instance.pay) > 0

    @property
    def costs(self) -> bool:
        """Whether anything costs money."""
        return any(values.any() for values in self.spent.values())


def places_words(at: Proposal) -> str:
    """Say how many places are commissioned, against last year."""
    now, last = at.places.sum(axis=(0, 1)), at.last_year.sum()
    given = at.places[:, :, 0] > 0
    text = (
        f"In {words.year(at.years[0])}, {words.count(now[0])} training places are commissioned in "
        f"{words.plural(int(given.any(axis=1).sum()), 'profession')} and "
        f"{words.plural(int(given.any(axis=0).sum()), 'region')}: {against(now[0], last)}"
    )
    if len(now) > 1:
        text += f"; in {words.year(at.years[-1])} it is {words.count(now[-1])}"
    if not at.futures.problem.policy.integer:
        text += ". These are fractions of places: a bound on what is possible, not a plan to give"
    return text + "."


def units_words(at: Proposal) -> str:
    """Say how many units are bought, of how many measures, against last year."""
    result, instance = at.futures.plan, at.futures.problem.instance
    now, last = result.units.sum(axis=0), float(instance.measures["last_amount"].sum())
    used = int((result.units[:, 0] > 0).sum())
    first = words.year(at.years[0])
    text = (
        f"Besides places, {words.count(now[0])} units of {words.plural(used, 'measure')} are "
        f"bought in {first}: {against(now[0], last)}"
    )
    if not used:
        before = f"; last year it was {words.count(last)}" if last > 0 else ", as last year"
        text = f"Besides places, no units are bought in {first}{before}"
    if len(at.years) > 1:
        text += f"; in {words.year(at.years[-1])} it is {words.count(now[len(at.years) - 1])}"
    return text + "."


def against(now: float, last: float) -> str:
    """Say how an amount compares with last year's."""
    if words.change(now - last) == "±0":
        return "as many as last year"
    word = "more" if now > last else "fewer"
    share = f" ({words.signed_percent(now / last - 1)})" if last > 0 else ""
    return f"{words.count(abs(now - last))} {word} than last year's {words.count(last)}{share}"


def professions_words(at: Proposal) -> str:
    """Name the professions that gain and lose the most places."""
    change = at.places[:, :, 0].sum(axis=1) - at.last_year.sum(axis=1)
    titles = tuple(at.names.professions.values())
    up = [i for i in np.argsort(-change, kind="stable") if change[i] > 0.5][:_NAMED]
    down = [i for i in np.argsort(change, kind="stable") if change[i] < -0.5][:_NAMED]

    def named(which: list[np.intp]) -> str:
        return words.joined([f"{titles[i]} ({words.change(change[i])})" for i in which])

    more = f"The most is added to {named(up)}" if up else "No profession gets more places"
    less = f"the most is taken from {named(down)}" if down else "no profession gets fewer"
    return f"{more}; {less}."


def shortfall_words(at: Proposal) -> str:
    """Say whether the shortfall rises or falls, and what part of it is taken away."""
    futures = at.futures
    if futures.by_year()[WITHOUT].sum() <= 0:
        return cuts(futures)
    return f"{trend(futures)} {cuts(futures)}"


def budgeted(at: Proposal) -> pd.DataFrame:
    """Return the funds that have a budget in the first year: fund (its name), budget, spent."""
    first = at.futures.problem.instance.first_year
    found = [(fund, *fund.at(first)) for fund in at.funds if first in fund.years]
    return pd.DataFrame(
        {
            "fund": [at.names.funds[fund.code] for fund, *_ in found],
            "budget": [budget for _, budget, _ in found],
            "spent": [float(parts.sum()) for *_, parts in found],
        }
    )


def beside(at: Proposal) -> float:
    """Return what is spent under no budget in the first year, £."""
    return sum(float(fund.beside[:, 0].sum()) for fund in at.funds)


def exact(at: Proposal, pounds: float) -> str:
    """Write £m with as many decimals as the tables of money have."""
    sign = "−" if pounds < 0 else ""
    return f"{sign}£{words.rounded(abs(pounds) / 1e6, decimals(at.funds))}m"


def money_words(at: Proposal) -> str:
    """Say what is spent in the first year, and which budgets are used up."""
    rows, first = budgeted(at), words.year(at.years[0])
    more = beside(at)
    more_text = f" {exact(at, more)} more is spent under no budget in {first}." if more else ""
    if rows.empty:
        return f"No budget limits the plan in {first}.{more_text}"
    full = rows["fund"][rows["spent"] >= _FULL * rows["budget"].where(rows["budget"] > 0)].tolist()
    if not full:
        tight = "no fund is used to 99.5 %"
    elif len(full) == len(rows):
        tight = f"{'the fund' if len(full) == 1 else 'every fund'} is used to 99.5 % or more"
    else:
        fund, are = (words.agreed(len(full), *w) for w in (("fund", "funds"), ("is", "are")))
        tight = f"the {fund} {words.joined(full)} {are} used to 99.5 % or more"
    return (
        f"It spends {exact(at, rows['spent'].sum())} of the {exact(at, rows['budget'].sum())} "
        f"budgeted for {first}, students already on course{' and pay' * at.pays} included; {tight}."
        f"{more_text}"
    )


def extra(at: Proposal) -> Floats:
    """Return what the plan costs more than last year repeated, £ by year without pay, (Y,)."""
    return np.asarray(at.spent[WITH] - at.spent[LAST_YEAR])


def extra_words(at: Proposal) -> str:
    """Say how much more, or less, than last year repeated the plan costs; "" without money."""
    if not at.costs:
        return ""
    instance, bought = at.futures.problem.instance, words.bought(at.futures.units)
    first, end = (words.year(instance.years[k]) for k in (0, -1))
    now, whole = (_more(at, pounds) for pounds in (extra(at)[0], extra(at).sum()))
    text = f"Set against last year's {bought} repeated, it costs {now} in {first}"
    text += f", and {whole} over all years to {end}" * (instance.horizon > 1)
    if at.pays:
        pay = float((at.paid[WITH] - at.paid[LAST_YEAR]).sum())
        text += f"; pay is left out, and is {_more(at, pay)} over all years"
    return f"{text}."


def _more(at: Proposal, pounds: float) -> str:
    shown = exact(at, abs(pounds))
    if shown == exact(at, 0.0):
        return "as much"
    return f"{shown} {'more' if pounds > 0 else 'less'}"


def three_lines(at: Proposal) -> pd.DataFrame:
    """Return nothing new, last year repeated and the plan beside each other.

    Returns
    -------
    pandas.DataFrame
        A row for each: ``line``; ``places`` and ``units`` of the first year; ``short_first`` and
        ``short_last``, FTE missing in the first and last year of the horizon; ``fte_years`` missing
        in all years; ``pounds_first`` and ``pounds``, spent in the first and in all years without
        pay, undiscounted; ``extra_first`` and ``extra``, that less what last year repeated costs;
        ``pay``, that of all years.
    """
    futures, instance = at.futures, at.futures.problem.instance
    outcomes = (futures.nothing, futures.last_year, futures.plan)
    missing = futures.by_year()
    titles = [f"{title[0].upper()}{title[1:]}" for title in futures.titles]
    rows = [
        {
            "line": title,
            "places": float(result.places[:, 0].sum()),
            "units": float(result.units[:, 0].sum()) if len(instance.measures) else 0.0,
            "short_first": float(missing[name].iloc[0]),
            "short_last": float(missing[name].iloc[-1]),
            "fte_years": float(missing[name].sum()),
            "pounds_first": float(at.spent[name][0]),
            "pounds": float(at.spent[name].sum()),
            "extra_first": float((at.spent[name] - at.spent[LAST_YEAR])[0]),
            "extra": float((at.spent[name] - at.spent[LAST_YEAR]).sum()),
            "pay": float(at.paid[name].sum()),
        }
        for title, name, result in zip(titles, (WITHOUT, LAST_YEAR, WITH), outcomes, strict=True)
    ]
    return pd.DataFrame(rows)


def plain_units(at: Proposal) -> tuple[str, ...]:
    """Say in plain words what the figures count."""
    instance = at.futures.problem.instance
    prices = words.clean(instance.price_base)
    said = [
        "A place is one student who starts a course in the year.",
        "FTE are full-time equivalents: one FTE is one full-time post. FTE short are posts that "
        "nobody is there to fill; an FTE-year is one full-time post empty for one year.",
    ]
    if at.futures.units:
        said.insert(1, "A unit is one of what a measure buys, such as one person recruited.")
    years = f"{words.year(instance.first_year)} is the financial year that starts in "
    years += f"{instance.first_year}."
    if at.costs:
        said.append(f"£ are those of all funds (price base: {prices}), not discounted. {years}")
    else:
        said.append(years)
    return tuple(said)
