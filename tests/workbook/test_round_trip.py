"""Folder → workbook → folder, and back again by another program."""

import csv
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import Tiny
from commission_opt.files.shipped import find_instance, instance_names
from commission_opt.instance.raw import parse_csv
from commission_opt.instance.source import source_of
from commission_opt.instance.write import settings_text
from commission_opt.reading.read import check_instance, read_contents
from commission_opt.workbook.layout import ORIGINAL_FILE, csv_bytes
from commission_opt.workbook.making import export_workbook, instance_files
from commission_opt.workbook.opened import open_source
from commission_opt.workbook.reading import read_workbook
from some import some
from workbooks import change as changed
from workbooks import put, tiny_book

ODD_CODES = (
    "007",
    "1.0",
    "TRUE",
    "1-2",
    "2026-01-01",
    "1e5",
    "=x",
    "#N/A",
    "+5",
    "1/2",
    "'a",
    "a b",
)


def back(content: bytes) -> Mapping[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "b.xlsx"
        path.write_bytes(content)
        return instance_files(read_workbook(path))


@pytest.mark.parametrize(
    "name",
    [n if n == "two-by-two" else pytest.param(n, marks=pytest.mark.slow) for n in instance_names()],
)
def test_every_shipped_instance_comes_back_byte_for_byte(name: str) -> None:
    folder = find_instance(name)
    source = open_source(folder)
    files = back(export_workbook(source))
    assert files == source.files
    assert {"instance.toml", "datapackage.json", "courses.csv"} <= files.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", some(["two-by-two", "dutch-gp-2009"], 2))
def test_another_program_may_save_it_in_between(name: str, tmp_path: Path) -> None:
    source = open_source(find_instance(name))
    path = tmp_path / "b.xlsx"
    path.write_bytes(export_workbook(source))
    assert instance_files(read_workbook(changed(path))) == source.files


@pytest.mark.slow
def test_the_same_folder_makes_the_same_bytes() -> None:
    source = open_source(find_instance("two-by-two"))
    assert export_workbook(source) == export_workbook(source)


def test_a_workbook_solves_to_the_same_instance(tmp_path: Path) -> None:
    path = tiny_book(tmp_path)
    of_book, of_folder = check_instance(path).instance, Tiny().write(tmp_path / "tiny")
    expected = check_instance(of_folder).instance
    assert of_book is not None
    assert expected is not None
    for name, table in expected.tables.items():
        assert of_book.tables[name].reset_index(drop=True).equals(table.reset_index(drop=True))
    copies = read_contents(of_book.files)
    assert copies.instance is not None
    assert copies.instance.hashes() == of_book.hashes()
    assert of_book.files[ORIGINAL_FILE] == path.read_bytes()


@pytest.mark.slow
def test_odd_codes_stay_text_for_every_program(tmp_path: Path) -> None:
    lines = [f"{code},Title,nursing," for code in ODD_CODES]
    tiny = Tiny()
    tiny.add("professions", *lines)
    path = tmp_path / "b.xlsx"
    path.write_bytes(export_workbook(source_of(tiny.contents())))
    sheet = openpyxl.load_workbook(path)["professions"]
    cells = [sheet.cell(row=5 + i, column=1) for i in range(len(ODD_CODES))]
    assert [cell.value for cell in cells] == list(ODD_CODES)
    assert {(c.data_type, c.number_format, c.quotePrefix) for c in cells} == {("s", "@", True)}


def cells_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.slow
@pytest.mark.parametrize(
    "rewrite",
    some(
        [
            lambda text: "\ufeff" + text,
            lambda text: text.replace("\n", "\r\n"),
            lambda text: '"' + text.replace(",", '","').replace("\n", '"\n"').removesuffix('"'),
        ],
        3,
    ),
)
def test_files_written_otherwise_come_back_cell_for_cell(rewrite: object) -> None:
    tiny = Tiny()
    tiny.rewrite("courses.csv", rewrite)  # type: ignore[arg-type]
    before = tiny.contents()
    after = back(export_workbook(source_of(before)))
    assert cells_of(after["courses.csv"]) == cells_of(before["courses.csv"])
    assert after["courses.csv"] == Tiny().contents()["courses.csv"]


@pytest.mark.slow
def test_blank_lines_go_and_columns_of_one_s_own_stay() -> None:
    tiny = Tiny()
    for i, row in enumerate(tiny.tables["courses"]):
        row["note on it"] = f"=note {i}\n2"
        row["source"] = "007"
    tiny.rewrite("courses.csv", lambda text: text.replace("\n", "\n\n", 1))
    before = tiny.contents()
    after = back(export_workbook(source_of(before)))
    assert cells_of(after["courses.csv"]) == [row for row in cells_of(before["courses.csv"]) if row]


@pytest.mark.slow
def test_settings_keep_their_comments_unless_they_change(tmp_path: Path) -> None:
    folder, path = Tiny().write(tmp_path / "tiny"), tmp_path / "b.xlsx"
    text = '# mine\n[sources]\n"odd key" = "a\\nb"\nyear = 2020\nlist = [1, 2]\n'
    toml = folder / "instance.toml"
    toml.write_text(toml.read_text() + text, newline="\n")
    path.write_bytes(export_workbook(open_source(folder)))
    assert instance_files(read_workbook(path))["instance.toml"] == toml.read_bytes()
    files = instance_files(read_workbook(changed(path, put("instance!B3", "Another"))))
    settings = read_contents(files).instance
    assert settings is not None
    assert settings.title == "Another"
    assert b"# mine" not in files["instance.toml"]
    assert b'"odd key" = "a\\nb"\nyear = 2020\n' in files["instance.toml"]


@pytest.mark.slow
def test_numbers_keep_their_text_unless_they_change(tmp_path: Path) -> None:
    tiny = Tiny()
    for line, text in enumerate(("0.080", "8e-2", "0.08", ".08"), start=2):
        tiny.cell("workforce", line, "leaver_rate", text)
    tiny.cell("workforce", 2, "fte", "300.0")
    tiny.cell("workforce", 3, "fte", "300.0")
    tiny.cell("workforce", 4, "fte", "300.0")
    path = tmp_path / "b.xlsx"
    path.write_bytes(export_workbook(source_of(tiny.contents())))
    assert instance_files(read_workbook(path))["workforce.csv"] == tiny.contents()["workforce.csv"]
    files = instance_files(read_workbook(changed(path, put("workforce!D2", 0.5))))
    rows = parse_csv("workforce", files["workforce.csv"]).rows
    assert [row[3] for row in rows[:4]] == ["0.5", "8e-2", "0.08", ".08"]


def _any_text() -> st.SearchStrategy[str]:
    anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    return anything | st.sampled_from([*ODD_CODES, "_x000D_", "a\r\nb", " x ", "\t", "\u00a0"])


def _any_number() -> st.SearchStrategy[str]:
    finite = st.floats(allow_nan=False, allow_infinity=False)
    shapes = st.sampled_from(["{!r}", "{:.3f}", "{:+g}", "{:e}", "{:.17g}", "{:.1f}0"])
    odd = st.sampled_from(["007", "+5", ".5", "5.", "-0", "1E+05", "0.10", "1e400", "1e-320", "x"])
    return st.builds(lambda shape, x: shape.format(x), shapes, finite) | odd


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(_any_text(), _any_text(), _any_text(), _any_number()), max_size=40),
    _any_text(),
)
def test_any_texts_and_numbers_come_back(rows: list[tuple[str, ...]], title: str) -> None:
    tiny = Tiny()
    tiny.settings["title"] = title
    before = {**tiny.contents(), "instance.toml": settings_text(tiny.settings).encode()}
    before["professions.csv"] = csv_bytes(("profession", "title", "note", "weight"), rows)
    after = back(export_workbook(source_of(before)))
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    assert parse_csv("professions", after["professions.csv"]).rows == tuple(kept)
    assert after["instance.toml"] == before["instance.toml"]
