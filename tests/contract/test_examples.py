"""No command knows rules or objectives by name: each runs on those of CONTRIBUTING.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples import with_examples


@pytest.mark.parametrize(
    "marked", ["not slow", pytest.param("slow or not slow", marks=pytest.mark.slow)]
)
def test_commands_take_a_new_rule_and_a_new_objective(marked: str, tmp_path: Path) -> None:
    with_examples(tmp_path).passes("tests/contract/every_command.py", "-m", marked)
