"""Commitments and hand-made overrides: what each demands and what a plan gives."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.formulation.problem import Planning

COMMITMENT, OVERRIDE = "commitment", "override"
_MET = 1e-6  # relative; as for every rule


@dataclass(frozen=True, eq=False)
class Promise:
    """A commitment, and the places or units that a plan gives it.

    Parameters
    ----------
    position : int
        In the instance's commitments.
    kind : {"commitment", "override"}
        An override pins the places of one course to a number.
    first_year, last_year : int
        As written.
    least, most : float
        Places in each year; infinite where there is no limit.
    years : tuple of int
        Commissioning years in which it counts.
    courses : int
        How many courses it is about.
    given : array, shape (len(years),)
        Places that the plan gives.
    step : float
        Fewest places by which the plan can change; 0 for fractions.
    unit : {"places", "units"}
        What is counted: places of courses, or units of a measure.
    """

    position: int
    name: str
    owner: str
    reason: str
    kind: str
    first_year: int
    last_year: int
    least: float
    most: float
    years: tuple[int, ...]
    courses: int
    given: Floats
    step: float
    unit: str = "places"

    @property
    def in_force(self) -> bool:
        """Whether it limits any place that is decided."""
        return bool(self.years and self.courses)

    @property
    def missed(self) -> float:
        """Places below the least or beyond the most, all years together."""
        below, beyond = self.least - self.given, self.given - self.most
        return float(np.maximum(np.maximum(below, beyond), 0.0).sum())

    def is_met(self, within: float) -> bool:
        """Whether the places given keep it, within a part of them."""
        return self.missed <= within * max(1.0, float(self.given.sum()))

    @property
    def binding(self) -> tuple[int, ...]:
        """Years in which the plan could not move by a step and keep it."""
        room = np.minimum(self.given - self.least, self.most - self.given)
        limit = np.where(np.isfinite(self.least), self.least, self.most)
        enough = np.maximum(_MET * np.maximum(1.0, np.abs(limit)), self.step * (1.0 - _MET))
        return tuple(year for year, bound in zip(self.years, room <= enough, strict=True) if bound)


def promises(problem: Planning, places: Floats) -> list[Promise]:
    """List the commitments of an instance with what places, shape (L, K), give them."""
    instance = problem.instance
    matches = instance.commitment_lines
    totals = matches.astype(float) @ places
    steps = instance.lines["step"].to_numpy(float)
    found = []
    table = instance.commitments.fillna({"min_places": -np.inf, "max_places": np.inf})
    for i, row in enumerate(table.to_dict("records")):
        years = [instance.first_year + k for k in range(places.shape[1])]
        counts = [k for k, y in enumerate(years) if row["first_year"] <= y <= row["last_year"]]
        whole, single = problem.policy.integer and matches[i].any(), matches[i].sum() == 1
        found.append(
            Promise(
                position=i,
                name=row["commitment"],
                owner=row["owner"],
                reason=row["reason"],
                kind=OVERRIDE if single and row["min_places"] == row["max_places"] else COMMITMENT,
                first_year=int(row["first_year"]),
                last_year=int(row["last_year"]),
                least=float(row["min_places"]),
                most=float(row["max_places"]),
                years=tuple(years[k] for k in counts),
                courses=int(matches[i].sum()),
                given=totals[i, counts],
                step=float(steps[matches[i]].min()) if whole else 0.0,
                unit="units" if row["measure"] else "places",
            )
        )
    return found


def lifted(problem: Planning, which: Collection[int]) -> Planning:
    """Return a problem in which some commitments, by their positions, demand nothing.

    Their rows stay, with limits that no places can break, so that the program keeps its layout
    and can be solved from the last one on.
    """
    instance = problem.instance
    table, rows = instance.commitments.copy(), np.array(sorted(which), dtype=int)
    capacity = instance.lines["max_amount"].to_numpy(float)
    for column, harmless in (
        ("min_places", np.zeros(len(table))),
        ("max_places", instance.commitment_lines.astype(float) @ capacity),
    ):
        limits = table[column].to_numpy(float).copy()
        limits[rows] = np.where(np.isnan(limits[rows]), np.nan, harmless[rows])
        table[column] = limits
    return replace(problem, instance=instance.changed(commitments=table))
