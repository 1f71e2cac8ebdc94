"""A workbook from its file: which sheets there are, and what else it carries."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path

from commission_opt.spreadsheet.archive import Archive, refuse
from commission_opt.spreadsheet.cells import read_sheet
from commission_opt.spreadsheet.grid import Book, Sheet
from commission_opt.spreadsheet.strings import shared_strings
from commission_opt.spreadsheet.styles import date_styles
from commission_opt.spreadsheet.xml import Attributes, parse

_OTHER_FORMATS = {
    ".xlsm": "has macros; save it as .xlsx, which has none",
    ".xltm": "has macros; save it as .xlsx, which has none",
    ".xls": "is in the old Excel format; save it as .xlsx",
    ".xlsb": "is in a binary format; save it as .xlsx",
    ".ods": "is an OpenDocument sheet; save it as .xlsx",
}
_MACROS = ("vbaproject.bin", "macrosheets/")
_FOREIGN = {
    "xl/externallinks/": "links to other workbooks",
    "xl/connections.xml": "connections to data elsewhere",
    "xl/embeddings/": "embedded objects",
    "xl/activex/": "ActiveX controls",
}
_SHEET, _STRINGS, _STYLES = "worksheet", "sharedStrings", "styles"


@dataclass(frozen=True)
class _Relation:
    kind: str
    target: str
    external: bool


def looks_like_workbook(path: Path) -> bool:
    """Say whether a file's name is that of a spreadsheet, of this format or another."""
    return path.suffix.lower() == ".xlsx" or path.suffix.lower() in _OTHER_FORMATS


def read_book(name: str, content: bytes) -> Book:
    """Read a workbook. Nothing in it is evaluated, and nothing outside it is opened.

    Parameters
    ----------
    name : str
        Name of the file, for messages.
    content : bytes
        All of it.

    Raises
    ------
    InputError
        If it is no ``.xlsx`` workbook, holds macros, is damaged, is encrypted, or would unpack
        to more than a workbook does.
    """
    other = _OTHER_FORMATS.get(Path(name).suffix.lower())
    if other is not None:
        raise refuse(name, other)
    archive = Archive(name, content)
    lowered = [part.casefold() for part in archive.parts]
    if any(sign in part for part in lowered for sign in _MACROS):
        raise refuse(name, _OTHER_FORMATS[".xlsm"])
    main = _main_part(archive)
    sheets, date1904 = _sheet_list(archive, main)
    relations = _relations(archive, main)
    foreign = tuple(
        what for sign, what in _FOREIGN.items() if any(part.startswith(sign) for part in lowered)
    )
    strings = _shared(archive, relations)
    dates = _dates(archive, relations)
    return Book(
        tuple(_read(archive, sheet, relations, strings, dates) for sheet in sheets),
        date1904,
        foreign,
    )


def _main_part(archive: Archive) -> str:
    if "_rels/.rels" not in archive:
        raise refuse(archive.name, "is not an .xlsx workbook")
    for relation in _relations(archive, "").values():
        if relation.kind == "officeDocument" and not relation.external:
            return relation.target
    raise refuse(archive.name, "is not an .xlsx workbook")


def _relations(archive: Archive, part: str) -> dict[str, _Relation]:
    folder, file = posixpath.split(part)
    found: dict[str, _Relation] = {}

    def start(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[attributes.get("Id", "")] = _Relation(
                attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(path),
                attributes.get("TargetMode") == "External",
            )

    place = posixpath.join(folder, "_rels", f"{file}.rels")
    parse(archive, place, start, lambda _: None, lambda _: None)
    return found


@dataclass(frozen=True)
class _Listed:
    name: str
    relation: str
    hidden: bool


def _sheet_list(archive: Archive, main: str) -> tuple[list[_Listed], bool]:
    sheets: list[_Listed] = []
    dates = {"1904": False}

    def start(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            relation = next((v for k, v in attributes.items() if k.endswith(" id")), "")
            hidden = attributes.get("state", "visible") != "visible"
            sheets.append(_Listed(attributes.get("name", ""), relation, hidden))
        elif name == "workbookPr":
            dates["1904"] = attributes.get("date1904") in ("1", "true")

    parse(archive, main, start, lambda _: None, lambda _: None)
    return sheets, dates["1904"]


def _shared(archive: Archive, relations: dict[str, _Relation]) -> list[str]:
    for relation in relations.values():
        if relation.kind == _STRINGS and not relation.external:
            return shared_strings(archive, relation.target)
    return []


def _dates(archive: Archive, relations: dict[str, _Relation]) -> frozenset[int]:
    for relation in relations.values():
        if relation.kind == _STYLES and not relation.external:
            return date_styles(archive, relation.target)
    return frozenset()


def _read(
    archive: Archive,
    sheet: _Listed,
    relations: dict[str, _Relation],
    strings: list[str],
    dates: frozenset[int],
) -> Sheet:
    relation = relations.get(sheet.relation)
    if relation is None or relation.external:
        raise refuse(archive.name, f"is damaged: sheet {sheet.name!r} has no part")
    if relation.kind != _SHEET:  # a sheet that is one chart has no cells
        return Sheet(sheet.name, {}, sheet.hidden)
    return read_sheet(archive, relation.target, sheet.name, strings, dates, hidden=sheet.hidden)
