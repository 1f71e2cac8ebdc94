"""The results of a sweep as its charts and tables need them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.errors import UsageError
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import Axis, make_axis, parse_axis
from commission_opt.scenario.scenario import Scenario
from commission_opt.sweep.row import Row
from commission_opt.sweep.store import Store

BASE = Scenario("").key
_HALF = 0.5  # a place; plans that differ by less count as the same


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


@dataclass(frozen=True)
class ScenarioValue:
    """A scenario and its value of the measure.

    Parameters
    ----------
    number : int
    key, name : str
    settings : dict of str to float
        Value by target, where it changes something.
    given : dict of str to float
        Value by target, also where it changes nothing.
    status, reason : str
    value : float
        Not a number if there is no plan.
    """

    number: int
    key: str
    name: str
    settings: Mapping[str, float]
    given: Mapping[str, float]
    status: str
    reason: str
    value: float

    @property
    def planned(self) -> bool:
        """Whether there is a plan with the measure."""
        return bool(np.isfinite(self.value))


class CoursePlaces:
    """What each of C courses, or measures, gets in the scenarios that have a plan.

    It is counted as they are read, so memory does not grow with them.

    Parameters
    ----------
    base : array, shape (C,)
        Places or units of all commissioning years as given.
    plans : int
        Other scenarios with a plan.
    more, same, less, none : array, shape (C,)
        In how many of them it gets more, as many, fewer, or none though it has some as given.
    total, least, most : array, shape (C,)
        Places in all of them, and over them.
    """

    def __init__(self, base: Floats) -> None:
        self.base, self.plans = base, 0
        self.more, self.same, self.less, self.none, self.total = np.zeros((5, len(base)))
        self.least, self.most = np.full_like(base, np.inf), np.full_like(base, -np.inf)

    @property
    def mean(self) -> Floats:
        """Places over these scenarios on average."""
        return self.total / self.plans

    def sorted_with(self, codes: Mapping[str, object]) -> pd.DataFrame:
        """Return a row for each course or measure after columns that name it, see the tables."""
        rows = pd.DataFrame(
            {
                **codes,
                "as_given": self.base,
                "least": self.least,
                "mean": self.mean,
                "most": self.most,
                "more": self.more / self.plans,
                "same": self.same / self.plans,
                "less": self.less / self.plans,
                "none": self.none / self.plans,
            }
        )
        rows["_span"] = np.maximum(self.most - self.base, self.base - self.least)
        rows = rows.sort_values(["same", "_span"], ascending=[True, False], kind="stable")
        return rows.drop(columns="_span").reset_index(drop=True)

    def add(self, places: Floats) -> None:
        """Count a plan."""
        none = (places < _HALF) & (self.base >= _HALF)
        more, less = places >= self.base + _HALF, (places <= self.base - _HALF) & ~none
        self.plans += 1
        self.more += more
        self.less += less
        self.none += none
        self.same += ~(more | less | none)
        self.total += places
        self.least = np.minimum(self.least, places)
        self.most = np.maximum(self.most, places)


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
    cases : tuple of ScenarioValue
        In the order of the design.
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
    cases: tuple[ScenarioValue, ...]
    storylines: Mapping[str, str]
    places: CoursePlaces | None
    changes: tuple[str, ...] = ()
    units: CoursePlaces | None = None

    @property
    def base(self) -> ScenarioValue | None:
        """The scenario that changes nothing, if it has a plan."""
        return next((case for case in self.cases if case.key == BASE and case.planned), None)


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
    axes = tuple(_axis(axis) for axis in json.loads(about.get("axes", "[]")))
    neutral = {axis.target: axis for axis in axes}
    base = next((row for row in store.rows() if row.key == BASE), None)
    tallies = [
        None if amounts is None or not len(amounts) else CoursePlaces(amounts.sum(axis=1))
        for amounts in ((None, None) if base is None else (base.places, base.units))
    ]
    cases = []
    for row in store.rows():
        cases.append(_case(row, measure, neutral))
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
        cases=tuple(cases),
        storylines=json.loads(about.get("storylines", "{}")),
        changes=tuple(json.loads(about.get("changes", "[]"))),
        places=places,
        units=units,
    )


def _axis(kept: Mapping[str, object]) -> Axis:
    values = kept["values"]
    assert isinstance(values, list)
    axis = parse_axis(f"{kept['target']}{values[0]!r}", str(kept["name"]))
    return make_axis(axis.field, axis.operator, values, dict(axis.filters), axis.name)


def _case(row: Row, measure: str, axes: Mapping[str, Axis]) -> ScenarioValue:
    given = {setting.target: setting.value for setting in row.settings}
    changing = {t: v for t, v in given.items() if not (t in axes and axes[t].is_neutral(v))}
    value = row.measures.get(measure, float("nan"))
    return ScenarioValue(
        row.number, row.key, row.name, changing, given, row.status, row.reason, value
    )


def _measure(name: str, folder: Path) -> PlanFigure:
    kind, _, of = name.partition(":")
    unit, scale = {
        "shortfall": ("FTE" if of.startswith("year") else "FTE-years", 1.0),
        "spend": ("£m", 1e6),
        "places": ("places", 1.0),
        "units": ("units", 1.0),
        "price": ("weighted FTE-years per £1m", 1.0),
    }.get(kind, ("", 1.0))
    if kind in ("objective", "bound"):
        first = read_policy(folder / "model.toml").objectives[0].minimise
        aim = of or first
        label = OBJECTIVES[aim].title if kind == "objective" else "bound"
        return PlanFigure(name, label, OBJECTIVES[aim].unit)
    return PlanFigure(name, name.replace(":", " of ", 1).replace(":", " "), unit or "share", scale)
