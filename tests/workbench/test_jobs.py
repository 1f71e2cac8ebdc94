"""Commands as jobs: followed, stopped, interrupted and run again."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from httpx2 import Client

from commission_opt.workbench.commands import Command
from workbench_served import Served, process, served, text_of

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
@pytest.mark.skipif(os.name == "nt", reason="Windows hands Ctrl-C to no single process")
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


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="nothing of Windows kills at once")
def test_a_killed_server_loses_nothing(tmp_path: Path) -> None:
    words = {"instance": "england-2026"}, {"seconds": "600", "change": "demand*=1.001"}
    with process(tmp_path) as (address, server):
        base = address.partition("/?")[0]
        with Client(base_url=base, follow_redirects=True, headers={"origin": base}) as browser:
            browser.get(address)
            assert browser.post("/instances/shipped", data=words[0]).status_code == 200
            solving = browser.post("/instances/england-2026/solve", data=words[1])
            assert "/commands/1" in str(solving.url)
            kept = {"scenario": "a", "change": "demand*=1.001"}
            browser.post("/instances/england-2026/scenarios", data=kept)
            while browser.get("/commands/1/state").json()["state"] != "running":
                time.sleep(0.1)
        server.kill()
        server.wait()
    with served(tmp_path / "round") as bench:
        assert [each.name for each in bench.bench.store.scenarios("england-2026")] == ["a"]
        [job] = bench.bench.store.jobs()
        assert (job.state, job.words[0]) == ("interrupted", "solve")
        page = bench.get("/commands/1")
        assert "the workbench ended while it ran" in text_of(page)
        again = bench.post("/commands/1/again")
        assert bench.bench.store.job(2).words[:3] == job.words[:3]
        bench.post("/commands/2/stop")
        bench.finished(again)


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
