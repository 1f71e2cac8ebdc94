"""Files and rows in what is said of an instance, as cells of the workbook that it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from commission_opt.errors import Problem
from commission_opt.instance.schema import TABLES
from commission_opt.instance.source import Source

_PLACE = re.compile(rf"\b({'|'.join(TABLES)})\.csv row (\d+)(?:, (\w+))?")


def in_rows(text: str) -> str:
    """Return a text with ``courses.csv row 3`` as ``courses!3:3``.

    Its rows must be those of the sheet, as they are in an instance that was read from a workbook.
    """
    return _PLACE.sub(r"\1!\2:\2", text)


@dataclass(frozen=True)
class InCells:
    """Says where in a workbook something stands that is said of the CSV files it is read as."""

    source: Source

    def problem(self, problem: Problem) -> Problem:
        """Return a problem of a file as one of a sheet."""
        table = self.source.tables.get(problem.file.removesuffix(".csv"))
        row = problem.row
        if table is not None and row is not None and row > 1:
            row = table.lines[row - 2]  # blank rows of the sheet are not in the file
        return self.source.place(replace(problem, row=row))

    def text(self, text: str) -> str:
        """Return a text with ``courses.csv row 3, max_intake`` as ``courses!H3``."""
        return _PLACE.sub(self._cell, text)

    def _cell(self, found: re.Match[str]) -> str:
        table, row, column = found.groups()
        place = self.problem(Problem("error", f"{table}.csv", int(row), column, ""))
        return place.cell or found[0]
