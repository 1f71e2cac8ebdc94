"""An audit that was stopped or killed goes on where it was, to the same result byte for byte."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from command_line import Run, main_in
from commission_opt.auditing import run as running
from commission_opt.auditing.kept import keep, name_of
from commission_opt.files.shipped import find_instance
from uncertain import DRAWN, text

DRAWS = 600
KILLED = """
import os, signal, sys
from commission_opt.auditing import run
from commission_opt.cli import main
keep = run.keep
def kept(*asked):
    keep(*asked)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
if __name__ == "__main__":
    left, run.keep = [int(sys.argv.pop(1))], kept
    main()
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audits")
    model = find_instance("two-by-two") / "model.toml"
    main_in(folder, "solve", "two-by-two", "--model", str(model), "--out", "plan")
    (folder / "unsure.toml").write_bytes(text(DRAWN))
    return folder / "plan"


def asked(plan: Path, out: Path, *more: object) -> tuple[str, ...]:
    file = plan.parent / "unsure.toml"
    every = ("--draws", DRAWS, "--regret", "--worth", "--places", "--out", out, *more)
    return tuple(map(str, ("audit", plan, "--uncertainty", file, *every)))


@pytest.fixture(scope="module")
def whole(plan: Path) -> dict[str, bytes]:
    main_in(plan.parent, *asked(plan, plan.parent / "whole"))
    return content(plan.parent / "whole")


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
@pytest.mark.usefixtures("_heeded")
def test_what_was_done_before_ctrl_c_is_not_done_again(
    plan: Path, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    done: list[str] = []
    first: list[str] = []

    def kept(folder: Path, task: Any, found: Any) -> None:
        keep(folder, task, found)
        done.append(name_of(task))
        if len(done) == 7 and not first:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(running, "keep", kept)
    out = tmp_path / "a"
    ran = run(*asked(plan, out))
    assert ran.code == 130
    assert "--resume" in ran.err
    first += done
    assert {name.removesuffix(".npz") for name in first} > {"mean_solved", "follows-0-256"}
    refused = run(*asked(plan, out))
    assert refused.code == 2
    assert "go on with it with --resume" in " ".join(refused.err.split())
    (out / first[3]).write_bytes((out / first[3]).read_bytes()[:-40])  # damaged: done again
    done.clear()
    assert run(*asked(plan, out, "--resume")).code == 0
    assert first[3] in done
    assert not {*first} - {first[3]} & {*done}
    assert content(out) == whole
    again = run(*asked(plan, out, "--resume"))  # it has come to its end
    assert again.code == 0
    assert "weighted shortfall" in again.out
    other = run(*asked(plan, out, "--resume", "--seed", 9))
    assert other.code == 2
    assert "has come to its end, and was asked for by commission-opt audit" in " ".join(
        other.err.split()
    )
    assert content(out) == whole


@pytest.mark.parametrize(
    ("more", "said"),
    [(("--seed", 9), "seed is 9, was 4"), (("--short", 0.1), "short is 0.1, was 0.05")],
)
def test_an_audit_of_something_else_does_not_go_on(
    more: tuple[object, ...], said: str, plan: Path, tmp_path: Path, run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def failing(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(running, "keep", failing)
        assert run(*asked(plan, tmp_path / "a")).code == 2
    ran = run(*asked(plan, tmp_path / "a", "--resume", *more))
    assert ran.code == 2
    assert said in " ".join(ran.err.split())
    assert json.loads((tmp_path / "a" / "unfinished.json").read_text())["made_by"]
    forced = run("audit", plan, "--uncertainty", plan.parent / "unsure.toml", "--draws", 4,
                 "--out", tmp_path / "a", "--force")  # fmt: skip
    assert forced.code == 0
    assert (tmp_path / "a" / "audit.json").is_file()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
@pytest.mark.parametrize(("after", "processes"), [(1, 1), (6, 1), (20, 1), (9, 2)])
def test_a_killed_audit_goes_on(
    after: int, processes: int, plan: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "killed.py").write_text(KILLED)
    out, extra = tmp_path / "a", ("--processes", processes)
    killed = subprocess.run(
        [sys.executable, tmp_path / "killed.py", str(after), *asked(plan, out, *extra)],
        check=False, capture_output=True,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert (out / "unfinished.json").is_file()
    assert len([*out.glob("*.npz")]) == after
    main_in(tmp_path, *asked(plan, out, "--resume"))
    assert content(out) == whole


@pytest.mark.slow
def test_processes_come_to_the_same(plan: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    main_in(tmp_path, *asked(plan, tmp_path / "a", "--processes", 2))
    assert content(tmp_path / "a") == whole


@pytest.mark.slow
def test_a_cluster_comes_to_the_same(plan: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster:
        address = cluster.scheduler_address
        main_in(tmp_path, *asked(plan, tmp_path / "a", "--scheduler", address))
    assert content(tmp_path / "a") == whole


def test_the_folder_of_an_unfinished_audit_is_left_alone_if_it_holds_more(
    plan: Path, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "a"
    out.mkdir()
    (out / "unfinished.json").write_text('{"made_by": "commission-opt", "identity": {}}')
    (out / "mine.txt").write_text("mine")
    ran = run(*asked(plan, out, "--force"))
    assert "mine.txt is none of its files" in " ".join(ran.err.split())
    (out / "unfinished.json").write_text("[]")
    assert "damaged" in run(*asked(plan, out, "--resume")).err
    shutil.rmtree(out)
