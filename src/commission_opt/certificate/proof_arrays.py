"""The arrays of a proof file, unpacked only if they are what a program of that size admits."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from commission_opt.certificate.cut_arrays import CUT
from commission_opt.files.regular import read_whole

Arrays = dict[str, Any]
_KINDS = {
    "multipliers": ("<f8", 1), "sizes": ("<i8", 2), "columns": ("<i8", 1), "rows": ("<i8", 1),
    "split": ("<i8", 1), "at": ("<f8", 1), "leaves": ("<f8", 1), "inner": ("<f8", 1),
    "cutoffs": ("<f8", 1), "places": ("<f8", 2), "deployed": ("<f8", 2),
    "cuts": ("<i8", 2), "cut_split": ("<i8", 1), "cut_at": ("<f8", 1), "cut_row": ("<i8", 1),
    "cut_column": ("<i8", 1), "cut_value": ("<f8", 1),
}  # fmt: skip
NARROWED = ("inner", "cutoffs")  # of trees whose boxes are narrowed, which older files have not
_LATER = (NARROWED, CUT)  # what older files have not
_TREES = ("split", "at", "leaves", "inner", *CUT[1:])  # what the size of a program does not limit
LARGEST = 2**29  # bytes of the file
_FREE, _RATIO = 2**24, 32  # bytes of trees that are taken anyway, and times the file's own size
_NODES, _WORK = 5_000_000, 2 * 10**10  # of all trees; and columns of their blocks times nodes
_CUTS = 2_000  # of a tree
_WIDE = {"sizes": (5,), "cuts": (4,)}
_HEADER = 512  # bytes before an array, and of each entry of the directory


@dataclass(frozen=True)
class Extent:
    """How large the program of a stage is.

    Parameters
    ----------
    rows, columns, decisions : int
    places : (int, int)
        Courses and commissioning years.
    deployed : (int, int)
        Pairs of professions that can be deployed, by region, and years of the horizon.
    """

    rows: int
    columns: int
    decisions: int
    places: tuple[int, int]
    deployed: tuple[int, ...] = (0, 0)


def is_inflated(packed: int, sizes: Mapping[str, int]) -> bool:
    """Say whether trees unpack to more than a reader takes from a file of so many bytes."""
    trees = sum(size for name, size in sizes.items() if name.split("/")[-1] in _TREES)
    return trees > max(_FREE, _RATIO * packed)


class ArrayFile:
    """The arrays of a proof file, of which those of one program are unpacked at a time.

    Parameters
    ----------
    path : Path
    programs : sequence of str
        What stands before the names of the arrays of each program.
    names : sequence of str

    Raises
    ------
    ValueError, OSError, zipfile.BadZipFile
        If it is no such file, or has other arrays than these.
    """

    def __init__(self, path: Path, programs: Sequence[str], names: Sequence[str]) -> None:
        content = read_whole(path, LARGEST)
        _check_directory(content, len(programs) * len(names))
        with _as_value_errors():
            self._packed = zipfile.ZipFile(BytesIO(content))
            parts = self._packed.infolist()
            there = {part.filename.split("/")[-1] for part in parts}
            absent = {name for own in _LATER if f"{own[0]}.npy" not in there for name in own}
            self._names = [name for name in names if name not in absent]
            wanted = [f"{program}/{name}.npy" for program in programs for name in self._names]
            if sorted(part.filename for part in parts) != sorted(wanted):
                raise ValueError("it has other arrays")
            sizes = {part.filename[:-4]: max(0, part.file_size - _HEADER) for part in parts}
            if is_inflated(len(content), sizes):
                raise ValueError("it unpacks to far more than its size")

    def of(self, program: str, extent: Extent) -> Arrays:
        """Return the arrays of a program by their names.

        Raises
        ------
        ValueError
            If they are of other kinds, sizes or values than those of a program of that extent.
        """
        with _as_value_errors():
            parts = {name: self._packed.getinfo(f"{program}/{name}.npy") for name in self._names}
            for name, part in parts.items():
                _check_shape(self._packed, part, name, extent)
            found = {name: _array(self._packed, part) for name, part in parts.items()}
        _check_sizes(found["sizes"], found.get("cuts"), extent)
        return found


@contextmanager
def _as_value_errors() -> Iterator[None]:
    """Raise what a damaged file leads to as ValueError."""
    try:
        yield
    except (NotImplementedError, RuntimeError, SyntaxError, OverflowError, zlib.error) as e:
        raise ValueError(str(e)) from e


def _check_directory(content: bytes, count: int) -> None:
    """Refuse a directory of more entries than there may be before it is read."""
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or len(content) < end + 22 or content[end - 20 : end - 16] == b"PK\x06\x07":
        raise ValueError("it is no zip of arrays")
    if int.from_bytes(content[end + 12 : end + 16], "little") > _HEADER * count:
        raise ValueError("it has other arrays")


def _check_shape(packed: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, stage: Extent) -> None:
    """Read the header of an array, and refuse one that is not what it should be."""
    kind, dimensions = _KINDS[name]
    with packed.open(part) as file:
        head = BytesIO(file.read(_HEADER))
    if np.lib.format.read_magic(head) != (1, 0):
        raise ValueError(f"{name} is of another format")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(head)
    if dtype.str != kind or len(shape) != dimensions or (fortran and dimensions > 1):
        raise ValueError(f"{name} has another shape or type")
    if min(shape) < 0 or part.file_size != head.tell() + 8 * math.prod(shape):
        raise ValueError(f"{name} has another size than it says")
    most = {
        "multipliers": stage.rows, "columns": stage.columns, "rows": stage.rows,
        "sizes": 5 * stage.decisions, "cuts": 4 * stage.decisions, "cutoffs": stage.decisions,
        "places": math.prod(stage.places), "deployed": math.prod(stage.deployed),
    }  # fmt: skip
    if name == "multipliers" and shape[0] != stage.rows:
        raise ValueError(
            f"it has multipliers for {shape[0]:,} rows, and the program has {stage.rows:,}: it "
            "belongs to another plan, or to another version of the program"
        )
    if math.prod(shape) > most.get(name, math.inf) or shape[1:] != _WIDE.get(name, shape[1:]):
        raise ValueError(f"{name} is larger than the program admits")


def _array(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Any:
    with packed.open(part) as file:
        array = np.lib.format.read_array(BytesIO(file.read()), allow_pickle=False)
    if not np.isfinite(array).all():
        raise ValueError(f"{part.filename} has a number that is not finite")
    return array


def _check_sizes(sizes: Any, cuts: Any | None, extent: Extent) -> None:
    """Refuse trees that cannot be over blocks of the program."""
    columns, _, decisions, nodes, leaves = sizes.T
    most = (extent.columns, extent.rows, extent.decisions, _NODES, _NODES)
    if (sizes < 0).any() or (sizes > np.array(most)).any():
        raise ValueError("a tree is larger than the program admits")
    if (nodes != 2 * leaves - 1).any() or (decisions > columns).any():
        raise ValueError("a tree has other nodes than it says")
    if nodes.sum() > _NODES or (nodes * columns).sum() > _WORK:
        raise ValueError("its trees are too large")
    if cuts is not None and (cuts[:, 0] > _CUTS).any():
        raise ValueError("a tree has more cuts than a reader takes")
