"""Instances made infeasible by chance: conflicts and repairs held to the independent model."""

from pathlib import Path

import numpy as np
import pytest

import independent
from commission_opt.explain.infeasible.diagnosis import Diagnosis, diagnosis_of
from commission_opt.explain.infeasible.edits import edited
from commission_opt.instance.files import read_files
from commission_opt.instance.write import write_instance
from commission_opt.policy_file import parse_policy
from planted import holds
from samples import made, model
from some import diagonal

SOME = range(4)
CASES = [
    *diagonal(SOME, (True, False), every=2),
    *(
        pytest.param(seed, integer, marks=pytest.mark.slow)
        for seed in range(4, 20)
        for integer in (True, False)
    ),
]


def tightened(folder: Path, seed: int) -> None:
    """Write a generated instance with a few figures drawn tighter."""
    rng = np.random.default_rng(seed)
    synthetic = made(4, 2, 1, 1 + seed % 3, 7)
    tables = {name: frame.copy() for name, frame in synthetic.tables.items()}
    for table, column in (("budgets", "amount"), ("placements", "capacity")):
        values = np.array([float(v) for v in tables[table][column]])
        some = rng.random(len(values)) < 0.1 * (seed % 4)
        values[some] *= rng.uniform(0.75, 0.98, int(some.sum()))
        tables[table][column] = [round(v) for v in values]
    courses = tables["courses"] = tables["courses"].astype({"cohort_step": object})
    for at in rng.choice(len(courses), seed % 4, replace=False):
        most = int(courses["max_intake"].iloc[at])
        courses.loc[courses.index[at], "min_cohort"] = int(most * rng.uniform(0.5, 1.0))
        courses.loc[courses.index[at], "cohort_step"] = int(rng.choice([1, 7, 10]))
    write_instance(folder, synthetic.settings, tables)


@pytest.mark.each(4)
@pytest.mark.parametrize(("seed", "integer"), CASES)
def test_conflicts_and_repairs_hold(seed: int, integer: bool, tmp_path: Path) -> None:
    tightened(tmp_path, seed)
    text = model(integer=integer)
    found = diagnosis_of(read_files(tmp_path), parse_policy(text.encode()))
    if not found.errors:
        assert (found.places is not None) == has_plan(tmp_path, text)
    for conflict in found.conflicts:
        statements = [said.statement for said in conflict.stated]
        assert conflict.minimal
        assert not holds(tmp_path, text, statements)
        for said in statements:
            assert holds(tmp_path, text, [other for other in statements if other != said]), said
    check_repairs(found, tmp_path, text)


def check_repairs(found: Diagnosis, folder: Path, text: str) -> None:
    if found.conflicts:
        assert found.repairs
    target = folder / "repaired"
    target.mkdir()
    for repair in found.repairs:
        for name, content in edited(read_files(folder), repair.edits).items():
            (target / name).write_bytes(content)
        assert has_plan(target, text), repair


def has_plan(folder: Path, text: str) -> bool:
    try:
        independent.solve(independent.load(folder), independent.load_policy(text), gap=1e6)
    except independent.Infeasible:
        return False
    return True


def test_some_of_them_are_infeasible_and_some_are_not(tmp_path: Path) -> None:
    plans = []
    for seed in SOME:
        folder = tmp_path / str(seed)
        folder.mkdir()
        tightened(folder, seed)
        plans.append(has_plan(folder, model()))
    assert any(plans)
    assert not all(plans)
