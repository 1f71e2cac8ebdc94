"""The shortfall with a plan, against two baselines: no new places, and last year repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome, without_places
from commission_opt.allocation.settled import outcome_of
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE, Certificate
from commission_opt.formulation.goals import goal_value, goals, outcomes
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import RULES
from commission_opt.views import words
from commission_opt.views.commitments import kept_words
from commission_opt.views.later import not_whole
from commission_opt.views.verdict import verdict
from commission_opt.views.weighing import told, weighing_of

WITHOUT, LAST_YEAR, WITH = "without new places", "last year repeated", "with the plan"
FUTURES = WITHOUT, LAST_YEAR, WITH


@dataclass(frozen=True, eq=False)
class Baselines:
    """What happens with a plan, with last year's places in its stead, and without new places.

    P professions, Q leaf regions, Y years of the horizon.
    """

    problem: Planning
    plan: Outcome

    @cached_property
    def nothing(self) -> Outcome:
        """Nothing bought or continued."""
        at = self.problem
        return without_places(at.instance, at.policy, at.effects)

    @cached_property
    def last_year(self) -> Outcome:
        """Every line takes its ``last_amount`` in each commissioning year.

        Later years follow the model's rule ``continuation``, as those of the plan do. It is a
        comparison and need not keep the rules.
        """
        at = self.problem
        last = at.instance.lines["last_amount"].to_numpy(float)
        places = np.repeat(last[:, None], at.layout.years, axis=1)
        return outcome_of(at, places)

    @cached_property
    def last_year_value(self) -> float:
        """The first objective of the model with last year repeated, weighed as that of the plan."""
        return goal_value(self.problem, goals(self.problem)[0], self.last_year)

    @cached_property
    def broken(self) -> tuple[str, ...]:
        """Where last year repeated would break each rule most; empty if it keeps them all."""
        if self.problem.drawn is not None:
            every = self.problem.drawn.violations(self.last_year)
            return tuple(
                f"{each.where} by {words.ceil_percent(each.size, 1)}"
                for each in every
                if each.size > TOLERANCE
            )
        cases = [(self.problem, self.last_year, "")]
        if self.problem.futures:
            names = [f" in scenario {each.name!r}" for each in self.problem.futures]
            own = [each.problem for each in self.problem.futures]
            cases = list(zip(own, outcomes(self.problem, self.last_year), names, strict=True))
        found = []
        for rule in RULES.values():
            each = ((v, at) for one, last, at in cases for v in rule.violations(one, last))
            worst, at = max(each, key=lambda pair: pair[0].size, default=(None, ""))
            if worst is not None and worst.size > TOLERANCE:
                found.append(f"{worst.where}{at} by {words.ceil_percent(worst.size, 1)}")
        return tuple(found)

    @property
    def units(self) -> bool:
        """Whether units of measures can be bought besides places."""
        return len(self.problem.instance.measures) > 0

    @property
    def titles(self) -> tuple[str, str, str]:
        """What to call the futures, without new places and units, with last year and the plan."""
        return f"without new {words.bought(self.units, 'or')}", LAST_YEAR, WITH

    @property
    def shortfalls(self) -> dict[str, Floats]:
        """FTE missing, shape (P, Q, Y), with nothing bought, with last year repeated, and so on."""
        return {
            WITHOUT: self.nothing.shortfall,
            LAST_YEAR: self.last_year.shortfall,
            WITH: self.plan.shortfall,
        }

    def by_year(self) -> pd.DataFrame:
        """Return the FTE missing in each year: year, and a column for each future."""
        sums = {name: grid.sum(axis=(0, 1)) for name, grid in self.shortfalls.items()}
        return pd.DataFrame({"year": list(self.problem.instance.years), **sums})

    def over_the_years(self, what: str) -> pd.DataFrame:
        """Return FTE-years over the horizon by ``profession`` or ``region``, for each future."""
        axes = (1, 2) if what == "profession" else (0, 2)
        table = getattr(self.problem.instance, f"{what}s")
        sums = {name: grid.sum(axis=axes) for name, grid in self.shortfalls.items()}
        return pd.DataFrame({what: table[what].tolist(), **sums})


def judged(futures: Baselines, certificate: Certificate, asked: float | None) -> tuple[str, ...]:
    """Say how good a plan is, beside last year repeated; ``asked`` is the gap asked for, if any."""
    problem = futures.problem
    return verdict(
        certificate,
        asked,
        integer=problem.policy.integer,
        later=not_whole(problem),
        last_year=futures.last_year_value,
        within_rules=not futures.broken,
        kept=kept_words(problem),
        units=futures.units,
        over=weighing_of(problem),
    )


def trend(futures: Baselines) -> str:
    """Say whether the shortfall with the plan rises or falls over the horizon."""
    missing = futures.by_year()[WITH].to_numpy()
    years = list(futures.problem.instance.years)
    first, last = words.count(missing[0]), words.count(missing[-1])
    from_, to = words.year(years[0]), words.year(years[-1])
    if first == last:
        text = f"With the plan, the shortfall is {first} FTE in {from_} and in {to}"
    else:
        way = "rises" if missing[-1] > missing[0] else "falls"
        text = f"With the plan, the shortfall {way} from {first} FTE in {from_} to {last} in {to}"
    between = [
        f"{what} in {words.year(years[at])}, with {words.count(missing[at])}"
        for what, at in (("largest", int(missing.argmax())), ("least", int(missing.argmin())))
        if words.count(missing[at]) not in (first, last)
    ]
    text += f"; it is {' and '.join(between)}." if between else "."
    return told(futures.problem, text)


def cuts(futures: Baselines) -> str:
    """Say what part of the shortfall without new places the plan and last year take away."""
    total = {name: float(grid.sum()) for name, grid in futures.shortfalls.items()}
    end = words.year(futures.problem.instance.years[-1])
    new, bought = words.bought(futures.units, "or"), words.bought(futures.units)
    if total[WITHOUT] <= 0:
        return told(
            futures.problem,
            f"No staff are missing in any year to {end}, with or without new {new}.",
        )
    mine, before = (1.0 - total[name] / total[WITHOUT] for name in (WITH, LAST_YEAR))
    return told(
        futures.problem,
        f"Over all years to {end} the plan takes away {words.part(mine)} of the shortfall that "
        f"there would be without new {new}; last year's {bought}, repeated, would take away "
        f"{words.part(before)}.",
    )


def caveat(futures: Baselines) -> str:
    """Say whether last year repeated would keep the rules."""
    units = " and every measure last year's units" if futures.units else ""
    text = f"“Last year repeated” gives every course last year's places{units} again in every year"
    rule = futures.problem.policy.rules.continuation
    if rule == "none":
        text += " that is planned, and none later"
    if not futures.broken:
        over = weighing_of(futures.problem)
        return f"{text}; it would keep the rules{f' {over.everywhere}' if over else ''}."
    return f"{text}. It is a comparison and no plan: it would break {words.joined(futures.broken)}."


def negative_staff(
    futures: Baselines,
    profession_name: Callable[[str], str] = str,
    region_name: Callable[[str], str] = str,
) -> Iterator[str]:
    """Say where supply falls below 0, by profession and region: from when, and how far."""
    instance, supply = futures.problem.instance, futures.plan.supply
    for p, q in np.argwhere((supply < -TOLERANCE).any(axis=2)):
        at = np.flatnonzero(supply[p, q] < -TOLERANCE)
        years = [words.year(instance.first_year + int(i)) for i in at]
        span = years[0] if len(at) == 1 else f"{words.plural(len(at), 'year')} from {years[0]}"
        until = f" to {years[-1]}" if len(at) > 1 else ""
        yield told(
            futures.problem,
            f"Supply of {profession_name(str(instance.professions['profession'].iloc[p]))} in "
            f"{region_name(str(instance.regions['region'].iloc[q]))} is below 0 in {span}{until}, "
            f"down to {words.count(supply[p, q].min())} FTE: more leave than are there, so the "
            "shortfall there is above demand.",
        )
