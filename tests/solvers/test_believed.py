"""A solver is believed in one place, and only for what its results prove."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from commission_opt.core.linear_program import lagrangian_bound
from commission_opt.solvers.believed import SURE, Believed, Way, agree, believed, from_nothing
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.status import Limits, Result, Status, Watch
from random_programs import random_program

SOURCE = Path(__file__).parents[2] / "src" / "commission_opt"
SOLVES = {"solve", "solve_by", "solve_linear", "solve_first_order"}
FAILED = Result(Status.ERROR, message="no luck")


def ways(*results: Result) -> list[Way]:
    return [Way(f"way {k}", lambda _, one=result: one) for k, result in enumerate(results, 1)]  # type: ignore[misc]


def test_the_first_result_that_proves_itself_counts() -> None:
    good = Result(Status.OPTIMAL)
    found = believed(ways(FAILED, good, FAILED), lambda result, _: result is good or None, 9.0)
    assert found.proof
    assert found.result is good
    assert found.tried == ("way 1: no luck", "way 2: optimal")
    assert not found.late


@pytest.mark.parametrize(
    ("result", "seconds", "late"), [(Result(Status.STOPPED), 9.0, False), (FAILED, 0.0, True)]
)
def test_a_stop_and_the_end_of_the_time_are_heeded(
    result: Result, seconds: float, late: bool
) -> None:
    found: Believed[object] = believed(ways(result, FAILED), lambda *_: None, seconds)
    assert found.proof is None
    assert len(found.tried) == 1
    assert found.late == late


def test_a_bound_agrees_with_a_value_within_the_tolerance() -> None:
    assert agree(100.0, 100.0)
    assert agree(100.0 * (1 - SURE / 2), 100.0)
    assert not agree(100.0 * (1 - SURE * 2), 100.0)
    assert not agree(float("nan"), 100.0)


@pytest.mark.parametrize("exact", [True, False])
def test_every_way_from_nothing_bounds_the_same_optimum(exact: bool) -> None:
    program = random_program(2)
    tried = list(from_nothing(program, Limits(), Watch(), exact=exact))
    assert len({way.name for way in tried}) == 4
    bounds = []
    for way in tried:
        multipliers = way.solve(30.0).multipliers
        assert multipliers is not None
        bounds.append(lagrangian_bound(program, multipliers))
    assert bounds == pytest.approx([bounds[0]] * 4, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("tied", "first"), [(True, Algorithm.INTERIOR_POINT), (False, Algorithm.FIRST_ORDER)]
)
def test_a_row_that_ties_all_columns_is_not_for_the_first_order_method(
    tied: bool, first: Algorithm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commission_opt.solvers.believed.is_large", lambda _: True)
    way = next(iter(from_nothing(random_program(2), Limits(), Watch(), exact=False, tied=tied)))
    assert way.name == first


def believers(text: str) -> Iterator[str]:
    """Yield how a module solves linear programs itself instead of by way of ``believed``."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "commission_opt.solvers"
        ):
            yield from (alias.name for alias in node.names if alias.name in SOLVES)
    if "PersistentProgram" in text:
        calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
        yield from (
            f".{call.attr}" for call in calls if isinstance(call, ast.Attribute)
            if call.attr in SOLVES
        )  # fmt: skip


def test_no_other_module_decides_what_a_solver_is_believed() -> None:
    found = {
        str(path.relative_to(SOURCE)): names
        for path in SOURCE.rglob("*.py")
        if path.parent.name != "solvers" and (names := list(believers(path.read_text())))
    }
    assert not found


def test_a_module_that_solves_by_itself_is_seen() -> None:
    by_name = "from commission_opt.solvers.highs import solve_linear"
    held = "held = PersistentProgram(limits)\nfor _ in range(2): held.solve(program, 1.0)"
    assert list(believers(by_name)) == ["solve_linear"]
    assert list(believers(held)) == [".solve"]
