import json
from pathlib import Path

import pytest

from command_line import Run
from promised import CLOSED, FLOOR, MODEL, two_by_two_files, written


@pytest.fixture
def plan(tmp_path: Path, run: Run) -> Path:
    folder = written(tmp_path / "instance", two_by_two_files(FLOOR + CLOSED))
    assert run("solve", folder, "--model", MODEL, "--out", tmp_path / "plan").code == 0
    return tmp_path / "plan"


@pytest.mark.slow
def test_text(plan: Path, run: Run) -> None:
    ran = run("ledger", plan)
    assert ran.code == 0
    assert "in force cost 3.72 weighted FTE-years together" in ran.out
    for word in ("floor", "Board", "Small course", "No teachers", "at least 15, 2026", "exactly 0"):
        assert word in ran.out
    assert "in whole places" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 120


@pytest.mark.slow
def test_json_has_every_figure(plan: Path, run: Run) -> None:
    (answer,) = json.loads(run("ledger", plan, "--format", "json").out)
    assert answer["tables"].keys() == {"prices", "together", "whole", "promises"}
    dearest = answer["tables"]["prices"][0]
    assert dearest["commitment"] == "closed"
    assert dearest["kind"] == "override"
    assert dearest["price"] == pytest.approx(2.2)
    assert {"low", "high", "shortfall", "spend", "average", "whole_low", "how"} <= dearest.keys()


def test_fractions_only(plan: Path, run: Run) -> None:
    ran = run("ledger", plan, "--relaxed-only", "--format", "md")
    assert ran.code == 0
    assert "| closed | Dean | 2.20 |" in ran.out
    assert "whole places" not in ran.out.replace("In whole places", "")


def test_a_plan_in_fractions(tmp_path: Path, run: Run) -> None:
    folder = written(tmp_path / "instance", two_by_two_files(FLOOR))
    run("solve", folder, "--model", MODEL, "--relaxed", "--out", tmp_path / "plan")
    ran = run("ledger", tmp_path / "plan")
    assert "“floor” (owner Board) costs 1.52 weighted FTE-years." in ran.out
    assert "In whole places" not in ran.out


def test_no_plan_and_a_changed_plan(plan: Path, tmp_path: Path, run: Run) -> None:
    ran = run("ledger", tmp_path)
    assert ran.code == 2
    assert "is no plan" in ran.err
    path = plan / "instance" / "commitments.csv"
    path.write_text(path.read_text("utf-8").replace(",15,", ",14,"), "utf-8")
    ran = run("ledger", plan)
    assert ran.code == 1
    assert "commitments.csv" in ran.problems[0]
    assert "was changed after the plan was made" in ran.problems[0]
