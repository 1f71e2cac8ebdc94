"""Where those who qualify go to work, for regions within other regions.

The share that goes to each of the containing regions is theirs and is kept exactly. What is
decided here is only which regions inside get it: few for each course, so that the table stays
sparse, and each in proportion to its jobs as far as that allows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from builder.shares import Split
from builder.sources import ALL, Record, Row, Sources
from builder.splits import split

Between = Mapping[tuple[str, str], Split]


def local_destination_rows(
    sources: Sources, courses: Iterable[Row], outer: Iterable[Row]
) -> Iterator[Row]:
    """Yield the destinations table of regions within other regions.

    Parameters
    ----------
    sources
        Source tables.
    courses
        Rows of the courses table.
    outer
        Destinations between the regions that contain them.

    Yields
    ------
    dict
        One row for each profession or group, region and region of work. A profession that is
        not taught everywhere in a containing region has rows of its own there.
    """
    between: dict[tuple[str, str], Split] = defaultdict(dict)
    for row in outer:
        shares = between[str(row["profession"]), str(row["from_region"])]
        shares[str(row["to_region"])] = float(row["share"])
    for scope in dict.fromkeys(row["profession"] for row in sources.tables["local_mobility"]):
        jobs = _jobs(sources, scope)
        yield from _Graduates(sources, between, scope, jobs, jobs).rows(sources.regions)
    intakes: dict[str, Split] = defaultdict(dict)
    for row in courses:
        intakes[str(row["profession"])][str(row["region"])] = float(row["last_intake"])
    for profession in sources.professions:
        code, jobs = profession["profession"], split(sources, profession, "workforce_split")
        graduates = _Graduates(sources, between, code, jobs, intakes[code])
        yield from graduates.rows([r for r in intakes[code] if graduates.places_without(r)])


@dataclass(frozen=True)
class _Graduates:
    """The graduates of a profession or group, and where they have been sent so far.

    Parameters
    ----------
    sources
        Source tables.
    between
        Shares of the containing regions by profession or group and containing region.
    scope
        Code of the profession or group, or ``*``.
    jobs
        Jobs by region.
    sizes
        Graduates by region, for the regions with a course.
    received
        Graduates sent to each region so far.
    """

    sources: Sources
    between: Between
    scope: str
    jobs: Split
    sizes: Split
    received: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def rows(self, homes: Iterable[str]) -> Iterator[Row]:
        """Yield the destinations from each of some regions."""
        for home in homes:
            shares = self._shares(home)
            for region in self.sources.regions:
                if shares.get(region, 0.0) > 0:
                    yield {
                        "profession": self.scope,
                        "from_region": home,
                        "to_region": region,
                        "share": shares[region],
                    }

    def places_without(self, home: str) -> list[str]:
        """Return the regions without a course in the region that contains this one."""
        inside = self.sources.within(self.sources.parents[home])
        return [region for region in inside if region not in self.sizes]

    def _shares(self, home: str) -> Split:
        """Return the shares of the joiners of a course; they add up as between the regions."""
        parents, shares = self.sources.parents, Split()
        scopes = _scopes(self.sources, self.scope)
        between = next(
            self.between[scope, parents[home]]
            for scope in scopes
            if (scope, parents[home]) in self.between
        )
        for region, share in between.items():
            inside = self.sources.within(region)
            if region == parents[home]:
                shares |= _rounded(self._at_home(home, inside, share), share, home)
            else:
                # Few courses send graduates to more regions each, so that none is left out.
                courses_elsewhere = sum(parents[r] != region for r in self.sizes)
                most = math.ceil(len(inside) / courses_elsewhere)
                shares |= _rounded(self._send(home, inside, share, most), share)
        return shares

    def _at_home(self, home: str, inside: Sequence[str], share: float) -> Split:
        """Divide a share over the containing region.

        Of the jobs in regions with a course, a part is filled from their own course. All other
        jobs are filled from all courses, so that regions without a course get theirs.
        """
        stay = float(_mobility(self.sources, self.scope, self.sources.parents[home])["stay"])
        without, jobs = self.places_without(home), self.jobs
        own = stay * (1 - sum(jobs[r] for r in without) / sum(jobs[r] for r in inside))
        filled_by_all = {r: jobs[r] * (1 if r in without else 1 - stay) for r in inside}
        total = sum(filled_by_all.values())
        parts = {r: share * (1 - own) * part / total for r, part in filled_by_all.items()}
        parts[home] += share * own
        if without:
            return parts
        others = [region for region in inside if region != home]
        most = int(self.sources.figure("local_destinations"))
        return {home: parts[home], **self._send(home, others, share - parts[home], most)}

    def _send(self, home: str, regions: Sequence[str], share: float, most: int) -> Split:
        """Divide a share by jobs over the regions that have received least for their jobs."""
        jobs, received = self.jobs, self.received
        chosen = sorted(regions, key=lambda region: (received[region] / jobs[region], region))
        total = sum(jobs[region] for region in chosen[:most])
        parts = {region: share * jobs[region] / total for region in chosen[:most]}
        for region, part in parts.items():
            received[region] += self.sizes[home] * part
        return parts


def _jobs(sources: Sources, scope: str) -> Split:
    """Return what movers follow: the FTE of a staff group, or population."""
    follows = _mobility(sources, scope, "")["follows"]
    return sources.population() if follows == "population" else sources.staff(follows, "fte")


def _mobility(sources: Sources, scope: str, parent: str) -> Record:
    """Return the row of ``local_mobility.csv`` that counts."""
    rows = {(row["profession"], row["region"]): row for row in sources.tables["local_mobility"]}
    keys = [(s, region) for s in _scopes(sources, scope) for region in (parent, "")]
    return next(rows[key] for key in keys if key in rows)


def _scopes(sources: Sources, scope: str) -> list[str]:
    """Return what a profession or group answers to, most specific first."""
    if any(row["profession"] == scope for row in sources.professions):
        return sources.scopes(scope)
    return [scope, ALL]


def _rounded(shares: Split, total: float, remainder: str = "") -> Split:
    """Round to four decimals; one region, or the largest share, takes up the rounding."""
    keeper = remainder or max(shares, key=lambda region: (shares[region], region))
    rounded = {region: round(share, 4) for region, share in shares.items()}
    rest = sum(share for region, share in rounded.items() if region != keeper)
    return {**rounded, keeper: round(total - rest, 4)}
