"""The worked examples of CONTRIBUTING.md are patches that apply and pass their tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples import with_examples


@pytest.mark.slow
def test_the_worked_examples_apply_and_pass(tmp_path: Path) -> None:
    tree = with_examples(tmp_path)
    rule, objective = tree.changed
    assert len(rule) == 6  # rule, key, twin, test, golden, and the golden's switch
    assert len(objective) == 4  # objective, twin, test and golden
    for changed in (rule, objective):
        own = [name for name in changed if name.startswith("src/commission_opt/formulation/")]
        assert len(own) == 1
    tree.passes(
        "tests/formulation/test_largest_region.py",
        "tests/formulation/test_unused_capacity.py",
        "tests/formulation/test_goldens.py",
        "tests/algebra/test_objectives.py",
    )
