"""Checks of who can do whose work: pairs that say nothing, circles that make work of nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.found import found
from commission_opt.instance.instance import Instance
from commission_opt.supply import baseline
from commission_opt.text.counts import plural

_WITHIN = 1e-9  # by which the ratios of a circle may multiply to more than 1


def check_pairs(table: pd.DataFrame) -> Iterator[Problem]:
    """Report professions that would do their own work, and ratios of 0."""
    own = table[table["needed"].notna() & (table["needed"] == table["by"])]
    message = "{by!r} does its own work already; name another profession"
    yield from found("error", "substitution", own, "by", message)
    message = "must be above 0; leave the row out where {by!r} cannot do the work of {needed!r}"
    yield from found("error", "substitution", table[table["ratio"] <= 0], "ratio", message)


def check_circles(instance: Instance) -> Iterator[Problem]:
    """Report circles of professions that together do more work than they are worth.

    Each is reported once, on the last of its rows.
    """
    reported = set()
    for region, pairs in instance.substitution.groupby("region", sort=False):
        circle = _circle(pairs, len(instance.professions))
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


def _circle(pairs: pd.DataFrame, professions: int) -> pd.DataFrame:
    """Return the pairs of a circle of one region whose ratios multiply to more than 1, in turn.

    By Bellman and Ford: along the pairs from ``by`` to ``needed``, at lengths of −log ratio, a
    circle of negative length. Each pair is longer by its part of what a circle is forgiven.
    """
    start, end = pairs["b"].to_numpy(int), pairs["n"].to_numpy(int)
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


def warn_nobody_to_deploy(instance: Instance) -> Iterator[Problem]:
    """Warn of staff who are below nothing before anything is bought, so that none is deployed."""
    pairs = instance.substitution
    if not len(pairs):
        return
    base = baseline(instance)[pairs["b"].to_numpy(int), pairs["q"].to_numpy(int)]
    short = base < 0
    year, cases = instance.first_year + np.argmax(short, axis=1), short.sum(axis=1)
    own = pairs.assign(year=year, cases=cases)[short.any(axis=1)]
    for row, these in own.groupby(level=0, sort=False):
        first, more = these.iloc[0], int(these["cases"].sum()) - 1
        also = f", and in {plural(more, 'more case')}" if more else ""
        message = (
            f"staff of {first['by']!r} in {first['region']!r} are below 0 FTE in {first['year']} "
            f"before anything is bought{also}; nobody of them is deployed there then"
        )
        yield Problem("warning", "substitution.csv", int(str(row)), "by", message)
