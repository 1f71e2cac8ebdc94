"""Who can do whose work: pairs that say nothing, circles that make work of nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.found import found

_WITHIN = 1e-9  # by which the ratios of a circle may multiply to more than 1


def check_pairs(table: pd.DataFrame) -> Iterator[Problem]:
    """Report professions that would do their own work, and ratios of 0."""
    own = table[table["needed"].notna() & (table["needed"] == table["by"])]
    message = "{by!r} does its own work already; name another profession"
    yield from found("error", "substitution", own, "by", message)
    message = "must be above 0; leave the row out where {by!r} cannot do the work of {needed!r}"
    yield from found("error", "substitution", table[table["ratio"] <= 0], "ratio", message)


def check_circles(pairs: pd.DataFrame) -> Iterator[Problem]:
    """Report circles of professions that together do more work than they are worth.

    Each is reported once, on the last of its rows. ``pairs`` are those of ``Instance``.
    """
    reported = set()
    for region, own in pairs.groupby("region", sort=False):
        circle = _circle(own)
        rows = tuple(circle.index)
        if not rows or rows in reported:
            continue
        reported.add(rows)
        names = " → ".join([*circle["by"], circle["by"].iloc[0]])
        product = float(np.prod(circle["ratio"].to_numpy(float)))
        message = (
            f"the ratios of {names} in {region!r} multiply to {product:.12g}, more than 1: staff "
            "sent round would do more work than staff who stay; lower one of them"
        )
        yield Problem("error", "substitution.csv", int(max(rows)), "ratio", message)


def _circle(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of a circle of one region whose ratios multiply to more than 1, in turn.

    By Bellman and Ford: along the pairs from ``by`` to ``needed``, at lengths of −log ratio, a
    circle of negative length. Each pair is longer by its part of what a circle is forgiven.
    """
    start, end = pairs["b"].to_numpy(int), pairs["n"].to_numpy(int)
    professions = 1 + int(max(start.max(), end.max()))
    length = _WITHIN / professions - np.log(pairs["ratio"].to_numpy(float))
    distance, by = np.zeros(professions), np.full(professions, -1)
    last = -1
    for _ in range(professions + 1):
        last = -1
        for i in range(len(pairs)):
            if distance[start[i]] + length[i] < distance[end[i]]:
                distance[end[i]] = distance[start[i]] + length[i]
                by[end[i]], last = i, int(end[i])
        if last < 0:
            return pairs.iloc[:0]
    for _ in range(professions):  # back into the circle
        last = int(start[by[last]])
    found = [int(by[last])]
    while start[found[-1]] != last:
        found.append(int(by[start[found[-1]]]))
    first = found.index(min(found))
    return pairs.iloc[found[first::-1] + found[:first:-1]]
