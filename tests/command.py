"""Run the command line in this process, as a user's shell would."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from unittest.mock import patch

import pytest

from commission_opt.cli import main


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Ran:
    """Call ``commission-opt`` with arguments; return its exit code and what it printed."""
    capsys.readouterr()
    with patch.object(sys, "argv", ["commission-opt", *map(str, arguments)]):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    return Ran(code, printed.out, printed.err)
