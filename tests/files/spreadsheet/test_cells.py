import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from commission_opt.errors import InputError
from commission_opt.files.spreadsheet.book import read_book
from commission_opt.files.spreadsheet.cells import Cell, Sheet, unescape
from raw_books import packed, parts_of, sheet_xml

DATES = (
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs>'
)

FONT = '<rPr><b/><sz val="11"/><color theme="1"/><rFont val="Calibri"/><family val="2"/></rPr>'


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
        ('<c r="C1" t="n"><v>1E-05</v></c>', Cell(2, "number", "1e-05")),
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
        ('<c r="A1" s="1"><v>46000</v></c>', Cell(0, "date", "2025-12-09")),
        ('<c r="A1" s="2"><v>46000</v></c>', Cell(0, "date", "2025-12-09")),
        ('<c r="A1" s="0"><v>46000</v></c>', Cell(0, "number", "46000")),
        ('<c r="A1" t="d"><v>2026-01-01</v></c>', Cell(0, "date", "2026-01-01")),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', Cell(0, "formula", "")),
        ('<c r="A1" t="str"><f>cmd|x</f><v>x</v></c>', Cell(0, "formula", "")),
        ('<c r="A1"><f/></c>', Cell(0, "formula", "")),
        ('<c r="A1"><f t="array" ref="A1:A9">x</f><v>2</v></c>', Cell(0, "formula", "")),
        ('<c r="A1"><f t="array">x</f></c>', Cell(0, "formula", "")),
        (
            '<c r="A1"><f t="dataTable" ref="A1:B2" dt2D="1" r1="C1"/><v>2</v></c>',
            Cell(0, "formula", ""),
        ),
        ('<c r="A1"><f t="dataTable" odd="1"/><v>2</v></c>', Cell(0, "formula", "")),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', Cell(0, "formula", "")),
        ('<c r="A1"><f t="shared" si="0"/><v>2</v></c>', Cell(0, "formula", "")),
        ("<c><v>5</v></c>", Cell(0, "number", "5")),
    ],
)
def test_kinds_of_cells(xml: str, expected: Cell) -> None:
    strings = (
        "<si><t>zero</t></si><si><t>007</t></si>"
        f'<si><r>{FONT}<t xml:space="preserve">rich </t></r><r><t>text</t></r>'
        '<rPh sb="0" eb="1"><t>guide</t></rPh><phoneticPr fontId="1"/></si>'
    )
    assert cell(xml, strings=strings, styles=DATES) == expected


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("7", "7"),
        ("007", "7"),
        ("-0", "0"),
        ("0.1", "0.1"),
        ("0.10000000000000001", "0.1"),
        ("1e-7", "1e-07"),
        ("1E+22", "1e+22"),
        ("32309.0", "32309.0"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("9007199254740993", "9007199254740993"),
        ("4.9E-324", "5e-324"),
        ("1E400", "inf"),
    ],
)
def test_numbers_keep_every_digit(written: str, read: str) -> None:
    assert cell(f'<c r="A1"><v>{written}</v></c>') == Cell(0, "number", read)


@pytest.mark.parametrize(
    ("xml", "number"), [("x", "x"), ("nan", "nan"), ("9" * 5_000, "digits"), ("1,5", "1,5")]
)
def test_what_is_no_number_is_named(xml: str, number: str) -> None:
    with pytest.raises(InputError, match=f"cell B7.*{number}"):
        sheet(f'<row r="7"><c r="B7"><v>{xml}</v></c></row>')


TEXTS = [
    ("007", "007"),
    ("TRUE", "TRUE"),
    ("1.0", "1.0"),
    ("2026-01-01", "2026-01-01"),
    ("'a", "'a"),
    (" a ", " a "),
    ("=x", "=x"),
    ("#N/A", "#N/A"),
    ("a_x000D_b", "a\rb"),
    ("_x005F_x000D_", "_x000D_"),
    ("_x005F_", "_"),
    ("_x005F_x005F_x005F_x000D_", "_x005F_x000D_"),
    ("ax005F_b", "ax005F_b"),
    ("&#120;005F_", "x005F_"),
    ("_x00d_ _X000D_ x000D", "_x00d_ _X000D_ x000D"),
    ("_xD83D__xDE00_", "\U0001f600"),
    ("_xD83D_", "\ufffd"),
]


@pytest.mark.parametrize(("written", "read"), TEXTS)
def test_texts_are_what_was_typed(written: str, read: str) -> None:
    text = f'<t xml:space="preserve">{written}</t>'
    shared = cell('<c r="A1" t="s"><v>0</v></c>', strings=f"<si>{text}</si>")
    inline = cell(f'<c r="A1" t="inlineStr"><is>{text}</is></c>')
    made = cell(f'<c r="A1" t="str"><v>{written}</v></c>')
    assert shared == inline == made == Cell(0, "text", read)


@pytest.mark.slow
@given(st.text())
def test_no_text_leaves_half_a_character(text: str) -> None:
    unescape(f"{text}_xD800_{text}").encode()


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_texts_of_another_program_are_what_was_typed(text: str) -> None:
    target = io.BytesIO()
    with Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.add_worksheet().write_string(0, 0, text)
    assert read_book("b.xlsx", target.getvalue()).sheets[0].rows[1] == [Cell(0, "text", text)]


def shown(code: str, number: str = "46000", **more: str) -> Cell:
    styles = (
        f'<numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>'
    )
    return cell(f'<c r="A1" s="1"><v>{number}</v></c>', styles=styles, **more)


@pytest.mark.parametrize(
    "code", ["dd/mm/yyyy", "[$-409]d\\-mmm", "h:mm", "mmm", "YYYY", "[Red]d", "yyyy-mm-dd;@"]
)
def test_formats_of_dates(code: str) -> None:
    assert shown(code) == Cell(0, "date", "2025-12-09")


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0.00",
        "#,##0",
        "@",
        "0.0&quot; days&quot;",
        "[Red]0",
        "0\\d",
        "_d0",
        "0%",
        "[$£-809]0",
        "#,##0;[Red]-#,##0",
    ],
)
def test_formats_of_numbers(code: str) -> None:
    assert shown(code) == Cell(0, "number", "46000")


@pytest.mark.parametrize("built_in", [14, 22, 27, 36, 45, 47, 50, 58])
def test_formats_of_dates_that_are_built_in(built_in: int) -> None:
    styles = f'<cellXfs><xf numFmtId="0"/><xf numFmtId="{built_in}"/></cellXfs>'
    assert cell('<c r="A1" s="1"><v>46000</v></c>', styles=styles).kind == "date"


@pytest.mark.parametrize(
    ("number", "workbook", "expected"),
    [
        ("44538", '<workbookPr date1904="1"/>', Cell(0, "date", "2025-12-09")),
        ("44538", '<workbookPr date1904="0"/>', Cell(0, "date", "2021-12-08")),
        ("46000.5", "", Cell(0, "date", "2025-12-09 12:00")),
        ("0.5", "", Cell(0, "date", "12:00:00")),
        ("1e300", "", Cell(0, "error", "#VALUE!")),
        ("1e400", "", Cell(0, "error", "#VALUE!")),
        ("-5", "", Cell(0, "date", "1899-12-25")),
    ],
)
def test_dates_in_words(number: str, workbook: str, expected: Cell) -> None:
    assert shown("dd/mm/yyyy", number, workbook=workbook) == expected


def test_lengths_of_time_are_dates_too() -> None:
    assert shown("[h]:mm:ss", "1.5") == Cell(0, "date", "1 day, 12:00:00")


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
        ('<row r="x"/>', "'x'"),
        ('<row r="9999999999"/>', "follows"),
        ('<row r="1048577"/>', "follows"),
        ('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>', "out of order"),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "twice"),
        ('<row r="1"><c r="A2"><v>1</v></c></row>', "stands in row 1"),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "no column"),
        ('<row r="1"><c r="é1"><v>1</v></c></row>', "not a valid column"),
        ('<row r="1"><c r="A1" t="s"><v>9</v></c></row>', "refers to no string"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "refers to no string"),
        ('<row r="1"><c r="A1" t="odd"><v>1</v></c></row>', "no known type"),
        ('<row r="1"><c r="A1" t="inlineStr"><v>1</v></c></row>', "cell A1: it does not hold"),
        ('<row r="1"><c r="A1"><is><t>1</t></is></c></row>', "cell A1: it does not hold"),
        ('<row><c t="odd"><v>1</v></c></row>', "cell in row 1: it is of no known type"),
        ('<row r="1"><c r="A1" t="b"><v>yes</v></c></row>', "cell A1: "),
        ('<row r="1"><c r="A1" t="d"><v>soon</v></c></row>', "cell A1: "),
        (sheet_xml('<row r="1"/>').replace("2006/main", "2007/main"), "not of the kind"),
        (sheet_xml("", '<cols><col min="x" max="1"/></cols>'), "sheet 'one'"),
        (sheet_xml("", "", '<mergeCells><mergeCell ref="A0"/></mergeCells>'), "sheet 'one'"),
        ('<row r="1"><c r="A1"><v>1</v></row>', "no XML"),
    ],
)
def test_what_no_program_writes_is_damage(data: str, word: str) -> None:
    with pytest.raises(InputError, match="damaged") as caught:
        sheet(data)
    assert word in str(caught.value)
