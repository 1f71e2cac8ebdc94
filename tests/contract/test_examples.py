"""No command knows rules, objectives or kinds of measures by name: each runs on CONTRIBUTING's."""

from pathlib import Path

import pytest

from examples import with_examples


@pytest.mark.parametrize(
    ("marked", "files"),
    [
        ("not slow", ["every_command", "on_measures"]),
        pytest.param(
            *("slow or not slow", ["every_command", "on_measures", "every_lever"]),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["some", "all"],
)
def test_commands_take_a_new_rule_objective_and_kind_of_measure(
    marked: str, files: list[str], tmp_path: Path
) -> None:
    folder = "tests/contract"
    with_examples(tmp_path).passes(*(f"{folder}/{name}.py" for name in files), *("-m", marked))
