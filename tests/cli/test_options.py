import csv
from pathlib import Path

import pytest

from command_line import Run
from report_pages import make_plan
from small_sweeps import MODEL

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

FILE = f"""\
title = "Two by two"
[[option]]
name = "By hand"
instance = "two-by-two"
model = "{MODEL}"
[[option]]
name = "Less money"
instance = "two-by-two"
model = "{MODEL}"
change = ["budget*=0.9"]
[recommendation]
option = "By hand"
owner = "Board"
"""


def _words(text: str) -> str:
    return " ".join(text.split())


def test_options_of_a_file_are_solved_and_written(run: Run, tmp_path: Path) -> None:
    file, out = tmp_path / "o.toml", tmp_path / "out"
    file.write_text(FILE, encoding="utf-8")
    ran = run("options", file, "--out", out)
    assert (ran.code, ran.out) == (0, "")
    assert "with the plans that were made in" in _words(ran.err)
    assert {p.name for p in out.iterdir()} == {
        "options.html", "options.xlsx", "options.csv", "plans", ".commission-opt.json",
    }  # fmt: skip
    page = (out / "options.html").read_text("utf-8")
    assert "Recommended: “By hand”" in page
    assert "Not said in the file: the decision that is asked for, why, risks and dates." in page
    with (out / "options.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["option"] for row in rows] == [
        "no new places", "last year repeated", "By hand", "Less money",
    ]  # fmt: skip
    # On paper: 35 nurses and 40 paramedics of £600,000 at most, and 40 and 40 last year.
    assert (float(rows[1]["places"]), float(rows[1]["spent"])) == (80.0, 640_000.0)
    assert float(rows[3]["spent"]) <= 540_000.0
    for plan in sorted((out / "plans").iterdir()):
        assert run("verify", plan).code == 0
    again = run("options", file, "--out", out)
    assert again.code == 2
    assert "use --force" in _words(again.err)


def test_a_plan_that_does_not_hold_gets_no_page(run: Run, tmp_path: Path) -> None:
    plan, out = make_plan(tmp_path), tmp_path / "out"
    table = plan / "supply.csv"
    table.write_text(table.read_text("utf-8").replace("300.0", "301.0", 1), encoding="utf-8")
    ran = run("options", plan, "--out", out)
    assert ran.code == 5
    assert any("supply.csv" in problem for problem in ran.problems)
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("none.toml --out out", 1, "the file of options cannot be read"),
        ("a.toml b --out out", 2, "give one file of options alone, or plans alone"),
        ("nowhere --out out", 2, "nowhere is no plan (it has no plan.json)"),
    ],
)
def test_what_is_no_option_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("options", *words.split())
    assert ran.code == code
    assert said in _words(ran.err)
    assert not any(tmp_path.iterdir())


def test_an_option_without_a_plan_leaves_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "o.toml"
    file.write_text(FILE.replace("budget*=0.9", "leavers*=90"), encoding="utf-8")
    ran = run("options", file, "--out", tmp_path / "out")
    assert ran.code != 0
    assert "Less money" in " ".join([ran.err, *ran.problems])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["o.toml"]
