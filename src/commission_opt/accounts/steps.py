"""The steps of a pathway: pools, in the order in which people pass through them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.arrays import Ints
from commission_opt.instance.instance import Instance
from commission_opt.instance.pools import NOWHERE


@dataclass(frozen=True, eq=False)
class Step:
    """A pool by region on a pathway, and what people do from there.

    Parameters
    ----------
    place : int
        Which of the N pools.
    number : int
        1 for pools that no step before it feeds; else one more than the last of those that do.
    draws : array of int
        Courses on the pathway that draw from it.
    feeds : array of int
        Courses on the pathway that feed it.
    """

    place: int
    number: int
    draws: Ints
    feeds: Ints


def steps_to(instance: Instance, courses: Ints) -> tuple[Step, ...]:
    """Return the steps that lead to some courses, first to last.

    Pools that feed each other in a circle stand where they were first met, from the end.

    Parameters
    ----------
    instance : Instance
    courses : array of int
        Positions of the courses at the end of the pathway.
    """
    links = instance.pathways[instance.pathways["place"] != NOWHERE]
    draws, feeds = (links[links["role"] == role] for role in ("draws", "feeds"))
    depth, on_way, reached = dict[int, int](), {*courses.tolist()}, {*courses.tolist()}
    for distance in range(len(links) + 1):
        places = set(draws.loc[draws["course"].isin(reached), "place"]) - depth.keys()
        if not places:
            break
        depth |= dict.fromkeys(places, distance)
        reached = set(feeds.loc[feeds["place"].isin(places), "course"]) - on_way
        on_way |= reached
    found = []
    last = max(depth.values(), default=0)
    for place in sorted(depth, key=lambda place: (-depth[place], place)):
        own = [
            np.unique(some.loc[(some["place"] == place) & some["course"].isin(on_way), "course"])
            for some in (draws, feeds)
        ]
        found.append(Step(place, last - depth[place] + 1, *own))
    return tuple(found)


def every_step(instance: Instance) -> tuple[Step, ...]:
    """Return the steps that lead to all courses that draw from a pool."""
    return steps_to(instance, np.arange(len(instance.courses)))
