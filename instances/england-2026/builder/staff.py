"""Staff in post and those who leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from builder.shares import Split, floor_tenth
from builder.sources import Record, Row, Sources
from builder.splits import at_headquarters, split


def workforce_rows(sources: Sources) -> Iterator[Row]:
    """Yield the workforce table: published staff in post, less the leavers before the start.

    Parameters
    ----------
    sources
        Source tables.

    Yields
    ------
    dict
        One row for each profession and region.
    """
    waited = sources.figure("leavers_before_start")
    for profession in sources.professions:
        code = profession["profession"]
        early, years = sources.find("early_leaver_rate", code), sources.find("early_years", code)
        fte, rates = regional_fte(sources, profession), _leaver_rates(sources, profession)
        for region in sources.regions:
            yield {
                "profession": code,
                "region": region,
                "fte": floor_tenth(fte[region] * (1 - rates[region]) ** waited),
                "leaver_rate": rates[region],
                "early_leaver_rate": "" if early is None else early,
                "early_years": "" if years is None else int(years),
            }


def regional_fte(sources: Sources, profession: Record) -> Split:
    """Return staff in post by region.

    Parameters
    ----------
    sources
        Source tables.
    profession
        Row of the professions.

    Returns
    -------
    dict
        FTE by region, rounded down to one decimal.
    """
    total = _national_fte(sources.national, profession)
    shares = split(sources, profession, "workforce_split")
    return {region: floor_tenth(total * shares[region]) for region in sources.regions}


def check_staff_groups(sources: Sources, workforce: Iterable[Row]) -> None:
    """Compare the professions of every staff group with its published FTE.

    Parameters
    ----------
    sources
        Source tables.
    workforce
        Rows of the workforce table.

    Raises
    ------
    ValueError
        If they exceed it in any region, or in any region that contains these.
    """
    rows = list(workforce)
    here = [r for r in rows if not at_headquarters(sources, str(r["profession"]))]
    _compare(sources, here)
    if sources.outer is not None:
        moved = [{**row, "region": sources.parents[str(row["region"])]} for row in rows]
        check_staff_groups(sources.outer, moved)


def _compare(sources: Sources, workforce: Iterable[Row]) -> None:
    """Refuse professions that exceed the published FTE of their staff group in a region."""
    group_of = {r["profession"]: r["staff_group"] for r in sources.professions}
    totals: dict[tuple[str, str], float] = defaultdict(float)
    for row in workforce:
        totals[group_of[str(row["profession"])], str(row["region"])] += float(row["fte"])
    for (group, region), fte in totals.items():
        if group and fte > sources.staff(group, "fte")[region] + 1e-6:
            raise ValueError(f"{group} in {region}: {fte:.1f} FTE exceed the published staff group")


def _national_fte(sources: Sources, profession: Record) -> float:
    """Return staff in post in England: given, a share of the staff group, or from the register."""
    code = profession["profession"]
    given = sources.find("fte", code)
    if given is not None:
        return given
    share = sources.find("fte_share", code)
    if share is not None:
        return share * sum(sources.staff(profession["staff_group"], "fte").values())
    registered = sources.figure("register_2025", code)
    in_england = registered * sources.figure("england_share_of_uk")
    return in_england * sources.figure("nhs_fte_share", code)


def _leaver_rates(sources: Sources, profession: Record) -> Split:
    """Return leaver rates by region: the national rate, tilted by the published regional month."""
    if sources.outer is not None:
        outer = _leaver_rates(sources.outer, profession)
        return {region: outer[sources.parents[region]] for region in sources.regions}
    rate = sources.figure("leaver_rate", profession["profession"])
    group = profession["staff_group"]
    if not group:
        return dict.fromkeys(sources.regions, rate)
    leavers, staff = sources.staff(group, "leavers_fte_month"), sources.staff(group, "fte")
    national = sum(leavers.values()) / sum(staff.values())
    shrink = sources.figure("leaver_region_shrink")
    tilt = {r: 1 + shrink * (leavers[r] / staff[r] / national - 1) for r in sources.regions}
    return {region: round(rate * tilt[region], 4) for region in sources.regions}
