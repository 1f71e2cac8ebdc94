"""docs/targets.md says what the program answers."""

import shlex
from pathlib import Path

import pytest

from command_line import Run

PAGE = (Path(__file__).parents[2] / "docs/targets.md").read_text("utf-8")


def examples() -> list[tuple[str, list[str]]]:
    """Commands of the page that are followed by what they answer, each sentence a line."""
    found: list[tuple[str, list[str]]] = []
    for line in PAGE.splitlines():
        if line.startswith("    commission-opt reach england"):
            found.append((line.strip(), []))
        elif line.startswith("> "):
            found[-1][1].append(line.removeprefix("> "))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("command", "said"), examples())
def test_what_the_page_shows_is_answered(command: str, said: list[str], run: Run) -> None:
    assert said
    ran = run(*shlex.split(command)[1:])
    answer = " ".join(ran.out.split())
    for sentence in said:
        assert sentence in answer
