"""Some of many cases in the normal set; all of them where slow tests run as well."""

import zlib
from collections import Counter
from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from _pytest.mark import ParameterSet


def some(cases: Iterable[Any], every: int, first: int = 0) -> list[Any]:
    """Mark all cases slow but each so many-th; a tuple is a case of several arguments."""
    return [
        _case(case, [] if k % every == first else [pytest.mark.slow])
        for k, case in enumerate(cases)
    ]


def _case(case: Any, marks: list[pytest.MarkDecorator]) -> ParameterSet:
    if isinstance(case, ParameterSet):
        return pytest.param(*case.values, marks=[*case.marks, *marks], id=case.id)
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=marks)


def diagonal(*axes: Iterable[Any], every: int) -> list[Any]:
    """Mark all of a grid slow but a part of it that still meets every value of every axis.

    Kept are the cells whose positions along the axes add up to a multiple of ``every``.
    """
    grid = [[*enumerate(axis)] for axis in axes]
    assert all(len(axis) >= every for axis in grid), "a value of another axis would be lost"
    return [
        pytest.param(
            *(value for _, value in cell),
            marks=[pytest.mark.slow] if sum(k for k, _ in cell) % every else [],
        )
        for cell in product(*grid)
    ]


def thin(items: Iterable[pytest.Item]) -> None:
    """Mark the cases of tests that bear the mark ``each`` slow, but each so many-th one.

    Cases that are slow already do not count.
    """
    met = Counter[str]()
    for item in items:
        mark, name = item.get_closest_marker("each"), item.nodeid.partition("[")[0]
        if mark is not None and item.get_closest_marker("slow") is None:
            if met[name] % mark.args[0]:
                item.add_marker(pytest.mark.slow)
            met[name] += 1


def part_of(items: list[pytest.Item], every: int) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Split tests in two: about one in so many of the slow ones, and all others.

    Their names settle which, so that a new test moves no other in or out. Cases of a test that
    bears the mark ``in_order`` need those before them, and count as one.
    """
    units: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("slow") is not None:
            name, in_order = item.nodeid, item.get_closest_marker("in_order")
            units.setdefault(name.partition("[")[0] if in_order else name, []).append(item)
    kept = {
        id(item)
        for name, unit in units.items()
        if zlib.crc32(name.encode()) % every == 0
        for item in unit
    }
    return [i for i in items if id(i) in kept], [i for i in items if id(i) not in kept]
