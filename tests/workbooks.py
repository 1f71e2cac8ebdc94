"""Workbooks of the tiny instance, written by the program and changed as by a user."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
from openpyxl import Workbook

from builders import Edit, Tiny
from commission_opt.errors import Problem
from commission_opt.instance.source import source_of
from commission_opt.reading.read import check_instance
from commission_opt.workbook.making import export_workbook

Change = Callable[[Workbook], object]


def tiny_book(folder: Path, *edits: Edit, name: str = "tiny.xlsx") -> Path:
    """Write the tiny instance as a workbook."""
    tiny = Tiny()
    for edit in edits:
        edit(tiny)
    path = folder / name
    path.write_bytes(_exported(tuple(tiny.contents().items())))
    return path


@cache
def _exported(files: tuple[tuple[str, bytes], ...]) -> bytes:
    return export_workbook(source_of(dict(files)))


def change(path: Path, *changes: Change, to: str | None = None) -> Path:
    """Change a workbook with another program than ours, in place or as a copy."""
    book = openpyxl.load_workbook(path)
    for each in changes:
        each(book)
    target = path if to is None else path.with_name(to)
    book.save(target)
    return target


def put(reference: str, value: object) -> Change:
    """Write a value into a cell given as ``courses!H3``."""
    sheet, _, cell = reference.partition("!")

    def write(book: Workbook) -> None:
        book[sheet][cell].value = value

    return write


def said(path: Path, severity: str = "error") -> list[str]:
    """Return the problems of a workbook as they are printed."""
    return [str(p) for p in problems(path) if p.severity == severity]


def problems(path: Path) -> tuple[Problem, ...]:
    """Return the problems of an instance."""
    return check_instance(path).problems
