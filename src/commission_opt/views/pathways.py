"""People who pass from pools to courses and from courses to pools, all years together."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.accounts.pools import drawn, fed, links_of
from commission_opt.accounts.steps import every_step
from commission_opt.instance.instance import Instance
from commission_opt.views import words

_NOBODY = 1e-6  # people


@dataclass(frozen=True, eq=False)
class Flows:
    """Pools and what people train for, and who passes between them within the horizon.

    Pools of one code are added up over their regions; courses of one profession that stand behind
    the same step are one stage of training.

    Parameters
    ----------
    pools : pandas.DataFrame
        By code: ``step``, ``outside`` (people who come from outside), ``came`` (all who come),
        ``drawn``.
    stages : pandas.DataFrame
        ``profession``, ``step`` (of the last pool that its courses draw from; that before the pools
        they feed if they draw from none), ``started`` (people drawn), ``onward`` (to pools).
    draws, feeds : pandas.DataFrame
        ``pool`` (code), ``stage`` (position), ``people``.
    """

    pools: pd.DataFrame
    stages: pd.DataFrame
    draws: pd.DataFrame
    feeds: pd.DataFrame


def flows(instance: Instance, result: Outcome) -> Flows:
    """Add up who passes through the pools of an instance."""
    number = {step.place: step.number for step in every_step(instance)}
    people, horizon = result.pools, instance.horizon
    each = pd.DataFrame(
        {
            "pool": instance.eligible["pool"].iloc[::horizon].astype(str).to_numpy(),
            "step": [number.get(place, 1) for place in range(len(people.drawn))],
            "outside": people.entrants.sum(axis=1),
            "came": (people.entrants + people.fed).sum(axis=1),
            "drawn": people.drawn.sum(axis=1),
        }
    )
    pools = each.groupby("pool", sort=False).agg(
        step=("step", "max"), outside=("outside", "sum"), came=("came", "sum"),
        drawn=("drawn", "sum"),
    )  # fmt: skip
    draws, feeds = (_passing(instance, result, role) for role in ("draws", "feeds"))
    behind = draws["pool"].map(pools["step"]).groupby(draws["course"]).max()
    before = feeds["pool"].map(pools["step"]).groupby(feeds["course"]).min() - 1
    step = behind.combine_first(before)
    key = pd.DataFrame(
        {"profession": instance.courses["profession"].to_numpy()[step.index], "step": step},
        index=step.index,
    )
    stage = key.groupby(["profession", "step"], sort=False).ngroup()
    stages = key.groupby(stage).first()
    found = list[pd.DataFrame]()
    for passing, name in ((draws, "started"), (feeds, "onward")):
        passing = passing.assign(stage=passing["course"].map(stage))
        stages[name] = passing.groupby("stage")["people"].sum()
        found.append(passing.groupby(["pool", "stage"], sort=False)[["people"]].sum().reset_index())
    return Flows(pools, stages.fillna(0.0), *found)


def headline(instance: Instance, result: Outcome) -> str:
    """Say how many people come to pools and start courses; empty where there are no pools."""
    if not len(instance.eligible):
        return ""
    found, people = flows(instance, result), result.pools
    left = people.eligible - people.drawn
    tight = int((left < 1 - _NOBODY).sum())
    return (
        f"From {words.span(instance.years[0], instance.years[-1])}, "
        f"{words.count(found.pools['outside'].sum())} people come to "
        f"{words.plural(len(found.pools), 'pool')} from outside and "
        f"{words.count(found.feeds['people'].sum())} from courses; "
        f"{words.count(found.pools['drawn'].sum())} start courses from there. In {tight:,} of "
        f"{left.size:,} pools by region and year less than one person eligible is left."
    )


def _passing(instance: Instance, result: Outcome, role: str) -> pd.DataFrame:
    """Return pool, course and people of each pathway of a role."""
    links, account = links_of(instance, role), drawn if role == "draws" else fed
    each = account(instance, by_link=True).at(result.started).reshape(len(links), instance.horizon)
    return pd.DataFrame(
        {
            "pool": links["pool"].astype(str).to_numpy(),
            "course": links["course"].to_numpy(int),
            "people": each.sum(axis=1),
        }
    )
