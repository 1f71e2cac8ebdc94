"""The guide to levers: every command is run, and what it prints is what stands below it."""

import shlex
from pathlib import Path

import pytest

from command_line import Run
from guide_steps import Commands, difference, steps

GUIDE = (Path(__file__).parents[1] / "docs" / "levers.md").read_text("utf-8")


@pytest.mark.slow
def test_the_guide_to_levers_is_what_happens(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks, stale = 0, []
    for step in steps(GUIDE):
        assert isinstance(step, Commands)
        texts = []
        for command in step.lines:
            found = run(*shlex.split(command)[1:])
            assert found.code == step.code, (command, found.err)
            texts += [found.out, found.err]
        blocks += 1
        wrong = None if step.shown is None else difference(step.shown, "\n".join(texts))
        if wrong:
            stale.append(f"{step.lines}\n{wrong}")
    assert not stale, "\n\n".join(stale)
    assert blocks >= 6
