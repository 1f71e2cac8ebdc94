import random
import zipfile
from functools import partial
from pathlib import Path

import pytest

from commission_opt.errors import InputError
from commission_opt.files.spreadsheet import archive, book
from commission_opt.files.spreadsheet.archive import looks_like_workbook
from commission_opt.files.spreadsheet.book import read_book
from commission_opt.files.spreadsheet.cells import Book, Cell, Remaining
from raw_books import packed, parts_of, sheet_xml

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


def refusal(parts: dict[str, bytes] | bytes, name: str = "b.xlsx") -> str:
    content = parts if isinstance(parts, bytes) else packed(parts)
    with pytest.raises(InputError) as caught:
        read_book(name, content)
    (problem,) = caught.value.problems
    assert problem.file == name
    return problem.message


def read(**parts: object) -> Book:
    return read_book("b.xlsx", packed(parts_of(**parts)))  # type: ignore[arg-type]


def test_sheets_come_in_order_with_their_state() -> None:
    book = read(
        sheets={"one": ROW, "two": "", "three": ""}, states={"two": "hidden", "three": "veryHidden"}
    )
    assert [(s.name, s.hidden) for s in book.sheets] == [
        ("one", False),
        ("two", True),
        ("three", True),
    ]
    assert book.sheets[0].rows == {1: [Cell(0, "number", "1")]}


@pytest.mark.parametrize(
    ("name", "word"),
    [("b.xlsm", "macros"), ("b.xls", "old"), ("b.XLSB", "binary"), ("b.ods", "OpenDocument")],
)
def test_other_formats_are_refused_by_name(name: str, word: str) -> None:
    assert looks_like_workbook(Path(name))
    assert word in refusal(parts_of({"one": ROW}), name)


def test_macros_are_refused_whatever_the_file_is_called() -> None:
    parts = parts_of({"one": ROW})
    assert "macros" in refusal({**parts, "xl/vbaProject.bin": b"x"})
    assert "macros" in refusal({**parts, "xl/macrosheets/sheet1.xml": b"x"})


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", b"PK\x03\x04" + b"\0" * 50])
def test_what_is_no_zip_file_is_refused(content: bytes) -> None:
    assert "not an .xlsx workbook" in refusal(content)


def test_a_password_or_an_old_file_is_said_to_be_one() -> None:
    assert "password" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)


def test_another_zip_file_is_refused() -> None:
    assert "not an .xlsx workbook" in refusal({"hello.txt": b"hello"})


def test_a_missing_part_is_named() -> None:
    parts = parts_of({"one": ROW})
    del parts["xl/worksheets/sheet1.xml"]
    assert "xl/worksheets/sheet1.xml" in refusal(parts)


def test_a_part_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    parts = parts_of({"one": ROW})
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
        file.writestr("xl/Workbook.xml", b"<x/>")
    assert "twice" in refusal(path.read_bytes())


def test_damaged_bytes_are_refused() -> None:
    content = bytearray(packed(parts_of({"one": ROW * 1})))
    at = content.index(b"xl/worksheets/sheet1.xml") + 30
    content[at : at + 20] = b"\xff" * 20
    assert "damaged" in refusal(bytes(content))


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [BOMB, OUTSIDE, "<!DOCTYPE x>"])
@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "_rels/.rels", "xl/sharedStrings.xml"]
)
def test_document_types_and_so_entities_are_refused(doctype: str, part: str) -> None:
    parts = parts_of({"one": ROW}, strings="<si><t>a</t></si>")
    parts[part] = parts[part].replace(b"?>\n", f"?>\n{doctype}".encode())
    assert f"document type in its part {part}" in refusal(parts)


def test_a_zip_bomb_is_stopped() -> None:
    filler = sheet_xml(f"<!--{' ' * 100_000}-->" * 300 + ROW)
    assert "unpacks to far more" in refusal(parts_of({"one": filler}))


def test_an_endless_comment_is_not_read_to_its_end() -> None:
    filler = sheet_xml(f"<!--{random.Random(1).randbytes(1_500_000).hex()}-->{ROW}")
    assert "comment or text is longer than 2 MiB" in refusal(parts_of({"one": filler}))


def test_all_parts_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_UNPACKED", 4_000)
    read_book("b.xlsx", packed({**parts_of({"one": ROW}), "picture.png": b"x" * 4_000}))
    sheets = {f"s{i}": sheet_xml(f"<!--{i * 'ab'}-->{ROW}") for i in range(200, 215)}
    assert "unpacks to far more" in refusal(parts_of(sheets))


def test_a_large_file_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_PACKED", 100)
    assert "larger than" in refusal(parts_of({"one": ROW}))


@pytest.mark.slow
def test_deep_elements_do_no_harm() -> None:
    deep = "<a>" * 100_000 + "</a>" * 100_000
    assert read(sheets={"one": sheet_xml(ROW, deep)}).sheets[0].rows.keys() == {1}
    assert read(sheets={"one": ROW}, workbook=deep).sheets[0].rows.keys() == {1}


def test_what_hangs_together_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_HELD", 1_000)
    rows = "".join(f'<row><c><v>{i}</v></c><c r="B{i}" t="n" s="0"/></row>' for i in range(1, 500))
    strings = "<si><t>a</t></si>" * 900
    assert len(read(sheets={"one": rows}, strings=strings).sheets[0].rows) == 499
    wide = f"<row>{'<c/>' * 1_000}</row>"
    assert "more than 1,000 elements hang together" in refusal(parts_of({"one": wide}))
    attributes = " ".join(f'a{i}="b"' for i in range(1_000))
    assert "hang together" in refusal(parts_of({"one": sheet_xml("", f"<a {attributes}/>")}))


def test_rows_outside_sheets_are_not_taken_to_be_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_HELD", 1_000)
    assert "hang together" in refusal(parts_of({"one": ROW}, workbook="<row><a/></row>" * 600))


def test_a_part_that_says_less_than_it_holds_is_cut_off_and_refused() -> None:
    content = bytearray(packed(parts_of({"one": "<row><c><v>1</v></c></row>" * 5_000})))
    at = content.index(b"xl/worksheets/sheet1.xml", content.index(b"PK\x01\x02"))
    content[at - 22 : at - 18] = (500).to_bytes(4, "little")
    assert "xl/worksheets/sheet1.xml cannot be unpacked" in refusal(bytes(content))


def test_links_and_connections_are_named_and_not_followed() -> None:
    parts = parts_of({"one": ROW})
    parts["xl/externalLinks/externalLink1.xml"] = b"not even XML"
    parts["xl/connections.xml"] = b"not even XML"
    book = read_book("b.xlsx", packed(parts))
    assert book.foreign == ("links to other workbooks", "connections to data elsewhere")


def test_a_sheet_outside_the_file_is_refused() -> None:
    parts = parts_of({"one": ROW})
    rels = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = rels.replace(
        b'Target="worksheets/sheet1.xml"', b'Target="http://x/s.xml" TargetMode="External"'
    )
    assert "has no part" in refusal(parts)


def test_a_chart_sheet_has_no_cells() -> None:
    parts = parts_of({"one": ROW})
    rels = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = rels.replace(b'/worksheet"', b'/chartsheet"')
    assert read_book("b.xlsx", packed(parts)).sheets[0].rows == {}


def test_strict_workbooks_are_refused_by_name() -> None:
    parts = parts_of({"one": ROW})
    main = parts["xl/workbook.xml"]
    parts["xl/workbook.xml"] = main.replace(b"<workbook ", b'<workbook conformance="strict" ')
    assert "Strict Open XML" in refusal(parts)


def test_a_string_shared_by_many_cells_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "Remaining", partial(Remaining, text=1_000))
    data = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 6))
    sheets = {"one": data, "two": data}
    read(sheets=sheets, strings=f"<si><t>{'x' * 100}</t></si>")
    assert "more text than is read" in refusal(
        parts_of(sheets, strings=f"<si><t>{'x' * 101}</t></si>")
    )


def test_the_number_of_cells_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "Remaining", partial(Remaining, cells=3))
    read(sheets={"one": ROW, "two": ROW, "three": ROW})
    assert "more text than is read" in refusal(
        parts_of({"one": ROW, "two": ROW * 1, "x": ROW, "y": ROW})
    )
