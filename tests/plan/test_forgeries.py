"""Plans forged by hand and at random: none is believed unless what it says is true.

What is true is known from an honest solve of the same problem: the value of the plan's own places
by the rules of the objective, and that no bound may be above the best plan known.
"""

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.certificate.certify import certify
from commission_opt.errors import CommissionOptError
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.read import read_plan
from commission_opt.plan.verify import verify
from commission_opt.plan.write import write_plan
from commission_opt.solvers.status import Limits
from samples import model, policy, result_of, sample
from some import some

Record = dict[str, Any]
Arrays = dict[str, np.ndarray]
NEAR = 1e-6
KINDS = {
    "trees": (model(), False),
    "stages": (model(stages=(("shortfall", 0.05), ("change", 0.0), ("worst_region", 0.0))), False),
    "relaxed": (model(2, integer=False), False),
}


@dataclass(frozen=True)
class Honest:
    folder: Path
    found: Allocation
    best: list[float]  # of each stage; no plan that keeps earlier limits has less


@pytest.fixture(scope="module", params=KINDS)
def honest(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Honest:
    text, _ = KINDS[request.param]
    instance = sample(5, 3, 1, 4).instance
    found = allocate(instance, policy(text), Limits(seconds=20, gap=0.0))
    if request.param == "trees":
        assert found.proofs[0].trees
    folder = tmp_path_factory.mktemp(request.param) / "plan"
    write_plan(found, folder)
    return Honest(folder, found, [stage.objective for stage in found.certificate.stages])


def _load(folder: Path) -> tuple[Record, Arrays]:
    record = json.loads((folder / "plan.json").read_text("utf-8"))
    with np.load(folder / "proof.npz") as stored:
        return record, {name: stored[name] for name in stored.files}


def _store(folder: Path, record: Record, arrays: Arrays) -> None:
    """Write a forged plan whose hashes are right."""
    np.savez_compressed(folder / "proof.npz", **arrays)  # type: ignore[arg-type]
    outputs = record.get("hashes", {}).get("outputs") if isinstance(record, dict) else None
    if isinstance(outputs, dict):
        for name in outputs:
            if (folder / name).is_file():
                outputs[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")


def _believed(folder: Path) -> bool:
    """Say whether a plan is believed; whatever is in it, there is no other error."""
    try:
        return verify(read_plan(folder, judged=False)).holds
    except CommissionOptError:
        return False


def _near(said: float, true: float) -> bool:
    return abs(said - true) <= NEAR * max(1.0, abs(true))


def _untrue(folder: Path, honest: Honest) -> list[str]:
    """Name what a believed plan says and is not so."""
    record = json.loads((folder / "plan.json").read_text("utf-8"))
    plan = read_plan(folder, judged=False)
    problem = honest.found.problem
    result = result_of(problem, plan.places)
    wrong = []
    for k, stage in enumerate(record["stages"]):
        kind = OBJECTIVES[honest.found.policy.objectives[k].minimise]
        if not _near(stage["final"], kind.value(problem, result)):
            wrong.append(f"stages.{k}.final")
        if stage["bound"] > honest.best[k] + NEAR * max(1.0, abs(honest.best[k])):
            wrong.append(f"stages.{k}.bound")
        if stage["objective"] < honest.best[k] - NEAR * max(1.0, abs(honest.best[k])):
            wrong.append(f"stages.{k}.objective")
        gap = max(0.0, stage["objective"] - stage["bound"]) / max(abs(stage["objective"]), 1e-9)
        if not _near(stage["gap"], gap):
            wrong.append(f"stages.{k}.gap")
        if stage["unit"] != kind.unit:
            wrong.append(f"stages.{k}.unit")
        own = honest.found.certificate.stages[k].eased
        if own is not None and (said := stage.get("eased")):
            slack = NEAR * max(1.0, abs(own.objective))
            if said["bound"] > own.objective + slack or said["objective"] < own.bound - slack:
                wrong.append(f"stages.{k}.eased")
    first = record["stages"][0]
    wrong += [
        name for name in ("objective", "bound", "gap", "unit") if record[name] != first[name]
    ]  # fmt: skip
    true = json.loads((honest.folder / "plan.json").read_text("utf-8"))
    same = ("instance", "model", "integer", "counts", "without_new_places")
    if np.array_equal(plan.places, honest.found.places):
        wrong += [name for name in same if record[name] != true[name]]
    near = all(stage["gap"] <= min(record["asked_gap"], 0.05) for stage in record["stages"])
    if record["status"] != ("optimal" if near else "feasible"):
        wrong.append("status")
    return wrong


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) \
        if isinstance(value, list) else ()  # fmt: skip
    for key, part in inner:
        found += _paths(part, (*path, key))
    return found


def _edit_record(record: Record, by: random.Random) -> None:
    path = by.choice([p for p in _paths(record) if p[0] != "hashes" or by.random() < 0.1])
    inside: Any = record
    for key in path[:-1]:
        inside = inside[key]
    old, key = inside[path[-1]], path[-1]
    if isinstance(old, bool):
        inside[key] = not old
    elif isinstance(old, int | float) and by.random() < 0.8:
        inside[key] = by.choice([
            old * (1 - 1e-3), old * (1 + 1e-3), old + 1, 0, -old, 1e300, old * (1 - 1e-5), -1, 1,
        ])  # fmt: skip
    else:
        inside[key] = by.choice([None, [], {}, "", "x", 0, -1, 1e9, True, [[]], {"a": 1}, "2"])
    if by.random() < 0.1:
        inside.pop(key) if isinstance(inside, dict) else inside.clear()
    if by.random() < 0.1:
        record["extra"] = 1


def _edit_arrays(arrays: Arrays, by: random.Random) -> None:
    name = by.choice(sorted(arrays))
    old = arrays[name]
    flat = old.ravel()
    if by.random() < 0.25 or not flat.size:
        arrays[name] = by.choice([
            old.astype(float), old.astype(np.int64), old.astype(np.int32), old[:-1], old[:0],
            np.concatenate([old, old]), old[None], old.astype(str), np.asfortranarray(old),
            old.astype(complex), old.astype(bool),
        ])  # fmt: skip
        return
    new = flat.copy()
    at = by.randrange(len(new))
    if new.dtype.kind == "i":
        new[at] = by.choice([-1, -2, new[at] - len(new), new[at] + 1, 0, 2**62, -(2**62), 10**6])
    else:
        new[at] = by.choice([np.nan, np.inf, -np.inf, 2e16, -2e16, 0.0, new[at] * 1.5, 1e300])
    if by.random() < 0.2:
        new = new * 2
    arrays[name] = new.reshape(old.shape)


def _consistent(folder: Path, arrays: Arrays, record: Record) -> None:
    """Let the record say what the certificate makes of forged arrays, as a forger would."""
    _store(folder, record, arrays)
    try:
        found = verify(read_plan(folder, judged=False))
    except CommissionOptError:
        return
    _say(record, certify(found.plan.problem, found.plan.outcome, found.proofs))


def _say(record: Record, certificate: Any) -> None:
    for key in ("objective", "bound", "gap", "without_new_places", "achieved"):
        record[key] = getattr(certificate, key)
    for said, stage in zip(record["stages"], certificate.stages, strict=True):
        said |= {key: getattr(stage, key) for key in
                 ("objective", "final", "limit", "bound", "gap", "consistent")}  # fmt: skip
    record["status"] = "optimal"
    record["certificate"] |= {"feasible": True, "consistent": True, "largest_violation": 0.0}


@pytest.mark.each(3)
@pytest.mark.parametrize(
    "part", [0, *(pytest.param(k, marks=pytest.mark.slow) for k in range(1, 10))]
)
def test_no_forged_plan_is_believed_unless_it_is_true(
    honest: Honest, tmp_path: Path, part: int
) -> None:
    believed = 0
    for seed in range(7 * part, 7 * (part + 1)):
        by = random.Random(seed)
        folder = Path(shutil.copytree(honest.folder, tmp_path / str(seed)))
        record, arrays = _load(folder)
        for _ in range(by.choice([1, 1, 2, 3])):
            if by.random() < 0.5:
                _edit_record(record, by)
            else:
                _edit_arrays(arrays, by)
        if by.random() < 0.3 and isinstance(record.get("stages"), list):
            with suppress(TypeError, ValueError, KeyError, AttributeError):
                _consistent(folder, arrays, record)
        _store(folder, record, arrays)
        if _believed(folder):
            believed += 1
            assert _untrue(folder, honest) == [], seed
        shutil.rmtree(folder)
    assert believed < 14


def _twice(position: Callable[[np.ndarray, int], np.ndarray]) -> Callable[..., None]:
    """Count the block of the first tree twice, by positions that wrap to the same."""

    def forge(arrays: Arrays, sizes: tuple[int, int]) -> None:
        rows, columns = sizes
        sizes_ = arrays["0/sizes"]
        width, height, _, nodes, leaves = sizes_[0]
        arrays["0/sizes"] = np.concatenate([sizes_, sizes_[:1]])
        arrays["0/columns"] = np.concatenate(
            [arrays["0/columns"], position(arrays["0/columns"][:width], columns)]
        )
        arrays["0/rows"] = np.concatenate(
            [arrays["0/rows"], position(arrays["0/rows"][:height], rows)]
        )
        for name, length in (("split", nodes), ("at", nodes), ("leaves", height * leaves)):
            arrays[f"0/{name}"] = np.concatenate(
                [arrays[f"0/{name}"], arrays[f"0/{name}"][:length]]
            )

    return forge


@pytest.mark.each(2)
@pytest.mark.parametrize(
    "position", [lambda a, n: a - n, lambda a, n: a + n, lambda a, _: a, lambda a, n: a - 2 * n]
)
def test_a_block_counted_twice_is_refused(
    tmp_path: Path, position: Callable[[np.ndarray, int], np.ndarray]
) -> None:  # fmt: skip
    found = allocate(sample(5, 3, 1, 4).instance, policy(model()), Limits(seconds=20, gap=0.0))
    folder = tmp_path / "plan"
    write_plan(found, folder)
    record, arrays = _load(folder)
    shape = found.proofs[0].formulation.program.matrix.shape
    _twice(position)(arrays, (int(shape[0]), int(shape[1])))
    _store(folder, record, arrays)
    with pytest.raises(CommissionOptError, match=r"proof\.npz: "):
        verify(read_plan(folder))


def _lower_objective(record: Record, _: Arrays) -> None:
    first = record["stages"][0]
    first["objective"] = record["objective"] = first["bound"]
    first["gap"] = record["gap"] = 0.0
    first["limit"] = first["objective"] * 1.05
    record["achieved"] = 1.0


def _lower_without_places(record: Record, arrays: Arrays) -> None:
    _lower_objective(record, arrays)
    arrays["0/places"] = np.zeros((0, 0))


def _other_places(_: Record, arrays: Arrays) -> None:
    arrays["0/places"] = arrays["0/places"] + 5.0


def _status(record: Record, arrays: Arrays) -> None:
    record["asked_gap"], record["status"] = 1.0, "optimal"
    arrays["0/multipliers"] = arrays["0/multipliers"] * 0.5


RECIPES: dict[str, Callable[[Record, Arrays], object]] = {
    "an objective no plan reaches": _lower_objective,
    "the same without places": _lower_without_places,
    "places that break rules": _other_places,
    "a loose gap": _status,
    "a huge asked gap": lambda r, _: r.update(asked_gap=1e9, status="optimal"),
    "counts": lambda r, _: r["counts"].update(places=r["counts"]["places"] + 1),
    "rows": lambda r, _: r["counts"].update(rows=1),
    "unit": lambda r, _: r.update(unit="lives saved"),
    "unit of a stage": lambda r, _: r["stages"][0].update(unit="lives saved"),
    "violation": lambda r, _: r["certificate"].update(largest_violation=0.5),
    "where": lambda r, _: r["certificate"].update(where="a budget", largest_violation=0.0),
    "name of the instance": lambda r, _: r.update(instance="England"),
    "name of the model": lambda r, _: r.update(model="fair"),
    "no hashes of tables": lambda r, _: r["hashes"].update(outputs={}),
    "a table without hash": lambda r, _: r["hashes"]["outputs"].pop("supply.csv"),
    "a file elsewhere": lambda r, _: r["hashes"]["inputs"].update({"../../x": "0" * 64}),
    "an unknown key": lambda r, _: r.update(approved_by="The Board"),
    "fractions": lambda r, _: r.update(integer=not r["integer"]),
    "fewer stages": lambda r, _: r.update(stages=r["stages"][:0]),
    "another stage": lambda r, _: r["stages"][0].update(minimise="cost"),
    "an unknown stage": lambda r, _: r["stages"][0].update(minimise="joy"),
    "no boolean": lambda r, _: r.update(interrupted="no"),
    "an end without work": lambda r, _: r.update(ends=[{"asked": True, "plans": 0}]),
    "an end that is no table": lambda r, _: r.update(ends=["time"]),
    "no list of ends": lambda r, _: r.update(ends={}),
    "seconds": lambda r, _: r["seconds"].update(search="fast"),
    "consistent": lambda r, _: r["stages"][-1].update(consistent=False),
    "an extra array": lambda _, a: a.update(extra=np.zeros(10)),
}


@pytest.mark.each(4)
@pytest.mark.parametrize("recipe", some(RECIPES, 3))
def test_recipes_of_forgers_are_not_believed(honest: Honest, tmp_path: Path, recipe: str) -> None:
    folder = Path(shutil.copytree(honest.folder, tmp_path / "plan"))
    record, arrays = _load(folder)
    RECIPES[recipe](record, arrays)
    _store(folder, record, arrays)
    assert not _believed(folder) or _untrue(folder, honest) == []
    if recipe not in ("a loose gap", "an objective no plan reaches", "the same without places"):
        assert not _believed(folder)
