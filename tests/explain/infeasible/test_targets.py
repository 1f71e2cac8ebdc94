"""Why a target cannot be reached, and what would give a plan that does."""

from pathlib import Path

import pytest

import independent
from commission_opt.allocation.allocate import allocate
from commission_opt.explain.infeasible.contradictions import edited_policy
from commission_opt.explain.infeasible.diagnosis import diagnosis_of
from commission_opt.explain.infeasible.edits import edited
from commission_opt.files.shipped import find_instance
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.solvers.status import Limits
from commission_opt.workbook.opened import files_of
from samples import as_amounts, model

TARGETS = (
    '[[target]]\nof = "shortfall"\nat_most = 30\nfirst_year = 2028\n',
    '[[target]]\nof = "share_met"\nat_least = 0.95\nprofession = "nurse"\nfirst_year = 2029\n',
    '[[target]]\nof = "places"\nat_least = 90\n',
)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_that_is_not_reached_is_in_the_conflict_and_in_repairs(
    target: str, tmp_path: Path
) -> None:
    policy = parse_policy(f"{model(1)}\n{target}".encode())
    files = files_of(find_instance("two-by-two"))
    found = diagnosis_of(files, policy, limits=Limits(seconds=30))
    assert found.conflicts
    assert all(conflict.proved for conflict in found.conflicts)
    named = [s.statement.name for c in found.conflicts for s in c.stated]
    assert any(name.startswith("target ") for name in named)
    assert "target" in found.bends
    assert any(edit.file == "model.toml" for r in found.repairs for edit in r.edits)
    assert any(edit.file == "budgets.csv" for r in found.repairs for edit in r.edits)
    for k, repair in enumerate(found.repairs):
        own = edited_policy(policy, repair.edits)
        changed = edited(files, repair.edits)
        instance = read_contents(changed).instance
        assert instance is not None
        plan = allocate(instance, own, Limits(seconds=20))
        assert plan.certificate.valid
        folder = tmp_path / str(k)
        folder.mkdir()
        for name, content in changed.items():
            (folder / name).write_bytes(content)
        judge = independent.load_policy(own.content.decode())
        places = as_amounts(instance, plan.amounts)
        assert independent.violations(independent.load(folder), judge, places) == []


def test_a_target_that_is_reached_stands_in_nobodys_way() -> None:
    loose = TARGETS[0].replace("30", "60")
    policy = parse_policy(f"{model(1)}\n{loose}".encode())
    found = diagnosis_of(files_of(find_instance("two-by-two")), policy, limits=Limits(seconds=30))
    assert not found.conflicts
    assert found.places is not None
