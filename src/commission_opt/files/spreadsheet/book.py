"""A workbook from its file: which sheets there are, and what else it carries.

Its parts are put together here from openpyxl's readers of them. ``openpyxl.load_workbook`` will
not do: it reads no text with ``x005F_`` in it as it is, keeps the last of two cells in one place,
and makes an object of every cell of a merged range, also of A1:XFD1048576.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any
from xml.etree.ElementTree import fromstring, iterparse

from openpyxl.cell.text import Text
from openpyxl.packaging.relationship import Relationship, get_dependents, get_rels_path
from openpyxl.packaging.workbook import WorkbookPackage
from openpyxl.styles.stylesheet import Stylesheet
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH
from openpyxl.xml.constants import SHEET_MAIN_NS

from commission_opt.errors import InputError
from commission_opt.files.spreadsheet.archive import Archive
from commission_opt.files.spreadsheet.cells import (
    Book,
    CellParser,
    Remaining,
    Sheet,
    read_sheet,
    unescape,
)

_FOREIGN = {
    "xl/externallinks/": "links to other workbooks",
    "xl/connections.xml": "connections to data elsewhere",
    "xl/embeddings/": "embedded objects",
    "xl/activex/": "ActiveX controls",
}
_EAST_ASIAN_DATES = frozenset({*range(27, 37), *range(50, 59)})  # built in; openpyxl has none


def read_book(name: str, content: bytes) -> Book:
    """Read a workbook. Nothing in it is evaluated, and nothing outside it is opened.

    Parameters
    ----------
    name, content
        Of the file, all of it.

    Raises
    ------
    InputError
        If it is no ``.xlsx`` workbook, holds macros, is damaged, is encrypted, or would unpack
        to more than a workbook does.
    """
    archive = Archive(name, content)
    lowered = [part.casefold() for part in archive.parts]
    foreign = tuple(
        what for sign, what in _FOREIGN.items() if any(part.startswith(sign) for part in lowered)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of what it would not write back
        return Book(tuple(_sheets(archive)), foreign)


@contextmanager
def _reading(archive: Archive, what: str) -> Iterator[None]:
    """Say of whatever goes wrong that the file is damaged: openpyxl raises errors of all kinds."""
    try:
        yield
    except (InputError, MemoryError):
        raise
    except Exception as error:
        message = f"is damaged: {what} cannot be read ({str(error)[:200]})"
        raise InputError.of_file(
            archive.name, f"{message}; open it in Excel and save it anew"
        ) from error


def _sheets(archive: Archive) -> Iterator[Sheet]:
    with _reading(archive, "its list of sheets"):
        main = _main_part(archive)
        package: Any = WorkbookPackage.from_tree(_tree(archive, main))
        relations = _relations(archive, main)
    if package.conformance == "strict":
        message = "is a “Strict Open XML” workbook; save it as “Excel Workbook (.xlsx)”"
        raise InputError.of_file(archive.name, message)
    parts = {_kind(relation): relation.target for relation in relations.values()}
    with _reading(archive, "its table of texts"):
        strings = _strings(archive, parts.get("sharedStrings"))
    with _reading(archive, "its table of styles"):
        styles = _styles(archive, parts.get("styles"))
    parser = partial(
        CellParser,
        shared_strings=strings,
        epoch=MAC_EPOCH if package.workbookPr.date1904 else WINDOWS_EPOCH,
        date_formats=styles.date_formats,
        timedelta_formats=styles.timedelta_formats,
    )
    left = Remaining(archive.name)
    for sheet in package.sheets:
        relation = relations.get(sheet.id)
        if relation is None or relation.TargetMode == "External":
            raise InputError.of_file(archive.name, f"is damaged: sheet {sheet.name!r} has no part")
        hidden = sheet.state != "visible"
        if _kind(relation) != "worksheet":  # a sheet that is one chart has no cells
            yield Sheet(sheet.name, {}, hidden)
            continue
        with _reading(archive, f"sheet {sheet.name!r}"):
            content = archive.read(relation.target, f"{SHEET_MAIN_NS} row")
            yield read_sheet(parser(io.BytesIO(content)), sheet.name, left, hidden=hidden)


def _main_part(archive: Archive) -> str:
    if "_rels/.rels" in archive.parts:
        for relation in _relations(archive, "").values():
            if _kind(relation) == "officeDocument" and relation.TargetMode != "External":
                return str(relation.target)
    raise InputError.of_file(archive.name, "is not an .xlsx workbook")


def _relations(archive: Any, part: str) -> dict[str, Relationship]:
    # Of the ZipFile that it expects, openpyxl only uses ``read``.
    return get_dependents(archive, get_rels_path(part)).to_dict()  # type: ignore[no-untyped-call]


def _kind(relation: Relationship) -> str:
    return str(relation.Type).rpartition("/")[2]


def _tree(archive: Archive, part: str) -> Any:
    return fromstring(archive.read(part))


def _strings(archive: Archive, part: str | None) -> Mapping[int, str]:
    """Return the texts that cells refer to by number; a list would also have a text −1."""
    texts: dict[int, str] = {}
    if part is None:
        return texts
    node: Any
    for _, node in iterparse(io.BytesIO(archive.read(part, f"{SHEET_MAIN_NS} si"))):
        if node.tag == f"{{{SHEET_MAIN_NS}}}si":
            text: Any = Text.from_tree(node)
            texts[len(texts)] = unescape(text.content)
            node.clear()
    return texts


def _styles(archive: Archive, part: str | None) -> Any:
    """Return the styles, with those East Asian dates that openpyxl takes for numbers."""
    styles: Any = Stylesheet() if part is None else Stylesheet.from_tree(_tree(archive, part))
    for i, style in enumerate(styles.cell_styles):
        if style.numFmtId in _EAST_ASIAN_DATES:
            styles.date_formats.add(i)
    return styles
