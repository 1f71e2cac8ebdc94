"""Where those who qualify go to work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from builder.local_destinations import local_destination_rows
from builder.shares import Split, normalise
from builder.sources import Record, Row, Sources


def destination_rows(sources: Sources, courses: Iterable[Row]) -> Iterator[Row]:
    """Yield the destinations table: those who stay, and movers in proportion to jobs elsewhere.

    Parameters
    ----------
    sources
        Source tables.
    courses
        Rows of the courses table.

    Yields
    ------
    dict
        One row for each row of ``mobility.csv`` and region of work; for regions within other
        regions, see `local_destination_rows`.
    """
    if sources.outer is not None:
        outer = destination_rows(sources.outer, ())
        yield from local_destination_rows(sources, courses, outer)
        return
    for row in sources.tables["mobility"]:
        shares = _destinations(sources, row)
        for region in sources.regions:
            yield {
                "profession": row["profession"],
                "from_region": row["from_region"],
                "to_region": region,
                "share": shares[region],
            }


def _destinations(sources: Sources, row: Record) -> Split:
    """Return the shares of the regions; those who stay take up the rounding."""
    home, stay = row["from_region"], float(row["stay"])
    if row["add_local_retention"] == "1":
        stay += sources.figure("local_retention") * (1 - stay)
    jobs = sources.staff(row["movers_follow"], "fte")
    others = normalise({r: jobs[r] for r in sources.regions if r != home})
    shares = {r: round((1 - stay) * share, 4) for r, share in others.items()}
    shares[home] = round(1 - sum(shares.values()), 4)
    return shares
