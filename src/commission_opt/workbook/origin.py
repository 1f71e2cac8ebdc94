"""What a folder said that sheets cannot: kept on a hidden sheet, used only where it still fits.

The sheet ``_origin`` remembers which columns and tables the folder had, how numbers were written,
and the lines of ``instance.toml``. None of it can change a value: a text is used only for a number
that equals it, a line only if the settings are those of the sheet, and a column or table only if
it is empty.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from commission_opt.files.spreadsheet.cells import LONGEST_TEXT, Sheet
from commission_opt.instance.files import SETTINGS_FILE
from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES
from commission_opt.workbook.layout import csv_line, is_numeric, needs_text, number_of, shown

HEADINGS = ("what", "sheet", "column", "row", "text")


@dataclass(frozen=True)
class Texts:
    """How the numbers of a column were written.

    Parameters
    ----------
    by_value : dict of float to str
        For a number that was written the same way wherever it stood.
    by_row : dict of int to str
        For the others, by row of the sheet.
    """

    by_value: dict[float, str] = field(default_factory=dict)
    by_row: dict[int, str] = field(default_factory=dict)

    def of(self, number: float, row: int) -> str | None:
        """Return the text of a number that stands in a row, if it had one of its own."""
        text = self.by_row.get(row)
        if text is not None and shown(float(text)) == shown(number):
            return text
        return self.by_value.get(shown(number))


@dataclass(frozen=True)
class Original:
    """What a folder said beyond its cells.

    Parameters
    ----------
    headers : mapping of str to tuple of str
        Columns of each table that it had.
    texts : mapping of (str, str) to Texts
        By table and column.
    settings : str
        The text of ``instance.toml``; empty if there was none.
    """

    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    texts: Mapping[tuple[str, str], Texts] = field(default_factory=dict)
    settings: str = ""


def origin_of(settings: str, tables: Mapping[str, RawTable]) -> Original:
    """Return what is to be remembered of a folder."""
    headers = {name: table.header for name, table in tables.items()}
    texts = {}
    for name, table in tables.items():
        for position, column in enumerate(table.header):
            if is_numeric(TABLES[name], column):
                found = _texts([row[position] for row in table.rows])
                if found.by_value or found.by_row:
                    texts[name, column] = found
    return Original(headers, texts, settings)


def _texts(cells: Sequence[str]) -> Texts:
    written: dict[float, set[str]] = defaultdict(set)
    odd: list[tuple[int, float, str]] = []
    for row, text in enumerate(cells, start=2):
        number = number_of(text)
        if number is not None:
            written[shown(number)].add(text)
            if needs_text(text, number):
                odd.append((row, shown(number), text))
    texts = Texts()
    for row, number, text in odd:
        if len(written[number]) == 1:
            texts.by_value[number] = text
        else:
            texts.by_row[row] = text
    return texts


def origin_rows(origin: Original) -> Iterator[tuple[str, str, str, str, str]]:
    """Return the rows of the hidden sheet."""
    for name, header in origin.headers.items():
        yield "header", name, "", "", csv_line(header)
    for (table, column), texts in origin.texts.items():
        for text in texts.by_value.values():
            yield "number", table, column, "", text
        for row, text in texts.by_row.items():
            yield "number", table, column, str(row), text
    lines = origin.settings.splitlines(keepends=True)
    if all(len(line) <= LONGEST_TEXT for line in lines):
        for i, line in enumerate(lines, start=1):
            yield "line", SETTINGS_FILE, "", str(i), line


def read_origin(sheet: Sheet | None) -> Original:
    """Read the hidden sheet back; what it does not say in the expected way is left out."""
    headers: dict[str, tuple[str, ...]] = {}
    texts: dict[tuple[str, str], Texts] = defaultdict(Texts)
    lines: list[str] = []
    for cells in () if sheet is None else sheet.rows.values():
        said = {cell.column: cell.text for cell in cells if cell.kind == "text"}
        what, name, column, row, text = (said.get(i, "") for i in range(len(HEADINGS)))
        if what == "header" and name in TABLES:
            headers[name] = _header(text)
        elif what == "line":
            lines.append(text)
        elif what == "number" and (number := number_of(text)) is not None:
            if row.isascii() and row.isdigit():
                texts[name, column].by_row[int(row)] = text
            else:
                texts[name, column].by_value[shown(number)] = text
    return Original(headers, texts, "".join(lines))


def _header(text: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([text])))
    except (csv.Error, StopIteration):
        return ()
