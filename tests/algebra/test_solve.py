"""Solvers present and absent, limits, and plans that stand when a later stage fails."""

import ast
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from pyomo.common import fileutils
from pyomo.common.errors import ApplicationError

from commission_opt import algebra
from commission_opt.algebra import available
from commission_opt.algebra.available import available_solvers
from commission_opt.algebra.extension import load_extension
from commission_opt.algebra.solve import solve_model
from commission_opt.errors import NoPlanError, UsageError
from commission_opt.policy import Objective, Policy, Rules
from commission_opt.solvers.status import Limits, Status
from handworked import hand
from pyomo_solvers import EXACT, SOLVERS
from samples import model, policy, sample
from some import some

RUN = "commission_opt.algebra.solve.run_solver"
ASKED = Policy(
    *("test", "Test", 1, (Objective("worst_region", tolerance=0.1), Objective("cost"))),
    discount_rate=0.25,
    rules=Rules(continuation="none"),
)


def test_versions_of_solvers() -> None:
    found = available_solvers()
    assert list(found) == ["highs", "cbc", "glpk", "scip"]
    assert found["highs"] == metadata.version("highspy")


def test_looking_for_solvers_loads_none() -> None:
    code = (
        "import sys; from commission_opt.algebra.available import available_solvers;"
        "available_solvers(); print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pyomo", "highspy", "pyscipopt"} & set(run.stdout.split())


def test_a_solver_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(available, "has_package", lambda _: False)
    assert available_solvers()["cbc"] is None
    message = "'cbc' is not installed; installed are: highs.*; to install it: apt install coinor"
    with pytest.raises(UsageError, match=message):
        solve_model(hand(), ASKED, "cbc", EXACT)


@pytest.mark.parametrize("name", ["nosuch", "cplex"])
def test_a_solver_that_is_unknown_or_not_here(name: str) -> None:
    with pytest.raises(UsageError, match=f"the solver '{name}' is not installed; installed are"):
        solve_model(hand(), ASKED, name, EXACT)


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
@pytest.mark.parametrize("name", ["ipopt", "gams", "cplex", "nosuch", "cbc"])
def test_a_program_that_lies_in_the_current_folder_is_not_started(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in (name, "glpsol", "timer"):
        (tmp_path / program).write_text(f"#!/bin/sh\ntouch '{tmp_path}/it ran'\n", "utf-8")
        (tmp_path / program).chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    fileutils.Executable.rehash()
    try:
        with pytest.raises(UsageError, match="is not installed"):
            solve_model(hand(), ASKED, name, EXACT)
    finally:
        monkeypatch.undo()
        fileutils.Executable.rehash()
    assert not (tmp_path / "it ran").exists()


@pytest.mark.slow
@pytest.mark.parametrize("solver", some(SOLVERS, 2))
def test_a_limit_leaves_a_plan_or_none(solver: str) -> None:
    both, asked = sample(6, 4, 3, 1), policy(model(3))
    try:
        result = solve_model(both.instance, asked, solver, Limits(seconds=1.0, gap=0.0))
    except NoPlanError as error:
        assert "found no plan in" in str(error)  # noqa: PT017
    else:
        assert result.status in ("optimal", "feasible")


def answers(monkeypatch: pytest.MonkeyPatch, *told: Any) -> None:
    """Let stages end as they are told: with a status, and places if any were found."""
    calls = iter(told)

    def run(m: Any, *_: Any) -> Status:
        status, places = next(calls)
        if isinstance(status, Exception):
            raise status
        for (course, _), place in m.places.items():
            place.set_value(places.get(course, 0.0) if places else None, skip_validation=True)
        return Status(status)

    monkeypatch.setattr(RUN, run)


@pytest.mark.parametrize(
    ("status", "places"),
    [
        ("limit", None),  # nothing found
        ("infeasible", None),  # by a whisker
        ("optimal", None),  # says it, but hands nothing over
        (NoPlanError("crashed"), None),
        ("limit", {"B": 4.0}),  # cheaper, but beyond the tolerance of the first stage
        ("limit", {"A": 40.0, "B": 12.0, "C": 6.0}),  # as good in the first stage, but dearer
    ],
)
def test_the_plan_before_stands(
    monkeypatch: pytest.MonkeyPatch, status: str | Exception, places: dict[str, float] | None
) -> None:
    # The first plan has nobody on A and C: let it cost as little as it can.
    first = ("optimal", {"B": 12.0})
    answers(monkeypatch, first, (status, places))
    result = solve_model(hand(horizon=2), ASKED, "highs", EXACT)
    assert result.status == "feasible"
    assert result.amounts[:, 0].tolist() == [0, 12, 0]
    assert result.values == result.final


def test_a_better_plan_found_before_the_limit_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, ("optimal", {"B": 12.0}), ("limit", {"B": 10.0 + 3e-7}))
    result = solve_model(hand(horizon=2), ASKED, "highs", EXACT)
    assert result.status == "feasible"
    assert result.amounts[1, 0] == 10
    assert result.values[1] == 5000


def test_no_plan_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RUN, lambda *_: Status.LIMIT)
    with pytest.raises(NoPlanError, match="the solver 'highs' found no plan in"):
        solve_model(hand(), ASKED, "highs", EXACT)


def test_a_solver_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Status:
        raise ApplicationError("Solver (cbc) did not exit normally")

    monkeypatch.setattr("commission_opt.algebra.solvers._run_here", fail)
    with pytest.raises(NoPlanError, match=r"the solver 'highs' failed: .*did not exit normally"):
        solve_model(hand(), ASKED, "highs", EXACT)


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("solver", SOLVERS)
def test_an_extension_adds_its_own_constraints(tmp_path: Path, solver: str) -> None:
    path = write(
        tmp_path,
        "import pyomo.environ as pyo\n"
        "def extend(model, instance, policy):\n"
        "    year = instance.first_year\n"
        "    model.fewer = pyo.Constraint(expr=model.places['B', year] <= 7)\n"
        "    model.mine = pyo.Objective(expr=-model.places['A', year])\n",
    )
    result = solve_model(hand(horizon=2), ASKED, solver, EXACT, load_extension(path))
    # Seven places leave (55.6 − 5.6) / 237.6 of the south's demand; a tenth of it may be given
    # back, which is all seven. See test_objectives.
    assert result.values[0] == pytest.approx(50 / 237.6)
    assert result.final[0] <= 55 / 237.6 + 1e-9
    assert result.amounts[0, 0] == 0  # its objective is not optimised


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", r"mine.py: has no function `def extend\(model, instance, policy\)`"),
        ("extend = 1\n", "mine.py: has no function"),
        ("def extend(:\n", "mine.py: SyntaxError: "),
        ("import nosuchmodule\n", "mine.py: ModuleNotFoundError: No module named 'nosuchmodule'"),
    ],
)
def test_a_file_that_is_no_extension(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_extension(write(tmp_path, text))


def test_a_file_that_is_missing_or_not_python(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        load_extension(tmp_path / "nosuch.py")
    (tmp_path / "mine.txt").write_text("")
    with pytest.raises(UsageError, match=r"must end in \.py"):
        load_extension(tmp_path / "mine.txt")


def test_an_extension_that_fails(tmp_path: Path) -> None:
    extend = load_extension(
        write(tmp_path, "def extend(model, instance, policy):\n    model.places['Z', 2026]\n")
    )
    with pytest.raises(UsageError, match=r"mine.py: extend failed with KeyError: "):
        solve_model(hand(), replace(ASKED), "highs", EXACT, extend)


def test_the_specification_shares_no_code_with_what_it_specifies() -> None:
    allowed = ("algebra", "errors", "instance.instance", "policy", "solvers.status")
    for file in Path(str(algebra.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("commission_opt"):
                name = str(node.module).removeprefix("commission_opt").lstrip(".")
                assert name.startswith(allowed), f"{file.name} imports {name}"
