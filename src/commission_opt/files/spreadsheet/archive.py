"""The zip file around a workbook: opened only if it is one, and read within limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from commission_opt.errors import InputError

MOST_PACKED = 100 * 2**20  # bytes of the file
MOST_UNPACKED = 128 * 2**20  # bytes of all parts that are read; 129 professions in 44 regions: 29
MOST_PARTS = 5_000
_HIGHEST_RATIO = 250  # of a part; sheets of empty formatted rows come to some 60
_RATIO_COUNTS_FROM = 2**20  # bytes; below it no ratio does harm
MOST_HELD = 500_000  # elements and attributes at once; openpyxl takes some 2 KB for one
MOST_FORGOTTEN = 2**20  # elements that are emptied as they end: the rows that a sheet can have
_LONGEST = 2 * 2**20  # bytes of a tag, comment or text; expat may read it anew with every chunk
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"  # a compound file: .xls, or .xlsx under a password
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
_OTHER_FORMATS = {
    ".xlsm": "has macros; save it as .xlsx, which has none",
    ".xltm": "has macros; save it as .xlsx, which has none",
    ".xls": "is in the old Excel format; save it as .xlsx",
    ".xlsb": "is in a binary format; save it as .xlsx",
    ".ods": "is an OpenDocument sheet; save it as .xlsx",
}
_MACROS = ("vbaproject.bin", "macrosheets/")


def looks_like_workbook(path: Path) -> bool:
    """Say whether a file's name is that of a spreadsheet, of this format or another."""
    return path.suffix.lower() == ".xlsx" or path.suffix.lower() in _OTHER_FORMATS


class Archive:
    """The parts of a workbook, each looked at before it is handed over.

    Parameters
    ----------
    name : str
        Name of the file, for messages.
    content : bytes
        All of it.

    Raises
    ------
    InputError
        If it is no workbook that can be read safely.
    """

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        self._left = MOST_UNPACKED
        other = _OTHER_FORMATS.get(Path(name).suffix.lower())
        if other is not None:
            raise InputError.of_file(name, other)
        if len(content) > MOST_PACKED:
            raise InputError.of_file(
                name, f"is larger than {MOST_PACKED >> 20} MiB, the most that is read"
            )
        if content.startswith(_OLD_FORMAT):
            message = "is an old .xls file or has a password; save it as .xlsx without a password"
            raise InputError.of_file(name, message)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (*_DAMAGED, ValueError) as error:
            raise InputError.of_file(name, "is not an .xlsx workbook, or is damaged") from error
        self.parts = self._zip.namelist()
        if len(self.parts) > MOST_PARTS:
            raise InputError.of_file(
                name, f"has more than {MOST_PARTS:,} parts; it is no plain workbook"
            )
        lowered = {part.casefold() for part in self.parts}
        if len(lowered) < len(self.parts):
            raise InputError.of_file(name, "is damaged: it holds a part twice")
        if any(sign in part for part in lowered for sign in _MACROS):
            raise InputError.of_file(name, _OTHER_FORMATS[".xlsm"])

    def read(self, part: str, forgotten: str | None = None) -> bytes:
        """Unpack a part that is safe to parse.

        Parameters
        ----------
        forgotten : str or None
            Elements, as namespace and name, that whoever parses it empties as they end.

        Raises
        ------
        InputError
            If it is missing, damaged, encrypted, no plain XML, or larger than in any workbook.
        """
        if part not in self.parts:
            raise InputError.of_file(self.name, f"is damaged: it lacks its part {part}")
        info = self._zip.getinfo(part)
        if info.flag_bits & 1:
            raise InputError.of_file(self.name, "is encrypted; save it as .xlsx without a password")
        self._left -= info.file_size
        most = max(_RATIO_COUNTS_FROM, info.compress_size * _HIGHEST_RATIO)
        if info.file_size > most or self._left < 0:
            raise InputError.of_file(
                self.name,
                f"unpacks to far more than a workbook would (its part {part}); it is not read. "
                "If it is genuine, delete empty formatted rows and save it",
            )
        try:
            content = self._zip.read(info)  # never more than the size it is said to have
            _check_xml(content, part, forgotten)
        except _DAMAGED as error:
            raise InputError.of_file(
                self.name, f"is damaged: its part {part} cannot be unpacked"
            ) from error
        except ValueError as error:
            raise InputError.of_file(self.name, str(error)) from error
        return content


def _check_xml(content: bytes, part: str, forgotten: str | None) -> None:
    """See that parsing a part can do no harm; a ValueError says that it could.

    It must be XML without a document type (where entities could be declared), and must take no more
    memory than the part of a workbook does.
    """
    began: list[int] = []  # what was held before each element that has not ended
    held = n_forgotten = last_end = 0

    def on_start(name: str, attributes: list[str]) -> None:
        nonlocal held
        if forgotten and not began and name.partition(" ")[0] != forgotten.partition(" ")[0]:
            raise _damaged(part, "it is not of the kind that it should be")
        began.append(held)
        held += 1 + len(attributes) // 2
        if held > MOST_HELD:
            raise _damaged(part, f"more than {MOST_HELD:,} elements hang together")

    def on_end(name: str) -> None:
        nonlocal held, n_forgotten, last_end
        before = began.pop()
        if name == forgotten:
            held = before
            n_forgotten += 1
            if n_forgotten > MOST_FORGOTTEN:
                raise _damaged(part, f"it has more than {MOST_FORGOTTEN:,} rows or texts")
        if parser.CurrentByteIndex - last_end > _LONGEST:
            raise _damaged(part, f"a tag, comment or text is longer than {_LONGEST >> 20} MiB")
        last_end = parser.CurrentByteIndex

    def on_doctype(*_: object) -> None:
        message = f"declares a document type in its part {part}, as no workbook does"
        raise ValueError(f"{message}; it is not read")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.ordered_attributes = True
    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.StartDoctypeDeclHandler = on_doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise _damaged(part, f"it is no XML, {error}") from error


def _damaged(part: str, why: str) -> ValueError:
    return ValueError(f"is damaged: {why} (in its part {part})")
