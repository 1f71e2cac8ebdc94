"""England's totals over the regions."""

from __future__ import annotations

from builder.shares import Split, normalise
from builder.sources import ALL, Record, Sources


def split(sources: Sources, profession: Record, column: str) -> Split:
    """Return the shares of the regions in a total of a profession.

    Parameters
    ----------
    sources
        Source tables.
    profession
        Row of the professions.
    column
        Column of that row that names the split: ``staff-group``, ``population`` or a split of
        ``regional_splits.csv``.

    Returns
    -------
    dict
        Shares by region that sum to one. Regions within other regions share what those have.
    """
    if sources.outer is not None:
        outer = split(sources.outer, profession, column)
        return _inner_split(sources, profession, column, outer)
    base = _base_split(sources, profession)
    if profession[column] == "staff-group":
        return base
    if profession[column] == "population":
        return normalise(sources.population())
    return _published_split(sources, profession[column], base)


def taught_in(sources: Sources, profession: Record) -> list[str]:
    """Return the regions in which a profession is taught."""
    places = profession["taught_in"]
    return sources.regions if places == ALL else places.split()


def at_headquarters(sources: Sources, profession: str) -> bool:
    """Tell whether staff are published where their employer's headquarters are."""
    return sources.find("published_at_headquarters", profession) == 1


def _inner_split(sources: Sources, profession: Record, column: str, outer: Split) -> Split:
    """Return the shares of regions within other regions: part of what these have."""
    away = at_headquarters(sources, profession["profession"])
    by_people = away or profession[column] == "population"
    local = sources.population() if by_people else _base_split(sources, profession)
    shares: Split = {}
    for region, share in outer.items():
        inside = normalise({r: local[r] for r in sources.within(region)})
        shares |= {r: share * part for r, part in inside.items()}
    return shares


def _base_split(sources: Sources, profession: Record) -> Split:
    """Return the regional FTE of the staff group, or population where there is none."""
    group = profession["staff_group"]
    return normalise(sources.staff(group, "fte") if group else sources.population())


def _published_split(sources: Sources, name: str, base: Split) -> Split:
    """Return a published split; regions without a published share follow the base split."""
    rows = [r for r in sources.tables["regional_splits"] if r["split"] == name]
    if not rows:
        raise LookupError(f"regional_splits.csv has no split {name}")
    values = {r["region"]: float(r["value"]) for r in rows}
    if rows[0]["kind"] == "per-100000":
        people = sources.population()
        return normalise({region: rate * people[region] for region, rate in values.items()})
    if rows[0]["kind"] == "count":
        return normalise(values)
    rest = normalise({r: share for r, share in base.items() if r not in values})
    left = 1 - sum(values.values())
    return {**{r: left * share for r, share in rest.items()}, **values}
