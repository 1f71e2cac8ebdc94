"""The zip file around a workbook: opened only if it is one, and never unpacked without limit."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from commission_opt.errors import InputError, Problem

MOST_PACKED = 100 * 2**20  # bytes of the file
MOST_UNPACKED = 256 * 2**20  # bytes of all parts that are read
MOST_PARTS = 5_000
_HIGHEST_RATIO = 250  # of a part; sheets of empty formatted rows come to some 60
_RATIO_COUNTS_FROM = 2**20  # bytes; below it no ratio does harm
_CHUNK = 2**18
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"  # a compound file: .xls, or .xlsx under a password
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


def refuse(name: str, message: str) -> InputError:
    """Return the error for a file that cannot be read at all."""
    return InputError([Problem("error", name, None, None, message)])


class Archive:
    """The parts of a workbook, read in chunks within the limits.

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
        self._name = name
        self._left = MOST_UNPACKED
        if len(content) > MOST_PACKED:
            raise refuse(name, f"is larger than {MOST_PACKED >> 20} MiB, the most that is read")
        if content.startswith(_OLD_FORMAT):
            message = "is an old .xls file or has a password; save it as .xlsx without a password"
            raise refuse(name, message)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            infos = self._zip.infolist()
        except (*_DAMAGED, ValueError) as error:
            raise refuse(name, "is not an .xlsx workbook, or is damaged") from error
        self._parts = {info.filename: info for info in infos}
        if len(infos) > MOST_PARTS:
            raise refuse(name, f"has more than {MOST_PARTS:,} parts; it is no plain workbook")
        if len({part.casefold() for part in self._parts}) < len(infos):
            raise refuse(name, "is damaged: it holds a part twice")

    @property
    def name(self) -> str:
        """Name of the file, for messages."""
        return self._name

    @property
    def parts(self) -> frozenset[str]:
        """Names of all parts."""
        return frozenset(self._parts)

    def chunks(self, part: str) -> Iterator[bytes]:
        """Read a part piece by piece.

        Raises
        ------
        InputError
            If it is missing, damaged, encrypted, or unpacks to more than a workbook would.
        """
        info = self._parts.get(part)
        if info is None:
            raise refuse(self._name, f"is damaged: it lacks its part {part}")
        if info.flag_bits & 1:
            raise refuse(self._name, "is encrypted; save it as .xlsx without a password")
        most = max(_RATIO_COUNTS_FROM, info.compress_size * _HIGHEST_RATIO)
        size = 0
        try:
            with self._zip.open(info) as file:
                while chunk := file.read(_CHUNK):
                    size += len(chunk)
                    self._left -= len(chunk)
                    if size > most or self._left < 0:
                        raise refuse(
                            self._name,
                            f"unpacks to far more than a workbook would (its part {part}); it is "
                            "not read. If it is genuine, delete empty formatted rows and save it",
                        )
                    yield chunk
        except _DAMAGED as error:
            raise refuse(self._name, f"is damaged: its part {part} cannot be unpacked") from error

    def __contains__(self, part: str) -> bool:
        return part in self._parts
