"""Fixtures that tests of several packages share."""

import argparse

import pytest

pytest.register_assert_rewrite("refusals")

from command_line import Run, runner  # noqa: E402
from other_machine import OPTION, pretend  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add an option that `.ci/run` uses, and that no other run needs."""
    parser.addoption(OPTION, type=int, metavar="SEED", help=argparse.SUPPRESS)


def pytest_configure(config: pytest.Config) -> None:
    """Become another machine before anything that counts is imported."""
    seed = config.getoption(OPTION)
    if seed is not None:
        pretend(seed)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``run("solve", folder, "--out", plan)`` runs the command line in this process."""
    return runner(monkeypatch, capsys)
