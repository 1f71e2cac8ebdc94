"""Some of many cases in the normal set; all of them where slow tests run as well."""

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
