"""An instance from a folder or a workbook; only a workbook needs a reader of workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from commission_opt.errors import InputError
from commission_opt.files.spreadsheet.archive import looks_like_workbook
from commission_opt.instance.files import check_file_names, read_files
from commission_opt.instance.source import Source, source_of
from commission_opt.workbook.layout import ORIGINAL_FILE


def open_source(path: Path) -> Source:
    """Read a folder, or a workbook if the path is a file that is named like one.

    Raises
    ------
    InputError
        If it is neither, or cannot be read at all.
    """
    if path.is_file() and looks_like_workbook(path):
        from commission_opt.workbook.reading import read_workbook

        return read_workbook(path)
    return source_of(read_files(path), check_file_names(path))


def files_of(path: Path) -> Mapping[str, bytes]:
    """Return the files of a folder, or those that a workbook stands for.

    Raises
    ------
    InputError
        If it cannot be read, or a cell of a workbook is no text or number; names sheet and cell.
    """
    if path.is_dir():
        return read_files(path)
    source = open_source(path)
    found = [*source.problems, *(p for table in source.tables.values() for p in table.problems)]
    wrong = [source.place(p) for p in found if p.severity == "error"]
    if wrong:
        raise InputError(wrong)
    return {file: content for file, content in source.files.items() if file != ORIGINAL_FILE}
