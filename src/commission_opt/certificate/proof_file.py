"""The proof of a plan as a file: multipliers and trees, so that anyone can check the bound.

A zip of NumPy arrays without any code in it (``numpy.load(..., allow_pickle=False)``). For stage k
there is ``k/multipliers``, one for each row of its program, and ``k/places``, those that the stage
found, empty where they are those of the plan; where staff can be deployed ``k/deployed`` says who
is with them, by pair and year. All its trees stand one after the other: ``k/sizes`` has a row for
each tree with its numbers of columns, rows, decisions, nodes and leaves;
``k/columns`` and ``k/rows`` are those of the blocks. What is proved of the w-th of several futures
by itself stands there likewise, as ``future-w/multipliers`` and so on, and of stage k with a
tolerance for earlier ones that have none as ``eased-k/multipliers``. The nodes stand in the order
in which one meets them going down, below before above: ``k/split`` has the column of the block that
a node splits, -1 for a leaf, ``k/at`` the places; ``k/leaves`` has the multipliers of each leaf,
``k/inner`` those of each split, and ``k/cutoffs`` the cost, in units of the program without its
constant, from which on a tree leaves numbers out, the largest float if it leaves out none. Older
files have neither: the boxes of their nodes are not narrowed. The multipliers of a tree's cuts
stand after those of its rows. ``k/cuts`` has a row for each tree: how many cuts it has, and how
many entries their forms and the multipliers that prove them below and above a split have;
``k/cut_split`` and ``k/cut_at`` say what is split, as for nodes; ``k/cut_row``, ``k/cut_column``
and ``k/cut_value`` are the entries, forms first. Older files have none of these.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.certificate.alone import AloneProof
from commission_opt.certificate.certify import Proof
from commission_opt.certificate.cut_arrays import CUT, flattened, unflattened
from commission_opt.certificate.eased import EasedProof
from commission_opt.certificate.proof_arrays import NARROWED, ArrayFile, Arrays, Extent, is_inflated
from commission_opt.certificate.trees import Subproblem, Tree
from commission_opt.errors import InputError
from commission_opt.formulation.assemble import Formulation
from commission_opt.text.counts import plural

_NAMES = ("multipliers", "sizes", "columns", "rows", "split", "at", "leaves", *NARROWED, *CUT)

_NOWHERE = float(np.finfo(float).max)  # a cost from which on a tree leaves out nothing


def write_proofs(
    path: Path,
    proofs: Sequence[Proof],
    alone: Sequence[AloneProof] = (),
    eased: Sequence[EasedProof] = (),
) -> None:
    """Write multipliers, trees and places of every stage; the same proofs give the same bytes.

    Parameters
    ----------
    path : Path
    proofs : sequence of Proof
        One for each stage.
    alone : sequence of AloneProof
        One for each of several futures, or none.
    eased : sequence of EasedProof
        Of stages with a tolerance for earlier ones.
    """
    arrays: Arrays = {}
    deploys, every = proofs[0].formulation.problem.deploys, list[Proof | AloneProof](proofs)
    every += [*alone, *(each.proof for each in eased)]
    keys = _keys(len(proofs), len(alone), [each.stage for each in eased])
    for key, proof in zip(keys, every, strict=True):
        stage = {"multipliers": _usable(proof.multipliers), **_flattened(proof.trees)}
        places = np.zeros((0, 0)) if proof.places is None else np.asarray(proof.places, dtype=float)
        stage["places"] = np.ascontiguousarray(places)
        if deploys:
            deployed = np.zeros((0, 0)) if proof.deployed is None else proof.deployed
            stage["deployed"] = np.ascontiguousarray(deployed, dtype=float)
        arrays |= {f"{key}/{name}": array for name, array in stage.items()}
    np.savez_compressed(path, **arrays)
    if is_inflated(path.stat().st_size, {name: array.nbytes for name, array in arrays.items()}):
        np.savez(path, **arrays)  # readers refuse what unpacks to far more than it is


def _keys(stages: int, futures: int, eased: Sequence[int] = ()) -> list[str]:
    alone = (f"future-{w}" for w in range(futures))
    return [*map(str, range(stages)), *alone, *(f"eased-{k}" for k in eased)]


def _usable(multipliers: Floats) -> Floats:
    """Set multipliers that prove nothing to 0, which is how they are counted."""
    return np.where(np.isfinite(multipliers), multipliers, 0.0)


def _flattened(trees: Sequence[Tree]) -> Arrays:
    blocks = [tree.block for tree in trees]
    sizes = [
        (len(b.columns), len(b.rows), b.decisions, len(t.split), len(t.leaves))
        for b, t in zip(blocks, trees, strict=True)
    ]
    return {
        "sizes": np.array(sizes, dtype=np.int64).reshape(-1, 5),
        "columns": _joined([block.columns for block in blocks], np.int64),
        "rows": _joined([block.rows for block in blocks], np.int64),
        "split": _joined([tree.split for tree in trees], np.int64),
        "at": _joined([tree.at for tree in trees], float),
        "leaves": _usable(_joined([tree.leaves.ravel() for tree in trees], float)),
        "inner": _usable(_joined([_inner(tree).ravel() for tree in trees], float)),
        "cutoffs": np.array([min(tree.cutoff, _NOWHERE) for tree in trees], dtype=float),
        **flattened([tree.cuts for tree in trees]),
    }


def _inner(tree: Tree) -> Floats:
    """Return multipliers of every split; those of 0 narrow little, and nothing wrongly."""
    return tree.inner if len(tree.inner) else np.zeros((len(tree.leaves) - 1, tree.leaves.shape[1]))


def _joined(arrays: Sequence[Any], kind: Any) -> Any:
    return np.concatenate([np.zeros(0, dtype=kind), *arrays]).astype(kind)


def read_proofs(
    path: Path,
    formulations: Sequence[Formulation],
    objectives: Sequence[float],
    *,
    places: bool = True,
    futures: int = 0,
    eased: Mapping[int, Formulation] = MappingProxyType({}),
) -> list[Proof]:
    """Read the proofs of every stage, then those of eased ones.

    Parameters
    ----------
    path : Path
    formulations : sequence of Formulation
        Each stage.
    objectives : sequence of float
        What each stage is said to have reached.
    places : bool
        Whether the file has the places of each stage; those of format 2 have not.
    futures : int
        Of how many futures by themselves the file has a proof as well.
    eased : mapping of int to Formulation
        The stages of which it has a proof with a tolerance for earlier ones too.

    Raises
    ------
    InputError
        If the file is missing, is no such file, is larger than the programs admit, or its arrays
        do not fit each other or the programs.
    """
    names = (*_NAMES, *["places"] * places, *["deployed"] * formulations[0].problem.deploys)
    with _named(path, f"of a plan of {plural(len(formulations), 'stage')}"):
        arrays = ArrayFile(path, _keys(len(formulations), futures, [*eased]), names)
        keys = _keys(len(formulations), 0, [*eased])
        said = [*objectives, *(math.nan for _ in eased)]
        stages = zip(keys, [*formulations, *eased.values()], said, strict=True)
        return [_proof(arrays.of(key, _extent(of)), of, value) for key, of, value in stages]


def read_proofs_alone(
    path: Path, stages: int, formulations: Iterable[Formulation], *, futures: int, deploys: bool
) -> Iterator[Proof]:
    """Yield the proof of each of several futures by itself.

    Parameters
    ----------
    path : Path
    stages : int
        How many stages the plan has.
    formulations : iterable of Formulation
        The only stage of each future.
    futures : int
        How many there are.
    deploys : bool
        Whether staff can be deployed.

    Raises
    ------
    InputError
        As ``read_proofs`` does.
    """
    names = (*_NAMES, "places", *["deployed"] * deploys)
    what = f"of {plural(futures, 'future')} by {'itself' if futures == 1 else 'themselves'}"
    with _named(path, what):
        arrays = ArrayFile(path, _keys(stages, futures), names)
    for key, formulation in zip(_keys(stages, futures)[stages:], formulations, strict=True):
        with _named(path, what):
            found = _proof(arrays.of(key, _extent(formulation)), formulation, math.nan)
        yield found


@contextmanager
def _named(path: Path, what: str) -> Iterator[None]:
    """Say of a file that cannot be read that it is not the proof of something."""
    try:
        yield
    except (OSError, ValueError, IndexError, EOFError, zipfile.BadZipFile) as error:
        message = f"is not the proof {what}: {error}"
        raise InputError.of_file(path.name, message) from error


def _extent(formulation: Formulation) -> Extent:
    layout = formulation.problem.layout
    size = formulation.program.matrix.shape
    deployed = formulation.problem.deployments
    return Extent(*size, len(formulation.step), (layout.n_lines, layout.years), deployed)


def _proof(arrays: Arrays, formulation: Formulation, objective: float) -> Proof:
    sizes = arrays["sizes"]
    lengths = {"columns": sizes[:, 0], "rows": sizes[:, 1], "split": sizes[:, 3]}
    cuts = unflattened(arrays, sizes) if "cuts" in arrays else [None] * len(sizes)
    rows = sizes[:, 1] + np.array([len(each or ()) for each in cuts], dtype=np.int64)
    lengths |= {"at": sizes[:, 3], "leaves": rows * sizes[:, 4]}
    if narrowed := "inner" in arrays:
        lengths |= {"inner": rows * (sizes[:, 4] - 1), "cutoffs": np.ones(len(sizes), int)}
    for name, length in lengths.items():
        if len(arrays[name]) != length.sum():
            raise ValueError(f"{name} has another length")
    places = arrays.get("places", np.zeros((0, 0)))
    if places.size and places.shape != _extent(formulation).places:
        raise ValueError("places are those of other courses or years")
    deployed = arrays.get("deployed", np.zeros((0, 0)))
    if deployed.size and deployed.shape != _extent(formulation).deployed:
        raise ValueError("those deployed are of other pairs or years")
    columns, within, split, at, leaves, *more = (
        np.split(arrays[name], np.cumsum(length))[:-1] for name, length in lengths.items()
    )
    trees = []
    for i, size in enumerate(sizes):
        block = Subproblem(columns[i], within[i], int(size[2]))
        tree = Tree(block, split[i], at[i], leaves[i].reshape(size[4], rows[i]), cuts=cuts[i])
        if narrowed:
            inner, cutoffs = more
            tree = replace(
                tree, inner=inner[i].reshape(size[4] - 1, rows[i]), cutoff=float(cutoffs[i][0])
            )
        trees.append(tree)
    return Proof(
        formulation, arrays["multipliers"], objective, 0.0, tuple(trees),
        places if places.size else None, deployed if deployed.size else None,
    )  # fmt: skip
