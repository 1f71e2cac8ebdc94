"""Every command of the guide, in its order, as a new user would run them."""

import shlex
from pathlib import Path

import openpyxl
import pytest

from command_line import Run

GUIDE = (Path(__file__).parents[1] / "docs" / "guide.md").read_text("utf-8")
COMMANDS = [line.strip() for line in GUIDE.splitlines() if line.startswith("    commission-opt ")]
FAILING = {"commission-opt check empty.xlsx": 1}


def _returned(target: str, course: str, column: str, value: float) -> None:
    """Write a region's copy of the national workbook with one cell changed."""
    book = openpyxl.load_workbook("national.xlsx")
    sheet = book["courses"]
    heads = [cell.value for cell in sheet[1]]
    (row,) = [r for r in sheet.iter_rows(min_row=2) if r[heads.index("course")].value == course]
    row[heads.index(column)].value = value
    book.save(target)


def test_every_command_does_what_the_guide_says(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("jinja2")
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) > 15
    for command in COMMANDS:
        if command.startswith("commission-opt workbook merge"):
            _returned("south-west.xlsx", "podiatry-SW", "max_intake", 50)
            _returned("london.xlsx", "midwifery-LON", "fill_rate", 0.93)
        found = run(*shlex.split(command)[1:])
        assert found.code == FAILING.get(command, 0), (command, found.err)
    assert (tmp_path / "report.html").stat().st_size < 3 * 2**20
    last = run("verify", "plans/round")
    assert last.err.count("Signed as it is by") == 3
    assert {path.name for path in Path("plans").iterdir()} == {"last", "round"}
