import csv
import re
from pathlib import Path

import pytest

from command_line import Run
from commission_opt.sweep.run import work_out
from report_pages import make_plan
from small_sweeps import here, small

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")


def _words(text: str) -> str:
    return " ".join(text.split())


def test_a_plan_becomes_a_page_and_charts(run: Run, tmp_path: Path) -> None:
    plan, page, charts = make_plan(tmp_path), tmp_path / "new" / "r.html", tmp_path / "charts"
    before = {p.name: p.read_bytes() for p in plan.iterdir() if p.is_file()}
    ran = run("report", plan, "--out", page, "--charts", charts)
    assert (ran.code, ran.out) == (0, "")
    assert "report written to" in ran.err
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    names = (
        "fairness", "floors-by-year", "lines", "measures", "money-by-fund", "pathways", "places",
        "posts-by-profession", "shortfall-by-region", "shortfall-by-year",
    )  # fmt: skip
    drawn = [f"{name}.{ending}" for name in names for ending in ("png", "svg")]
    assert sorted(p.name for p in charts.iterdir()) == sorted([".commission-opt.json", *drawn])
    assert before == {p.name: p.read_bytes() for p in plan.iterdir() if p.is_file()}
    assert [p.name for p in page.parent.iterdir()] == ["r.html"]


@pytest.mark.slow
def test_what_exists_is_replaced_only_if_asked(run: Run, tmp_path: Path) -> None:
    plan, page = make_plan(tmp_path), tmp_path / "r.html"
    page.write_text("mine", encoding="utf-8")
    refused = run("report", plan, "--out", page)
    assert refused.code == 2
    assert "use --force to replace it" in _words(refused.err)
    assert page.read_text("utf-8") == "mine"
    assert run("report", plan, "--out", page, "--force").code == 0
    assert page.read_text("utf-8") != "mine"
    assert "give the name of a file" in _words(run("report", plan, "--out", tmp_path).err)
    charts = run("report", plan, "--out", tmp_path / "s.html", "--charts", plan)
    assert charts.code == 2
    assert not (tmp_path / "s.html").exists()


def test_a_plan_that_does_not_hold_gets_no_page(run: Run, tmp_path: Path) -> None:
    plan, page = make_plan(tmp_path), tmp_path / "r.html"
    table = plan / "supply.csv"
    table.write_text(table.read_text("utf-8").replace("300.0", "301.0", 1), encoding="utf-8")
    ran = run("report", plan, "--out", page)
    assert ran.code == 5
    assert any("supply.csv" in problem for problem in ran.problems)
    assert "does not hold, so no report was written" in _words(ran.err)
    assert not page.exists()
    (plan / "instance" / "demand.csv").unlink()
    assert run("report", plan, "--out", page).code == 1


@pytest.mark.slow
def test_a_sweep_becomes_a_page(run: Run, tmp_path: Path) -> None:
    work_out(small(), tmp_path / "sweep", here)
    page = tmp_path / "sweep.html"
    assert run("report", tmp_path / "sweep", "--out", page, "--measure", "places").code == 0
    assert "Sweep of scenarios" in page.read_text("utf-8")
    unknown = run("report", tmp_path / "sweep", "--out", page, "--force", "--measure", "joy")
    assert unknown.code == 2


@pytest.mark.parametrize("more", [[], ["--explain"]])
def test_other_folders_are_refused(run: Run, tmp_path: Path, more: list[str]) -> None:
    ran = run("report", tmp_path, "--out", tmp_path / "r.html", *more)
    assert ran.code == 2
    assert "neither a plan (it has no plan.json) nor a sweep" in _words(ran.err)


@pytest.mark.slow
def test_a_frontier_becomes_a_page(run: Run, tmp_path: Path) -> None:
    folder, page, charts = tmp_path / "f", tmp_path / "f.html", tmp_path / "charts"
    run("frontier", "two-by-two", "--over", "budget", "--out", folder)
    assert run("report", folder, "--out", page, "--charts", charts).code == 0
    assert "What it shows" in page.read_text("utf-8")
    assert {p.name for p in charts.iterdir()} >= {"frontier.png", "frontier.svg"}
    (folder / "frontier.json").write_text("{}", encoding="utf-8")
    refused = run("report", folder, "--out", page, "--force")
    assert refused.code == 1
    assert refused.problems == [
        "error: frontier.json: is not the record of a frontier: no 'format'"
    ]


def test_without_the_libraries_the_extra_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commission_opt.report import page

    monkeypatch.setattr(page, "find_spec", lambda _: None)
    ran = run("report", tmp_path, "--out", tmp_path / "r.html")
    assert ran.code == 2
    assert "pip install 'commission-opt[report]'" in _words(ran.err)


def test_a_region_has_a_page_and_a_workbook(run: Run, tmp_path: Path) -> None:
    plan, page, book = make_plan(tmp_path), tmp_path / "north.html", tmp_path / "north.xlsx"
    assert run("report", plan, "--region", "north", "--out", page).code == 0
    text = page.read_text("utf-8")
    assert "What the plan means for a region" in text
    assert "What it gets, and why" in text
    assert run("report", plan, "--region", "north", "--out", book).code == 0
    assert book.read_bytes().startswith(b"PK")
    unknown = run("report", plan, "--region", "nroth", "--out", page, "--force")
    assert unknown.code == 2
    assert "there is no region 'nroth'; did you mean 'north'?" in _words(unknown.err)
    assert page.read_text("utf-8") == text


@pytest.mark.slow
def test_packs_of_all_are_written_into_one_folder(run: Run, tmp_path: Path) -> None:
    plan, packs = make_plan(tmp_path), tmp_path / "packs"
    ran = run("report", plan, "--packs", packs)
    assert ran.code == 0
    assert "9 packs written" in _words(ran.err)
    with (packs / "packs.csv").open(encoding="utf-8", newline="") as lines:
        listed = list(csv.DictReader(lines))
    files = {line[name] for line in listed for name in ("page", "workbook")}
    names = {p.name for p in packs.iterdir()}
    assert names == files | {"packs.csv", ".commission-opt.json"}
    assert [line["code"] for line in listed][:2] == ["north", "land"]
    assert run("report", plan, "--packs", packs).code == 2
    assert run("report", plan, "--packs", packs, "--force").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "say where to write it: --out FILE.html"),
        ("--region north --profession gp --out r.html", "give one of --region and --profession"),
        ("--packs d --provider uni-a", "give one of --provider and --packs"),
        ("--packs d --out r.html", "--out does not go with --packs"),
        ("--packs d --charts c", "--charts does not go with --packs"),
        ("--region north --explain --out r.html", "--explain goes with the page of a whole plan"),
        ("--out r.xlsx", "commission-opt workbook export PLAN OUT.xlsx"),
        ("--region north --out r.xlsx --charts c", "--charts goes with a page"),
        ("--region north --out r.html", "no plan (it has no plan.json)"),
        ("--packs d", "no plan (it has no plan.json)"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("report", tmp_path, *words.split())
    assert ran.code == 2
    assert said in re.sub(r"[\s│]+", " ", ran.err)
    assert not any(tmp_path.iterdir())
