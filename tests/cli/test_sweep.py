import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import pytest

from command_line import Run, main_in
from commission_opt.allocation.methods import Method
from commission_opt.cli.arguments import MethodName
from commission_opt.cli.sweep_lines import line
from commission_opt.scenario.scenario import Scenario
from commission_opt.sweep.row import row_of
from commission_opt.sweep.run import Progress
from small_sweeps import MODEL, count, kept
from started import start

_VARY = ["--vary", "budget*=0.2:1.4:0.025", "--vary", "demand*=0.9,1,1.1"]
SIZE, CHUNK = 147, 4
_SMALL = [
    "two-by-two", "--model", str(MODEL), *_VARY, "--relaxed", "--chunk", str(CHUNK),
    "--processes", "1",
]  # fmt: skip
_POSIX = pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweeps") / "uninterrupted"
    main_in(folder.parent, "sweep", *_SMALL, "--out", str(folder))
    return folder


def _start(*arguments: str) -> subprocess.Popen[str]:
    # A background job of a shell ignores Ctrl-C and hands that down; here it shall count.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from commission_opt.cli import main; main()"
    )
    return start(
        [sys.executable, "-c", code, "sweep", *arguments],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _finish(*arguments: str) -> None:
    process = _start(*arguments)
    said = process.communicate()[1]
    assert process.returncode == 0, said


def _wait_for(folder: Path, scenarios: int, process: subprocess.Popen[str]) -> None:
    while process.poll() is None and count(folder) < scenarios:
        time.sleep(0.01)


@pytest.mark.slow
def test_the_years_that_are_commissioned_can_be_varied(tmp_path: Path, run: Run) -> None:
    vary = ["--vary", "model.commissioning_years=1,2", "--relaxed", "--processes", "1"]
    out = tmp_path / "years"
    assert run("sweep", "two-by-two", *vary, "--out", out).code == 0
    assert "3 of 3 scenarios" in run("sweep", "summary", out).err
    assert run("sweep", "export", out, "--out", tmp_path / "tables").code == 0
    with (tmp_path / "tables" / "places.csv").open(encoding="utf-8") as file:
        rows = [(row["scenario"], row["year"]) for row in csv.DictReader(file)]
    assert sorted(set(rows)) == [("0", "2026"), ("1", "2026"), ("2", "2026"), ("2", "2027")]
    wrong = run("sweep", "two-by-two", "--vary", "max_intake+=0.5", "--out", tmp_path / "no")
    assert wrong.code == 2
    assert "max_intake is counted in whole numbers, so write whole values" in wrong.err
    assert not (tmp_path / "no").exists()


def _kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stderr is not None
    process.stderr.close()


def test_the_methods_offered_are_those_there_are() -> None:
    assert [*get_args(MethodName)] == [method.value for method in Method]


@pytest.mark.slow
def test_a_sweep_is_solved_kept_and_summed_up(uninterrupted: Path, run: Run) -> None:
    assert {path.name for path in uninterrupted.iterdir()} >= {
        "instance", "model.toml", "sweep.sqlite",
    }  # fmt: skip
    ran = run("sweep", "summary", uninterrupted)
    assert ran.code == 0
    assert f"{SIZE} of {SIZE} scenarios done: {SIZE} optimal" in ran.err.replace("\n", "")
    assert "cold: first program" in ran.err


@pytest.mark.slow
def test_the_word_run_may_be_said(run: Run, tmp_path: Path) -> None:
    ran = run(
        "sweep", "run", "two-by-two", "--model", MODEL, "--vary", "budget*=1,1.1", "--out",
        tmp_path / "s", "--processes", "1",
    )  # fmt: skip
    assert ran.code == 0
    assert "2 scenarios in 1 chunk on 1 process" in ran.err


def test_tables_are_exported(uninterrupted: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "tables"
    assert run("sweep", "export", uninterrupted, "--out", out).code == 0
    with (out / "scenarios.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == SIZE
    assert {row["status"] for row in rows} == {"optimal"}
    assert (rows[0]["budget"], rows[0]["demand"]) == ("0.2", "0.9")
    again = run("sweep", "export", uninterrupted, "--out", out)
    assert again.code == 2
    assert "--force" in again.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["two-by-two"], 2, "nothing varies"),
        (["nowhere", *_VARY], 1, "no such instance"),
        (["two-by-two", "--vary", "budgets[fund=x]*=1,2"], 2, "fund"),
        (["two-by-two", "--vary", "lunch*=1,2"], 2, "lunch"),
        (["two-by-two", "--vary", "budget"], 2, "is not an axis"),
        (["two-by-two", *_VARY, "--design", "sobol"], 2, "samples"),
        (["two-by-two", *_VARY, "--file", "x"], 2, "--file says all"),
        (["two-by-two", "--file", "x"], 1, "no such sweep"),
        (["two-by-two", *_VARY, "--resume", "--force"], 2, "--resume keeps"),
        (["two-by-two", *_VARY, "--processes", "0"], 2, "--processes"),
        (["two-by-two", *_VARY, "--processes", "1", "--scheduler", "x"], 2, "of this machine"),
        (["two-by-two", *_VARY, "--model", "nothing"], 1, "no such commissioning model"),
        (["two-by-two", "--vary", "budget*=0:1:0.001", "--relaxed"], 2, "--yes"),
        (["two-by-two", "--vary", "budget*=0:1:0.01"], 2, "--yes"),
    ],
)
def test_failures_have_a_code_and_a_word(
    arguments: list[str], code: int, words: str, tmp_path: Path, run: Run
) -> None:
    ran = run("sweep", *arguments, "--out", tmp_path / "s")
    assert ran.code == code
    assert words in " ".join(ran.err.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []


def test_an_existing_sweep_is_kept(uninterrupted: Path, run: Run) -> None:
    before = kept(uninterrupted)
    ran = run("sweep", *_SMALL, "--out", uninterrupted)
    assert ran.code == 2
    assert "--resume" in ran.err
    assert kept(uninterrupted) == before


def test_a_resume_with_other_options_is_refused_by_name(uninterrupted: Path, run: Run) -> None:
    before = kept(uninterrupted)
    ran = run("sweep", *_SMALL, "--gap", "0.1", "--out", uninterrupted, "--resume")
    assert ran.code == 2
    assert "gap is 0.1, was 0.0005" in ran.err
    assert kept(uninterrupted) == before


@pytest.mark.slow
def test_infeasible_scenarios_are_told_of(tmp_path: Path, run: Run) -> None:
    ran = run(
        "sweep", "england-2026", "--vary", "budget*=0.5,1", "--relaxed", "--out", tmp_path / "s"
    )
    assert ran.code == 0
    said = " ".join(ran.err.split())  # a long path breaks lines elsewhere
    assert "1 infeasible" in said
    assert "budget of fund" in said


def test_a_line_of_progress() -> None:
    progress = Progress()
    assert line(progress) == "starting"
    progress.begin(1000, 0, 0)
    assert line(progress) == "0 of 1,000 scenarios"
    progress.count([row_of(0, Scenario("a"))])
    words = line(progress)
    assert words.startswith("1 of 1,000 scenarios")
    assert words.endswith("1 without a plan")
    assert "a second" in words
    assert "left" in words


@pytest.mark.slow
@_POSIX
def test_killed_several_times_and_resumed_it_is_as_if_uninterrupted(
    uninterrupted: Path, tmp_path: Path
) -> None:
    folder, left = tmp_path / "s", set()
    for scenarios in (1, SIZE // 3, 2 * SIZE // 3):
        process = _start(*_SMALL, "--out", str(folder), "--resume")
        _wait_for(folder, scenarios, process)
        _kill(process)
        left.add(count(folder))
    assert all(scenarios % CHUNK in (0, SIZE % CHUNK) for scenarios in left)
    assert len(left - {0, SIZE}) > 1
    _finish(*_SMALL, "--out", str(folder), "--resume")
    assert kept(folder) == kept(uninterrupted)


@_POSIX
@pytest.mark.slow
def test_killed_ten_times_at_any_moment(tmp_path: Path) -> None:
    arguments = [
        "england-2026", "--vary", "budget*=0.95:1.2:0.01", "--vary", "demand*=0.95,1",
        "--vary", "leavers*=0.9,1", "--relaxed", "--chunk", "3",
    ]  # fmt: skip
    whole, folder = tmp_path / "whole", tmp_path / "s"
    _finish(*arguments, "--out", str(whole))
    for i in range(10):
        process = _start(*arguments, "--out", str(folder), "--resume")
        if i % 2:
            _wait_for(folder, count(folder) + 1, process)
        else:
            time.sleep(0.5 + 0.4 * i)
        _kill(process)
    assert 0 < count(folder) < count(whole)
    _finish(*arguments, "--out", str(folder), "--resume")
    assert kept(folder) == kept(whole)


@pytest.mark.slow
@_POSIX
def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(
    uninterrupted: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "s"
    process = _start(*_SMALL, "--out", str(folder))
    _wait_for(folder, 1, process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to workers too
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "stopped by you" in said
    assert "Traceback" not in said
    [command] = [words for words in said.splitlines() if words.endswith("--resume")]
    assert command.split()[:3] == ["commission-opt", "sweep", "two-by-two"]
    assert 0 < count(folder) < SIZE
    _finish(*_SMALL, "--out", str(folder), "--resume")
    assert kept(folder) == kept(uninterrupted)
