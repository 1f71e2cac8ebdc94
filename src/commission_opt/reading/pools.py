"""Checks of pools of people against regions and courses, and of who can do whose work."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from commission_opt.errors import Problem, Severity
from commission_opt.instance.found import found
from commission_opt.instance.instance import Instance
from commission_opt.instance.pools import NOWHERE, PLACE
from commission_opt.supply import baseline
from commission_opt.text.counts import plural
from commission_opt.text.near_names import did_you_mean


def check_pools(instance: Instance) -> Iterator[Problem]:
    """Report pools that overlap, links to pools that are not there, and offers of nothing."""
    yield from _overlaps(instance)
    yield from _pools_not_there(instance)
    yield from _idle(instance)


def _idle(instance: Instance) -> Iterator[Problem]:
    """Report offers to pools that nothing draws from, and warn of other such pools."""
    drawn = instance.pathways.loc[instance.pathways["role"] == "draws", "place"]
    rows = instance.tables["eligible"].assign(place=lambda t: t.groupby(PLACE, sort=False).ngroup())
    rows = rows[~rows["place"].isin(drawn)]
    offered = rows["offer_rate"] > 0
    message = "{offer_rate:g} of them must be offered a place, but no course draws from pool "
    message += "{pool!r} in {region!r}"
    yield from found("error", "eligible", rows[offered], "offer_rate", message)
    others = rows[~rows["place"].isin(rows.loc[offered, "place"])].drop_duplicates("place")
    message = "no course draws from pool {pool!r} in {region!r}; it limits nothing"
    yield from found("warning", "eligible", others, "pool", message)


def _overlaps(instance: Instance) -> Iterator[Problem]:
    leaves = instance.regions["region"].to_numpy()
    first: dict[tuple[str, str], str] = {}
    rows = instance.tables["eligible"].drop_duplicates(PLACE)
    for row, pool, region in rows[PLACE].itertuples():
        own = leaves[instance.scopes.get(region, np.zeros(len(leaves), dtype=bool))].tolist()
        twice = [leaf for leaf in own if (pool, leaf) in first]
        if twice:
            message = (
                f"region {twice[0]!r} is in pool {pool!r} in {first[pool, twice[0]]!r} already; "
                "regions of a pool must not overlap"
            )
            yield Problem("error", "eligible.csv", int(str(row)), "region", message)
        for leaf in own:
            first.setdefault((pool, leaf), region)


def _pools_not_there(instance: Instance) -> Iterator[Problem]:
    """Report draws from pools that are not there, and warn of feeds."""
    rows = instance.pathways[instance.pathways["place"] == NOWHERE]
    pools = set(instance.eligible["pool"])
    regions = instance.courses["region"].to_numpy()
    for row, course, pool, role in rows[["course", "pool", "role"]].itertuples():
        severity: Severity = "warning" if role == "feeds" else "error"
        message, hint = f"there is no pool {pool!r} in eligible.csv", did_you_mean(pool, pools)
        if pool in pools:
            message = (
                f"pool {pool!r} has no row in eligible.csv that covers region {regions[course]!r} "
                "of the course"
            )
            hint = ""
        lost = "; those who go on are counted nowhere" * (role == "feeds")
        yield Problem(severity, "pathways.csv", int(str(row)), "pool", message + lost + hint)


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
