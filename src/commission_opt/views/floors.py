"""How floors of service are kept with a plan: which are missed, where, when and by how much."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.accounts.floors import Levels
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.instance.instance import Instance
from commission_opt.views import words

_NOTHING = 1e-6  # of a floor, or FTE where it is small: rounding
_NAMED = 3  # floors that are named in a sentence
_MORE = "more pairs of a floor and a region"


def missed(levels: Levels) -> np.ndarray:
    """Say of each row of ``Instance.floors`` whether it is missed by more than rounding."""
    return np.asarray(levels.below > _NOTHING * np.maximum(1.0, levels.required))


def by_region(instance: Instance, result: Outcome) -> pd.DataFrame:
    """List every floor in every region, the most missed first, then the nearest to being missed.

    Returns
    -------
    pandas.DataFrame
        ``floor``, ``region`` (code of the leaf), ``asks`` (in words), ``of`` (years in which it is
        asked for), ``missed`` (years in which it is missed), ``when`` (these in words), ``below``
        (FTE-years missed), ``margin`` (the least service less what is asked for, FTE) and ``worst``
        (the year of that).
    """
    levels = result.floors
    rows = instance.floors.assign(
        margin=levels.service - levels.required, below=np.where(missed(levels), levels.below, 0.0)
    )
    found = []
    for (floor, region), own in rows.groupby(["floor", "region"], sort=False):
        worst = own.iloc[int(own["margin"].to_numpy().argmin())]
        short = own.loc[own["below"] > 0, "year"].tolist()
        found.append(
            {
                "floor": floor,
                "region": region,
                "asks": asks(own.iloc[0].to_dict()),
                "of": len(own),
                "missed": len(short),
                "when": words.in_years(short),
                "below": float(own["below"].sum()),
                "margin": float(worst["margin"]),
                "worst": int(worst["year"]),
            }
        )
    columns = ["floor", "region", "asks", "of", "missed", "when", "below", "margin", "worst"]
    table = pd.DataFrame(found, columns=columns)
    order = np.lexsort([table["margin"], -table["below"]])
    return table.iloc[order].reset_index(drop=True)


def of_profession(
    instance: Instance, result: Outcome, profession: str, regions: Bools | Ints
) -> Iterator[str]:
    """Say how the floors under a profession, or its group, are kept in some leaf regions."""
    codes = instance.regions["region"].to_numpy(object)[regions].tolist()
    named = instance.floors["profession"].isin([profession, instance.group_of[profession]])
    own = instance.floors.loc[named & instance.floors["region"].isin(codes), ["floor", "region"]]
    pairs = {*own.itertuples(index=False, name=None)}
    for row in by_region(instance, result).to_dict("records"):
        if (row["floor"], row["region"]) not in pairs:
            continue
        margin, worst = words.count(abs(row["margin"])), words.year(row["worst"])
        floor = f"Floor {row['floor']!r} ({row['asks']}) in {row['region']}"
        if row["missed"]:
            yield (
                f"{floor} is missed by {words.count(row['below'])} FTE-years, in {row['when']}; by "
                f"most in {worst}, {margin} FTE."
            )
        else:
            yield f"{floor} is kept; it is nearest to being missed in {worst}, by {margin} FTE."


def by_year(instance: Instance, result: Outcome) -> Floats:
    """Add up the FTE below floors in each year, shape (Y,)."""
    year = instance.floors["year"].to_numpy(int) - instance.first_year
    below = np.zeros(instance.horizon)
    np.add.at(below, year, result.floors.below)
    return below


def asks(row: Mapping[Any, Any], name: Callable[[str], str] = str) -> str:
    """Say what a row of the table of floors asks for: "0.9 of the demand for nursing"."""
    who = name(str(row["profession"]))
    if pd.notna(row["min_fte"]):
        return f"{row['min_fte']:,g} FTE of {who}"
    if pd.notna(row["min_demand_share"]):
        return f"{row['min_demand_share']:g} of the demand for {who}"
    return f"{row['min_mix_share']:g} FTE of {who} to each of {name(str(row['of']))}"


def headline(
    instance: Instance,
    result: Outcome,
    nothing: Outcome,
    without: str,
    region_name: Callable[[str], str] = str,
) -> str:
    """Say how many floors are kept, and of those that are not by how much; "" if there are none.

    Parameters
    ----------
    result, nothing : Outcome
        With the plan, and with nothing bought.
    without : str
        What to call the latter: "without new places".
    region_name : callable
        The name of a leaf region by its code.
    """
    count = instance.floors["floor"].nunique()
    if not count:
        return ""
    found = by_region(instance, result)
    short = found[found["missed"] > 0]
    lost = short["floor"].nunique()
    before = float(nothing.floors.below[missed(nothing.floors)].sum())
    it, would = ("it", "it would") if count == 1 else ("they", "they would")
    then = f"{without} {would} be missed by {words.count(before)} FTE-years in all"
    if before <= 0:
        then = f"{it} {words.agreed(count, 'is', 'are')} kept {without} too"
    if not lost:
        who = "The one floor" if count == 1 else f"All {words.plural(count, 'floor')}"
        verb = words.agreed(count, "is", "are")
        return f"{who} of service {verb} kept, in every region and year; {then}."
    worst = [
        f"{row['floor']!r} in {region_name(row['region'])} by {words.count(row['below'])} "
        f"({row['when']})"
        for row in short.head(_NAMED).to_dict("records")
    ]
    if len(short) > _NAMED:
        worst.append(
            f"{words.plural(len(short) - _NAMED, 'more pair of a floor and a region', _MORE)}"
        )
    total = words.count(float(short["below"].sum()))
    return (
        f"{lost:,} of {words.plural(count, 'floor')} of service "
        f"{words.agreed(lost, 'is', 'are')} missed, by {total} FTE-years in all: "
        f"{words.joined(worst)}; {then}."
    )
