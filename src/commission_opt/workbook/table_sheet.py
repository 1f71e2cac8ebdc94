"""One sheet becomes one table of text, row by row as the sheet numbers them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from commission_opt.errors import Problem
from commission_opt.files.spreadsheet.grid import Cell, Sheet
from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES
from commission_opt.instance.shape import headings_below
from commission_opt.workbook.cell_text import CellText, Holds, reader, unusable
from commission_opt.workbook.layout import declared, is_numeric
from commission_opt.workbook.origin import Original, Texts

_SHOWN = 3  # cells named of many with the same fault in a column


@dataclass(frozen=True)
class TableSheet:
    """A table as it stands on its sheet.

    Parameters
    ----------
    raw : RawTable
        Without the columns that are empty and were not in the folder; its lines are rows of
        the sheet.
    columns : mapping of str to int
        Position of every column on the sheet, 0 being A.
    present : bool
        Whether the instance has the table: it has rows, must be there, or was there before.
    """

    raw: RawTable
    columns: Mapping[str, int]
    present: bool


def read_table(name: str, sheet: Sheet, origin: Original) -> TableSheet:
    """Read the sheet of a table; ``origin`` is what is remembered of the folder it came from."""
    table = TABLES[name]
    message = "the cells are merged; unmerge them, and write in each what belongs there"
    problems = [
        Problem("error", name, None, None, message, f"{name}!{area}") for area in sheet.merged
    ]
    numbered = iter(sheet.rows.items())
    header_row, cells = next(numbered, (1, []))
    if not cells:
        message = "is empty; a header row is needed (a new workbook has one)"
        raw = RawTable(name, (), (), (), (Problem("error", table.file, 1, None, message),))
        return TableSheet(raw, {}, present=True)
    below = headings_below(name, ((row, [c.text for c in cs]) for row, cs in sheet.rows.items()))
    if below is not None:
        return TableSheet(RawTable(name, (), (), (), (below,)), {}, present=True)
    header, wrong = _header(name, header_row, cells)
    problems += wrong
    at = {cell.column: i for i, cell in enumerate(c for c in cells if c.column in header)}
    names = [header[column] for column in at]
    readers = [
        reader(_holds(name, column), origin.texts.get((name, column), Texts())) for column in names
    ]
    rows, lines, said = [], [], list[tuple[int, int, CellText]]()
    strays: dict[int, int] = {}  # row of the first cell of each column without a heading
    for row, body in numbered:
        texts, faults = [""] * len(names), len(said)
        for cell in body:
            i = at.get(cell.column)
            if i is None:
                strays.setdefault(cell.column, row)
                continue
            found = readers[i](cell, row)
            texts[i] = found.text
            if found.error or found.warning:
                said.append((row, i, found))
        if any(text.strip() for text in texts) or any(found.error for *_, found in said[faults:]):
            rows.append(texts)
            lines.append(row)
    problems += _faults(table.file, names, [*at], said)
    for column, row in sorted(strays.items()):
        message = "holds something, but the column has no heading; give it one or empty it"
        place = f"{name}!{xl_col_to_name(column)}{row}"
        problems.append(Problem("error", name, row, None, message, place))
    remembered = origin.headers.get(name, ())
    must = [c.name for c in table.columns if c.required and not remembered]
    kept = [
        i
        for i, column in enumerate(names)
        if column in must or column in remembered or any(texts[i] for texts in rows)
    ]  # the others are merely offered by the sheet
    raw = RawTable(
        name,
        tuple(names[i] for i in kept),
        tuple(tuple(texts[i] for i in kept) for texts in rows),
        tuple(lines),
        tuple(problems),
        header_row,
    )
    columns: dict[str, int] = {}
    for column, i in at.items():
        columns.setdefault(names[i], column)
    present = bool(rows or problems or table.required or name in origin.headers)
    return TableSheet(raw, columns, present)


def _holds(table: str, column: str) -> Holds:
    if is_numeric(TABLES[table], column):
        return "number"
    of = declared(TABLES[table], column)
    return "code" if of is not None and of.kind == "code" else "text"


def _header(name: str, row: int, cells: Sequence[Cell]) -> tuple[dict[int, str], list[Problem]]:
    """Return the columns by position, and what is wrong with their headings."""
    header, problems = {}, []
    for cell in cells:
        if cell.kind in ("text", "number") and cell.text:
            header[cell.column] = cell.text
        else:
            place = f"{name}!{xl_col_to_name(cell.column)}{row}"
            message = f"heads a column, but {unusable(cell)}"
            problems.append(Problem("error", name, row, None, message, place))
    return header, problems


def _faults(
    file: str, names: Sequence[str], at: Sequence[int], said: Sequence[tuple[int, int, CellText]]
) -> Iterator[Problem]:
    """Name every error of a cell; a warning once for a column, with how many more."""
    warnings: dict[tuple[int, str], list[int]] = {}
    for row, position, found in said:
        if found.error:
            yield Problem("error", file, row, names[position], found.error)
        if found.warning:
            warnings.setdefault((position, found.warning), []).append(row)
    for (position, message), rows in warnings.items():
        others = [f"{xl_col_to_name(at[position])}{row}" for row in rows[1:_SHOWN]]
        if len(rows) > _SHOWN:
            others.append(f"{len(rows) - _SHOWN:,} more")
        also = f"; so do {', '.join(others)}" if others else ""
        yield Problem("warning", file, rows[0], names[position], message + also)
