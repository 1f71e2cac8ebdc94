import json
import shutil
from pathlib import Path

import pytest

from command_line import Run
from commission_opt.allocation.allocate import allocate
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from promised import CLOSED, FLOOR, MODEL, two_by_two_files, written


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("made")
    for name, commitments in (("old", FLOOR), ("new", FLOOR + CLOSED)):
        folder = written(base / f"{name}-instance", two_by_two_files(commitments))
        write_plan(allocate(read_instance(folder), read_policy(MODEL).relaxed()), base / name)
    return base


@pytest.fixture
def plans(made: Path, tmp_path: Path) -> tuple[Path, Path]:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "old", tmp_path / "new"


def test_text(plans: tuple[Path, Path], run: Run) -> None:
    ran = run("compare", *plans, "--both-orders")
    assert ran.code == 0
    assert "new has 2.20 weighted FTE-years of shortfall more than old" in ran.out
    for words in ("commitments.csv", "closed", "nurse-south", "Shortfall by year", "by fund"):
        assert words in ran.out
    assert max(map(len, ran.out.splitlines())) <= 120


@pytest.mark.slow
def test_json_and_markdown(plans: tuple[Path, Path], run: Run) -> None:
    answers = json.loads(run("compare", *plans, "--format", "json").out)
    assert [answer["title"] for answer in answers] == [
        "From old to new", "Inputs and model", "Places", "Outcome",
    ]  # fmt: skip
    explained = answers[0]["tables"]["explained"]
    assert explained[0]["because_of"] == "commitments.csv"
    assert explained[0]["value"] == pytest.approx(2.2)
    assert "| commitments.csv | +2.20 |" in run("compare", *plans, "--format", "md").out


def test_nothing_changed(plans: tuple[Path, Path], run: Run) -> None:
    ran = run("compare", plans[0], plans[0])
    assert ran.code == 0
    assert "Nothing changed" in ran.out


def test_no_plan(plans: tuple[Path, Path], tmp_path: Path, run: Run) -> None:
    ran = run("compare", plans[0], tmp_path / "nowhere")
    assert ran.code == 2
    assert "nowhere is no plan" in ran.err.replace("\n", "")


def test_a_changed_plan_is_named_with_its_file(plans: tuple[Path, Path], run: Run) -> None:
    path = plans[1] / "instance" / "budgets.csv"
    path.write_text(path.read_text("utf-8").replace("600000", "600001"), "utf-8")
    ran = run("compare", *plans)
    assert ran.code == 1
    (problem,) = ran.problems
    assert "instance/budgets.csv: was changed after the plan was made" in problem
    assert "new)" in problem.replace(" ", "")
    assert "old)" not in problem


def test_an_order_that_there_is_not(plans: tuple[Path, Path], run: Run) -> None:
    ran = run("compare", *plans, "--order", "demands")
    assert ran.code == 2
    assert "did you mean 'demand'" in ran.err
