import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

from command_line import Run
from commission_opt.allocation.methods import Method
from commission_opt.cli.arguments import MethodName
from commission_opt.files.shipped import find_instance
from started import start

BY_HAND = find_instance("two-by-two")
MODEL = BY_HAND / "model.toml"


def test_the_methods_offered_are_those_there_are() -> None:
    assert [*get_args(MethodName)] == [method.value for method in Method]


def test_a_plan_is_written_and_summed_up(tmp_path: Path, run: Run) -> None:
    ran = run("solve", "two-by-two", "--model", MODEL, "--out", tmp_path / "plan")
    assert ran.code == 0
    assert ran.out == ""
    for words in (
        "75 places in 2026/27",
        "Nursing",
        "tuition",
        "The plan achieves 100.00 %",
        "certified",
    ):
        assert words in ran.err
    names = {p.name for p in (tmp_path / "plan").iterdir()}
    assert names == {
        "allocation.csv",
        "budgets.csv",
        "instance",
        "model.toml",
        "placements.csv",
        "plan.json",
        "proof.npz",
        "supply.csv",
    }
    assert list(tmp_path.iterdir()) == [tmp_path / "plan"]


def test_fast_goes_on_while_a_gap_that_was_asked_for_is_open(tmp_path: Path, run: Run) -> None:
    made = tmp_path / "made"
    run("generate", "--professions", 4, "--regions", 2, "--years", 1, "--out", made)
    asked = ("solve", made, "--model", made / "model.toml", "--method", "fast", "--json")
    first = json.loads(run(*asked, "--out", tmp_path / "first").out)
    further = json.loads(run(*asked, "--out", tmp_path / "further", "--gap", 0.001).out)
    assert first["gap"] > 0.001 >= further["gap"]
    assert run("replay", tmp_path / "further").code == 0


def test_json_is_the_record_and_nothing_else(tmp_path: Path, run: Run) -> None:
    out = tmp_path / "plan"
    ran = run("solve", BY_HAND, "--model", MODEL, "--out", out, "--json")
    record = json.loads(ran.out)
    assert record.pop("folder") == str(out)
    assert record == json.loads((out / "plan.json").read_text("utf-8"))


def test_the_default_folder_is_named_after_instance_and_model(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("solve", "two-by-two").code == 0
    assert (tmp_path / "plans" / "two-by-two-annual" / "plan.json").is_file()


def test_a_plan_is_not_overwritten_without_force(tmp_path: Path, run: Run) -> None:
    out = tmp_path / "plan"
    out.mkdir()
    (out / "mine.txt").write_text("keep me")
    refused = run("solve", "two-by-two", "--out", out)
    assert refused.code == 2
    assert "--force" in refused.err
    assert run("solve", "two-by-two", "--out", out, "--force").code == 2
    assert (out / "mine.txt").read_text() == "keep me"
    (out / "mine.txt").unlink()
    assert run("solve", "two-by-two", "--out", out).code == 0
    refused = run("solve", "two-by-two", "--out", out)
    assert refused.code == 2
    assert "--force" in refused.err
    assert run("solve", "two-by-two", "--out", out, "--force").code == 0
    assert not (out / "mine.txt").exists()
    assert (out / "plan.json").is_file()


def test_relaxed_allows_fractions(tmp_path: Path, run: Run) -> None:
    ran = run(
        "solve", "two-by-two", "--model", MODEL, "--out", tmp_path / "p", "--relaxed",
        "--json",
    )  # fmt: skip
    record = json.loads(ran.out)
    assert record["integer"] is False
    assert record["status"] == "optimal"
    assert record["objective"] == pytest.approx(373.936, abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["solve", "nowhere"], 1, "no such instance"),
        (["solve", "two-by-two", "--model", "nothing"], 1, "no such commissioning model"),
        (["solve", "two-by-two", "--gap", "-1"], 2, "--gap"),
        (["solve", "two-by-two", "--threads", "0"], 2, "--threads"),
        (["solve", "two-by-two", "--bogus"], 2, "--bogus"),
        (["solve"], 2, "INSTANCE"),
        (["solve", "two-by-two", "--time-limit", "0"], 2, "--time-limit"),
        (
            ["solve", "england-2026", "--model", "five-year", "--time-limit", "1e-9"],
            4,
            "--time-limit",
        ),
    ],
)
def test_failures_have_a_code_and_a_word(
    arguments: list[str], code: int, words: str, tmp_path: Path, run: Run
) -> None:
    ran = run(*arguments, "--out", tmp_path / "plan")
    assert ran.code == code
    assert words in ran.err
    assert list(tmp_path.iterdir()) == []


def _edited(tmp_path: Path, file: str, old: str, new: str) -> Path:
    folder = tmp_path / "edited"
    shutil.copytree(BY_HAND, folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_an_infeasible_problem_names_its_conflict(tmp_path: Path, run: Run) -> None:
    folder = _edited(tmp_path, "budgets.csv", "2026,600000", "2026,200000")
    (folder / "commitments.csv").write_text(
        "commitment,profession,first_year,last_year,min_places,owner,reason\n"
        "more nurses,nurse,2026,2026,40,board,agreed\n"
    )
    ran = run("solve", folder, "--model", MODEL, "--out", tmp_path / "plan")
    assert ran.code == 3
    assert "commitment 'more nurses' (board) in 2026" in ran.err
    assert "budget of fund 'tuition' in 2026" in ran.err
    assert not (tmp_path / "plan").exists()
    paced = run("solve", folder, "--out", tmp_path / "plan")
    assert paced.code == 3
    assert "the least places that the pace of change allows on" in paced.err


def test_whole_places_may_be_what_makes_it_infeasible(tmp_path: Path, run: Run) -> None:
    folder = _edited(tmp_path, "budgets.csv", "2026,600000", "2026,100000")
    (folder / "commitments.csv").write_text(
        "commitment,course,first_year,last_year,min_places,owner,reason\n"
        "some,paramedic-south,2026,2026,5,board,agreed\n"
    )
    ran = run("solve", folder, "--model", MODEL, "--out", tmp_path / "plan")
    assert ran.code == 3
    assert "whole places" in ran.err


def test_exact_values_are_those_of_several_futures(tmp_path: Path, run: Run) -> None:
    ran = run("solve", "two-by-two", "--exact-value", "--out", tmp_path / "plan")
    assert ran.code == 2
    assert "--exact-value goes with --uncertainty" in " ".join(ran.err.split())
    assert not (tmp_path / "plan").exists()


@pytest.mark.slow
def test_the_plan_reads_back_exactly(tmp_path: Path, run: Run) -> None:
    out = tmp_path / "plan"
    run("solve", "england-2026", "--out", out)
    for name in ("supply", "budgets", "placements"):
        path = out / f"{name}.csv"
        again = pd.read_csv(path, keep_default_na=False)
        assert again.to_csv(index=False, lineterminator="\n") == path.read_text("utf-8")
    for path in (out / "instance").iterdir():
        assert path.read_bytes() == (find_instance("england-2026") / path.name).read_bytes()


def _command(*arguments: str) -> list[str]:
    # A background job of a shell ignores Ctrl-C and hands that down; here it shall count.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from commission_opt.cli import main; main()"
    )
    return [sys.executable, "-c", code, *arguments]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
def test_killed_at_any_moment_leaves_no_plan_or_a_whole_one(tmp_path: Path) -> None:
    out = tmp_path / "plan"
    whole = set()
    for delay in (0.2, 0.7, 0.9, 1.0, 1.1, 1.2, 1.4):
        process = start(
            _command("solve", "england-2026", "--out", str(out), "--force"),
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay)
        process.kill()
        process.wait()
        if out.exists():
            files = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
            whole.add(frozenset(files))
            json.loads((out / "plan.json").read_text("utf-8"))
            pd.read_csv(out / "supply.csv")
            shutil.rmtree(out)
    assert len(whole) <= 1


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
def test_interrupted_keeps_the_best_plan(tmp_path: Path) -> None:
    folder, out = tmp_path / "hard", tmp_path / "plan"
    subprocess.run(
        _command(
            "generate", "--professions", "20", "--regions", "4", "--years", "2",
            "--out", str(folder),
        ),
        check=True,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    process = start(
        _command(
            "solve", str(folder), "--model", str(folder / "model.toml"), "--out", str(out),
            "--gap", "0", "--time-limit", "300",
        ),
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if "best plan" in line:
            break
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=120)[1]
    assert process.returncode == 130
    assert "best plan found" in rest
    record = json.loads((out / "plan.json").read_text("utf-8"))
    assert record["interrupted"] is True
    assert record["certificate"]["feasible"] is True
