"""Returns of regions: sent out, brought in, looked through, and put together."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from returned import cell_of, changed
from workbench_served import Served, repeat, served, text_of

AT = "/instances/national/returns"


@pytest.fixture
def sent(bench: Served, book: bytes) -> Served:
    """A workbench with the workbook that was sent out."""
    assert bench.finished(bench.upload("National.xlsx", book)) == "done"
    return bench


def bring(bench: Served, *files: tuple[str, bytes], code: int = 200) -> str:
    """Drop returns, wait until they are looked through, and return what the page says."""
    before = len(bench.bench.store.jobs())
    answer = bench.post(AT, files=[("file", each) for each in files], code=code)
    for job in bench.bench.store.jobs()[before:]:
        bench.finished(bench.get(f"/commands/{job.id}"))
    return text_of(answer if code != 200 else bench.get(AT))


def test_returns_become_an_instance_of_their_own(sent: Served, book: bytes) -> None:
    page = sent.get(AT)
    assert "/returns/copy?region=north" in page.text
    copy = sent.get(f"{AT}/copy?region=north")
    assert 'filename="national-north.xlsx"' in copy.headers["content-disposition"]
    assert copy.content == book
    most, least = cell_of(book, 2, "max_intake"), cell_of(book, 3, "min_cohort")
    files = ("north.xlsx", changed(book, most, 77)), ("south.xlsx", changed(book, least, 7))
    said = bring(sent, *files)
    assert said.count("0 errors, ") == 2
    ticked = {"return": ["north.xlsx", "south.xlsx"], "name": "Round <2026>"}
    assert sent.done(f"{AT}/merge", **ticked) == "/instances/round-2026"
    said = text_of(sent.get(AT))
    assert "Nothing contradicts. 2 changes taken" in said
    assert "north.xlsx: 1 × cell changed" in said
    assert "north.xlsx cell changed courses" in said
    listed = sent.bench.store.instance("round-2026")
    assert listed.source == "workbooks/round-2026.xlsx"
    assert listed.model == sent.bench.store.instance("national").model
    courses = sent.bench.what_if.instance(listed.source).courses
    assert (courses["max_intake"].iloc[0], courses["min_cohort"].iloc[1]) == (77, 7)
    assert sent.finished(sent.post("/instances/round-2026/check")) == "done"
    assert "It can be solved" in text_of(sent.get("/instances/round-2026"))
    script = sent.get("/log/round.sh").text
    assert script.count("sha256sum -c -") == 3
    assert "\ncommission-opt workbook merge instances/national.xlsx returns/north.xlsx" in script
    again = sent.post("/commands/4/again")
    assert sent.finished(again) == "done"
    assert sent.bench.store.instance("round-2026-2").source == "workbooks/round-2026-2.xlsx"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the log is a script for a POSIX shell")
def test_a_round_with_returns_is_repeated_from_its_log(sent: Served, book: bytes) -> None:
    cell = cell_of(book, 2, "max_intake")
    bring(sent, *((f"{most}.xlsx", changed(book, cell, most)) for most in (51, 52)))
    both: dict[str, Any] = {"return": ["51.xlsx", "52.xlsx"], "name": "both"}
    assert sent.done(f"{AT}/merge", **both) == AT
    assert sent.done(f"{AT}/merge", **{**both, "return": "52.xlsx"}) == "/instances/both"
    target: dict[str, Any] = {"of": "places", "sign": "at_least", "end": "1"}
    sent.post("/instances/both/reach/model", **target)
    plan = sent.done("/instances/both/solve", seconds="5")
    sent.done("/options", plan="both", option="With returns", owner="Ann")
    root = sent.bench.workspace.root
    again = root.resolve().parent / "again"
    repeat(root, sent.get("/log/round.sh").text, again)
    for made in (f"{plan[1:]}/allocation.csv", "options/both/options.csv"):
        assert (root / made).read_bytes() == (again / made).read_bytes()
    (again / "returns" / "52.xlsx").write_bytes(b"another")
    with pytest.raises(subprocess.CalledProcessError):
        repeat(again, sent.get("/log/round.sh").text, again.with_name("tampered"))


def test_returns_that_contradict_are_shown_by_cell(sent: Served, book: bytes) -> None:
    cell = cell_of(book, 2, "max_intake")
    bring(sent, ("a.xlsx", changed(book, cell, 77)), ("b.xlsx", changed(book, cell, 78)))
    ticked = {"return": ["a.xlsx", "b.xlsx"], "name": "both"}
    assert sent.done(f"{AT}/merge", **ticked) == AT
    said = text_of(sent.get(AT))
    assert "contradict each other in 1 place; nothing was written" in said
    assert f"courses!{cell}" in said
    assert f"'77' in a.xlsx ({cell}); '78' in b.xlsx ({cell})" in said
    assert [each.name for each in sent.bench.store.instances()] == ["national"]
    assert "|| [ $? -eq 1 ]" in sent.get("/log/round.sh").text
    assert sent.done(f"{AT}/merge", **{**ticked, "return": "b.xlsx"}) == "/instances/both"
    page = sent.get(AT).text
    assert 'aria-label="Take a.xlsx">' in page  # what was left out stays so
    assert 'aria-label="Take b.xlsx" checked>' in page


def test_what_is_wrong_with_a_return_is_told_by_cell(sent: Served, book: bytes) -> None:
    said = bring(sent, ("north.xlsx", changed(book, "C2", "nowhere")), ("bad.xlsx", b"PK\x03\x04"))
    assert "What was found in north.xlsx" in said
    assert "courses!C2" in said
    assert "'nowhere'" in said
    assert "What was found in bad.xlsx" in said
    ticked: dict[str, Any] = {"return": "bad.xlsx", "name": "x"}
    assert sent.finished(sent.post(f"{AT}/merge", **ticked)) in ("done", "failed")
    assert "Nothing was written. What the command said has the reason." in text_of(sent.get(AT))
    assert [each.name for each in sent.bench.store.instances()] == ["national"]


def test_what_is_no_return_is_refused(sent: Served, book: bytes) -> None:
    assert "'b.csv'" in bring(sent, ("a.xlsx", book), ("b.csv", b"x"), code=400)
    assert sent.bench.store.brought() == []
    sent.post(f"{AT}/merge", name="x", code=400)
    for strange in ("../instances/national.xlsx", "nothing.xlsx", "-x"):
        form: dict[str, Any] = {"name": "x", "return": strange}
        sent.post(f"{AT}/merge", code=400, **form)
    sent.post("/instances/shipped", instance="two-by-two")
    page = text_of(sent.get("/instances/two-by-two/returns"))
    assert "Write it as a workbook" in page
    assert sent.client.get("/instances/two-by-two/returns/copy").status_code == 404
    sent.post("/instances/two-by-two/returns/merge", code=400, **form)


def test_no_two_instances_have_one_name(tmp_path: Path, book: bytes) -> None:
    with served(tmp_path) as bench:
        bench.finished(bench.upload("two-by-two.xlsx", book))
        bench.post("/instances/shipped", instance="two-by-two")
        sources = {each.name: each.source for each in bench.bench.store.instances()}
    assert sources == {"two-by-two-2": "instances/two-by-two-2.xlsx", "two-by-two": "two-by-two"}
