"""A frontier read back from its folder."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from commission_opt.errors import InputError, UsageError
from commission_opt.files.regular import read_whole
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.frontier.curve import BESIDE, Figures, Point
from commission_opt.frontier.lines import Frontier, Support
from commission_opt.frontier.over import OVERS
from commission_opt.frontier.view import CurveView
from commission_opt.frontier.whole import WholePlan
from commission_opt.frontier.write import FORMAT, RECORD

_LARGEST = 2**26  # bytes of a record
_WRONG = (
    ValueError, TypeError, KeyError, AttributeError, OSError, OverflowError, RecursionError,
)  # fmt: skip
_FIGURES = ("shortfall", "spend", "places")


@dataclass(frozen=True)
class StoredFrontier:
    """A frontier as its folder tells it; nothing of it is worked out again.

    Parameters
    ----------
    record : mapping
        What ``frontier.json`` holds.
    view : CurveView
    """

    record: Mapping[str, Any]
    view: CurveView


def is_frontier(folder: Path | str) -> bool:
    """Say whether a folder looks like a frontier."""
    return (Path(folder) / RECORD).is_file()


def read_frontier(folder: Path | str) -> StoredFrontier:
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
            return StoredFrontier(record, _view(record))
    except _WRONG as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        message = f"is not the record of a frontier: {what}"
        raise InputError.of_file(RECORD, message) from error
    raise UsageError(
        f"{folder} is a frontier of format {known}, and this version reads {FORMAT}; trace it again"
    )


def _view(record: Mapping[str, Any]) -> CurveView:
    points = tuple(_point(point) for point in record["points"])
    if not points or any(a.t >= b.t for a, b in pairwise(points)):
        raise ValueError("its points do not stand in order")
    objective = str(record["objective"])
    span, guarantee = record["range"], record["guarantee"]
    supports = tuple(Support(p.t, p.objective, p.bound, p.slope) for p in points)
    return CurveView(
        title=str(record["title"]),
        over=OVERS[record["over"]],
        objective=objective,
        unit=OBJECTIVES[objective].unit,
        frontier=Frontier(supports, _number(guarantee["distance"]), int(record["solves"])),
        points=points,
        plans=tuple(_plan(plan) for plan in record["whole"]),
        asked=None if span["asked"] is None else _pair(span["asked"]),
        proved=_number_or_none(span["no_plan_below"]),
        funds=tuple(str(fund) for fund in record["funds"]),
    )


def _point(record: Mapping[str, Any]) -> Point:
    return Point(
        **{
            name: _number(record[name]) for name in ("t", "objective", "bound", "slope", "marginal")
        },
        saved_per_million=_number_or_none(record["saved_per_million"]),
        figures=_figures(record),
    )


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


def _figures(record: Mapping[str, Any]) -> Figures:
    values = {name: _number(record[name]) for name in BESIDE}
    return Figures(**{name: _number(record[name]) for name in _FIGURES}, values=values)


def _pair(value: Any) -> tuple[float, float]:
    low, high = value
    return _number(low), _number(high)


def _number_or_none(value: Any) -> float | None:
    return None if value is None else _number(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)
