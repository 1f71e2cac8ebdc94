"""The files of an instance, of a folder or a workbook, before they are checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from commission_opt.errors import InputError
from commission_opt.instance.files import read_files
from commission_opt.workbook.reading import ORIGINAL_FILE, open_source


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
