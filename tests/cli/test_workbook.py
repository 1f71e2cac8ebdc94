import hashlib
import json
from pathlib import Path

import pytest

from builders import Tiny
from command_line import Run
from commission_opt.files.shipped import find_instance
from some import some
from workbooks import change, put, tiny_book


@pytest.mark.slow
def test_from_a_shipped_instance_to_a_workbook_and_back(tmp_path: Path, run: Run) -> None:
    book, folder = tmp_path / "b.xlsx", tmp_path / "back"
    ran = run("workbook", "export", "two-by-two", book)
    assert ran.code == 0
    assert "not in it, so keep the folder: README.md, model.toml" in ran.err
    assert run("workbook", "import", book, folder).code == 0
    for path in folder.glob("[!.]*"):
        assert path.read_bytes() == (find_instance("two-by-two") / path.name).read_bytes()
    left_out = {path.name for path in find_instance("two-by-two").iterdir()}
    assert left_out - {path.name for path in folder.iterdir()} == {"README.md", "model.toml"}
    assert run("workbook", "export", "two-by-two", book).code == 2
    assert run("workbook", "import", book, folder).code == 2
    assert run("workbook", "export", "two-by-two", book, "--force").code == 0
    assert run("workbook", "import", book, folder, "--force").code == 0


@pytest.mark.slow
def test_what_else_a_descriptor_says_is_said_to_be_left(tmp_path: Path, run: Run) -> None:
    folder = Tiny().write(tmp_path / "tiny")
    (folder / "datapackage.json").write_text("{}")
    ran = run("workbook", "export", folder, tmp_path / "b.xlsx")
    assert "what datapackage.json says beyond the columns" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("like", some(["BOOK", "two-by-two", ""], 2))
def test_new_workbooks(like: str, tmp_path: Path, run: Run) -> None:
    source = tiny_book(tmp_path) if like == "BOOK" else like
    out = tmp_path / "new.xlsx"
    ran = run("workbook", "new", out, *(("--from", source) if source else ()))
    assert ran.code == 0
    assert out.is_file()
    assert run("check", out).code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("new", "b.csv"),
        ("export", "two-by-two", "b.xls"),
        ("merge", "n.xlsx", "r.xlsx", "--out", "m"),
        ("import", "nowhere.xlsx", "out"),
        ("merge", "n.xlsx", "r.xlsx", "--out", "m.xlsx"),
    ],
)
def test_wrong_names_are_wrong_usage(arguments: tuple[str, ...], run: Run) -> None:
    assert run("workbook", *arguments).code == 2


def test_check_names_sheet_and_cell(tmp_path: Path, run: Run) -> None:
    book = change(tiny_book(tmp_path), put("courses!L3", 1.7), put("courses!G4", "=1"))
    ran = run("check", book)
    assert ran.code == 1
    assert "courses!L3" in ran.err
    record = json.loads(run("check", book, "--json").out)
    errors = [p for p in record["problems"] if p["severity"] == "error"]
    assert [p["cell"] for p in errors] == ["courses!L3", "courses!G4"]
    assert errors[0]["file"] == "courses"
    assert (errors[0]["row"], errors[0]["column"]) == (3, "completion_rate")
    assert errors[0]["text"] == "courses!L3: 1.7 is not between 0 and 1"


@pytest.mark.slow
def test_a_workbook_solves_to_the_plan_of_its_folder(tmp_path: Path, run: Run) -> None:
    book, folder = tiny_book(tmp_path), Tiny().write(tmp_path / "tiny")
    for source, out in ((book, "a"), (folder, "b")):
        assert run("solve", source, "--out", tmp_path / out).code == 0
    for name in ("allocation.csv", "supply.csv", "budgets.csv", "placements.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    copies = tmp_path / "a" / "instance"
    assert (copies / "workbook.xlsx").read_bytes() == book.read_bytes()
    assert (copies / "courses.csv").read_bytes() == (folder / "courses.csv").read_bytes()
    hashes = json.loads((tmp_path / "a" / "plan.json").read_text("utf-8"))["hashes"]["inputs"]
    assert hashes["workbook.xlsx"] == hashlib.sha256(book.read_bytes()).hexdigest()
    explained = run("explain", tmp_path / "a", "--profession", "adult", "--region", "north")
    assert explained.code == 0
    assert run("check", copies).code == 0
    sheets = tmp_path / "plan.xlsx"
    assert run("workbook", "export", tmp_path / "a", sheets).code == 0
    assert sheets.is_file()


@pytest.mark.slow
def test_the_other_commands_take_a_workbook(tmp_path: Path, run: Run) -> None:
    book = tiny_book(tmp_path)
    assert json.loads(run("describe", book).out)["name"] == "tiny"
    assert run("export", book, "--out", tmp_path / "p.lp").code == 0
    sweep = ("--vary", "budget*=0.9,1.1", "--relaxed", "--out", tmp_path / "s", "--processes", 1)
    assert run("sweep", book, *sweep).code == 0
    over = ("--over", "budget", "--from", 0.9, "--to", 1.1, "--out", tmp_path / "f")
    assert run("frontier", book, *over).code == 0


def test_describe_names_the_cell_too(tmp_path: Path, run: Run) -> None:
    ran = run("describe", change(tiny_book(tmp_path), put("instance!B4", "x")))
    assert ran.code == 1
    assert "instance!B4" in ran.err


def test_import_refuses_what_it_cannot_read(tmp_path: Path, run: Run) -> None:
    book = change(tiny_book(tmp_path), put("courses!A4", "=1"))
    ran = run("workbook", "import", book, tmp_path / "out")
    assert ran.code == 1
    assert "courses!A4" in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_merge(tmp_path: Path, run: Run) -> None:
    national = tiny_book(tmp_path, name="national.xlsx")
    north = change(national, put("courses!H2", 70), to="north.xlsx")
    south = change(national, put("courses!H3", 35), to="south.xlsx")
    out = tmp_path / "merged.xlsx"
    ran = run("workbook", "merge", national, north, south, "--out", out, "--json")
    assert ran.code == 0
    assert "north.xlsx: 1 × cell changed" in ran.err
    assert [t["file"] for t in json.loads(ran.out)["taken"]] == ["north.xlsx", "south.xlsx"]
    assert run("check", out).code == 0


@pytest.mark.slow
def test_merge_says_whose_notes_are_kept_under_which_name(tmp_path: Path, run: Run) -> None:
    national = tiny_book(tmp_path, name="national.xlsx")
    north = change(national, lambda book: book.create_sheet("note why").append(["x"]), to="n.xlsx")
    out = tmp_path / "merged.xlsx"
    ran = run("workbook", "merge", national, north, "--out", out, "--json")
    assert "n.xlsx: its sheet 'note why' is kept as 'note why (n)'" in ran.err
    expected = {"file": "n.xlsx", "sheet": "note why", "kept_as": "note why (n)"}
    assert json.loads(ran.out)["notes"] == [expected]


def test_merge_writes_nothing_where_returns_contradict(tmp_path: Path, run: Run) -> None:
    national = tiny_book(tmp_path, name="national.xlsx")
    north = change(national, put("courses!H2", 70), to="north.xlsx")
    south = change(national, put("courses!H2", 80), to="south.xlsx")
    out = tmp_path / "merged.xlsx"
    ran = run("workbook", "merge", national, north, south, "--out", out, "--json")
    assert ran.code == 1
    assert "courses!H2" in ran.err
    (conflict,) = json.loads(ran.out)["conflicts"]
    assert conflict["cell"] == "courses!H2"
    assert not out.exists()


def test_a_file_that_is_no_workbook(tmp_path: Path, run: Run) -> None:
    for name, word in (("b.xlsx", "not an .xlsx workbook"), ("b.xlsm", "macros")):
        (tmp_path / name).write_bytes(b"hello")
        ran = run("check", tmp_path / name)
        assert ran.code == 1
        assert word in ran.err
