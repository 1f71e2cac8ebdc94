"""``commission-opt apply``, and ``solve --change``: saved scenarios."""

import json
import shutil
from pathlib import Path

from command_line import Run
from commission_opt.files.shipped import find_instance

BUDGET = "budget*=1.1"


def test_a_changed_instance_is_solved_as_its_changes_are(tmp_path: Path, run: Run) -> None:
    ran = run("apply", "two-by-two", "--change", BUDGET, "--out", tmp_path / "more")
    assert ran.code == 0
    told = " ".join(ran.err.split())
    assert "“budget*=1.1” changes" in told
    assert "commission-opt solve" in told
    model = find_instance("two-by-two") / "model.toml"
    beside = ("--model", model, "--json")
    of_folder = run("solve", tmp_path / "more", *beside, "--out", tmp_path / "a")
    at_once = run("solve", "two-by-two", "--change", BUDGET, *beside, "--out", tmp_path / "b")
    one, other = json.loads(of_folder.out), json.loads(at_once.out)
    assert one["objective"] == other["objective"] < 380.0
    assert one["hashes"]["inputs"] == other["hashes"]["inputs"]
    assert "“budget*=1.1” changes" in " ".join(at_once.err.split())
    assert run("verify", tmp_path / "b").code == 0
    assert run("replay", tmp_path / "b").code == 0
    sources = (tmp_path / "b" / "instance" / "instance.toml").read_text()
    assert 'change-1 = "budget*=1.1 of two-by-two: ' in sources


def test_what_lies_beside_an_instance_comes_along(tmp_path: Path, run: Run) -> None:
    given = tmp_path / "given"
    shutil.copytree(find_instance("two-by-two"), given)
    (given / "notes.md").write_text("ours")
    changes = ("--change", "model.discount_rate=0.03", "--change", BUDGET)
    model = ("--model", given / "model.toml")
    ran = run("apply", given, *changes, *model, "--out", tmp_path / "new")
    assert ran.code == 0
    assert (tmp_path / "new" / "notes.md").read_text() == "ours"
    assert "# changed: " in (tmp_path / "new" / "model.toml").read_text()
    assert "--model" in ran.err.split("solve it with")[1]


def test_the_workbook_of_an_instance_is_not_taken_for_the_changed_one(
    tmp_path: Path, run: Run
) -> None:
    book = tmp_path / "book.xlsx"
    assert run("workbook", "export", "two-by-two", book).code == 0
    assert run("apply", book, "--change", BUDGET, "--out", tmp_path / "new").code == 0
    assert not list((tmp_path / "new").glob("*.xlsx"))
    model = find_instance("two-by-two") / "model.toml"
    solve = ("--change", BUDGET, "--model", model, "--out", tmp_path / "plan")
    assert run("solve", book, *solve).code == 0
    assert run("verify", tmp_path / "plan").code == 0
    for folder in (tmp_path / "new", tmp_path / "plan" / "instance"):
        assert "660000" in (folder / "budgets.csv").read_text()


def test_nothing_is_written_of_a_change_that_cannot_be(tmp_path: Path, run: Run) -> None:
    for change, says in (
        ("budgt*=2", "did you mean budget?"),
        ("budget*=1,2", "has 2 values; a change has one"),
        ("completion_rate*=9", "completion_rate"),
    ):
        ran = run("apply", "two-by-two", "--change", change, "--out", tmp_path / "new")
        assert ran.code in (1, 2)
        assert says in " ".join([*ran.err.split(), *ran.problems])
        assert not (tmp_path / "new").exists()


def test_where_the_change_leaves_no_plan_both_commands_are_told(tmp_path: Path, run: Run) -> None:
    ran = run("solve", "england-2026", "--change", "budget*=0.97", "--out", tmp_path / "none")
    assert ran.code == 3
    told = " ".join(ran.err.split())
    apply = "commission-opt apply england-2026 --model annual --change 'budget*=0.97' --out changed"
    assert f"{apply}, and then commission-opt explain changed" in told
    assert not (tmp_path / "none").exists()
