"""Processes that tests start: ended after the test, whatever happens in it.

What a failed test left running, or open, Python would warn of in whichever test comes later, and
that one would fail too.
"""

import subprocess
from collections.abc import Sequence
from typing import Any

_STARTED: list[subprocess.Popen[str]] = []


def start(command: Sequence[str], **options: Any) -> subprocess.Popen[str]:
    """Start a process that reads and writes text."""
    _STARTED.append(subprocess.Popen(command, text=True, **options))
    return _STARTED[-1]


def end_all() -> None:
    """Kill what is still running and close what is still open."""
    while _STARTED:
        with _STARTED.pop() as process:
            process.kill()
