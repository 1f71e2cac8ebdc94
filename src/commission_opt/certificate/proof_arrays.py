"""The arrays of a proof file, unpacked only if they are what a program of that size admits."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from commission_opt.files.regular import read_whole

Arrays = dict[str, Any]
_KINDS = {
    "multipliers": ("<f8", 1), "sizes": ("<i8", 2), "columns": ("<i8", 1), "rows": ("<i8", 1),
    "split": ("<i8", 1), "at": ("<f8", 1), "leaves": ("<f8", 1), "places": ("<f8", 2),
    "deployed": ("<f8", 2),
}  # fmt: skip
_TREES = ("split", "at", "leaves")  # what the size of a program does not limit
LARGEST = 2**29  # bytes of the file
_FREE, _RATIO = 2**24, 32  # bytes of trees that are taken anyway, and times the file's own size
_NODES, _WORK = 5_000_000, 2 * 10**10  # of all trees; and columns of their blocks times nodes
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


def read_arrays(path: Path, stages: Sequence[Extent], names: Sequence[str]) -> list[Arrays]:
    """Read the arrays of every stage by their names.

    Raises
    ------
    ValueError, OSError, zipfile.BadZipFile
        If it is no such file, or has other arrays, kinds, sizes or values than it may have.
    """
    content = read_whole(path, LARGEST)
    wanted = {f"{k}/{name}.npy": (name, stage) for k, stage in enumerate(stages) for name in names}
    _check_directory(content, len(wanted))
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
            if sorted(part.filename for part in parts) != sorted(wanted):
                raise ValueError("it has other arrays")
            shapes = {part.filename: _shape(packed, part, *wanted[part.filename]) for part in parts}
            sizes = {name.removesuffix(".npy"): 8 * math.prod(s) for name, s in shapes.items()}
            if is_inflated(len(content), sizes):
                raise ValueError("it unpacks to far more than its size")
            arrays = {part.filename: _array(packed, part) for part in parts}
    except (NotImplementedError, RuntimeError, SyntaxError, OverflowError, zlib.error) as e:
        raise ValueError(str(e)) from e
    found = [{name: arrays[f"{k}/{name}.npy"] for name in names} for k in range(len(stages))]
    for stage, extent in zip(found, stages, strict=True):
        _check_sizes(stage["sizes"], extent)
    return found


def _check_directory(content: bytes, count: int) -> None:
    """Refuse a directory of more entries than there may be before it is read."""
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or len(content) < end + 22 or content[end - 20 : end - 16] == b"PK\x06\x07":
        raise ValueError("it is no zip of arrays")
    if int.from_bytes(content[end + 12 : end + 16], "little") > _HEADER * count:
        raise ValueError("it has other arrays")


def _shape(
    packed: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, stage: Extent
) -> tuple[int, ...]:
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
        "sizes": 5 * stage.decisions, "places": math.prod(stage.places),
        "deployed": math.prod(stage.deployed),
    }  # fmt: skip
    if name == "multipliers" and shape[0] != stage.rows:
        raise ValueError(
            f"it has multipliers for {shape[0]:,} rows, and the program has {stage.rows:,}: it "
            "belongs to another plan, or to another version of the program"
        )
    if math.prod(shape) > most.get(name, math.inf) or (name == "sizes" and shape[1] != 5):
        raise ValueError(f"{name} is larger than the program admits")
    return tuple(shape)


def _array(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Any:
    with packed.open(part) as file:
        array = np.lib.format.read_array(BytesIO(file.read()), allow_pickle=False)
    if not np.isfinite(array).all():
        raise ValueError(f"{part.filename} has a number that is not finite")
    return array


def _check_sizes(sizes: Any, extent: Extent) -> None:
    """Refuse trees that cannot be over blocks of the program."""
    columns, _, decisions, nodes, leaves = sizes.T
    most = (extent.columns, extent.rows, extent.decisions, _NODES, _NODES)
    if (sizes < 0).any() or (sizes > np.array(most)).any():
        raise ValueError("a tree is larger than the program admits")
    if (nodes != 2 * leaves - 1).any() or (decisions > columns).any():
        raise ValueError("a tree has other nodes than it says")
    if nodes.sum() > _NODES or (nodes * columns).sum() > _WORK:
        raise ValueError("its trees are too large")
