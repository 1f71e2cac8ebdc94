"""A round without a terminal: from a workbook to a signed plan, and again from its log."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from raw_books import packed, parts_of
from report_pages import HOSTILE
from workbench_served import Served, repeat, served, text_of


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the log is a script for a POSIX shell")
def test_a_round_from_workbook_to_signature_and_again_from_its_log(
    tmp_path: Path, book: bytes
) -> None:
    with served(tmp_path / "round") as bench:
        added = bench.upload("Our round.xlsx", book)
        assert bench.finished(added) == "done"
        assert "It can be solved" in text_of(bench.get("/instances/our-round"))
        change = "budget[fund=tuition]*=1.1"
        bench.post("/instances/our-round/scenarios", scenario="More <tuition>", change=change)
        solved = {"seconds": "60", "scenario": "More <tuition>", "change": change}
        assert bench.done("/instances/our-round/solve", **solved) == "/plans/our-round-more-tuition"
        assert bench.done("/instances/our-round/solve", seconds="5") == "/plans/our-round"
        plan = "/plans/our-round"
        first = {"title": "Places for <2026>", "author": "--force", "status": "draft"}
        paper = bench.done(f"{plan}/paper", **first)
        assert all(part in text_of(bench.get(paper)) for part in first.values())
        assert "sandbox" in bench.get(paper).headers["content-security-policy"]
        fuller = text_of(bench.get(bench.done(f"{plan}/paper", explained="1", with_room="1")))
        assert "How free the places are" in fuller
        assert "What more would be worth" in fuller
        workbook = bench.get(bench.done(f"{plan}/workbook"))
        assert len(openpyxl.load_workbook(io.BytesIO(workbook.content)).sheetnames) > 3
        signed = {"role": "analyst", "name": "--force", "note": "<b>sound</b>"}
        assert bench.done(f"{plan}/sign", **signed) == plan
        page = text_of(bench.get(plan))
        assert "--force, analyst" in page
        assert "<b>sound</b>" in page
        bench.done(f"{plan}/verify")
        for action in ("explain", "ledger", "room"):
            bench.done(f"{plan}/{action}")
        bench.done(f"{plan}/compare", other="our-round-more-tuition")
        pack = bench.get(bench.done(f"{plan}/pack", scope="region=north", **{"as": "page"}))
        assert "sandbox" in pack.headers["content-security-policy"]
        bench.done(f"{plan}/pack", scope="profession=nurse", **{"as": "workbook"})
        packs = bench.done(f"{plan}/packs")
        assert "region-north" in text_of(bench.get(packs))
        assert bench.get(f"{packs}/region-north.html").text.startswith("<!DOCTYPE html>")
        assert bench.get(f"{packs}/region-north.xlsx").content[:2] == b"PK"
        assert bench.client.get(f"{packs}/..%2f..%2fround.sh").status_code == 404
        assert bench.client.get(f"{packs}/packs.csv").status_code == 404
        bench.post(f"{plan}/pack", scope="--force=x", code=400)
        both = bench.done("/plans/options", plan=["our-round", "our-round-more-tuition"])
        assert "options" in text_of(bench.get(both))
        assert "sandbox" in bench.get(f"{both}/options.html").headers["content-security-policy"]
        bench.post("/plans/options", plan="../..", code=400)
        bench.post("/plans/options", code=400)
        names = zipfile.ZipFile(io.BytesIO(bench.get(f"{plan}/zip").content)).namelist()
        assert {"our-round/plan.json", "our-round/allocation.csv"} <= set(names)
        script = bench.get("/log/round.sh").text
    again = tmp_path / "again"
    repeat(tmp_path / "round", script, again)
    for name in ("our-round", "our-round-more-tuition"):
        old, new = (tmp_path / where / "plans" / name / "allocation.csv" for where in
                    ("round", "again"))  # fmt: skip
        assert old.read_bytes() == new.read_bytes()
    assert (again / "papers" / "our-round.html").is_file()


def test_a_wrong_workbook_is_told_cell_by_cell(bench: Served, book: bytes) -> None:
    whole = openpyxl.load_workbook(io.BytesIO(book))
    whole["courses"]["C5"] = "nowhere"
    file = io.BytesIO()
    whole.save(file)
    answer = bench.upload("wrong.xlsx", file.getvalue())
    assert bench.finished(answer) == "done"
    said = text_of(bench.get("/instances/wrong"))
    assert "1 error" in said
    assert "courses!C5" in said
    assert "'nowhere'" in said
    refused = bench.client.get("/instances/wrong/what-if")
    assert refused.status_code == 400
    assert "courses!C5" in refused.text


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"<html>", packed({"xl/vbaProject.bin": b"x"}), None]
)
def test_a_hostile_workbook_is_refused_in_words(bench: Served, content: bytes | None) -> None:
    if content is None:  # one cell that unpacks to a gigabyte
        row = '<row r="1"><c t="inlineStr"><is><t>' + " " * 2**27 + "</t></is></c></row>"
        content = packed(parts_of({"courses": row}))
    answer = bench.upload("bad.xlsx", content)
    assert bench.finished(answer) == "done"
    said = text_of(bench.get("/instances/bad"))
    assert "1 error" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["../../evil.xlsx", "..\\..\\evil.xlsx", "/etc/evil.xlsx"])
def test_a_name_with_a_path_stays_in_the_workspace(bench: Served, name: str) -> None:
    bench.upload(name, b"no workbook")
    root = bench.bench.workspace.root
    assert [path.name for path in (root / "instances").iterdir()] == ["evil.xlsx"]
    assert not [path for path in root.parent.iterdir() if "evil" in path.name]


def test_what_is_dropped_twice_is_kept_twice(bench: Served) -> None:
    for content in (b"one", b"two"):
        bench.upload("a.xlsx", content)
    root = bench.bench.workspace.root / "instances"
    assert [(root / name).read_bytes() for name in ("a.xlsx", "a-2.xlsx")] == [b"one", b"two"]


@pytest.mark.parametrize("name", ["a.xls", "a.exe", "a", ".xlsx.html"])
def test_what_is_no_workbook_is_refused(bench: Served, name: str) -> None:
    assert "neither a workbook" in text_of(bench.upload(name, b"x", code=400))
    assert bench.bench.store.instances() == []


def test_a_model_can_be_brought_and_chosen(bench: Served) -> None:
    wrong = bench.upload("mine.toml", b'name = "x"', code=400)
    assert "mine.toml, objective: is missing" in text_of(wrong)
    from commission_opt.files.shipped import find_model

    bench.upload("Mine.toml", find_model("annual").read_bytes())
    bench.post("/instances/shipped", instance="two-by-two")
    bench.post("/instances/two-by-two/model", model="models/mine.toml")
    assert bench.bench.store.instance("two-by-two").model == "models/mine.toml"
    assert "no such" in text_of(
        bench.post("/instances/two-by-two/model", model="/etc/passwd", code=400)
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_others_becomes_a_tag(bench: Served, text: str) -> None:
    bench.bench.store.add_instance("a", "two-by-two", "annual")
    bench.bench.store.name_scenario("a", text[:60], [text])
    for path in ("/", "/instances/a", "/instances/a/scenarios", "/commands", "/log"):
        page = bench.get(path).text
        assert text not in page or "<" not in text
        for tag in ("<script>", "<img", "<svg", "<b>"):
            assert tag not in page


@pytest.mark.parametrize(
    "path",
    [
        "/plans/..%2f..%2fetc", "/plans/%2e%2e/zip", "/plans/nothing", "/papers/..%2fa.html",
        "/workbooks/a.xlsx", "/jobs/1/zip", "/instances/zip/zip", "/sweeps/%00", "/commands/999",
        "/commands/999999999999999999999", "/static/..%2fapp.py", "/static/", "/plans/a/b/c",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_not_to_be(bench: Served, path: str) -> None:
    answer = bench.client.get(path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_of_two_tabs_the_later_is_told(bench: Served) -> None:
    bench.post("/instances/shipped", instance="two-by-two")
    where = "/instances/two-by-two/scenarios"
    bench.post(where, scenario="a", change="demand*=1.1")
    [kept] = bench.bench.store.scenarios("two-by-two")
    form: dict[str, Any] = {"id": str(kept.id), "version": str(kept.version)}
    bench.post(where, **form, change="demand*=1.2")
    said = text_of(bench.post(where, **form, change="demand*=1.3", code=409))
    assert "since you opened it" in said
    bench.post(f"{where}/remove", **form, code=409)
    assert bench.bench.store.scenarios("two-by-two")[0].changes == ("demand*=1.2",)
    bench.post(where, scenario="b", change="nothing*=1", code=400)
    bench.post(where, scenario="", change="demand*=1.1", code=400)
    bench.post(where, scenario="c", change="", code=400)
    assert bench.client.get(f"{where[:-9]}what-if?scenario={'9' * 30}").status_code == 400


def test_a_table_is_shown_page_by_page(bench: Served) -> None:
    bench.post("/instances/shipped", instance="england-2026")
    page = text_of(bench.get("/instances/england-2026/tables/demand"))
    assert "Rows 1 to 100 of 2,835" in page
    last = text_of(bench.get("/instances/england-2026/tables/demand?page=999"))
    assert "Rows 2,801 to 2,835 of 2,835" in last
    for strange in ("0", "-1", "x", "9" * 50, "½"):
        bench.get(f"/instances/england-2026/tables/demand?page={strange}")
    assert bench.client.get("/instances/england-2026/tables/nothing").status_code == 404


def test_a_workbook_that_was_taken_away_is_not_looked_for_elsewhere(
    bench: Served, book: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.upload("a.xlsx", book)
    (bench.bench.workspace.root / "instances" / "a.xlsx").unlink()
    (tmp_path / "instances").mkdir()
    (tmp_path / "instances" / "a.xlsx").write_bytes(book)
    monkeypatch.chdir(tmp_path)
    assert bench.client.get("/instances/a/what-if").status_code == 400
    assert bench.client.get("/instances/a/tables/courses").status_code == 400


@pytest.mark.parametrize(
    ("path", "filled"),
    [("/workbooks/empty", 0), ("/instances/two-by-two/empty", 2), ("/instances/mine/empty", 2)],
)
def test_an_empty_workbook_can_have_the_codes_of_an_instance(
    bench: Served, book: bytes, path: str, filled: int
) -> None:
    bench.post("/instances/shipped", instance="two-by-two")
    bench.finished(bench.upload("mine.xlsx", book))
    made = bench.done(path)
    whole = openpyxl.load_workbook(io.BytesIO(bench.get(made).content))
    codes = [row[0] for row in whole["professions"].iter_rows(min_row=2, values_only=True)]
    assert len([code for code in codes if code]) == filled
    offered = made in bench.get("/").text.partition("Latest commands")[0]
    assert offered == (not filled)
