"""The worked examples of CONTRIBUTING.md are patches that apply and pass their tests."""

from pathlib import Path

import pytest

from examples import patches, touched, with_examples

NEEDED = {
    "rule": {
        "src/commission_opt/formulation/rules/largest_region.py",
        "src/commission_opt/policy.py",
        "src/commission_opt/algebra/rules.py",
    },
    "objective": {
        "src/commission_opt/formulation/objectives/unused_capacity.py",
        "src/commission_opt/algebra/objectives.py",
    },
    "kind of measure": {
        "src/commission_opt/activities/overtime.py",
        "src/commission_opt/algebra/measures.py",
    },
}
"""All that an example may touch, but for tests and docs."""


def test_an_example_needs_no_more_files_than_it_says() -> None:
    for (what, needed), patch in zip(NEEDED.items(), patches(), strict=True):
        outside = {name for name in touched(patch) if not name.startswith(("tests/", "docs/"))}
        assert outside == needed, what


@pytest.mark.slow
def test_the_worked_examples_apply_and_pass(tmp_path: Path) -> None:
    tree = with_examples(tmp_path)
    assert [len(changed) for changed in tree.changed] == [6, 4, 3]
    tree.passes(
        "tests/formulation/test_largest_region.py",
        "tests/formulation/test_unused_capacity.py",
        "tests/formulation/test_goldens.py",
        "tests/activities",
        "tests/algebra/test_objectives.py",
        "tests/algebra/test_measures.py",
    )
