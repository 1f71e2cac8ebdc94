"""Regions within regions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from commission_opt.errors import Problem


def parents(regions: pd.DataFrame) -> dict[str, str]:
    """Map each region to its parent, "" where it has none or the parent is unknown."""
    known = set(regions["region"])
    return {
        region: parent if parent in known else ""
        for region, parent in zip(regions["region"], regions["parent"], strict=True)
        if region is not None
    }


def leaves(parent_of: Mapping[str, str]) -> list[str]:
    """Return the regions that contain no other, in the order of the table."""
    inner = set(parent_of.values())
    return [region for region in parent_of if region not in inner]


def ancestors(region: str, parent_of: Mapping[str, str]) -> list[str]:
    """Return the region and every region that contains it, innermost first."""
    chain: list[str] = []
    while region and region not in chain:
        chain.append(region)
        region = parent_of.get(region, "")
    return chain


def check_hierarchy(regions: pd.DataFrame) -> Iterator[Problem]:
    """Report parents that do not exist and regions that contain themselves."""
    known = set(regions["region"])
    parent_of = parents(regions)
    for row, region, parent in regions[["region", "parent"]].itertuples():
        if parent and parent not in known:
            message = f"there is no region {parent!r}"
        elif region in ancestors(parent_of.get(region, ""), parent_of):
            message = f"region {region!r} lies within itself; take a parent out of the circle"
        else:
            continue
        yield Problem("error", "regions.csv", row, "parent", message)
