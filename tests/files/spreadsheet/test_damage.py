"""Damage of every sort to every part: either the workbook is read, or its user is told plainly."""

import contextlib
import re
from collections.abc import Iterator

import pytest

from commission_opt.errors import InputError
from commission_opt.files.spreadsheet.book import read_book
from commission_opt.files.spreadsheet.cells import Cell
from raw_books import packed, parts_of, sheet_xml
from some import some

ODD = ("", "-1", "0", "x", "nan", "1e999", "9" * 30, "A1", "XFD1048576", "ZZZZ9", "inlineStr", "é")
GOOD = parts_of(
    {
        "one": sheet_xml(
            '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46000</v></c></row>'
            '<row r="2" hidden="1"><c r="A2" t="inlineStr"><is><t>x</t></is></c>'
            '<c r="C2"><f t="array" ref="C2:C3">1+1</f><v>2</v></c></row>'
            '<row r="3"><c r="A3" t="b"><v>1</v></c><c r="B3" t="e"><v>#N/A</v></c>'
            '<c r="C3" t="d"><v>2026-01-01</v></c><c r="D3"><v>0.5</v></c></row>',
            '<dimension ref="A1:D3"/><cols><col min="2" max="3" hidden="1"/></cols>',
            '<mergeCells count="1"><mergeCell ref="E1:F2"/></mergeCells>'
            '<dataValidations><dataValidation type="list" sqref="A1:A9"/></dataValidations>',
        ),
        "two": '<row r="1"><c r="A1" t="s"><v>1</v></c></row>',
    },
    strings="<si><t>a</t></si><si><r><rPr><b/></rPr><t>b</t></r></si>",
    styles='<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>',
)


def damaged(whole: bytes) -> Iterator[bytes]:
    """The text of a part, cut short, with bytes, attributes, elements and texts put wrong."""
    for at in range(0, len(whole), 37):
        yield whole[:at]
        yield whole[:at] + b"\xff" + whole[at + 1 :]
    for found in re.finditer(rb'="([^"]*)"|>([^<>\s]+)<', whole):
        first, last = found.span(found.lastindex or 0)
        for odd in ODD:
            yield whole[:first] + odd.encode() + whole[last:]
    for found in re.finditer(
        rb"<[^<>]*/>|<(c|row|si|v|is)\b[^<>]*>.*?</\1>| [\w:]+=\"[^\"]*\"", whole
    ):
        yield whole[: found.start()] + whole[found.end() :]
        yield whole[: found.end()] + found[0] + whole[found.end() :]


@pytest.mark.each(3)
@pytest.mark.parametrize("part", some(GOOD, 3))
def test_a_damaged_part_is_read_or_refused(part: str) -> None:
    refused = 0
    for content in damaged(GOOD[part]):
        try:
            read_book("b.xlsx", packed({**GOOD, part: content}))
        except InputError as error:
            refused += 1
            (problem,) = error.problems
            assert re.match(r"is damaged: |is not an \.xlsx workbook$", problem.message)
    assert refused


@pytest.mark.parametrize("part", GOOD)
def test_a_part_that_is_missing_is_refused_and_another_in_its_place_read_or_refused(
    part: str,
) -> None:
    others = {name: content for name, content in GOOD.items() if name != part}
    with pytest.raises(InputError):
        read_book("b.xlsx", packed(others))
    for content in others.values():
        with contextlib.suppress(InputError):
            read_book("b.xlsx", packed({**GOOD, part: content}))


def test_sizes_that_are_claimed_cost_nothing() -> None:
    everything = "A1:XFD1048576"
    data = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    after = (
        f'<mergeCells><mergeCell ref="{everything}"/></mergeCells>'
        f'<hyperlinks><hyperlink ref="{everything}" location="x"/></hyperlinks>'
    )
    whole = sheet_xml(data, f'<dimension ref="{everything}"/>', after)
    (sheet,) = read_book("b.xlsx", packed(parts_of({"one": whole}))).sheets
    assert sheet.rows == {1_048_576: [Cell(16_383, "number", "1")]}
    assert sheet.merged == (everything,)


def test_formulas_are_not_spread_out() -> None:
    first = f'<row><c r="A1"><f t="shared" si="0">{"A1+" * 100_000}A1</f></c></row>'
    others = '<row><c><f t="shared" si="0"/><v>1</v></c></row>' * 10_000
    (sheet,) = read_book("b.xlsx", packed(parts_of({"one": first + others}))).sheets
    assert {cell for cells in sheet.rows.values() for cell in cells} == {Cell(0, "formula", "")}


def test_what_would_be_lost_in_writing_it_back_is_not_said() -> None:
    extension = (
        '<conditionalFormatting sqref="A1"><cfRule type="odd"/></conditionalFormatting>'
        '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"/></extLst>'
    )
    whole = sheet_xml('<row r="1"><c r="A1" s="1"><v>1e300</v></c></row>', "", extension)
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    read_book("b.xlsx", packed(parts_of({"one": whole}, styles=styles)))
