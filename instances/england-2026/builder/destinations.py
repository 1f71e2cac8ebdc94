"""Where those who qualify go to work."""

from __future__ import annotations

from collections.abc import Iterator

from builder.shares import Split, normalise
from builder.sources import Record, Row, Sources


def destination_rows(sources: Sources) -> Iterator[Row]:
    """Yield the destinations table: those who stay, and movers in proportion to jobs elsewhere.

    Parameters
    ----------
    sources
        Source tables.

    Yields
    ------
    dict
        One row for each row of ``mobility.csv`` and region of work.
    """
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
