"""Pools of people who may go on to a course, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commission_opt.instance.instance import Instance


@dataclass(frozen=True)
class Pool:
    """A pool of people, over the courses of a region.

    Parameters
    ----------
    entrants, stay, offer : mapping of int to float
        By year: people from outside, the share of those left who stay, and the share of those
        eligible to be offered a place.
    draws : tuple of (str, float)
        Courses, and the share of their students who come from here.
    feeds : tuple of (str, float, int)
        Courses, the share of those qualified who come here, and after how many years.
    """

    entrants: Mapping[int, float]
    stay: Mapping[int, float]
    offer: Mapping[int, float]
    draws: tuple[tuple[str, float], ...]
    feeds: tuple[tuple[str, float, int], ...]


def read_pools(instance: Instance) -> dict[tuple[str, str], Pool]:
    """Take the pools, by code and region, out of an instance."""
    codes, links = list(instance.courses["course"]), instance.pathways
    pools = {}
    rows = instance.eligible.groupby(["pool", "region"], sort=False)
    for place, (key, own) in enumerate(rows):
        figures = own.set_index("year").to_dict()
        here = links[links["place"] == place].to_dict("records")
        draws = [link for link in here if link["role"] == "draws"]
        feeds = [link for link in here if link["role"] == "feeds"]
        pools[str(key[0]), str(key[1])] = Pool(
            figures["entrants"],
            figures["stay_rate"],
            figures["offer_rate"],
            tuple((codes[link["course"]], link["share"]) for link in draws),
            tuple((codes[link["course"]], link["share"], link["lag_years"]) for link in feeds),
        )
    return pools
