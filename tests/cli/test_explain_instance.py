"""``commission-opt explain`` of instances: exit codes, what is printed, and repairs written."""

import json
from pathlib import Path

import openpyxl
import pytest

from builders import Tiny
from command_line import Run, runner
from samples import PACE, model
from some import some


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


def written(folder: Path, *promises: str, text: str | None = None) -> tuple[Path, Path]:
    """A tiny instance with further commitments, and a model."""
    tiny = Tiny()
    tiny.cell("courses", 2, "max_intake", "80")  # last_intake 40, so that 60 is the most
    for promise in promises:
        tiny.add("commitments", promise)
    model_file = folder / "own.toml"
    model_file.write_text(model(pace=PACE) if text is None else text, encoding="utf-8")
    return tiny.write(folder / "tiny"), model_file


BEYOND = "leap,adult,,north,,,2026,2026,64,,The board,Growth,"
IMPOSSIBLE = "dream,adult,,north,,,2026,2026,500,,The board,Growth,"


def test_an_instance_with_a_plan_is_said_to_have_one(run: Run, tmp_path: Path) -> None:
    instance, own = written(tmp_path)
    answer = run("explain", instance, "--model", own)
    assert answer.code == 0
    assert "There is a plan" in answer.out
    assert f"solve it with: commission-opt solve {instance}" in answer.err


def test_a_conflict_and_its_repairs_are_printed(run: Run, tmp_path: Path) -> None:
    instance, own = written(tmp_path, BEYOND)
    answer = run("explain", instance, "--model", own)
    assert answer.code == 3
    said = " ".join(answer.out.split())
    sentence = (
        "Pace of change upwards of course 'adult-north' leaves 60 places for commitment 'leap' in "
        "2026 (owner The board), which asks for at least 64 places."
    )
    assert sentence in said
    assert "−4 places on commitment 'leap'" in said


@pytest.mark.each(3)
@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_every_format_has_the_edits(run: Run, tmp_path: Path, form: str) -> None:
    instance, own = written(tmp_path, BEYOND)
    answer = run("explain", instance, "--model", own, "--format", form)
    assert "commitments.csv row 4" in answer.out
    if form == "json":
        repairs = json.loads(answer.out)[-1]["tables"]["repairs"]
        assert {(r["file"], r["row"], r["column"], r["old"], r["new"]) for r in repairs} >= {
            ("commitments.csv", 4, "min_places", 64.0, 60.0)
        }


@pytest.mark.slow
@pytest.mark.parametrize("bend", some(["commitments", "pace"], 2))
def test_a_repair_is_written_and_solves(run: Run, tmp_path: Path, bend: str) -> None:
    instance, own = written(tmp_path, BEYOND)
    (instance / "README.md").write_text("kept", encoding="utf-8")
    out = tmp_path / "repaired"
    given = ("explain", instance, "--model", own, "--bend", bend, "--apply-repair", 1, "--out", out)
    answer = run(*given)
    assert answer.code == 0
    same = {p.name for p in instance.iterdir() if (out / p.name).read_bytes() == p.read_bytes()}
    changed = {p.name for p in out.glob("[!.]*")} - same
    assert changed == {"commitments.csv" if bend == "commitments" else "model.toml"}
    used = own if bend == "commitments" else out / "model.toml"
    assert f"commission-opt solve {out} --model {used}" in answer.err
    assert run("solve", instance, "--model", own, "--out", tmp_path / "plan").code == 3
    assert run("solve", out, "--model", used, "--out", tmp_path / "plan").code == 0
    assert run(*given).code == 2, "a folder is not replaced unasked"
    assert run(*given, "--force").code == 0


CASES = {
    "commitment": ("commitments", None),
    "cohort": ("courses", ("courses", 2, "min_cohort", "70")),
    "budget": ("budgets", ("budgets", 2, "amount", "200000")),
    "pool": ("placements", ("placements", 2, "capacity", "900")),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", some(CASES, 2))
def test_what_check_refuses_is_explained_and_repaired(run: Run, tmp_path: Path, case: str) -> None:
    table, cell = CASES[case]
    tiny = Tiny()
    if cell is None:
        tiny.add("commitments", IMPOSSIBLE)
    else:
        tiny.cell(*cell)
    own = tmp_path / "own.toml"
    own.write_text(model(pace=PACE), encoding="utf-8")
    instance, out = tiny.write(tmp_path / "tiny"), tmp_path / "repaired"
    assert run("check", instance).code == 1
    answer = run("explain", instance, "--model", own)
    assert answer.code == 1
    assert any(f"{table}.csv" in problem for problem in answer.problems)
    assert "Conflict 1 of" in answer.out
    assert "Repairs" in answer.out
    assert run("explain", instance, "--model", own, "--apply-repair", 1, "--out", out).code == 0
    assert run("check", out).code == 0
    assert run("solve", out, "--model", own, "--out", tmp_path / "plan").code == 0


def test_other_mistakes_are_reported_as_check_does(run: Run, tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.cell("courses", 2, "fill_rate", "1.5")
    answer = run("explain", tiny.write(tmp_path / "tiny"))
    assert answer.code == 1
    assert not answer.out
    assert any("fill_rate" in problem for problem in answer.problems)


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--bend", "wishes"), "'wishes' is no kind of rule"),
        (("--apply-repair", "1"), "go together"),
        (("--apply-repair", "9", "--out", "new"), "there is no repair 9"),
    ],
)
def test_wrong_use_is_refused(
    run: Run, tmp_path: Path, options: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    instance, own = written(tmp_path, BEYOND)
    answer = run("explain", instance, "--model", own, *options)
    assert answer.code == 2
    assert says in answer.err
    assert not (tmp_path / "new").exists()


def test_a_repair_is_not_written_over_the_instance(run: Run, tmp_path: Path) -> None:
    instance, own = written(tmp_path, BEYOND)
    before = {p: p.read_bytes() for p in instance.iterdir()}
    for out in (instance, instance / "inner", tmp_path):
        given = ("explain", instance, "--model", own, "--apply-repair", 1, "--out", out, "--force")
        assert run(*given).code == 2
    assert {p: p.read_bytes() for p in instance.iterdir()} == before


def test_solve_says_where_the_diagnosis_is(run: Run, tmp_path: Path) -> None:
    instance, own = written(tmp_path, BEYOND)
    answer = run("solve", instance, "--model", own, "--out", tmp_path / "plan")
    assert answer.code == 3
    assert f"commission-opt explain {instance} --model {own}" in answer.err


@pytest.mark.slow
def test_a_workbook_is_explained_and_repaired_as_a_folder_is(run: Run, tmp_path: Path) -> None:
    instance, own = written(tmp_path, BEYOND)
    book = tmp_path / "tiny.xlsx"
    assert run("workbook", "export", instance, book).code == 0
    of_folder, of_book = (
        run("explain", given, "--model", own, "--format", "md") for given in (instance, book)
    )
    assert (of_folder.code, of_book.code) == (3, 3)
    assert "commitments.csv row 4, min_places: 64" in of_folder.out
    as_cells = of_folder.out.replace("commitments.csv row 4, min_places", "commitments!I4")
    assert of_book.out == as_cells.replace("commitments.csv row 4", "commitments!4:4")
    repaired = tmp_path / "repaired"
    options = ("--model", own, "--apply-repair", 1, "--out", repaired)
    assert run("explain", book, *options).code == 0
    assert not (repaired / "workbook.xlsx").exists()
    assert run("solve", repaired, "--model", own, "--out", tmp_path / "plan").code == 0


@pytest.mark.slow
def test_rows_are_those_of_the_sheet_also_below_blank_ones(run: Run, tmp_path: Path) -> None:
    instance, own = written(tmp_path, BEYOND)
    book = tmp_path / "tiny.xlsx"
    assert run("workbook", "export", instance, book).code == 0
    opened = openpyxl.load_workbook(book)
    opened["commitments"].insert_rows(2, 5)
    opened["courses"].insert_rows(2, 7)
    opened["courses"]["I9"] = 70  # min_cohort, with max_intake 60: a contradiction
    opened["courses"]["H9"] = 60
    opened.save(book)
    answer = run("explain", book, "--model", own)
    assert "commitments!I9: 64 -> " in answer.out
    assert "error: courses!I9, min_cohort: 70 is more than max_intake" in answer.problems[0]


@pytest.mark.slow
def test_solve_names_the_row_of_the_sheet(run: Run, tmp_path: Path) -> None:
    tiny = Tiny()
    for row in tiny.tables["budgets"]:
        row["amount"] = "2000000" if row["year"] == "2028" else row["amount"]
    tiny.tables["pipeline"] = tiny.tables["pipeline"][:1]
    book = tmp_path / "tiny.xlsx"
    assert run("workbook", "export", tiny.write(tmp_path / "tiny"), book).code == 0
    opened = openpyxl.load_workbook(book)
    opened["budgets"].insert_rows(2, 5)
    opened.save(book)
    of_folder = run("solve", tmp_path / "tiny", "--out", tmp_path / "a")
    of_book = run("solve", book, "--out", tmp_path / "b")
    assert "budget of fund 'tuition' in 2028 (budgets.csv row 4)" in of_folder.err
    assert "budget of fund 'tuition' in 2028 (budgets!9:9)" in of_book.err


@pytest.mark.slow
def test_what_is_wrong_with_a_workbook_is_named_by_cell(run: Run, tmp_path: Path) -> None:
    instance, own = written(tmp_path)
    book = tmp_path / "tiny.xlsx"
    assert run("workbook", "export", instance, book).code == 0
    opened = openpyxl.load_workbook(book)
    opened["courses"]["A2"] = "=1+1"
    opened.save(book)
    answer = run("explain", book, "--model", own)
    assert answer.code == 1
    assert "courses!A2" in answer.err
    assert "is a formula" in " ".join(answer.problems)
