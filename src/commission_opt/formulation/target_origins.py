"""Where targets stand in a model, and how their ends give way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats, Ints
from commission_opt.files.toml.lines import lines_of
from commission_opt.formulation.origin import (
    MODEL_FILE,
    SLIGHT,
    Elastic,
    OfPlaces,
    Origin,
    Price,
    Said,
)
from commission_opt.formulation.place_prices import place_costs
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.targeted import TargetYear, asked, reached, who
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy, TargetKind

_UNITS: dict[TargetKind, str] = {"shortfall": "FTE", "share_met": "share", "places": "places"}
_GRAINS: dict[TargetKind, float] = {"shortfall": 0.1, "share_met": 0.0001, "places": 1.0}
_DIGITS = 4


def line_of(policy: Policy, number: int, key: str) -> int | None:
    """Return the line of a key of a target in the file of its model; None if it has none."""
    if not policy.content:
        return None
    lines = lines_of(policy.content.decode("utf-8-sig"))
    places = (("target", number, key), ("target", number))
    return next((lines[place] for place in places if place in lines), None)


def _lines(kind: TargetKind) -> Callable[[Planning], Ints]:
    def lines(problem: Planning) -> Ints:
        goals = asked(problem, kind)
        found = [line_of(problem.policy, each.number, each.target.end_key) for each in goals]
        return np.array([line or 0 for line in found], dtype=np.int64)

    return lines


def _says(kind: TargetKind) -> Callable[[Planning, int], Said]:
    def said(problem: Planning, i: int) -> Said:
        each = asked(problem, kind)[i]
        year = problem.instance.first_year + each.year
        return Said(each.named(problem.instance), each.target.end, year)

    return said


def _kept(kind: TargetKind) -> Callable[[Planning, Floats, int], float]:
    """Return what finds the end that places keep in every year of a target, rounded outward."""

    def figure(problem: Planning, amounts: Floats, line: int) -> float:
        nobody = np.zeros(problem.deployments) if problem.deploys else None
        result = problem.outcome(amounts, nobody)
        goals = asked(problem, kind)
        own = [each for each, at in zip(goals, _lines(kind)(problem), strict=True) if at == line]
        found = np.array([_reached(problem, each, result) for each in own])
        grain, (least, most) = _GRAINS[kind], (np.min(found), np.max(found))
        if own[0].target.at_most is not None:
            return round(float(np.ceil((most - SLIGHT) / grain) * grain), _DIGITS)
        return round(float(np.floor((least + SLIGHT) / grain) * grain), _DIGITS)

    return figure


def _reached(problem: Planning, each: TargetYear, result: Outcome) -> float:
    """Return what a target counts, in the unit of its end."""
    found = reached(problem, each, result.shortfall[..., None], result.places)
    number = float(np.ravel(found)[0])
    if each.target.of != "share_met":
        return number
    needed = problem.instance.demand[..., each.year][who(problem.instance, each.target)].sum()
    return 1.0 - number / float(needed) if needed > 0 else 1.0


def _prices(kind: TargetKind) -> Callable[[Instance], Price]:
    """Price a FTE or place as a place costs on average; a share as that of a year's demand."""

    def prices(instance: Instance) -> Price:
        mean = float(place_costs(instance)[: len(instance.courses)].mean())
        return lambda _: mean * _per_unit(kind)(instance, 0)

    return prices


def _per_unit(kind: TargetKind) -> Callable[[Instance, int], float]:
    """Return how many FTE or places a unit of the end stands for, about."""

    def gives(instance: Instance, _line: int) -> float:
        return float(instance.demand[..., 0].sum()) or 1.0 if kind == "share_met" else 1.0

    return gives


def _origin(kind: TargetKind, key: str, *, more: bool) -> Origin:
    relax = Elastic("target", _prices(kind), of_places=OfPlaces(_kept(kind), _per_unit(kind)))
    return Origin(
        "target", MODEL_FILE, f"{kind}.{key}", _says(kind), _lines(kind),
        unit=_UNITS[kind], asks_for_more=more, relax=relax,
    )  # fmt: skip


_SHORTFALL = _origin("shortfall", "at_most", more=False)
_SHARE = _origin("share_met", "at_least", more=True)
_MOST = _origin("places", "at_most", more=False)
_LEAST = _origin("places", "at_least", more=True)
ORIGIN_OF: dict[TargetKind, tuple[Origin, Origin]] = {
    "shortfall": (_SHORTFALL, _SHORTFALL), "share_met": (_SHARE, _SHARE), "places": (_LEAST, _MOST),
}  # fmt: skip
"""Of the lower and upper ends of rows, by what a target is about."""

ENDS = (_SHORTFALL, _SHARE, _MOST, _LEAST)
