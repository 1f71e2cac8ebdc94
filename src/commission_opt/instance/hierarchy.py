"""Regions within regions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from commission_opt.errors import Problem
from commission_opt.text.near_names import did_you_mean


def parents(regions: pd.DataFrame) -> dict[str, str]:
    """Map each region to its parent, "" where it has none, an unknown one or lies within itself."""
    written = _written(regions)
    circling = _within_themselves(written)
    return {
        region: parent if parent in written and region not in circling else ""
        for region, parent in written.items()
    }


def _written(regions: pd.DataFrame) -> dict[str, str]:
    pairs = zip(regions["region"].tolist(), regions["parent"].tolist(), strict=True)
    return {
        region: parent if isinstance(parent, str) else ""
        for region, parent in pairs
        if isinstance(region, str)
    }


def _within_themselves(parent_of: Mapping[str, str]) -> set[str]:
    """Return the regions that contain themselves, each region being looked at once."""
    circling: set[str] = set()
    seen: set[str] = set()
    for start in parent_of:
        chain: dict[str, int] = {}
        region = start
        while region in parent_of and region not in seen:
            seen.add(region)
            chain[region] = len(chain)
            region = parent_of[region]
        if region in chain:
            circling.update(list(chain)[chain[region] :])
    return circling


def leaves(parent_of: Mapping[str, str]) -> list[str]:
    """Return the regions that contain no other, in the order of the table."""
    inner = set(parent_of.values())
    return [region for region in parent_of if region not in inner]


def ancestors(region: str, parent_of: Mapping[str, str]) -> list[str]:
    """Return the region and every region that contains it, innermost first."""
    chain: dict[str, None] = {}
    while region and region not in chain:
        chain[region] = None
        region = parent_of.get(region, "")
    return list(chain)


def check_hierarchy(regions: pd.DataFrame) -> Iterator[Problem]:
    """Report parents that do not exist and regions that contain themselves."""
    written = _written(regions)
    circling = _within_themselves(written)
    for row, region, parent in regions[["region", "parent"]].dropna().itertuples():
        if parent and parent not in written:
            message = f"there is no region {parent!r}{did_you_mean(parent, written)}"
        elif region in circling:
            message = f"region {region!r} lies within itself; take a parent out of the circle"
        else:
            continue
        yield Problem("error", "regions.csv", row, "parent", message)
