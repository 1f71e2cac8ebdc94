"""Regions within regions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from commission_opt.errors import Problem


def parents(regions: pd.DataFrame) -> dict[str, str]:
    """Map each region to its parent, "" where it has none, an unknown one or lies within itself."""
    written = _written(regions)
    return {
        region: parent if parent in written and region not in ancestors(parent, written) else ""
        for region, parent in written.items()
    }


def _written(regions: pd.DataFrame) -> dict[str, str]:
    named = regions.dropna(subset="region")
    return dict(zip(named["region"], named["parent"].fillna(""), strict=True))


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
    written = _written(regions)
    for row, region, parent in regions[["region", "parent"]].dropna().itertuples():
        if parent and parent not in written:
            message = f"there is no region {parent!r}"
        elif region in ancestors(parent, written):
            message = f"region {region!r} lies within itself; take a parent out of the circle"
        else:
            continue
        yield Problem("error", "regions.csv", row, "parent", message)
