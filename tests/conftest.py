"""Fixtures that tests of several packages share."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

pytest.register_assert_rewrite("refusals")

from command_line import Run, runner  # noqa: E402
from other_machine import OPTION, pretend  # noqa: E402
from some import part_of, thin  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PART = "--part-of-slow"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add options that `.ci/run` uses, and that no other run needs."""
    parser.addoption(OPTION, type=int, metavar="SEED", help=argparse.SUPPRESS)
    parser.addoption(PART, type=int, metavar="EVERY", help=argparse.SUPPRESS)
    parser.addoption("--screens", metavar="DIR", help="folder for screens of docs/guide-browser.md")


def pytest_configure(config: pytest.Config) -> None:
    """Become another machine before anything that counts is imported."""
    seed = config.getoption(OPTION)
    if seed is None:
        import pandas as pd

        pd.set_option("mode.string_storage", "python")  # as where pyarrow is not installed
    else:
        pretend(seed)
    # The same examples on every run, on a machine of any speed, so that no failure is luck.
    whole = not config.getoption("markexpr")  # the whole set, which meets more of them
    slow = [HealthCheck.too_slow]
    steady = settings(
        max_examples=100 if whole else 20,
        deadline=None, derandomize=True, database=None, suppress_health_check=slow,
    )  # fmt: skip
    settings.register_profile("steady", steady)
    settings.load_profile("steady")
    settings.register_profile("many", settings(steady, max_examples=150 if whole else 25))
    settings.register_profile("few", settings(steady, max_examples=16 if whole else 3))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave most of many like cases to the whole set, before those are left out."""
    thin(items)
    if every := config.getoption(PART):
        items[:], others = part_of(items, every)
        config.hook.pytest_deselected(items=others)


@pytest.fixture(scope="session", autouse=True)
def _reading_once() -> Iterator[None]:
    """Read files of the same content once."""
    from reading_once import read_once

    with pytest.MonkeyPatch.context() as patch:
        read_once(patch)
        yield


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``run("solve", folder, "--out", plan)`` runs the command line in this process."""
    return runner(monkeypatch, capsys)


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    """End the processes that a test started."""
    from started import end_all

    yield
    end_all()


@pytest.fixture
def _heeded() -> Iterator[None]:
    """Ctrl-C interrupts, even in a background job of a shell, which starts out ignoring it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window; tests that need it are skipped where it is not installed."""
    program = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("chromium is not installed")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with api.sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"] if root else []
        )
        yield found
        found.close()
