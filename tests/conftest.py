"""Fixtures that tests of several packages share."""

import pytest

pytest.register_assert_rewrite("refusals")

from command_line import Run, runner  # noqa: E402


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``run("solve", folder, "--out", plan)`` runs the command line in this process."""
    return runner(monkeypatch, capsys)
