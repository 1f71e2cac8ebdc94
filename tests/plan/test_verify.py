import hashlib
import json
import shutil
from collections.abc import Callable
from decimal import ROUND_FLOOR
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from builders import Tiny
from commission_opt.allocation.algebraic import allocate_algebraically
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.cli.verify import verify as verify_command
from commission_opt.errors import InputError, Problem
from commission_opt.plan.read import read_plan
from commission_opt.plan.verify import Verification, verify
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits
from commission_opt.views.verdict import amount, recorded, verdict
from samples import both, made, model, sample
from some import some

STAGES = (("shortfall", 0.01), ("worst_region", 0.0))
LIMITS = Limits(seconds=20, gap=0.0)
Record = dict[str, Any]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("verify")
    policy = parse_policy(model(stages=STAGES).encode())
    found = allocate(sample(5, 3, 1, 4).instance, policy, LIMITS)
    assert found.proofs[0].trees
    write_plan(found, base / "plan")
    return base / "plan"


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "plan"))


def _verified(folder: Path) -> Verification:
    return verify(read_plan(folder))


def _told(folder: Path) -> str:
    found = _verified(folder)
    assert not found.holds
    return "\n".join(map(str, found.problems))


def test_a_plan_as_it_was_written_holds(folder: Path) -> None:
    found = _verified(folder)
    assert found.holds
    assert found.problems == ()
    record = json.loads((folder / "plan.json").read_text("utf-8"))
    assert found.certificate.bound == record["bound"]
    assert found.certificate.gap == record["gap"]


@pytest.mark.each(2)
@pytest.mark.parametrize("relaxed", [False, True])
@pytest.mark.parametrize("engine", ["arrays", "pyomo"])
def test_every_kind_of_plan_holds(tmp_path: Path, engine: str, *, relaxed: bool) -> None:
    instance = read_instance(Tiny().write(tmp_path / "tiny"))
    policy = parse_policy(model().encode())
    policy = policy.relaxed() if relaxed else policy
    by = allocate if engine == "arrays" else allocate_algebraically
    write_plan(by(instance, policy, limits=LIMITS), tmp_path / "plan")
    assert _verified(tmp_path / "plan").holds


def test_verifying_solves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import highspy

    def refuse(*_: object) -> None:
        raise AssertionError("a solver was called")

    monkeypatch.setattr(highspy.Highs, "run", refuse)
    assert _verified(folder).holds


def _in_record(change: Callable[[Record], object]) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        record = json.loads((folder / "plan.json").read_text("utf-8"))
        change(record)
        (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")

    return spoil


@pytest.mark.each(3)
@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda r: r.update(bound=r["bound"] + 1), "plan.json, bound: says"),
        (lambda r: r.update(objective=r["objective"] - 1), "plan.json, objective: says"),
        (lambda r: r.update(achieved=1.0 - 1e-6), "plan.json, achieved: says"),
        (lambda r: r.update(status="best"), "plan.json, status: says best, but"),
        (lambda r: r.update(without_new_places=1e9), "plan.json, without_new_places"),
        (lambda r: r["stages"][0].update(bound=r["stages"][0]["bound"] * 1.01), "stages.0.bound"),
        (lambda r: r["stages"][1].update(limit=0), "plan.json, stages.1.limit: says 0"),
        (lambda r: r["certificate"].update(feasible=False), "certificate.feasible: says False"),
    ],
)
def test_a_record_that_claims_too_much_is_named(
    folder: Path, change: Callable[[Record], object], named: str
) -> None:
    _in_record(change)(folder)
    assert named in _told(folder)


@pytest.mark.parametrize("file", ["supply.csv", "budgets.csv", "placements.csv"])
def test_a_changed_table_is_named_with_the_cell(folder: Path, file: str) -> None:
    lines = (folder / file).read_text("utf-8").splitlines()
    cells = lines[3].split(",")
    cells[-1] = "123.5"
    (folder / file).write_text("\n".join([*lines[:3], ",".join(cells), *lines[4:], ""]))
    told = _told(folder)
    assert f"{file}: was changed after the plan was made" in told
    assert f"{file} row 4, {lines[0].split(',')[-1]}: says 123.5, but" in told


def test_a_changed_table_is_found_even_if_its_hash_was_changed_too(folder: Path) -> None:
    path = folder / "budgets.csv"
    text = path.read_text("utf-8")
    fund = text.splitlines()[1].split(",")[0]
    path.write_text(text.replace(fund, "salary", 1), encoding="utf-8")
    renewed = hashlib.sha256(path.read_bytes()).hexdigest()
    _in_record(lambda r: r["hashes"]["outputs"].update({"budgets.csv": renewed}))(folder)
    assert _told(folder) == (
        f"budgets.csv row 2, fund: says salary, but {fund} follows from the places"
    )


def test_cells_without_a_figure_are_empty_and_nothing_else(tmp_path: Path) -> None:
    known = made(2, 2, 1, 3)
    where = {c: known.tables["demand"][c].iloc[0] for c in ("profession", "region")}
    posts = pd.DataFrame([{**where, "year": "*", "posts": 3}])
    tables = {**known.tables, "posts": posts}
    policy = parse_policy(model(stages=STAGES[:1]).encode())
    write_plan(allocate(both(known.settings, tables).instance, policy, LIMITS), tmp_path / "plan")
    assert _verified(tmp_path / "plan").holds
    path = tmp_path / "plan" / "supply.csv"
    lines = path.read_text("utf-8").splitlines()
    heads, last = lines[0].split(","), lines[-1].split(",")
    at = heads.index("posts")
    assert last[at] == ""
    last[at] = "7"
    path.write_text("\n".join([*lines[:-1], ",".join(last), ""]), encoding="utf-8")
    assert f"row {len(lines)}, posts: says 7, but nothing follows" in _told(tmp_path / "plan")
    first = lines[1].split(",")
    first[at] = ""
    path.write_text("\n".join([lines[0], ",".join(first), *lines[2:], ""]), encoding="utf-8")
    assert "row 2, posts: says nothing, but 3.0 follows" in _told(tmp_path / "plan")


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda f: (f / "supply.csv").unlink(), "supply.csv: is missing from the plan"),
        (lambda f: (f / "supply.csv").write_text("a,b\n1,2\n"), "has other columns or rows"),
        (lambda f: (f / "supply.csv").write_text(""), "supply.csv: cannot be read"),
    ],
)
def test_tables_that_cannot_be_read_are_named(
    folder: Path, spoil: Callable[[Path], object], named: str
) -> None:
    spoil(folder)
    assert named in _told(folder)


def _in_proof(folder: Path, name: str, change: Callable[[np.ndarray], np.ndarray]) -> None:
    path = folder / "proof.npz"
    with np.load(path) as stored:
        arrays = {key: stored[key] for key in stored.files}
    arrays[name] = change(arrays[name])
    np.savez_compressed(path, **arrays)


def test_a_changed_proof_proves_less_and_is_named(folder: Path) -> None:
    before = _verified(folder).certificate.bound
    _in_proof(folder, "0/leaves", lambda y: y * 0.9)
    found = _verified(folder)
    assert found.certificate.bound < before
    told = "\n".join(map(str, found.problems))
    assert "proof.npz: was changed after the plan was made" in told
    assert "plan.json, bound: says" in told


def test_a_proof_of_another_program_is_refused(folder: Path) -> None:
    _in_proof(folder, "0/multipliers", lambda y: y[:-1])
    with pytest.raises(InputError, match=r"proof\.npz: .* has multipliers for .* rows"):
        _verified(folder)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("0/rows", lambda a: a + 1),
        ("0/columns", lambda a: a + 10**6),
        ("0/columns", lambda a: np.zeros_like(a)),
    ],
)
def test_trees_that_prove_nothing_are_refused(
    folder: Path, name: str, change: Callable[[np.ndarray], np.ndarray]
) -> None:
    _in_proof(folder, name, change)
    with pytest.raises(InputError, match=r"proof\.npz: proves nothing"):
        _verified(folder)


@cache
def two_stages() -> Allocation:
    policy = parse_policy(model(stages=(("shortfall", 0.05), ("change", 0.0))).encode())
    return allocate(sample(5, 3, 1, 4).instance, policy, LIMITS)


@pytest.mark.slow
def test_a_stage_of_an_old_plan_that_no_places_show_is_called_unproved(tmp_path: Path) -> None:
    """Plans of format 2 keep no places of their stages."""
    write_plan(two_stages(), tmp_path / "plan")
    record = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))
    first = record["stages"][0]
    assert first["objective"] < first["final"] * 0.99
    assert _verified(tmp_path / "plan").unproved == ()
    _without_places(tmp_path / "plan")
    found = _verified(tmp_path / "plan")
    assert found.holds
    assert [stage.attained for stage in found.certificate.stages] == [False, True]
    assert "plan says were reached in that stage are unproved" in found.unproved[0]
    asked = float(first["gap"]) + 1.0
    for certificate in (found.certificate, recorded(found.plan.record)):
        said = verdict(certificate, asked, integer=True)
        value = amount(certificate.stages[0], first["objective"])
        limit = amount(certificate.stages[0], first["limit"], ROUND_FLOOR)
        for text in said:
            assert value not in text or f"{value}, which is unproved" in text
            assert limit not in text or f"{limit} (a limit that rests on an unproved value)" in text
        assert any("which is unproved" in text for text in said)
        assert any("an unproved value" in text for text in said)
    gap = (first["final"] - first["bound"]) / first["final"]
    assert found.certificate.gap == pytest.approx(gap)
    assert found.certificate.objective == pytest.approx(first["final"])


def _without_places(folder: Path) -> None:
    path = folder / "proof.npz"
    with np.load(path) as stored:
        arrays = {key: stored[key] for key in stored.files if not key.endswith("places")}
    np.savez_compressed(path, **arrays)
    renewed = hashlib.sha256(path.read_bytes()).hexdigest()
    _in_record(lambda r: r["hashes"]["outputs"].update({"proof.npz": renewed}))(folder)
    _in_record(lambda r: r.update(format=2))(folder)


@pytest.mark.parametrize("table", ["allocation.csv", "supply.csv"])
def test_a_column_without_heading_is_not_taken_for_row_labels(folder: Path, table: str) -> None:
    """Whoever opens the file sees every cell below another heading."""
    path = folder / table
    first, *rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([first, *(f"900,{row}" for row in rows), ""]), encoding="utf-8")
    renewed = hashlib.sha256(path.read_bytes()).hexdigest()
    _in_record(lambda r: r["hashes"]["outputs"].update({table: renewed}))(folder)
    try:
        told = "\n".join(map(str, _verified(folder).problems))
    except InputError as error:
        told = str(error)
    assert f"{table}: cannot be read: row 2 has" in told


@pytest.mark.slow
def test_a_plan_with_unproved_stages_holds_only_as_far_as_its_files_can_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_plan(two_stages(), tmp_path / "plan")
    _without_places(tmp_path / "plan")
    assert verify_command(str(tmp_path / "plan")) == 6
    told = " ".join(capsys.readouterr().err.split())
    assert "is proved in part only" in told
    assert "what it says was reached of the weighted shortfall before later objectives" in told
    assert " holds" not in told
    assert "proved again from its files alone" not in told


@pytest.mark.each(2)
@pytest.mark.parametrize("part", some([0.9, 0.3, 1.02], 2))
def test_a_plan_made_older_with_a_false_value_is_not_believed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], part: float
) -> None:
    """Nothing in it can refute the value, so headline and exit code say that it is unproved."""
    folder = tmp_path / "plan"
    write_plan(two_stages(), folder)
    _without_places(folder)
    first = json.loads((folder / "plan.json").read_text("utf-8"))["stages"][0]
    least = max(first["bound"], first["final"] / 1.05)
    false = least + part * (first["final"] - least)
    _in_record(lambda r: r["stages"][0].update(objective=false))(folder)
    for _ in range(3):  # a careful hand makes all else fit
        for problem in _verified(folder).problems:
            _in_record(partial(_repeat, problem))(folder)
    found = _verified(folder)
    assert found.problems == ()
    assert verify_command(str(folder), json_=True) == 6
    told = capsys.readouterr()
    said = json.loads(told.out)
    assert (said["holds"], said["proved"]) == (True, False)
    assert "is proved in part only" in said["verdict"][0]
    assert f"{false:,.1f} weighted FTE-years that the plan says were reached" in said["unproved"][0]
    assert found.certificate.bound <= false
    shown = amount(found.certificate.stages[0], false)
    assert all(f"{shown}, which is unproved" in t for t in said["verdict"] if shown in t)


def _repeat(problem: Problem, record: Record) -> None:
    """Write what was found in the place of what was said."""
    *path, last = str(problem.column).split(".")
    there: Any = record
    for key in path:
        there = there[int(key)] if key.isdigit() else there[key]
    value = problem.message.rsplit(" prove ", 1)[1]
    there[last] = json.loads(value) if value[0] in "-0123456789" else value
