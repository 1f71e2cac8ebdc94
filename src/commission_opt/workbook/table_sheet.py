"""One sheet becomes one table of text, row by row and cell by cell. Nothing is corrected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from xlsxwriter.utility import xl_col_to_name

from commission_opt.errors import Problem
from commission_opt.files.spreadsheet.cells import LONGEST_TEXT, Cell, Sheet
from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES
from commission_opt.instance.shape import headings_below
from commission_opt.instance.typed import ANY, NUMBER
from commission_opt.workbook.layout import declared, is_numeric, plain
from commission_opt.workbook.origin import Original, Texts

Holds = Literal["code", "text", "number"]
_SHOWN = 3  # cells named of many with the same fault in a column


class CellText(NamedTuple):
    """What a cell says.

    Parameters
    ----------
    text : str
        What the cell of a CSV file would hold; empty if there is an error.
    error : str or None
        Why the cell cannot be used.
    warning : str or None
        What the user should know of it; the same words for every such cell of a column.
    """

    text: str
    error: str | None = None
    warning: str | None = None


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


def reader(holds: Holds, texts: Texts) -> Callable[[Cell, int], CellText]:
    """Return what reads the cells of a column, given the row they stand in.

    ``texts`` says how the numbers of the column were written before.
    """

    def read(cell: Cell, row: int) -> CellText:
        kind, text = cell.kind, cell.text
        if kind == "text":
            return _text(text, holds)
        if kind == "number":
            number = _float(text)
            if number is None:
                return CellText("", f"{text[:40]!r} is not a number")
            if holds == "code":
                return CellText("", _number_as_code(plain(number)))
            return CellText(texts.of(number, row) or plain(number))
        if kind == "date":
            return CellText("", _date(text, holds))
        return CellText("", unusable(cell))

    return read


def unusable(cell: Cell) -> str:
    """Say why a cell that holds neither text nor a number cannot be used."""
    if cell.kind == "formula":
        return "is a formula; paste its value (copy, then paste special, values)"
    if cell.kind == "error":
        return f"holds the error {cell.text}; write what belongs there"
    return f"is the logical value {cell.text}; for the word, format the cell as text and retype it"


def _float(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _number_as_code(number: str) -> str:
    return (
        f"is the number {number}, but codes are text (zeros in front may be lost); "
        "format the cell as text and type the code again"
    )


def _date(date: str, holds: Holds) -> str:
    if holds == "number":
        return (
            f"is formatted as a date, {date}; give the cell the format “Number”, then type again "
            "what was meant"
        )
    return f"is a date, {date}; format the cell as text and type again what was meant"


def _text(text: str, holds: Holds) -> CellText:
    if len(text) > LONGEST_TEXT:
        return CellText("", f"holds {len(text):,} characters; {LONGEST_TEXT:,} are the most")
    if holds == "number":
        if text != ANY and NUMBER.fullmatch(text):
            warning = "is a number kept as text; it is read as it stands, but sums leave it out"
            return CellText(text, warning=f"{warning} (in Excel: Convert to Number)")
        return CellText(text)
    if holds == "code" and text.startswith("'"):
        return CellText(text, warning="starts with an apostrophe, which is part of the code")
    if text[0] in "=@" or (text[0] in "+-" and ("|" in text or "(" in text)):
        warning = "looks like a formula; it is kept as text and never evaluated, but a program"
        return CellText(text, warning=f"{warning} that opens the CSV file may do so")
    return CellText(text)
