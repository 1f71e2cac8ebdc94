"""The steps of a pathway: pools, in the order in which people pass through them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.arrays import Ints
from commission_opt.instance.instance import Instance
from commission_opt.instance.pools import NOWHERE


@dataclass(frozen=True, eq=False)
class PathwayStep:
    """A pool by region on a pathway, and what people do from there.

    Parameters
    ----------
    place : int
        Which of the N pools.
    number : int
        1 for pools to which nobody comes from another; else one more than the last of these.
    draws : array of int
        Courses on the pathway that draw from it.
    feeds : array of int
        Courses on the pathway that feed it.
    """

    place: int
    number: int
    draws: Ints
    feeds: Ints


def steps_to(instance: Instance, courses: Ints) -> tuple[PathwayStep, ...]:
    """Return the steps that lead to some courses, first to last.

    Of pools that feed each other in a circle some stand before others that feed them.

    Parameters
    ----------
    courses : array of int
        Positions of the courses at the end of the pathway.
    """
    links = instance.pathways[instance.pathways["place"] != NOWHERE]
    draws, feeds = (links[links["role"] == role] for role in ("draws", "feeds"))
    on_way = {*courses.tolist()}
    places = set[int]()
    for _ in range(len(links) + 1):  # one step back each time
        places |= set(draws.loc[draws["course"].isin(on_way), "place"].tolist())
        more = set(feeds.loc[feeds["place"].isin(places), "course"].tolist()) - on_way
        if not more:
            break
        on_way |= more
    own = draws[draws["place"].isin(places) & draws["course"].isin(on_way)]
    onward = feeds[feeds["place"].isin(places) & feeds["course"].isin(on_way)]
    number = _numbered(places, own, onward)
    return tuple(
        PathwayStep(
            place,
            number[place],
            np.unique(own.loc[own["place"] == place, "course"]),
            np.unique(onward.loc[onward["place"] == place, "course"]),
        )
        for place in sorted(places, key=lambda place: (number[place], place))
    )


def _numbered(places: set[int], draws: pd.DataFrame, feeds: pd.DataFrame) -> dict[int, int]:
    """Give each pool a number after those whose people come to it, but where they go in circles."""
    pairs = draws.merge(feeds, on="course", suffixes=("", "_to"))[["place", "place_to"]]
    after = [(a, b) for a, b in pairs.drop_duplicates().itertuples(index=False) if a != b]
    number = dict.fromkeys(sorted(places), 1)
    for _ in range(len(number)):
        later = {b: number[a] + 1 for a, b in after if number[b] <= number[a] < len(number)}
        if not later:
            break
        number |= later
    return number


def every_step(instance: Instance) -> tuple[PathwayStep, ...]:
    """Return the steps that lead to all courses."""
    return steps_to(instance, np.arange(len(instance.courses)))
