"""A frontier as it is shown: the points, lines and plans that its record holds, read back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from commission_opt.errors import InputError, UsageError
from commission_opt.files.regular import read_whole
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.frontier.curve import BESIDE
from commission_opt.frontier.lines import Frontier, Support
from commission_opt.frontier.over import OVERS, Over
from commission_opt.frontier.whole import WholePlan
from commission_opt.views import words

RECORD = "frontier.json"
FORMAT = 2  # 2 names the instance by its title, years and sources
_LARGEST = 2**26  # bytes of a record
_WRONG = (
    ValueError, TypeError, KeyError, AttributeError, OSError, OverflowError, RecursionError,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class CurveView:
    """What charts and pages of a frontier need; nothing of it is worked out again.

    Parameters
    ----------
    record : mapping
        What ``frontier.json`` holds.
    title : str
        Of the instance.
    over : Over
    objective, unit : str
        Name of the objective, and what it is counted in.
    frontier : Frontier
    points : pandas.DataFrame
        As ``Curve`` has them.
    plans : tuple of WholePlan
        In whole places, without their places.
    asked : pair of float or None
        The range of budgets asked for; None for caps.
    proved : float or None
        No t below this has a plan.
    funds : tuple of str
        Whose budgets vary.
    """

    record: Mapping[str, Any]
    title: str
    over: Over
    objective: str
    unit: str
    frontier: Frontier
    points: pd.DataFrame
    plans: tuple[WholePlan, ...]
    asked: tuple[float, float] | None
    proved: float | None
    funds: tuple[str, ...]

    @property
    def words(self) -> str:
        """The objective in words."""
        return OBJECTIVES[self.objective].title

    @property
    def units(self) -> bool:
        """Whether units of measures are bought besides places."""
        return "units" in self.points

    @property
    def bought(self) -> str:
        """What is bought: places, or places and units."""
        return words.bought(self.units)


def view_of(record: Mapping[str, Any]) -> CurveView:
    """Return what is shown of a frontier by its record.

    Raises
    ------
    ValueError, TypeError, KeyError, AttributeError, OverflowError
        If it is no record of a frontier.
    """
    points = pd.DataFrame(map(_point, record["points"]))
    if points.empty or not (points["t"].diff()[1:] > 0).all():
        raise ValueError("its points do not stand in order")
    objective = str(record["objective"])
    span, guarantee = record["range"], record["guarantee"]
    supports = points[["t", "objective", "bound", "slope"]].itertuples(index=False)
    return CurveView(
        record=record,
        title=str(record["title"]),
        over=OVERS[record["over"]],
        objective=objective,
        unit=OBJECTIVES[objective].unit,
        frontier=Frontier(
            tuple(Support(*row) for row in supports),
            _number(guarantee["distance"]),
            int(record["solves"]),
        ),
        points=points,
        plans=tuple(map(_plan, record["whole"])),
        asked=None if span["asked"] is None else _pair(span["asked"]),
        proved=_number_or_none(span["no_plan_below"]),
        funds=tuple(str(fund) for fund in record["funds"]),
    )


def _point(record: Mapping[str, Any]) -> dict[str, float]:
    names = ("t", "objective", "bound", "slope", "marginal")
    saved = _number_or_none(record["saved_per_million"])
    own = {name: _number(record[name]) for name in names}
    return {**own, "saved_per_million": math.nan if saved is None else saved, **_figures(record)}


def _plan(record: Mapping[str, Any]) -> WholePlan:
    found = record["figures"]
    return WholePlan(
        t=_number(record["t"]),
        status=str(record["status"]),
        reason=str(record["reason"]),
        objective=_number_or_none(record["objective"]),
        bound=_number_or_none(record["bound"]),
        figures=None if found is None else _figures(found),
    )


def _figures(record: Mapping[str, Any]) -> Mapping[str, float]:
    names = ("shortfall", "spend", *BESIDE, "places", *(("units",) if "units" in record else ()))
    return {name: _number(record[name]) for name in names}


def _pair(value: Any) -> tuple[float, float]:
    low, high = value
    return _number(low), _number(high)


def _number_or_none(value: Any) -> float | None:
    return None if value is None else _number(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)


def is_frontier(folder: Path | str) -> bool:
    """Say whether a folder looks like a frontier."""
    return (Path(folder) / RECORD).is_file()


def read_frontier(folder: Path | str) -> CurveView:
    """Read a frontier back.

    Raises
    ------
    UsageError
        If it is of another format.
    InputError
        If ``frontier.json`` is not the record of a frontier.
    """
    try:
        record = json.loads(read_whole(Path(folder) / RECORD, _LARGEST).decode())
        known = record["format"]
        if known == FORMAT:
            return view_of(record)
    except _WRONG as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        message = f"is not the record of a frontier: {what}"
        raise InputError.of_file(RECORD, message) from error
    raise UsageError(
        f"{folder} is a frontier of format {known}, and this version reads {FORMAT}; trace it again"
    )
