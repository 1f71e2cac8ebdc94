"""Readers that leave, streams that are closed or full: the work is done, quietly."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from small_sweeps import MODEL
from some import some

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes of this kind are POSIX")

_PROGRAM = shlex.join([sys.executable, "-c", "from commission_opt.cli import main; main()"])


def _shell(line: str, folder: Path) -> tuple[int, str]:
    """Run a line of bash that starts with our arguments; return its code and what it said."""
    ran = subprocess.run(
        ["bash", "-c", f"{_PROGRAM} {line}"], cwd=folder, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr
    return ran.returncode, ran.stderr


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("line", "code", "words"),
    some(
        [
            ("list | true; exit ${PIPESTATUS[0]}", 0, ""),
            ("list >&-", 0, ""),
            ("list <&- >&- 2>&-", 0, ""),
            ("list > /dev/full", 2, "the output cannot be written: the disk is full"),
            ("describe two-by-two > /dev/full", 2, "the output cannot be written"),
            ("describe nowhere 2> /dev/full", 1, ""),
        ],
        3,
    ),
)
def test_what_is_printed(line: str, code: int, words: str, tmp_path: Path) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    found, said = _shell(line, tmp_path)
    assert found == code
    assert words in " ".join(said.split())
    assert len(said.splitlines()) <= 2


ENDS = ("| true; exit ${PIPESTATUS[0]}", ">&- 2>&-", "2> /dev/null >&-")


@pytest.mark.slow
@pytest.mark.parametrize("end", some(ENDS, 3))
def test_a_plan_is_written_whoever_listens(end: str, tmp_path: Path) -> None:
    line = f"solve two-by-two --model {shlex.quote(str(MODEL))} --out plan --json 2>&1 {end}"
    assert _shell(line, tmp_path)[0] == 0
    assert (tmp_path / "plan" / "plan.json").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]
