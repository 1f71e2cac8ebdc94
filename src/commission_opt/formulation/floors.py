"""Where floors of service stand, and what each is called."""

from __future__ import annotations

from commission_opt.formulation.origin import Origin, Said
from commission_opt.formulation.problem import Planning
from commission_opt.instance.floors import LEAST
from commission_opt.instance.instance import Instance


def named_floor(instance: Instance, row: int) -> tuple[str, str, int]:
    """Return the name, the leaf region and the year of a row of ``Instance.floors``."""
    name, region, year = (instance.floors[c].to_numpy()[row] for c in ("floor", "region", "year"))
    return str(name), str(region), int(year)


def _said(problem: Planning, row: int) -> Said:
    name, region, year = named_floor(problem.instance, row)
    given = problem.instance.floors[[*LEAST]].iloc[row].dropna()
    column, figure = str(given.index[0]), float(given.iloc[0])
    unit = "FTE" if column == "min_fte" else "share"
    return Said(f"floor {name!r} in {region!r} in {year}", figure, year, "", unit, column)


FLOORS = Origin(
    "floor", "floors.csv", "min_fte", _said,
    lambda problem: problem.instance.floors.index.to_numpy(int), unit="FTE", asks_for_more=True,
)  # fmt: skip
"""What each row of ``Instance.floors`` asks for; no plan fails because of it."""
