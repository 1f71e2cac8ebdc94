"""An instance opened, whichever it is: a folder of tables or a workbook."""

from __future__ import annotations

from pathlib import Path

from commission_opt.files.spreadsheet.archive import looks_like_workbook
from commission_opt.instance.files import check_file_names, read_files
from commission_opt.instance.source import Source, source_of
from commission_opt.workbook.reading import read_workbook


def open_source(path: Path) -> Source:
    """Read a folder, or a workbook if the path is a file that is named like one.

    Raises
    ------
    InputError
        If it is neither, or cannot be read at all.
    """
    if path.is_file() and looks_like_workbook(path):
        return read_workbook(path)
    return source_of(read_files(path), check_file_names(path))
