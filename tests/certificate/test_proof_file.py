import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.certificate.certify import Proof
from commission_opt.certificate.proof_file import read_proofs, write_proofs
from commission_opt.certificate.propagation import propagated
from commission_opt.certificate.trees import Tree, branched_bound
from commission_opt.errors import InputError
from commission_opt.solvers.status import Limits
from samples import model, policy, sample


@pytest.fixture(scope="module")
def proofs() -> tuple[Proof, ...]:
    """Proofs of two stages, the first one with trees."""
    text = model(stages=(("shortfall", 0.01), ("cost", 0.0)))
    found = allocate(sample(5, 3, 1, 4).instance, policy(text), Limits(seconds=20, gap=0.0))
    assert any(len(tree.leaves) > 1 for tree in found.proofs[0].trees)
    return found.proofs


def _read(path: Path, proofs: Sequence[Proof]) -> list[Proof]:
    return read_proofs(path, [p.formulation for p in proofs], [p.objective for p in proofs])


def _bound(proof: Proof, stored: Proof) -> float:
    """Return the bound in the box that rows leave, for which trees are grown and certified."""
    return branched_bound(propagated(proof.formulation), stored.multipliers, stored.trees)


@pytest.mark.slow
def test_what_is_read_back_proves_the_same_bound(proofs: tuple[Proof, ...], tmp_path: Path) -> None:
    path = tmp_path / "proof.npz"
    write_proofs(path, proofs)
    for proof, stored in zip(proofs, _read(path, proofs), strict=True):
        assert np.array_equal(stored.multipliers, proof.multipliers)
        assert len(stored.trees) == len(proof.trees)
        expected = _bound(proof, proof)
        assert _bound(proof, stored) == expected
        assert expected > _bound(proof, replace(stored, trees=())) or not proof.trees


def test_trees_are_read_back_node_by_node(proofs: tuple[Proof, ...], tmp_path: Path) -> None:
    path = tmp_path / "proof.npz"
    write_proofs(path, proofs)
    (stored, _) = _read(path, proofs)
    for ours, theirs in zip(proofs[0].trees, stored.trees, strict=True):
        assert np.array_equal(ours.block.columns, theirs.block.columns)
        assert np.array_equal(ours.block.rows, theirs.block.rows)
        assert ours.block.decisions == theirs.block.decisions
        for part in ("split", "at", "leaves", "inner", "cutoff"):
            assert np.array_equal(getattr(ours, part), getattr(theirs, part))


def test_files_whose_trees_are_not_narrowed_are_read(
    proofs: tuple[Proof, ...], tmp_path: Path
) -> None:
    path = tmp_path / "proof.npz"
    write_proofs(path, proofs)
    with np.load(path) as stored:
        arrays = {key: stored[key] for key in stored.files}
    older = {key: a for key, a in arrays.items() if key.split("/")[1] not in ("inner", "cutoffs")}
    assert len(older) < len(arrays)
    np.savez_compressed(path, **older)
    (stored, _) = _read(path, proofs)
    assert all(tree.cutoff == np.inf and not len(tree.inner) for tree in stored.trees)
    assert _bound(proofs[0], stored) <= _bound(proofs[0], proofs[0])


def test_files_without_cuts_are_read(proofs: tuple[Proof, ...], tmp_path: Path) -> None:
    def plain(tree: Tree) -> Tree:
        own = len(tree.block.rows)
        return replace(tree, leaves=tree.leaves[:, :own], inner=tree.inner[:, :own], cuts=None)

    without = [replace(p, trees=tuple(plain(tree) for tree in p.trees)) for p in proofs]
    path = tmp_path / "proof.npz"
    write_proofs(path, without)
    with np.load(path) as stored:
        older = {key: a for key, a in stored.items() if not key.split("/")[1].startswith("cut_")}
    for k in range(len(proofs)):
        del older[f"{k}/cuts"]
    np.savez_compressed(path, **older)
    (stored, _) = _read(path, without)
    assert _bound(proofs[0], stored) == _bound(proofs[0], without[0])


def test_cuts_are_read_back(proofs: tuple[Proof, ...], tmp_path: Path) -> None:
    assert any(len(tree.cuts or ()) for tree in proofs[0].trees)
    path = tmp_path / "proof.npz"
    write_proofs(path, proofs)
    (stored, _) = _read(path, proofs)
    for ours, theirs in zip(proofs[0].trees, stored.trees, strict=True):
        if ours.cuts is None or theirs.cuts is None:
            assert not len(ours.cuts or ())
            continue
        assert np.array_equal(ours.cuts.split, theirs.cuts.split)
        assert np.array_equal(ours.cuts.at, theirs.cuts.at)
        for part in ("forms", "below", "above"):
            one, other = getattr(ours.cuts, part), getattr(theirs.cuts, part)
            assert np.array_equal(one.toarray(), other.toarray())
    assert _bound(proofs[0], stored) == _bound(proofs[0], proofs[0])


def test_the_same_proofs_give_the_same_bytes(proofs: tuple[Proof, ...], tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        write_proofs(tmp_path / name, proofs)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def _spoilt(path: Path, name: str, change: object) -> None:
    with np.load(path) as stored:
        arrays = {key: stored[key] for key in stored.files}
    arrays[name] = change(arrays[name])  # type: ignore[operator]
    np.savez_compressed(path, **arrays)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("0/multipliers", lambda a: a.astype(int)),
        ("0/multipliers", lambda a: a[None, :]),
        ("0/sizes", lambda a: a[:, :3]),
        ("0/sizes", lambda a: a + 1),
        ("0/leaves", lambda a: a[:-1]),
        ("0/inner", lambda a: a[:-1]),
        ("0/cutoffs", lambda a: a[:-1]),
        ("0/cutoffs", lambda a: np.full_like(a, np.inf)),
        ("0/split", lambda a: np.full_like(a, -1)),
        ("0/split", lambda a: np.zeros_like(a)),
        ("0/at", lambda a: a[1:]),
        ("0/cuts", lambda a: a[:, :3]),
        ("0/cuts", lambda a: a + 1),
        ("0/cuts", lambda a: -a),
        ("0/cuts", lambda a: a * 10**6),
        ("0/cut_split", lambda a: a + 10**6),
        ("0/cut_split", lambda a: a[:-1]),
        ("0/cut_at", lambda a: a * np.nan),
        ("0/cut_row", lambda a: a - 10**6),
        ("0/cut_row", lambda a: a + 10**6),
        ("0/cut_column", lambda a: a + 10**6),
        ("0/cut_value", lambda a: a[:-1]),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    proofs: tuple[Proof, ...], tmp_path: Path, name: str, change: object
) -> None:
    path = tmp_path / "proof.npz"
    write_proofs(path, proofs)
    _spoilt(path, name, change)
    with pytest.raises(InputError, match=r"proof\.npz: is not the proof of a plan of 2 stages"):
        _read(path, proofs)


def _pickled() -> bytes:
    packed = io.BytesIO()
    np.savez(packed, np.array([{"a": 1}], dtype=object))
    return packed.getvalue()


def _bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0/multipliers.npy", b"x")
    content = bytearray(packed.getvalue())
    at = content.rindex(b"PK\x01\x02") + 24  # the size unpacked, as the directory states it
    content[at : at + 4] = (0xF0000000).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04", _pickled(), _bomb()])
def test_files_that_are_no_proof_are_refused(
    proofs: tuple[Proof, ...], tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "proof.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"proof\.npz: is not the proof of a plan"):
        _read(path, proofs)


def test_a_missing_file_and_a_missing_stage_are_refused(
    proofs: tuple[Proof, ...], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="is not the proof"):
        _read(tmp_path / "proof.npz", proofs)
    write_proofs(tmp_path / "proof.npz", proofs)
    with pytest.raises(InputError, match="of 3 stages"):
        _read(tmp_path / "proof.npz", [*proofs, proofs[0]])
