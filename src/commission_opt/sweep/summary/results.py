"""The results of a sweep as its charts and tables need them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.errors import UsageError
from commission_opt.formulation.objectives import BELOW, OBJECTIVES
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import Axis, parse_axis
from commission_opt.scenario.scenario import Scenario
from commission_opt.sweep.store import Store

BASE = Scenario("").key
HOW = {"*=": "multiplied by", "+=": "plus", "=": "set to"}
"""What the values of an axis do, by its operator."""
_HALF = 0.5  # a place; plans that differ by less count as the same
_WAYS = ("more", "same", "less", "none")


@dataclass(frozen=True)
class PlanFigure:
    """A figure of plans.

    Parameters
    ----------
    name : str
        As in the store.
    label, unit : str
        For people.
    scale : float
        What values are divided by to be in that unit.
    """

    name: str
    label: str
    unit: str
    scale: float = 1.0

    @property
    def words(self) -> str:
        """Label and unit."""
        return f"{self.label}, {self.unit}"

    def shown(self, value: float) -> str:
        """Write a value in the unit."""
        number = value / self.scale
        return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:,.4g}"

    def with_unit(self, value: float) -> str:
        """Write a value and its unit."""
        text = self.shown(value)
        return f"£{text}m" if self.unit == "£m" else f"{text} {self.unit}"


class CoursePlaces:
    """What each of C courses, or measures, gets in the scenarios that have a plan.

    It is counted as they are read, so memory does not grow with them.

    Parameters
    ----------
    base : array, shape (C,)
        Places or units of all commissioning years as given.
    plans : int
        Other scenarios with a plan.
    counts : array, shape (4, C)
        In how many of them it gets more, as many, fewer, or none though it has some as given.
    total, least, most : array, shape (C,)
        Places in all of them, and over them.
    """

    def __init__(self, base: Floats) -> None:
        self.base, self.plans = base, 0
        self.counts, self.total = np.zeros((4, len(base))), np.zeros(len(base))
        self.least, self.most = np.full_like(base, np.inf), np.full_like(base, -np.inf)

    def add(self, places: Floats) -> None:
        """Count a plan."""
        none = (places < _HALF) & (self.base >= _HALF)
        more, less = places >= self.base + _HALF, (places <= self.base - _HALF) & ~none
        self.plans += 1
        self.counts += np.array([more, ~(more | less | none), less, none])
        self.total += places
        self.least = np.minimum(self.least, places)
        self.most = np.maximum(self.most, places)

    def sorted_with(self, codes: Mapping[str, object]) -> pd.DataFrame:
        """Return a row for each course or measure after columns that name it, see the tables."""
        amounts = (self.base, self.least, self.total / self.plans, self.most)
        rows = pd.DataFrame(
            {
                **codes,
                **dict(zip(("as_given", "least", "mean", "most"), amounts, strict=True)),
                **dict(zip(_WAYS, self.counts / self.plans, strict=True)),
                "_span": np.maximum(self.most - self.base, self.base - self.least),
            }
        )
        rows = rows.sort_values(["same", "_span"], ascending=[True, False], kind="stable")
        return rows.drop(columns="_span").reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Results:
    """A sweep and one of its measures.

    Parameters
    ----------
    title : str
    instance : Instance
    measure : PlanFigure
    axes : tuple of Axis
        Of the design, without those of storylines.
    design : str
    samples : int or None
    seed : int
    size : int
        Scenarios of the whole sweep, done or not.
    scenarios : pandas.DataFrame
        A row for each that is done, in the order of the design: ``key``, ``name``, ``status``,
        ``reason``, and ``value`` of the measure, not a number if there is no plan with it.
    given : pandas.DataFrame
        For each of these the values that it sets, also where they change nothing, by target; not a
        number where it sets none.
    storylines : dict of str to str
        Titles by name.
    places, units : CoursePlaces or None
        Of courses and of measures; None if there is no plan as given to compare with, or no other,
        and units also if there are no measures.
    changes : tuple of str
        How many rows each axis changes; none in older sweeps.
    """

    title: str
    instance: Instance
    measure: PlanFigure
    axes: tuple[Axis, ...]
    design: str
    samples: int | None
    seed: int
    size: int
    scenarios: pd.DataFrame
    given: pd.DataFrame
    storylines: Mapping[str, str]
    places: CoursePlaces | None
    changes: tuple[str, ...] = ()
    units: CoursePlaces | None = None

    @property
    def base(self) -> float:
        """The value in the scenario that changes nothing; not a number if it has no plan."""
        values = self.scenarios["value"][self.scenarios["key"] == BASE].dropna()
        return float(values.iloc[0]) if len(values) else math.nan

    def held(self, *free: Axis) -> dict[str, float]:
        """Return by target where the other axes are held: at what changes nothing, if they can."""
        return {axis.target: _middle(axis) for axis in self.axes if axis not in free}

    def says_held(self, *free: Axis) -> str:
        """Say at which values the other axes are held; empty if there are none."""
        held = self.held(*free)
        return ", ".join(a.says(held[a.target]) for a in self.axes if a.target in held)

    def along(self, *free: Axis) -> pd.DataFrame:
        """Return the scenarios of a grid along axes, the others held, in the order of their values.

        Columns are those of ``scenarios``, and the value of each axis by its target.
        """
        targets, held = [axis.target for axis in free], pd.Series(self.held(*free), dtype=float)
        others = self.given.columns.difference([*targets, *held.index])
        shown = self.given[targets].notna().all(axis=1) & self.given[others].isna().all(axis=1)
        at = self.given[shown & (self.given[held.index] == held).all(axis=1)]
        at = at[targets].drop_duplicates(keep="last").sort_values(targets)
        return at.join(self.scenarios).reset_index(drop=True)


def axis_label(axis: Axis) -> str:
    """Say what the values of an axis are."""
    return f"{axis.name}, {HOW[axis.operator]}"


def _middle(axis: Axis) -> float:
    values = sorted(axis.values)
    return next(filter(axis.is_neutral, values), values[len(values) // 2])


def read_results(folder: Path, store: Store, measure: str) -> Results:
    """Read a sweep.

    Parameters
    ----------
    folder : Path
        Of the sweep, with copies of its inputs.
    store : Store
    measure : str
        Name of a measure.

    Raises
    ------
    UsageError
        If no scenario has the measure.
    """
    about, known = store.about(), store.measures()
    if known and measure not in known:
        plain = ", ".join(name for name in known if ":" not in name)
        raise UsageError(
            f"no scenario has the measure {measure!r}; there are {plain}, and others by group, "
            "region, year and fund, which sweep export lists"
        )
    instance = read_instance(folder / "instance")
    axes = tuple(
        parse_axis(f"{axis['target']}{','.join(map(repr, axis['values']))}", axis["name"])
        for axis in json.loads(about.get("axes", "[]"))
    )
    base = next((row for row in store.rows() if row.key == BASE), None)
    tallies = [
        None if amounts is None or not len(amounts) else CoursePlaces(amounts.sum(axis=1))
        for amounts in ((None, None) if base is None else (base.places, base.units))
    ]
    rows, given = [], []
    for row in store.rows():
        value = row.measures.get(measure, math.nan)
        rows.append((row.key, row.name, row.status, row.reason, value))
        given.append({setting.target: setting.value for setting in row.settings})
        for tally, amounts in zip(tallies, (row.places, row.units), strict=True):
            if tally is not None and amounts is not None and row.key != BASE:
                tally.add(amounts.sum(axis=1))
    places, units = (tally if tally is not None and tally.plans else None for tally in tallies)
    return Results(
        title=about.get("title") or instance.title,
        instance=instance,
        measure=_measure(measure, folder),
        axes=axes,
        design=about.get("design", ""),
        samples=json.loads(about.get("samples", "null")),
        seed=int(about.get("seed", "0")),
        size=int(about["size"]),
        scenarios=scenario_frame(rows),
        given=given_frame(given, axes),
        storylines=json.loads(about.get("storylines", "{}")),
        changes=tuple(json.loads(about.get("changes", "[]"))),
        places=places,
        units=units,
    )


def scenario_frame(rows: Iterable[tuple[str, str, str, str, float]]) -> pd.DataFrame:
    """Return key, name, status, reason and value of scenarios in order."""
    frame = pd.DataFrame(rows, columns=["key", "name", "status", "reason", "value"])
    return frame.astype({"value": float})


def given_frame(given: Sequence[Mapping[str, float]], axes: Sequence[Axis]) -> pd.DataFrame:
    """Return values by target of scenarios in order, with a column for every axis."""
    frame = pd.DataFrame(given, index=range(len(given)), dtype=float)
    return frame.reindex(columns=frame.columns.union([a.target for a in axes], sort=False))


def _measure(name: str, folder: Path) -> PlanFigure:
    kind, _, of = name.partition(":")
    first = read_policy(folder / "model.toml").objectives[0].minimise
    if kind in ("objective", "bound"):
        aim = of or first
        label = OBJECTIVES[aim].title if kind == "objective" else "bound"
        return PlanFigure(name, label, OBJECTIVES[aim].unit)
    unit = {
        "shortfall": "FTE" if of.startswith("year") else "FTE-years",
        "spend": "£m",
        "places": "places",
        "units": "units",
        BELOW: "FTE" if of.startswith("year") else "FTE-years",
        "price": f"{OBJECTIVES[first].unit} per £1m",
    }.get(kind, "share")
    label = name.replace(BELOW, OBJECTIVES[BELOW].title)
    label = label.replace(":", " of ", 1).replace(":", " ")
    return PlanFigure(name, label, unit, 1e6 if kind == "spend" else 1.0)
