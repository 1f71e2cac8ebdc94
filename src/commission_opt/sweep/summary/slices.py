"""Parts of a design: scenarios that differ in one axis or in two, all else being equal."""

from __future__ import annotations

from collections.abc import Iterable

from commission_opt.scenario.axis import Axis
from commission_opt.sweep.summary.results import Results, ScenarioValue

HOW = {"*=": "multiplied by", "+=": "plus", "=": "set to"}
"""What the values of an axis do, by its operator."""


def middle(axis: Axis) -> float:
    """Return the value at which an axis is held: the one that changes nothing, if it has it."""
    held = [value for value in axis.values if axis.is_neutral(value)]
    return held[0] if held else sorted(axis.values)[len(axis.values) // 2]


def held(results: Results, free: Iterable[Axis]) -> dict[str, float]:
    """Return the values at which all other axes are held, by target."""
    varied = {axis.target for axis in free}
    return {axis.target: middle(axis) for axis in results.axes if axis.target not in varied}


def along(results: Results, axis: Axis) -> dict[float, ScenarioValue]:
    """Return the scenarios of a grid along one axis, the others held, by value."""
    return {case.given[axis.target]: case for case in _at(results, [axis])}


def across(results: Results, x: Axis, y: Axis) -> dict[tuple[float, float], ScenarioValue]:
    """Return the scenarios of a grid over two axes, the others held, by both values."""
    cases = _at(results, [x, y])
    return {(case.given[x.target], case.given[y.target]): case for case in cases}


def _at(results: Results, free: list[Axis]) -> list[ScenarioValue]:
    fixed, varied = held(results, free), [axis.target for axis in free]
    return [
        case
        for case in results.cases
        if case.given.keys() == {*fixed, *varied} and fixed.items() <= case.given.items()
    ]


def says_held(results: Results, free: Iterable[Axis]) -> str:
    """Say at which values the other axes are held; empty if there are none."""
    fixed = held(results, free)
    others = [axis for axis in results.axes if axis.target in fixed]
    return ", ".join(axis.says(fixed[axis.target]) for axis in others)


def axis_label(axis: Axis) -> str:
    """Say what the values of an axis are."""
    return f"{axis.name}, {HOW[axis.operator]}"
