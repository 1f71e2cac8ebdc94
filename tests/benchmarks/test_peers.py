"""The peers write the same problem as this engine, and the driver and the comparison run them."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import samples
from commission_opt.allocation.methods import branch_and_bound
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE, violations
from commission_opt.errors import InfeasibleError, UsageError
from commission_opt.files.shipped import find_instance
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.problem import Planning, planning
from commission_opt.instance.write import write_instance
from commission_opt.policy import FairShare
from commission_opt.policy_file import parse_policy, read_policy
from commission_opt.reading.read import read_instance

FOLDER = Path(__file__).parents[2] / "benchmarks"
DRIVER = FOLDER / "peers" / "driver.py"
LIBRARY = {"linopy": "linopy", "mathopt": "ortools", "pulp": "cbcbox"}
# OR-Tools cannot be loaded where highspy is, so it has a process of its own below.
INSIDE = [
    "raw-highspy", "scipy", "linopy", "linopy-dense", "linopy-lp", "pyomo-appsi", "pyomo-contrib",
    "pulp-cbc",
]  # fmt: skip
APART = ["mathopt", "mathopt-pdlp-highs"]
CASES = ["two-by-two", "seed 0", "seed 1", "seed 2"]
SIZE = (6, 3, 2)

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="limits are those of POSIX"),
    pytest.mark.slow,
]


@pytest.fixture(autouse=True)
def _as_scripts_import(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(FOLDER))
    yield
    for name in [name for name in sys.modules if name.split(".")[0] in ("peers", "measuring")]:
        sys.modules.pop(name)


def script(name: str) -> Any:
    return importlib.import_module(f"peers.{name}")


def need(peer: str) -> None:
    """Skip by name where a library is absent, without importing OR-Tools here."""
    library = LIBRARY.get(peer.split("-")[0])
    if library is not None and importlib.util.find_spec(library) is None:
        pytest.skip(f"could not import {library!r}: no such package")


def make(peer: str) -> Any:
    need(peer)
    return script("registry").PEERS[peer].make(0)


@cache
def problem(case: str) -> Planning:
    if case == "two-by-two":
        folder = find_instance(case)
        return planning(read_instance(folder), read_policy(folder / "model.toml"))
    seed = int(case.split()[1])
    made = samples.made(*SIZE, seed, 15)
    instance = samples.sample(*SIZE, seed, 15).instance
    return planning(instance, parse_policy(made.model.encode()))


@cache
def optima(case: str) -> tuple[float, float]:
    """What this engine finds: the optimum of the relaxation, and that of the integer problem."""
    formulation = formulate(problem(case), aims(problem(case))[0])
    task: Task = samples.task(formulation, gap=0.0)
    _, columns = branch_and_bound(task)
    assert columns is not None
    places = problem(case).layout.to_amounts(columns)
    return task.relaxation.bound, formulation.program.value(formulation.point(places))


@pytest.mark.parametrize("peer", INSIDE)
@pytest.mark.parametrize("case", CASES)
def test_a_peer_finds_the_same_optimum_of_the_relaxation(peer: str, case: str) -> None:
    made, statement = make(peer), script("statement").state(problem(case))
    model = made.build(statement, whole=False)
    answer = made.solve_relaxation(model)
    assert answer.status == "optimal"
    assert answer.objective == pytest.approx(optima(case)[0], rel=1e-6)
    assert answer.bound == pytest.approx(answer.objective, rel=1e-6)


@pytest.mark.parametrize("peer", INSIDE)
@pytest.mark.parametrize("case", ["two-by-two", "seed 0"])
def test_a_peer_finds_the_same_integer_optimum(peer: str, case: str) -> None:
    if peer == "pulp-cbc" and case == "seed 0":
        pytest.skip("CBC does not close the gap in time")
    made, statement = make(peer), script("statement").state(problem(case))
    answer = made.solve_integer(made.build(statement, whole=True), 0.0, 60.0)
    assert answer.status == "optimal"
    assert answer.objective == pytest.approx(optima(case)[1], rel=1e-6)
    assert kept(case, statement.places(np.round(answer.steps)))


def kept(case: str, places: Floats) -> bool:
    result = samples.result_of(problem(case), places)
    return all(v.size <= TOLERANCE for v in violations(problem(case), result))


@pytest.mark.parametrize("peer", INSIDE)
def test_a_plan_within_a_gap_keeps_every_rule(peer: str) -> None:
    made, statement = make(peer), script("statement").state(problem("seed 1"))
    answer = made.solve_integer(made.build(statement, whole=True), 0.02, 60.0)
    assert answer.bound <= optima("seed 1")[1] + 1e-3 <= answer.objective + 2e-3
    assert (answer.objective - answer.bound) / answer.objective <= 0.02 + 1e-9
    assert kept("seed 1", statement.places(np.round(answer.steps)))


@pytest.mark.parametrize("peer", [*INSIDE, "commission-opt"])
def test_other_budgets_are_solved_as_if_the_instance_had_them(peer: str) -> None:
    made, state = make(peer), script("statement").state
    model = made.build(state(problem("seed 0")), whole=False)
    found = made.resolve_budgets(model, [1.01, 1.0, 1.02])
    budgets = problem("seed 0").instance.budgets
    richer = replace(
        problem("seed 0").instance, budgets=budgets.assign(amount=budgets["amount"] * 1.02)
    )
    scaled = planning(richer, problem("seed 0").policy)
    fresh = samples.task(formulate(scaled, aims(scaled)[0])).relaxation.bound
    assert found[1:] == pytest.approx([optima("seed 0")[0], fresh], rel=1e-6)
    assert fresh < found[0] < optima("seed 0")[0]


@pytest.mark.parametrize("peer", APART)
@pytest.mark.parametrize("case", CASES)
def test_or_tools_finds_the_same_optima(peer: str, case: str, tmp_path: Path) -> None:
    need(peer)
    whole = case in ("two-by-two", "seed 1")
    phases = ["relax", "resolve", *(["integer"] if whole else [])]
    row = drive({"peer": peer, "phases": phases, "gap": 0.0, **where(case, tmp_path)})
    assert row["status"] == "optimal"
    assert row["relaxation"] == pytest.approx(optima(case)[0], rel=1e-6)
    assert len(row["resolved"]) == 10
    if whole:
        assert row["objective"] == pytest.approx(optima(case)[1], rel=1e-6)
        assert row["violation"] <= TOLERANCE


def where(case: str, folder: Path) -> dict[str, Any]:
    if case == "two-by-two":
        return {"instance": case}
    made = samples.made(*SIZE, int(case.split()[1]), 15)
    write_instance(folder, made.settings, made.tables)
    (folder / "model.toml").write_text(made.model)
    return {"instance": str(folder)}


def drive(job: dict[str, Any]) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, str(DRIVER)], input=json.dumps(job), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    row: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return row


def test_the_driver_writes_a_row_of_every_phase(tmp_path: Path) -> None:
    out = tmp_path / "row.json"
    size = {"professions": 4, "regions": 2, "years": 2, "seed": 3}
    job = {"peer": "raw-highspy", "generate": size, "out": str(out), "gap": 0.05}
    row = drive(job)
    assert row == json.loads(out.read_text())
    phases = {"read", "supply", "statement", "build", "pass", "relax", "resolve"}
    assert set(row["seconds"]) == {*phases, "build_integer", "integer"}
    assert all(row["peak_memory_mib"][phase] > 0 for phase in phases)
    assert row["status"] == "optimal"
    assert row["objective"] == pytest.approx(row["claimed"], rel=1e-6)
    assert row["bound"] <= row["objective"]
    assert row["gap"] <= 0.05
    assert row["violation"] <= TOLERANCE
    assert row["versions"]["highspy"]
    assert row["resolved"] == sorted(row["resolved"], reverse=True)


def test_the_engine_runs_under_the_same_driver() -> None:
    row = drive({"peer": "commission-opt", "instance": "two-by-two", "gap": 1e-6})
    assert (row["status"], row["message"]) == ("optimal", "certified")
    assert row["objective"] == pytest.approx(380.696)
    assert row["relaxation"] == pytest.approx(373.936)


@pytest.mark.parametrize("peer", INSIDE)
@pytest.mark.parametrize("whole", [False, True])
def test_a_peer_says_when_nothing_is_feasible(peer: str, *, whole: bool) -> None:
    made, statement = make(peer), script("statement").state(problem("two-by-two"))
    nobody = replace(statement, budget_left=statement.budget_left - statement.budget_amount - 1)
    model = made.build(nobody, whole=whole)
    answer = made.solve_integer(model, 0.0, 9.0) if whole else made.solve_relaxation(model)
    assert (answer.status, answer.steps) == ("infeasible", None)


def test_a_peer_without_its_library_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = script("driver")
    monkeypatch.setitem(sys.modules, "linopy", None)
    row = driver.run(driver.Job("linopy", instance="two-by-two"))
    assert row["status"] == "absent"
    assert "commission-opt[peers]" in row["message"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no json", "not JSON"),
        ("[]", "key 'peer'"),
        ('{"peer": "cplex", "instance": "two-by-two"}', "no such peer"),
        ('{"peer": "scipy"}', "either an instance or generate"),
        ('{"peer": "scipy", "instance": "two-by-two", "phases": ["x"]}', "no such phase"),
        ('{"peer": "scipy", "instance": "two-by-two", "speed": 1}', "no key speed"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        script("driver").parse_job(text)


def test_what_the_peers_do_not_write_is_refused() -> None:
    one = problem("seed 0")
    rules = replace(one.policy.rules, fair_share=FairShare(0.1, "population"), level_intake=True)
    with pytest.raises(UsageError, match="level_intake, fair_share"):
        script("statement").state(planning(one.instance, replace(one.policy, rules=rules)))
    with pytest.raises(UsageError, match="integer = false"):
        script("statement").state(planning(one.instance, one.policy.relaxed()))


def test_a_limit_that_no_decision_reaches_is_dropped_or_infeasible() -> None:
    one = problem("seed 0")
    promises = one.instance.commitments.assign(min_places=1.0)
    nobody = np.zeros_like(one.instance.commitment_lines)
    broken = replace(one.instance, commitments=promises, commitment_lines=nobody)
    with pytest.raises(InfeasibleError, match="commitment 1 is broken"):
        script("statement").state(planning(broken, one.policy))
    kept = replace(broken, commitments=promises.assign(min_places=0.0, max_places=np.nan))
    assert script("statement").state(planning(kept, one.policy)).promise.shape[0] == 0


def without_budgets(s: Any) -> Any:
    return replace(s, budget_left=s.budget_left * 2)


def without_placements(s: Any) -> Any:
    return replace(s, placement_left=s.placement_left * 2)


def without_commitments(s: Any) -> Any:
    nothing = np.full_like(s.promised_most, np.inf)
    return replace(s, promised_least=-nothing, promised_most=nothing)


def without_pace(s: Any) -> Any:
    return replace(s, rise=s.rise + 1000, fall=s.fall + 1000)


def with_one_tier(s: Any) -> Any:
    return replace(s, price=np.repeat(s.price[:, :1], s.price.shape[1], axis=1))


@pytest.mark.parametrize(
    "planted",
    [without_budgets, without_placements, without_commitments, without_pace, with_one_tier],
)
def test_every_part_of_the_statement_matters(planted: Callable[[Any], Any]) -> None:
    """Else the optima could agree although a peer leaves a rule out."""
    made, changed = make("raw-highspy"), []
    for case in CASES[1:]:
        broken = planted(script("statement").state(problem(case)))
        found = made.solve_relaxation(made.build(broken, whole=False)).objective
        changed.append(abs(found - optima(case)[0]) > 1e-6 * found)
    assert any(changed)


def test_the_comparison_prints_every_table(capsys: pytest.CaptureFixture[str]) -> None:
    compare = script("compare_peers")
    compare.main(["4", "2", "1", "--peers", "raw-highspy", "--gap", "0.05", "--rounds", "1"])
    printed = capsys.readouterr().out
    for title, _, _ in script("tables").TABLES:
        assert f"#### {title}" in printed
    lines = [line for line in printed.splitlines() if line.startswith("|")]
    assert sum("raw-highspy" in line for line in lines) == 5
    assert sum("commission-opt" in line for line in lines) == 5
    assert "crashed" not in printed
    assert "4 × 2 × 1, seed 0" in printed


def test_a_job_that_is_stopped_is_a_row() -> None:
    compare = script("compare_peers")
    limits = compare.Limits(0.0, 60.0, 0.2, 8192.0)
    row = compare.run_job("raw-highspy", "integer", find_instance("two-by-two"), limits, 0)
    assert row["status"] == "stopped"
    text = script("tables").integer({"raw-highspy": [row]}, 0.0)
    assert "stopped after 0.2 s" in text


def test_rounds_go_forth_and_back() -> None:
    going = script("compare_peers").order(["a", "b"], 3)
    assert [peer for _, peer in going] == ["a", "b", "b", "a", "a", "b"]
