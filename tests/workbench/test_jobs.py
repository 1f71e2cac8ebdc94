"""Commands as jobs: followed, stopped, interrupted and run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from httpx2 import Client

from commission_opt.files.signals import break_as_ctrl_c
from commission_opt.solvers.interrupt import stopping
from commission_opt.solvers.status import Watch
from commission_opt.workbench.commands import Command
from commission_opt.workbench.held import code_of, is_held, process_of
from workbench_served import HERE, Served, process, served, text_of

LONG = (
    "solve",
    "england-2026",
    "--out=plans/long",
    "--time-limit=300",
    "--gap=0",
    "--method=exact",
)


def started(bench: Served, words: tuple[str, ...] = LONG) -> int:
    """Have a long command begin; wait until it has said how far it is."""
    number = bench.bench.runner.start(Command("solve", words, Path("plans/long")))
    end = time.monotonic() + 120
    while not bench.get(f"/commands/{number}/state").json()["points"]:
        assert time.monotonic() < end
        time.sleep(0.1)
    return number


@pytest.mark.slow
def test_a_command_is_followed_and_stopped_with_what_it_has_found(bench: Served) -> None:
    number = started(bench)
    end = time.monotonic() + 200
    while all(p["best"] is None for p in bench.get(f"/commands/{number}/state").json()["points"]):
        assert time.monotonic() < end
        time.sleep(0.2)
    bench.post(f"/commands/{number}/stop")
    page = bench.get(f"/commands/{number}")
    assert bench.finished(page) == "stopped"
    said = text_of(bench.get(f"/commands/{number}"))
    assert "this is the best plan found until then" in said
    assert bench.get(f"/commands/{number}/state").json()["result"] == "/plans/long"
    script = bench.get("/log/round.sh").text
    assert "stopped by hand" in script
    assert "\ncommission-opt solve england-2026 --out=plans/long" in script


@pytest.mark.slow
def test_what_a_server_ends_is_marked_and_can_be_run_again(tmp_path: Path) -> None:
    with served(tmp_path) as bench:
        number = started(bench)
    with served(tmp_path) as bench:
        assert bench.bench.store.job(number).state in ("stopped", "interrupted")
        again = bench.post(f"/commands/{number}/again")
        new = bench.bench.store.job(int(str(again.url).rpartition("/")[2]))
        assert new.id == number + 1
        assert new.words[0] == "solve"
        bench.post(f"/commands/{new.id}/stop")
        bench.finished(again)


def test_a_command_that_fails_says_why(bench: Served) -> None:
    number = bench.bench.runner.start(Command("solve", ("solve", "nowhere")))
    page = bench.get(f"/commands/{number}")
    assert bench.finished(page) == "failed"
    said = text_of(bench.get(f"/commands/{number}"))
    assert "there is no such instance" in said
    assert "# commission-opt solve nowhere" in bench.get("/log/round.sh").text


def test_what_was_written_meanwhile_is_not_replaced(bench: Served) -> None:
    words = ("workbook", "new", "workbooks/a.xlsx")
    number = bench.bench.runner.start(Command("empty workbook", words, Path("workbooks/a.xlsx")))
    assert bench.finished(bench.get(f"/commands/{number}")) == "done"
    again = bench.post(f"/commands/{number}/again")
    assert bench.finished(again) == "done"
    assert bench.bench.store.job(number + 1).words[-1] == "workbooks/a-2.xlsx"
    assert bench.get("/workbooks/a-2.xlsx").content[:2] == b"PK"


def test_what_waits_can_be_stopped(bench: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.bench.runner, "_run", lambda _: None)
    number = bench.bench.runner.start(Command("solve", ("solve", "two-by-two")))
    bench.post(f"/commands/{number}/stop")
    assert bench.bench.store.job(number).state == "stopped"
    bench.post(f"/commands/{number}/stop")
    assert "# commission-opt solve two-by-two" in bench.get("/log/round.sh").text


@contextmanager
def killed_while_it_solves(tmp_path: Path) -> Iterator[None]:
    """Run the block after a server was killed in the middle of a long solve."""
    words = {"instance": "england-2026"}, {"seconds": "600", "change": "demand*=1.001"}
    with process(tmp_path) as (address, server):
        base = address.partition("/?")[0]
        with Client(base_url=base, follow_redirects=True, headers={"origin": base}) as browser:
            browser.get(address)
            assert browser.post("/instances/shipped", data=words[0]).status_code == 200
            model = {"model": "five-year"}
            assert browser.post("/instances/england-2026/model", data=model).status_code == 200
            solving = browser.post("/instances/england-2026/solve", data=words[1])
            assert "/commands/1" in str(solving.url)
            waiting = [browser.post("/instances/england-2026/check") for _ in range(2)]
            assert "/commands/3" in str(waiting[-1].url)
            kept = {"scenario": "a", "change": "demand*=1.001"}
            browser.post("/instances/england-2026/scenarios", data=kept)
            end = time.monotonic() + 120
            while not browser.get("/commands/1/state").json()["points"]:
                assert time.monotonic() < end
                time.sleep(0.1)
        server.kill()
        server.wait()
    yield


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="nothing of Windows kills at once")
def test_what_a_killed_server_left_running_is_followed_and_stopped(tmp_path: Path) -> None:
    with killed_while_it_solves(tmp_path), served(tmp_path / "round") as bench:
        assert [each.name for each in bench.bench.store.scenarios("england-2026")] == ["a"]
        solve = bench.bench.store.job(1)
        assert (solve.state, solve.words[0]) == ("running", "solve")
        page = bench.get("/commands/1")
        assert bench.client.post("/commands/1/again", headers={"origin": HERE}).status_code == 400
        bench.post("/commands/1/stop")
        assert bench.finished(page) == "stopped"
        assert bench.bench.store.job(1).code == 130
        again = bench.post("/commands/1/again")
        number = int(str(again.url).rpartition("/")[2])
        assert bench.bench.store.job(number).words[:3] == solve.words[:3]
        bench.post(f"/commands/{number}/stop")
        bench.finished(again)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="nothing of Windows kills at once")
def test_what_was_killed_with_its_server_is_interrupted(tmp_path: Path) -> None:
    with killed_while_it_solves(tmp_path):
        folder = tmp_path / "round" / "jobs" / "1"
        number = process_of(folder)
        assert number is not None
        os.kill(number, signal.SIGKILL)
        end = time.monotonic() + 60
        while is_held(folder):
            assert time.monotonic() < end
            time.sleep(0.05)
        assert process_of(folder) is None
        with served(tmp_path / "round") as bench:
            assert bench.bench.store.job(1).state == "interrupted"
            assert "the workbench ended while it ran" in text_of(bench.get("/commands/1"))


def test_what_ended_without_a_server_is_known_by_its_code(tmp_path: Path) -> None:
    states = {"/dev/null/x": "failed", "workbooks/a.xlsx": "done"}
    with served(tmp_path) as bench:
        store = bench.bench.store
        for number, out in enumerate(states, 1):
            words = ("workbook", "new", out)
            assert store.add_job("empty workbook", words, out) == number
            assert store.begin(number)
            folder = tmp_path / "jobs" / str(number)
            folder.mkdir()
            (folder / "process").write_text("1")  # as of a workspace that has lost its memory
            (folder / "code").write_text("9")
            held = [sys.executable, "-m", "commission_opt.workbench.held", str(folder), *words]
            ended = subprocess.run(held, cwd=tmp_path, check=False, capture_output=True)
            assert ended.returncode == code_of(folder) == (2, 0)[number - 1]
        bench.bench.runner.adopt()
        assert [job.state for job in store.jobs()] == [*states.values()]


def test_where_there_is_ctrl_break_a_command_is_stopped_by_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on Windows, which hands Ctrl-C to no process that was started in a group of its own."""
    monkeypatch.setattr(signal, "SIGBREAK", signal.SIGTERM, raising=False)
    before = signal.getsignal(signal.SIGTERM)
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)  # may be ignored here
    try:
        break_as_ctrl_c()
        watch = Watch()
        with stopping(watch):
            signal.raise_signal(signal.SIGTERM)
        assert watch.stopped
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, interrupt)


@pytest.mark.slow
def test_what_cannot_be_reached_is_an_answer(bench: Served) -> None:
    bench.post("/instances/shipped", instance="two-by-two")
    for target, code in (("shortfall[year=2029]<=400", 0), ("places>=100000", 3)):
        answer = bench.post("/instances/two-by-two/reach", target=target, by="budget")
        number = int(str(answer.url).rpartition("/")[2])
        assert bench.finished(answer) == "done", text_of(bench.get(f"/commands/{number}"))
        assert bench.bench.store.job(number).code == code
        assert "<h2>" in bench.get(f"/commands/{number}").text
    assert "--format=md || [ $? -eq 3 ]" in bench.get("/log/round.sh").text
    wrong = bench.post("/instances/two-by-two/reach", target="--force", by="--help")
    assert bench.finished(wrong) == "failed"
    bench.post("/instances/two-by-two/reach", target="", by="budget", code=400)
