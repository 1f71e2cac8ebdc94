"""Text as it is written, and the line it stands on."""

from pathlib import Path

import pytest

from builders import Tiny
from command_line import Run
from commission_opt.errors import InputError
from commission_opt.instance.files import check_file_names, read_files
from commission_opt.instance.raw import is_plain_name, parse_csv, parse_settings
from commission_opt.instance.schema import TABLES


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        pytest.param(b"a,b\n1,2\n3,4\n", (2, 3), id="plain"),
        pytest.param(b"a,b\n1,2\n3,4", (2, 3), id="no line break at the end"),
        pytest.param(b"\xef\xbb\xbfa,b\n1,2\n3,4\n", (2, 3), id="byte order mark"),
        pytest.param(b"a,b\r\n1,2\r\n3,4\r\n", (2, 3), id="CRLF"),
        pytest.param(b"a,b\r1,2\r3,4\r", (2, 3), id="CR"),
        pytest.param(b"a,b\n\n1,2\n\n\n3,4\n\n", (3, 6), id="blank lines"),
        pytest.param(b"\n\na,b\n1,2\n3,4\n", (4, 5), id="blank lines first"),
        pytest.param(b"a,b\n,\n1,2\n  , \n3,4\n\t\n", (3, 5), id="lines of empty cells"),
        pytest.param(b"a,b\r\n\r\n1,2\r\n\r\n3,4", (3, 5), id="blank lines with CRLF"),
        pytest.param(b"a,b,,\n1,2,,\n3,4,\n", (2, 3), id="empty cells at the end of rows"),
        pytest.param(b'"a",b\n"1",2\n3,"4"\n', (2, 3), id="quotation marks"),
    ],
)
def test_rows_keep_their_lines(content: bytes, lines: tuple[int, ...]) -> None:
    table = parse_csv("joiners", content)
    assert table.problems == ()
    assert table.header == ("a", "b")
    assert table.rows == (("1", "2"), ("3", "4"))
    assert table.lines == lines


def test_a_row_stands_on_the_line_where_it_starts() -> None:
    table = parse_csv("regions", b'a,b\n"1\n\n1",2\n3,4\n')
    assert table.rows == (("1\n\n1", "2"), ("3", "4"))
    assert table.lines == (2, 5)


def test_cells_are_kept_as_written() -> None:
    table = parse_csv("regions", 'a,b\n"say ""ah"", twice",Ô \n007,\n'.encode())
    assert table.rows == (('say "ah", twice', "Ô "), ("007", ""))


def test_settings_may_begin_with_a_byte_order_mark() -> None:
    tiny = Tiny()
    values, problems = parse_settings(b"\xef\xbb\xbf" + tiny.text("instance.toml").encode())
    assert problems == []
    assert values == tiny.settings


def test_settings_may_name_sources() -> None:
    text = Tiny().text("instance.toml") + '\n[sources]\nworkforce = "a survey"\n'
    assert parse_settings(text.encode())[1] == []


@pytest.mark.parametrize("name", ["a", "England-2026", "v1.2_b", "7"])
def test_plain_names(name: str) -> None:
    assert is_plain_name(name)


@pytest.mark.parametrize("name", ["", ".", "..", "-a", "a/b", "a b", "é", "a.", "a\n", "a:b"])
def test_names_that_are_not_plain(name: str) -> None:
    assert not is_plain_name(name)


def test_only_the_files_of_an_instance_are_read(tmp_path: Path) -> None:
    folder = Tiny().write(tmp_path / "tiny")
    (folder / "datapackage.json").write_text("{}")
    (folder / "README.md").write_text("about it")
    (folder / "sources").mkdir()
    (folder / "sources" / "figures.csv").write_text("a,b\n")
    expected = {"instance.toml", "datapackage.json", *(f"{name}.csv" for name in Tiny().tables)}
    assert set(read_files(folder)) == expected
    assert check_file_names(folder) == []


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Tiny().write(tmp_path / "tiny")

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"^assumptions.csv: cannot be read: Permission denied$"):
        read_files(folder)


def test_a_folder_without_settings_is_no_instance(run: Run, tmp_path: Path) -> None:
    answer = run("solve", tmp_path, "--out", tmp_path / "plan")
    assert answer.code == 1
    [problem] = answer.problems
    assert problem.startswith("error: instance.toml: there is no instance.toml in ")
    assert not (tmp_path / "plan").exists()


def test_a_file_is_no_instance(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.csv").write_text("a,b\n")
    answer = run("solve", "tiny.csv", "--out", "plan")
    assert answer.code == 1
    assert answer.problems == ["error: tiny.csv: the instance is not a folder"]
    assert not Path("plan").exists()


def test_an_instance_that_does_not_exist(run: Run, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: the instance does not exist$"):
        read_files(tmp_path / "nowhere")
    answer = run("solve", "nowhere", "--out", tmp_path / "plan")
    assert answer.code == 1
    [problem] = answer.problems
    assert problem.startswith("error: nowhere: there is no such instance; give a path, or the ")
    assert not (tmp_path / "plan").exists()


def test_a_table_that_nobody_knows_does_not_hide_other_errors(run: Run, tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.cell("courses", 2, "fill_rate", "2")
    folder = tiny.write(tmp_path / "tiny")
    (folder / "course.csv").write_text("course\n")
    (folder / "Budgets.CSV").write_text("fund\n")
    answer = run("solve", folder, "--out", tmp_path / "plan")
    tables = ", ".join(TABLES)
    assert answer.code == 1
    assert answer.problems == [
        f"error: Budgets.CSV: no such table; did you mean 'budgets.csv'? The tables are {tables}",
        f"error: course.csv: no such table; did you mean 'courses.csv'? The tables are {tables}",
        "error: courses.csv row 2, fill_rate: 2 is not between 0 and 1",
    ]
