"""What an allocation leads to, worked out from the places and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.accounts.deployment import moved
from commission_opt.accounts.effects import Effects
from commission_opt.accounts.floors import Levels, levels
from commission_opt.accounts.pay import pay_as, pay_due
from commission_opt.accounts.pools import Pools, people
from commission_opt.accounts.posts import missing, without_post
from commission_opt.arrays import Floats
from commission_opt.core.account import Account
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import per_place
from commission_opt.policy import Policy
from commission_opt.text.card import Card, Grid, Shown
from commission_opt.text.counts import plural


@dataclass(frozen=True, repr=False)
class Drawn(Shown):
    """How much of each of L limits is used, £ or placement weeks.

    Parameters
    ----------
    limit, committed, planned, continued : array, shape (L,)
        What is available, and what the pipeline, the places commissioned and the places of
        later years use of it.
    """

    limit: Floats
    committed: Floats
    planned: Floats
    continued: Floats

    @property
    def total(self) -> Floats:
        """All use."""
        return self.committed + self.planned + self.continued

    @property
    def headroom(self) -> Floats:
        """What is left."""
        return self.limit - self.total

    def card(self) -> Card:
        """Return what of all limits together is used."""
        most, used = self.limit.sum(), self.total.sum()
        return Card(f"{used:,.0f} used of {most:,.0f} in {plural(len(self.limit), 'row')}")


@dataclass(frozen=True, eq=False)
class Decision:
    """What is decided, all that follows from which is an ``Outcome``.

    Parameters
    ----------
    amounts : array, shape (L, K)
        Places and units by line and time, courses first; see ``formulation.decisions``.
    deployed : array, shape (S, Y)
        FTE deployed to do the work of others; S pairs for each future where it is decided in each.
    """

    amounts: Floats
    deployed: Floats


@dataclass(frozen=True, repr=False)
class Outcome(Shown):
    """The consequences of an allocation.

    Parameters
    ----------
    amounts : array, shape (L, K)
        Places and units by line and commissioning year, courses first.
    n_courses : int
        How many of the lines are courses, C.
    started : array, shape (L * Y,)
        What starts in every year, commissioned and continued, at positions of ``instance.starts``.
    deployed : array, shape (S, Y)
        FTE deployed to do the work of others, by row of ``instance.substitution`` and year.
    supply, supply_base : array, shape (P, Q, Y)
        FTE with and without new places and units.
    service : array, shape (P, Q, Y)
        FTE of work that is done: supply after staff are deployed.
    demand : array, shape (P, Q, Y)
        FTE needed, after what measures take away of it.
    shortfall, shortfall_base : array, shape (P, Q, Y)
        FTE of work missing with and without new places and units; without them nobody is deployed.
    surplus : array, shape (P, Q, Y)
        FTE beyond demand.
    unemployed : array, shape (P, Q, Y)
        FTE beyond posts; NaN where there is no end of posts.
    spend, weeks : Drawn
        Use of each budget row and of each placement pool, region and year.
    pools : Pools
        Who is eligible in each pool of people, and who is drawn.
    pay : array, shape (3, rows of ``instance.pay``)
        £ of each, of staff with nothing bought, and what new places and units, commissioned and
        continued, add.
    floors : Levels
        What each floor asks for, and the service there is.
    decided : Decision, optional
        What was decided, if some of it in each of several futures; the amounts and those deployed
        are then what that is for the instance as given.
    """

    amounts: Floats
    n_courses: int
    started: Floats
    deployed: Floats
    supply: Floats
    supply_base: Floats
    service: Floats
    demand: Floats
    shortfall: Floats
    shortfall_base: Floats
    surplus: Floats
    unemployed: Floats
    spend: Drawn
    weeks: Drawn
    pools: Pools
    pay: Floats
    floors: Levels
    decided: Decision | None = None

    @property
    def decision(self) -> Decision:
        """What was decided."""
        return self.decided or Decision(self.amounts, self.deployed)

    @property
    def places(self) -> Floats:
        """Places by course and commissioning year, shape (C, K)."""
        return self.amounts[: self.n_courses]

    @property
    def units(self) -> Floats:
        """Units by measure and commissioning year, shape (L − C, K)."""
        return self.amounts[self.n_courses :]

    def card(self) -> Card:
        """Return places, units, shortfall and surplus over the horizon."""
        courses, years = self.places.shape
        units = {"units, all commissioning years": self.units} if len(self.units) else {}
        posts = {}
        if not np.isnan(self.unemployed).all():
            posts = {"staff without a post, FTE-years": np.nan_to_num(self.unemployed)}
        without = f"without new places{' or units' * len(units)}"
        sums = {
            "places, all commissioning years": self.places,
            **units,
            "shortfall, FTE-years": self.shortfall,
            f"shortfall {without}, FTE-years": self.shortfall_base,
            "surplus, FTE-years": self.surplus,
            **posts,
            "planned and continued, £ of budgets": self.spend.planned + self.spend.continued,
            **({"of pay of new staff, £": self.pay[1:]} if self.pay.size else {}),
            "planned and continued, placement weeks": self.weeks.planned + self.weeks.continued,
        }
        rows = [(name, f"{values.sum():,.1f}") for name, values in sums.items()]
        lines = [plural(courses, "course"), plural(years, "commissioning year")]
        if units:
            lines[:1] = [f"{lines[0]}, {plural(len(self.units), 'measure')}"]
        return Card(
            f"Outcome of {' and '.join(lines)}", (), (Grid("over the horizon", ("", "sum"), rows),)
        )


def outcome(
    instance: Instance,
    policy: Policy,
    effects: Effects,
    amounts: Floats,
    deployed: Floats | None = None,
) -> Outcome:
    """Work out the consequences of places and units, shape (L, K).

    ``deployed`` are the FTE that do the work of others, shape (S, Y); nobody if it is left out.
    """
    starts = start_years(instance, policy, amounts)
    return _outcome(instance, effects, amounts, *starts, deployed)


def without_places(instance: Instance, policy: Policy, effects: Effects) -> Outcome:
    """Work out what happens with nothing bought or continued."""
    nothing = np.zeros((len(instance.lines), policy.commissioning_years))
    never = np.zeros(instance.starts.size)
    return _outcome(instance, effects, nothing, never, never)


def _outcome(
    instance: Instance,
    effects: Effects,
    amounts: Floats,
    commissioned: Floats,
    continued: Floats,
    deployed: Floats | None = None,
) -> Outcome:
    started = commissioned + continued
    if deployed is None:
        deployed = np.zeros(instance.deployments.shape)
    base = effects.supply.constant.reshape(instance.shape)
    supply = base + (effects.supply.matrix @ started).reshape(instance.shape)
    demand = effects.demand.at(started).reshape(instance.shape)
    done = supply
    if deployed.size:
        done = supply + (moved(instance) @ deployed.ravel()).reshape(instance.shape)
    return Outcome(
        amounts=amounts,
        n_courses=len(instance.courses),
        started=started,
        deployed=deployed,
        supply=supply,
        supply_base=base,
        service=done,
        demand=demand,
        shortfall=missing(demand, done, instance.posts),
        shortfall_base=missing(instance.demand, base, instance.posts),
        surplus=np.maximum(done - demand, 0.0),
        unemployed=without_post(supply, instance.posts),
        spend=_drawn(effects.spend, commissioned, continued),
        weeks=_drawn(effects.weeks, commissioned, continued),
        pools=people(instance, effects.fed.at(started), effects.drawn.at(started)),
        pay=pay_due(instance, effects.supply, commissioned, continued),
        floors=levels(instance, done),
    )


def start_years(instance: Instance, policy: Policy, amounts: Floats) -> tuple[Floats, Floats]:
    """Return what starts in every year of the horizon, commissioned and continued.

    Returns
    -------
    commissioned, continued : array, shape (L * Y,)
        At positions of ``instance.starts``.
    """
    years = amounts.shape[1]
    commissioned = np.zeros((len(amounts), instance.horizon))
    continued = np.zeros_like(commissioned)
    commissioned[:, :years] = amounts
    if policy.rules.continuation == "repeat":
        continued[:, years:] = amounts[:, -1:]
    elif policy.rules.continuation == "last_intake":
        continued[:, years:] = instance.lines["last_amount"].to_numpy(float)[:, None]
    return commissioned.ravel(), continued.ravel()


def charged(instance: Instance, result: Outcome) -> Floats:
    """Charge every start within the horizon, new or continued, whatever budgets there are.

    Returns
    -------
    array, one for each row of ``instance.costs``
        £, undiscounted.
    """
    rates = instance.costs
    line, study_year = rates["line"].to_numpy(int), rates["study_year"].to_numpy(int)
    started = result.started.reshape(instance.starts.shape)
    starts = np.cumsum(np.pad(started, ((0, 0), (1, 0))), axis=1)
    in_time = starts[line, np.maximum(instance.horizon - study_year + 1, 0)]
    spent: Floats = per_place(instance, rates) * in_time
    return spent


def spent(instance: Instance, result: Outcome) -> float:
    """Return the £ spent on what is bought and continued, undiscounted, with pay that follows."""
    return float(charged(instance, result).sum()) + float(result.pay[1:].sum())


def spent_by_fund(instance: Instance, result: Outcome) -> pd.Series:
    """Return the same by fund, and after them the pay of each that pays staff."""
    lines = pd.Series(charged(instance, result))
    found: pd.Series = lines.groupby(instance.costs["code"].to_numpy(), sort=False).sum()
    if not len(instance.pay):
        return found
    due = pd.Series(result.pay[1:].sum(axis=0))
    due = due.groupby(instance.pay["code"].map(pay_as).to_numpy(), sort=False).sum()
    every: pd.Series = pd.concat([found, due])
    return every


def _drawn(use: Account, commissioned: Floats, continued: Floats) -> Drawn:
    return Drawn(use.upper, use.constant, use.matrix @ commissioned, use.matrix @ continued)
