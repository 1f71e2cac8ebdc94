"""Posts: for how many staff employers have work and money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from builder.sources import Row, Sources
from builder.staff import regional_fte


def post_rows(sources: Sources, demand: Iterable[Row]) -> Iterator[Row]:
    """Yield the posts table, for professions whose posts are known to be short.

    In the first year there are the posts of the staff in post and part of what is missing; posts
    grow in a straight line until they meet demand.

    Parameters
    ----------
    sources
        Source tables.
    demand
        Rows of the demand table.

    Yields
    ------
    dict
        One row for each such profession, region and year.
    """
    needed = {(r["profession"], r["region"], r["year"]): float(r["fte"]) for r in demand}
    for profession in sources.professions:
        code = profession["profession"]
        first = sources.find("posts_towards_demand", code)
        if first is None:
            continue
        grown = sources.figure("posts_meet_demand", code) - sources.first_year
        for region, fte in regional_fte(sources, profession).items():
            for year in sources.years:
                way = min(1.0, first + (1 - first) * (year - sources.first_year) / grown)
                posts = fte + way * (needed[code, region, year] - fte)
                yield {"profession": code, "region": region, "year": year, "posts": round(posts, 1)}
