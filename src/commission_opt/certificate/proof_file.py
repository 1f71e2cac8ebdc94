"""The proof of a plan as a file: multipliers and trees, so that anyone can check the bound.

A zip of NumPy arrays without any code in it (``numpy.load(..., allow_pickle=False)``). For stage k
there is ``k/multipliers``, one for each row of its program, and ``k/places``, those that the stage
found, empty where they are those of the plan. All its trees stand one after the other: ``k/sizes``
has a row for each tree with its numbers of columns, rows, decisions, nodes and leaves;
``k/columns`` and ``k/rows`` are those of the blocks. The nodes stand in the order in which one
meets them going down, below before above: ``k/split`` has the column of the block that a node
splits, -1 for a leaf, ``k/at`` the places; ``k/leaves`` has the multipliers of each leaf.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.certificate.certify import Proof
from commission_opt.certificate.proof_arrays import Arrays, Extent, is_inflated, read_arrays
from commission_opt.certificate.trees import Leaf, Split, Subproblem, Tree
from commission_opt.errors import InputError
from commission_opt.text.counts import plural

_NAMES = ("multipliers", "sizes", "columns", "rows", "split", "at", "leaves")


@dataclass(frozen=True, eq=False)
class StoredProof:
    """What proves the bound of a stage.

    Parameters
    ----------
    multipliers : array, shape (m,)
    trees : tuple of Tree
    places : array, shape (C, K), or None
        What the stage found; None where they are those of the plan, or were not kept.
    """

    multipliers: Floats
    trees: tuple[Tree, ...]
    places: Floats | None = None


def write_proofs(path: Path, proofs: Sequence[Proof]) -> None:
    """Write multipliers, trees and places of every stage; the same proofs give the same bytes."""
    arrays: Arrays = {}
    for k, proof in enumerate(proofs):
        stage = {"multipliers": _usable(proof.multipliers), **_flattened(proof.trees)}
        places = np.zeros((0, 0)) if proof.places is None else np.asarray(proof.places, dtype=float)
        stage["places"] = np.ascontiguousarray(places)
        arrays |= {f"{k}/{name}": stage[name] for name in (*_NAMES, "places")}
    np.savez_compressed(path, **arrays)
    if is_inflated(path.stat().st_size, {name: array.nbytes for name, array in arrays.items()}):
        np.savez(path, **arrays)  # readers refuse what unpacks to far more than it is


def _usable(multipliers: Floats) -> Floats:
    """Set multipliers that prove nothing to 0, which is how they are counted."""
    return np.where(np.isfinite(multipliers), multipliers, 0.0)


def _flattened(trees: Sequence[Tree]) -> Arrays:
    nodes = [list(_nodes(tree.root)) for tree in trees]
    leaves = [[node for node in some if isinstance(node, Leaf)] for some in nodes]
    sizes = [
        (len(t.block.columns), len(t.block.rows), t.block.decisions, len(some), len(ends))
        for t, some, ends in zip(trees, nodes, leaves, strict=True)
    ]
    flat = [node for some in nodes for node in some]
    split = [node.column if isinstance(node, Split) else -1 for node in flat]
    at = [node.at if isinstance(node, Split) else 0.0 for node in flat]
    return {
        "sizes": np.array(sizes, dtype=np.int64).reshape(-1, 5),
        "columns": _joined([t.block.columns for t in trees], np.int64),
        "rows": _joined([t.block.rows for t in trees], np.int64),
        "split": np.array(split, dtype=np.int64),
        "at": np.array(at, dtype=float),
        "leaves": _usable(_joined([leaf.multipliers for some in leaves for leaf in some], float)),
    }


def _joined(arrays: Sequence[Any], kind: Any) -> Any:
    return np.concatenate([np.zeros(0, dtype=kind), *arrays]).astype(kind)


def _nodes(root: Leaf | Split) -> Iterator[Leaf | Split]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Split):
            stack += [node.above, node.below]


def read_proofs(path: Path, stages: Sequence[Extent], *, places: bool = True) -> list[StoredProof]:
    """Read the proofs of every stage.

    Parameters
    ----------
    path : Path
    stages : sequence of Extent
        How large the program of each stage is.
    places : bool
        Whether the file has the places of each stage; those of format 2 have not.

    Raises
    ------
    InputError
        If the file is missing, is no such file, is larger than the programs admit, or its arrays
        do not fit each other or the programs.
    """
    names = (*_NAMES, "places") if places else _NAMES
    try:
        arrays = read_arrays(path, stages, names)
        return [_proof(stage, extent) for stage, extent in zip(arrays, stages, strict=True)]
    except (OSError, ValueError, IndexError, EOFError, zipfile.BadZipFile) as error:
        message = f"is not the proof of a plan of {plural(len(stages), 'stage')}: {error}"
        raise InputError.of_file(path.name, message) from error


def _proof(arrays: Arrays, extent: Extent) -> StoredProof:
    sizes = arrays["sizes"]
    lengths = {"columns": sizes[:, 0], "rows": sizes[:, 1], "split": sizes[:, 3]}
    lengths |= {"at": sizes[:, 3], "leaves": sizes[:, 1] * sizes[:, 4]}
    for name, length in lengths.items():
        if len(arrays[name]) != length.sum():
            raise ValueError(f"{name} has another length")
    ends = np.cumsum(np.column_stack([sizes, lengths["leaves"]]), axis=0)
    starts = ends - np.column_stack([sizes, lengths["leaves"]])
    places = arrays.get("places", np.zeros((0, 0)))
    if places.size and places.shape != extent.places:
        raise ValueError("places are those of other courses or years")
    return StoredProof(
        arrays["multipliers"],
        tuple(_tree(arrays, sizes[i], starts[i]) for i in range(len(sizes))),
        places if places.size else None,
    )


def _tree(arrays: Arrays, size: Ints, start: Ints) -> Tree:
    columns, rows, decisions, nodes, leaves = map(int, size)
    block = Subproblem(
        arrays["columns"][start[0] : start[0] + columns],
        arrays["rows"][start[1] : start[1] + rows],
        decisions,
    )
    multipliers = arrays["leaves"][start[5] : start[5] + rows * leaves].reshape(leaves, rows)
    split = arrays["split"][start[3] : start[3] + nodes]
    return Tree(block, _root(split, arrays["at"][start[3] : start[3] + nodes], list(multipliers)))


def _root(split: Ints, at: Floats, leaves: list[Floats]) -> Leaf | Split:
    """Put a tree together from its nodes in the order in which one meets them going down."""
    done: list[Leaf | Split] = []
    for column, places in zip(split[::-1], at[::-1], strict=True):
        # Read backwards, both branches of a split are there when it comes, below on top.
        if column < 0:
            done.append(Leaf(leaves.pop()))
        else:
            below, above = done.pop(), done.pop()
            done.append(Split(int(column), float(places), below, above))
    if leaves:
        raise ValueError("leaves has another length")
    (root,) = done
    return root
