"""Workbooks that are wrong by accident or on purpose: each gets a word that says where and what."""

import os
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.styles import PatternFill

from builders import cell as tiny_cell
from builders import put as setting
from commission_opt.errors import InputError
from commission_opt.files.spreadsheet.cells import LONGEST_TEXT
from commission_opt.reading.read import check_instance
from commission_opt.workbook.reading import open_book
from raw_books import repack
from some import some
from workbooks import Change, change, problems, put, said, tiny_book


@pytest.mark.slow
def test_the_tiny_workbook_is_valid(tmp_path: Path) -> None:
    assert problems(tiny_book(tmp_path)) == ()


def date(reference: str, value: object, code: str = "dd/mm/yyyy") -> Change:
    sheet, _, at = reference.partition("!")

    def write(book: Workbook) -> None:
        book[sheet][at].value = value
        book[sheet][at].number_format = code

    return write


@pytest.mark.each(6)
@pytest.mark.parametrize(
    ("edit", "expected"),
    some([
        (put("courses!H3", "=1+1"), "courses!H3: is a formula; paste its value"),
        (put("courses!A3", "=cmd|' /C calc'!A0"), "courses!A3: is a formula; paste its value"),
        (put("courses!H1", "=A1"), "courses!H1: heads a column, but is a formula"),
        (put("instance!B3", "=A1"), "instance!B3: is a formula"),
        (put("courses!L3", "#N/A"), "courses!L3: holds the error #N/A; write what belongs there"),
        (put("courses!A3", "#REF!"), "courses!A3: holds the error #REF!"),
        (put("courses!L3", True), "courses!L3: is the logical value TRUE"),
        (put("courses!A3", True), "courses!A3: is the logical value TRUE"),
        (put("courses!B3", 7), "courses!B3: is the number 7, but codes are text"),
        (put("courses!B3", 1.5), "courses!B3: is the number 1.5, but codes are text"),
        (date("courses!B3", 46000), "courses!B3: is a date, 2025-12-09; format the cell as text"),
        (date("demand!C3", 46000), "demand!C3: is formatted as a date, 2025-12-09; give the"),
        (date("instance!B3", 46000), "instance!B3: is a date, 2025-12-09"),
        (put("courses!L3", 1.7), "courses!L3: 1.7 is not between 0 and 1"),
        (put("courses!L3", "1,7"), "courses!L3: '1,7' has a thousands separator or decimal comma"),
        (put("courses!L3", "nan"), "courses!L3: 'nan' stands for no number"),
        (put("courses!L3", "inf"), "courses!L3: 'inf' is infinite"),
        (put("courses!L3", None), "courses!L3: is empty; a number is needed"),
        (put("courses!B3", " adult"), "courses!B3: ' adult' has a space before or after the code"),
        (put("courses!B3", "ad\nult"), "courses!B3: 'ad\\nult' has a line break or control"),
        (put("courses!B3", "x" * 32_767), "courses!B3: there is no profession 'xxx"),
        (put("courses!S3", "stray"), "courses!S3: holds something, but the column has no heading"),
        (put("instance!B4", "2026"), "instance!B4: '2026' is not a whole number"),
        (put("instance!B4", None), "instance!B4: is missing; it holds the first financial year"),
        (put("instance!D4", "x"), "instance!D4: stands where nothing is read"),
        (put("instance!A5", "first_year"), "instance!A5: repeats the key of row 4"),
        (put("instance!A20", "odd"), "instance!B20: is not a key"),
        (put("courses!A4", "adult-north"), "courses!A4: repeats the key of row 2"),
        (put("budgets!B4", "nowhere"), "budgets!B4: there is no region 'nowhere' in sheet regions"),
    ], 3),
)  # fmt: skip
def test_a_wrong_cell_is_named(edit: Change, expected: str, tmp_path: Path) -> None:
    path = tiny_book(tmp_path)
    changes = [edit]
    if "A20" in expected or "B20" in expected:
        changes.append(put("instance!B20", "value"))
    found = said(change(path, *changes))
    assert any(text.startswith(expected) for text in found), found


def test_nothing_else_is_said_of_a_cell_that_could_not_be_read(tmp_path: Path) -> None:
    (only,) = said(change(tiny_book(tmp_path), put("courses!L3", "=1")))
    assert only.startswith("courses!L3: is a formula")


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("edit", "expected"),
    some(
        [
            (put("workforce!C2", "300"), "workforce!C2: is a number kept as text"),
            (put("professions!B2", "=sum|x"), "professions!B2: is a formula"),
            (put("courses!D2", "uni\u00a0a"), "courses!D2: has a non-breaking space in it"),
            (put("courses!D2", "'uni"), "courses!D2: starts with an apostrophe"),
        ],
        2,
    ),
)
def test_what_is_read_as_it_stands_is_said(edit: Change, expected: str, tmp_path: Path) -> None:
    path = change(tiny_book(tmp_path), edit)
    found = [str(p) for p in problems(path)]
    assert any(text.startswith(expected) for text in found), found


@pytest.mark.slow
def test_texts_that_look_like_formulas_are_kept_and_said(tmp_path: Path) -> None:
    odd = "=cmd|' /C calc'!A0"
    path = tiny_book(tmp_path, tiny_cell("courses", 2, "title", odd))
    (warning,) = problems(path)
    assert str(warning).startswith("courses!E2: looks like a formula; it is kept as text")
    instance = check_instance(path).instance
    assert instance is not None
    assert odd.encode() in instance.files["courses.csv"]


def test_many_such_cells_are_one_warning(tmp_path: Path) -> None:
    path = tiny_book(tmp_path)
    texts = [put(f"demand!D{row}", str(300 + row)) for row in range(2, 12)]
    (warning,) = said(change(path, *texts), "warning")
    assert warning.startswith("demand!D2: is a number kept as text")
    assert warning.endswith("; so do D3, D4, 7 more")


def test_a_very_long_text_is_refused(tmp_path: Path) -> None:
    path = tiny_book(tmp_path)
    long = b"x" * (LONGEST_TEXT + 1)
    repack(
        path,
        lambda parts: parts.update(
            {
                "xl/sharedStrings.xml": parts["xl/sharedStrings.xml"].replace(
                    b">uni-b<", b">" + long + b"<"
                )
            }
        ),
    )
    assert said(path)[0] == "courses!D3: holds 32,768 characters; 32,767 are the most"


def test_merged_cells_are_named(tmp_path: Path) -> None:
    path = change(tiny_book(tmp_path), lambda book: book["courses"].merge_cells("A3:B4"))
    assert any(text.startswith("courses!A3:B4: the cells are merged") for text in said(path))


def test_hidden_rows_columns_and_sheets_are_read_and_said(tmp_path: Path) -> None:
    def hide(book: Workbook) -> None:
        book["courses"].row_dimensions[3].hidden = True
        book["courses"].column_dimensions["D"].hidden = True
        book["demand"].sheet_state = "hidden"

    path = change(tiny_book(tmp_path), hide)
    found = {p.cell: p.message for p in problems(path)}
    assert found.keys() == {"courses!3:3", "courses!D:D", "demand"}
    assert all("read all the same" in message for message in found.values())
    instance = check_instance(path).instance
    assert instance is not None
    assert len(instance.courses) == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Extra", "give it a name that starts with “note”"),
        ("Placement use", "is there"),
        ("notes of mine", ""),
    ],
)
def test_other_sheets(name: str, word: str, tmp_path: Path) -> None:
    path = change(tiny_book(tmp_path), lambda book: book.create_sheet(name))
    found = said(path)
    assert len(found) == (0 if not word else 1)
    if word and name == "Extra":
        assert word in found[0]
    if name == "Placement use":
        assert "write 'placement_use'" in found[0]


def test_a_sheet_twice_but_for_case_is_an_error(tmp_path: Path) -> None:
    path = tiny_book(tmp_path)
    repack(path, lambda parts: parts.update({"xl/workbook.xml": parts["xl/workbook.xml"].replace(
        b'name="joiners"', b'name="Courses"')}))  # fmt: skip
    assert said(path) == ["Courses: there is also a sheet 'courses'; give one of them another name"]


def test_a_missing_sheet_and_a_missing_column(tmp_path: Path) -> None:
    def take_out(book: Workbook) -> None:
        del book["demand"]
        del book["joiners"]
        book["courses"]["F1"].value = None

    found = said(change(tiny_book(tmp_path), take_out))
    assert "demand: is missing; it holds: FTE needed, by profession, leaf region and year." in found
    assert any(text.startswith("courses, duration_years: the column is missing") for text in found)
    assert any(text.startswith("courses!F2: holds something, but") for text in found)
    assert not any("joiners" in text for text in found)


def test_without_the_sheet_of_settings_nothing_is_read(tmp_path: Path) -> None:
    path = change(tiny_book(tmp_path), lambda book: book.remove(book["instance"]))
    (only,) = said(path)
    assert "has no sheet 'instance'" in only


def test_an_empty_sheet_needs_a_header(tmp_path: Path) -> None:
    path = change(tiny_book(tmp_path), lambda book: book["courses"].delete_rows(1, 50))
    assert any(
        text.startswith("courses!1:1: is empty; a header row is needed") for text in said(path)
    )


def test_the_1904_date_system_only_changes_the_date_that_is_named(tmp_path: Path) -> None:
    def since_1904(parts: dict[str, bytes]) -> None:
        whole = parts["xl/workbook.xml"]
        assert b"<workbookPr" in whole
        parts["xl/workbook.xml"] = whole.replace(b"<workbookPr", b'<workbookPr date1904="1"', 1)

    assert problems(repack(tiny_book(tmp_path), since_1904)) == ()
    dated = change(tiny_book(tmp_path, name="dated.xlsx"), date("demand!C3", 44538))
    assert "demand!C3: is formatted as a date, 2021-12-08" in "\n".join(said(dated))
    repack(dated, since_1904)
    assert "demand!C3: is formatted as a date, 2025-12-09" in "\n".join(said(dated))


def test_escaped_characters_are_what_they_stand_for(tmp_path: Path) -> None:
    def escape(parts: dict[str, bytes]) -> None:
        strings = parts["xl/sharedStrings.xml"]
        parts["xl/sharedStrings.xml"] = strings.replace(b">uni-b<", b">uni_x000D_b<")

    (only,) = said(repack(tiny_book(tmp_path), escape))[:1]
    assert only.startswith("courses!D3: 'uni\\rb' has a line break or control character")


def _empty_row(row: int) -> str:
    cells = (f'<c r="{letter}{row}" s="1"/>' for letter in "ABCDEFGHIJKLMN")
    return f'<row r="{row}">{"".join(cells)}</row>'


@pytest.mark.slow
def test_many_empty_formatted_rows_are_no_rows(tmp_path: Path) -> None:
    path = tiny_book(tmp_path)
    rows = "".join(_empty_row(row) for row in range(10, 20_010))

    def pad(parts: dict[str, bytes]) -> None:
        part = next(n for n, c in parts.items() if "worksheets/sheet" in n and b'<c r="N5"' in c)
        parts[part] = parts[part].replace(b"</sheetData>", f"{rows}</sheetData>".encode())

    assert problems(repack(path, pad)) == ()


def test_rows_that_only_look_filled_are_no_rows(tmp_path: Path) -> None:
    def colour(book: Workbook) -> None:
        for row in range(6, 40):
            book["courses"].cell(row=row, column=1, value="").fill = PatternFill("solid", "FFFF00")

    assert problems(change(tiny_book(tmp_path), colour)) == ()


@pytest.mark.slow
def test_rows_may_be_moved_apart(tmp_path: Path) -> None:
    def apart(book: Workbook) -> None:
        book["courses"].insert_rows(3, 5)
        book["courses"]["L9"].value = 2

    assert said(change(tiny_book(tmp_path), apart)) == ["courses!L9: 2 is not between 0 and 1"]


def test_links_to_other_files_are_said(tmp_path: Path) -> None:
    path = tiny_book(tmp_path)
    repack(path, lambda parts: parts.update({"xl/externalLinks/externalLink1.xml": b"x"}))
    (warning,) = said(path, "warning")
    assert warning == "tiny.xlsx: has links to other workbooks; nothing was followed or opened"


@pytest.mark.slow
def test_a_problem_of_a_setting_names_its_cell(tmp_path: Path) -> None:
    path = change(tiny_book(tmp_path), put("instance!B5", 1000))
    assert said(path) == ["instance!B5: 1000 is not between 1 and 100 years"]
    assert tiny_book(tmp_path, setting("title", "x"), name="other.xlsx").is_file()


@pytest.mark.skipif(os.name == "nt", reason="no pipes and devices there")
def test_what_is_no_file_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "endless.xlsx").symlink_to("/dev/zero")
    for name, what in (("pipe.xlsx", "a pipe"), ("endless.xlsx", "a device")):
        with pytest.raises(InputError, match=f"cannot be read: it is {what}, not a file"):
            open_book(tmp_path / name)
