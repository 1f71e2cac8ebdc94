import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from commission_opt.bench import run as module
from commission_opt.bench.results import read_results
from commission_opt.bench.run import PAIRS, run_benchmarks
from commission_opt.bench.sides import base_side, head_side
from commission_opt.bench.spec import Spec
from commission_opt.bench.spec_file import read_spec
from commission_opt.errors import InputError, UsageError

ROOT = Path(__file__).parents[2]
TWO = """
name = "two"
title = "Two cases"
[[case]]
instance = "two-by-two"
repeats = 2
[[case]]
generate = { professions = 2, regions = 2, years = 1 }
"""


Asked = tuple[list[Spec], Path]


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    (tmp_path / "two.toml").write_text(TWO)
    return [read_spec(tmp_path / "two.toml")], tmp_path / "out" / "head.jsonl"


def silent(_: str) -> None:
    """Hear nothing of what runs."""


class Told:
    """Stands for the process of a run, and keeps what was asked of it."""

    def __init__(self, fail_at: int | None = None) -> None:
        self.jobs: list[tuple[str, str]] = []
        self.fail_at = fail_at

    def __call__(
        self, _: Sequence[str], environment: Any, job: Any, *__: object, **___: object
    ) -> dict[str, Any]:
        if len(self.jobs) == self.fail_at:
            raise KeyboardInterrupt
        assert (Path(job["instance"]) / "instance.toml").is_file()
        assert Path(job["model"]).is_file()
        self.jobs.append((environment["PYTHONPATH"], job["case"].split("/")[0]))
        return {"status": "optimal", "seconds": {"total": 1.0}}


def test_every_case_is_run_round_by_round(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    monkeypatch.setattr(module, "run_job", told)
    rows = run_benchmarks(*asked, silent)
    assert [name for _, name in told.jobs] == ["two-by-two", "generated-2x2x1-0", "two-by-two"]
    assert [row["repeat"] for row in rows] == [0, 0, 1]
    assert {row["pair"] for row in rows} == {None}
    assert [r["case"] for r in read_results([asked[1]])] == [r["case"] for r in rows]


@pytest.mark.slow
def test_versions_take_turns(asked: Asked, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told, out = Told(), tmp_path / "base.jsonl"
    monkeypatch.setattr(module, "run_job", told)
    said: list[str] = []
    run_benchmarks(*asked, said.append, str(ROOT), out)
    of_one = [line.split(" · ")[1] for line in said if "two-by-two" in line]
    assert of_one[:8] == ["base", "head", "head", "base", "base", "head", "head", "base"]
    assert len(of_one) == 2 * PAIRS
    base, head = read_results([out]), read_results([asked[1]])
    assert {row["session"] for row in base} == {row["session"] for row in head}
    assert sorted((r["case"], r["pair"]) for r in base) == sorted(
        (r["case"], r["pair"]) for r in head
    )
    assert ({row["side"] for row in base}, {row["side"] for row in head}) == ({"base"}, {"head"})


def test_what_is_there_stays_when_it_is_stopped(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "run_job", Told(fail_at=2))
    with pytest.raises(KeyboardInterrupt):
        run_benchmarks(*asked, silent)
    assert len(read_results([asked[1]])) == 2


def test_results_are_not_replaced_unasked(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "run_job", Told())
    run_benchmarks(*asked, silent)
    before = asked[1].read_bytes()
    with pytest.raises(UsageError, match="use --force"):
        run_benchmarks(*asked, silent)
    assert asked[1].read_bytes() == before
    run_benchmarks(*asked, silent, force=True)


@pytest.mark.slow
def test_nothing_is_written_for_a_version_that_cannot_run(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "src" / "commission_opt").mkdir(parents=True)
    for against, message in ((str(tmp_path), "cannot run benchmarks"), ("no-such", "is no inter")):
        with pytest.raises(UsageError, match=message):
            run_benchmarks(*asked, silent, against, tmp_path / "b.jsonl")
        assert not asked[1].exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the script is one of a POSIX shell")
def test_an_interpreter_is_a_version(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}/src" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    with base_side(str(python)) as side:
        assert side.command(None) == [str(python), "-m", "commission_opt.bench.worker"]
        assert "PYTHONPATH" not in side.environment


@pytest.mark.slow
def test_a_commit_is_checked_out_for_as_long_as_it_is_needed() -> None:
    head = head_side()
    if head.commit is None:
        pytest.skip("not in a repository")
    source = ROOT / "src"
    git = ["git", "-C", str(source)]
    if subprocess.run(
        [*git, "cat-file", "-e", "HEAD:src/commission_opt/bench/worker.py"],
        check=False, capture_output=True,
    ).returncode:  # fmt: skip
        pytest.skip("the commit has no benchmarks")
    with base_side("HEAD") as side:
        folder = Path(side.environment["PYTHONPATH"])
        assert (folder / "commission_opt" / "bench" / "worker.py").is_file()
        assert (side.commit, side.dirty) == (head.commit, False)
        assert folder != source
    assert not folder.exists()
    listed = subprocess.run([*git, "worktree", "list"], check=True, capture_output=True, text=True)
    assert str(folder.parent) not in listed.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no rows"),
        ("{", "is not JSON"),
        ('{"case": "a"}', "is not a row"),
        ('{"format": 9, "case": "a", "status": "optimal"}', "has format 9, not 1"),
    ],
)
def test_files_that_are_no_results(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_results([path])


def test_rows_of_peers_come_in_our_words() -> None:
    from commission_opt.bench.run import peer_row

    said = {
        "peer": "x", "status": "limit", "objective": 12.0, "bound": 10.0, "gap": 1 / 6,
        "seconds": {"build": 1.0, "integer": 2.0}, "peak_memory_mib": {"build": 5.0},
        "instance_hash": "i", "model_hash": "m",
    }  # fmt: skip
    row = peer_row(said)
    assert (row["status"], row["ended_by"], row["seconds"]["total"]) == ("feasible", "time", 3.0)
    assert row["hashes"] == {"instance": "i", "model": "m"}
    assert row["peak_memory_mib"] == 5.0
    assert peer_row({**said, "objective": None})["status"] == "time limit"
    assert peer_row({"peer": "x", "status": "absent"})["status"] == "refused"
    relaxed = peer_row({"peer": "x", "status": "optimal", "relaxation": 3.0})
    assert (relaxed["objective"], relaxed["bound"], relaxed["gap"]) == (3.0, 3.0, 0.0)
    crash = {"status": "crash", "message": "bang"}
    assert peer_row(crash) == crash
    assert json.dumps(row)
