from __future__ import annotations

import pytest

from commission_opt.errors import InputError
from commission_opt.spreadsheet import cells
from commission_opt.spreadsheet.book import read_book
from commission_opt.spreadsheet.grid import Cell, Sheet
from raw_books import packed, parts_of, sheet_xml

DATES = (
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs>'
)


def sheet(data: str, **more: str) -> Sheet:
    whole = data if data.startswith("<?xml") else sheet_xml(data)
    return read_book("b.xlsx", packed(parts_of({"one": whole}, **more))).sheets[0]  # type: ignore[arg-type]


def cell(xml: str, **more: str) -> Cell:
    ((only,),) = sheet(f'<row r="1">{xml}</row>', **more).rows.values()
    return only


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ('<c r="A1"><v>0.1</v></c>', Cell(0, "number", "0.1")),
        ('<c r="C1" t="n"><v>1E-05</v></c>', Cell(2, "number", "1E-05")),
        ('<c r="A1" t="s"><v>1</v></c>', Cell(0, "text", "007")),
        ('<c r="A1" t="s"><v>2</v></c>', Cell(0, "text", "rich text")),
        ('<c r="A1" t="inlineStr"><is><t>in</t></is></c>', Cell(0, "text", "in")),
        (
            '<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>',
            Cell(0, "text", "ab"),
        ),
        ('<c r="A1" t="str"><v>made</v></c>', Cell(0, "text", "made")),
        ('<c r="A1" t="b"><v>1</v></c>', Cell(0, "boolean", "TRUE")),
        ('<c r="A1" t="b"><v>0</v></c>', Cell(0, "boolean", "FALSE")),
        ('<c r="A1" t="e"><v>#REF!</v></c>', Cell(0, "error", "#REF!")),
        ('<c r="A1" s="1"><v>46000</v></c>', Cell(0, "date", "46000")),
        ('<c r="A1" s="2"><v>46000</v></c>', Cell(0, "date", "46000")),
        ('<c r="A1" s="0"><v>46000</v></c>', Cell(0, "number", "46000")),
        ('<c r="A1" t="d"><v>2026-01-01</v></c>', Cell(0, "date", "2026-01-01")),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', Cell(0, "formula", "1+1")),
        ('<c r="A1" t="str"><f>cmd|x</f><v>x</v></c>', Cell(0, "formula", "cmd|x")),
        ('<c r="A1"><f t="shared" si="0"/><v>2</v></c>', Cell(0, "formula", "")),
        ("<c><v>5</v></c>", Cell(0, "number", "5")),
    ],
)
def test_kinds_of_cells(xml: str, expected: Cell) -> None:
    strings = (
        "<si><t>zero</t></si><si><t>007</t></si>"
        '<si><r><t xml:space="preserve">rich </t></r><r><t>text</t></r><rPh><t>guide</t></rPh></si>'
    )
    assert cell(xml, strings=strings, styles=DATES) == expected


def test_cells_without_content_are_no_cells() -> None:
    empty = '<c r="A1" s="1"/><c r="B1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t/></is></c>'
    assert sheet(f'<row r="1">{empty}</row>', strings="<si><t/></si>").rows == {}


def test_rows_may_leave_out_their_number() -> None:
    one = "<row><c><v>1</v></c><c><v>2</v></c></row>"
    assert sheet(one + '<row r="7"><c r="B7"><v>3</v></c></row>' + one).rows == {
        1: [Cell(0, "number", "1"), Cell(1, "number", "2")],
        7: [Cell(1, "number", "3")],
        8: [Cell(0, "number", "1"), Cell(1, "number", "2")],
    }


def test_hidden_and_merged() -> None:
    data = (
        '<row r="1" hidden="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"/>'
        '<row r="3"><c r="A3"><v>1</v></c></row>'
    )
    columns = '<cols><col min="2" max="3" hidden="1"/><col min="5" max="5"/></cols>'
    merged = '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>'
    found = sheet(sheet_xml(data, columns, merged))
    assert found.hidden_rows == (1,)
    assert found.hidden_columns == ((1, 2),)
    assert found.merged == ("A1:B2",)


def test_what_extensions_say_after_the_cells_is_left_alone() -> None:
    after = '<extLst><c r="Z9"><f>bad</f></c></extLst>'
    assert sheet(sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>', "", after)).rows == {
        1: [Cell(0, "number", "1")]
    }


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ('<row r="2"/><row r="1"/>', "row 1 follows row 2"),
        ('<row r="2"/><row r="2"/>', "row 2 follows row 2"),
        ('<row r="x"/>', "whole number"),
        ('<row r="9999999999"/>', "whole number"),
        ('<row r="1048577"/>', "follows"),
        ('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>', "out of order"),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "twice"),
        ('<row r="1"><c r="A2"><v>1</v></c></row>', "stands in row 1"),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "no column"),
        ('<row r="1"><c r="é1"><v>1</v></c></row>', "no column"),
        ('<row r="1"><c r="A1" t="s"><v>9</v></c></row>', "refers to no string"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "whole number"),
        ('<row r="1"><c r="A1" t="odd"><v>1</v></c></row>', "no known type"),
        ('<row r="1"><c r="A1"><v>1</v></row>', "no XML"),
    ],
)
def test_what_no_program_writes_is_damage(data: str, word: str) -> None:
    with pytest.raises(InputError, match="damaged") as caught:
        sheet(data)
    assert word in str(caught.value)


def test_a_string_shared_by_many_cells_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_TEXT", 1_000)
    data = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 12))
    sheet(data, strings=f"<si><t>{'x' * 90}</t></si>")
    with pytest.raises(InputError, match="more cells or text"):
        sheet(data, strings=f"<si><t>{'x' * 100}</t></si>")


def test_the_number_of_cells_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_CELLS", 3)
    with pytest.raises(InputError, match="more cells or text"):
        sheet("<row>" + "<c><v>1</v></c>" * 4 + "</row>")
