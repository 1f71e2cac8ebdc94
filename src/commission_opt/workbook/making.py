"""Workbooks of instances: new ones to fill in, and those of folders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from commission_opt.errors import InputError
from commission_opt.instance.files import SETTINGS_FILE
from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES
from commission_opt.instance.source import Source
from commission_opt.workbook.instance_book import instance_book
from commission_opt.workbook.layout import ORIGINAL_FILE, identity, is_numeric
from commission_opt.workbook.opened import open_source
from commission_opt.workbook.origin import origin_of
from commission_opt.workbook.settings_sheet import flatten


def new_workbook(like: Path | None) -> bytes:
    """Return a workbook to fill in.

    Settings, codes, years and texts of the instance ``like`` are taken over; figures are empty.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    if like is None:
        return instance_book({}, {}, None)
    source = readable(open_source(like))
    tables = {name: _without_figures(raw) for name, raw in source.tables.items()}
    return instance_book(flatten(source.settings), tables, None)


def export_workbook(source: Source) -> bytes:
    """Return the workbook of an instance, from which its folder can be made again.

    Raises
    ------
    InputError
        If the instance cannot be read or a workbook cannot hold it; what is wrong with its
        codes and figures does not matter here.
    """
    source = readable(source)
    text = source.files[SETTINGS_FILE].decode()
    return instance_book(flatten(source.settings), source.tables, origin_of(text, source.tables))


def instance_files(source: Source) -> dict[str, bytes]:
    """Return the files of a folder that says what a workbook does.

    Raises
    ------
    InputError
        If a sheet or cell of it cannot be read.
    """
    files = readable(source).files
    return {name: content for name, content in files.items() if name != ORIGINAL_FILE}


def readable(source: Source) -> Source:
    """Return a source of which every cell could be read, whatever it says.

    Raises
    ------
    InputError
        If one could not.
    """
    problems = [*source.problems, *(p for t in source.tables.values() for p in t.problems)]
    if not source.settings_valid or any(p.severity == "error" for p in problems):
        raise InputError([source.place(p) for p in problems])
    return source


def _without_figures(raw: RawTable) -> RawTable:
    """Empty the numbers of a table that do not tell its rows apart."""
    table = TABLES[raw.name]
    keys = identity(table)
    kept = [name in keys or not is_numeric(table, name) for name in raw.header]
    rows = (
        tuple(cell if keep else "" for cell, keep in zip(row, kept, strict=True))
        for row in raw.rows
    )
    return replace(raw, rows=tuple(rows))
