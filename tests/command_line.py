"""The command line, run inside a test, and what it prints."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from commission_opt.cli import main

Run = Callable[..., "Answer"]


@dataclass(frozen=True)
class Answer:
    """What a run of the command line returned and printed."""

    code: int
    out: str
    err: str

    @property
    def problems(self) -> list[str]:
        """The problems, one text each: "error: courses.csv row 3, region: …"."""
        found: list[list[str]] = []
        for line in self.err.splitlines():
            if line.startswith("│"):
                cells = [cell.strip() for cell in line.strip("│").split("│")]
                if cells[0]:
                    found.append(cells)
                else:  # the message runs on
                    found[-1][4] += " " + cells[4]
            elif line.startswith(("error  ", "warning  ")):  # the list of a narrow screen
                severity, said = line.split("  ", 1)
                found.append([severity, said.strip()])
            elif found and line.startswith("       ") and len(found[-1]) == 2:
                found[-1][1] += " " + line.strip()
        return [": ".join(cells) if len(cells) == 2 else _text(*cells) for cells in found]


def _text(severity: str, file: str, row: str, column: str, message: str) -> str:
    place = file + (f" row {row}" if row else "") + (f", {column}" if column else "")
    return f"{severity}: {place}: {message}"


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs ``commission-opt`` as in a shell whose output is no screen."""
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["commission-opt", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        assert isinstance(left.value.code, int | None)
        return Answer(left.value.code or 0, said.out, said.err)

    return run


def main_in(folder: Path, *arguments: object) -> None:
    """Run ``commission-opt`` in a folder, for a fixture that many tests share; it must succeed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["commission-opt", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
    assert left.value.code in (0, None)
