"""Planted defects: a copy of the program with one change must not pass the comparison."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = """
name = "planted"
title = "A small case"
[defaults]
time_limit = 300
[[case]]
instance = "two-by-two"
model = "own"
method = "exact"
"""
ENGLAND = SPEC.split("[[case]]")[0] + '[[case]]\ninstance = "england-2026"\nmethod = "fast"\n'
SLEEP = (
    "formulation/assemble.py",
    "    program = restricted(",
    "    __import__('time').sleep(0.2)\n",
)


@dataclass(frozen=True)
class Copy:
    """A copy of the source tree, to be spoilt."""

    folder: Path

    def plant(self, file: str, before: str, line: str) -> None:
        """Put a line before the one place in a file that has a text."""
        path = self.folder / "src" / "commission_opt" / file
        text = path.read_text("utf-8")
        assert text.count(before) == 1
        path.write_text(text.replace(before, line + before), encoding="utf-8")

    def compared(self, spec: str, *options: str, repeats: int = 1) -> tuple[int, str]:
        """Run a specification on this copy and on the clean tree in turn, and compare."""
        base = self.folder / "base.jsonl"
        self.ran(spec, "--against", str(ROOT), "--base-out", str(base), "--repeats", str(repeats))
        return self.judged(base, *options)

    def held_to(self, base: Path) -> tuple[int, str]:
        """Run the small case on this copy, and compare it with rows of the clean tree."""
        self.ran(SPEC, "--repeats", "1")
        return self.judged(base)

    def ran(self, spec: str, *options: str) -> Path:
        """Run a specification on this copy, and return its rows."""
        (self.folder / "spec.toml").write_text(spec, encoding="utf-8")
        ran = self._bench("run", "spec.toml", "--out", "head.jsonl", *options)
        assert ran.returncode == 0, ran.stderr
        return self.folder / "head.jsonl"

    def judged(self, base: Path, *options: str) -> tuple[int, str]:
        """Compare the rows of this copy with those of the clean tree."""
        judged = self._bench("compare", str(base), "head.jsonl", *options)
        assert judged.returncode in (0, 1), judged.stderr
        return judged.returncode, judged.stdout

    def _bench(self, *words: str) -> subprocess.CompletedProcess[str]:
        code = "from commission_opt.cli import main; main()"
        environment = {**os.environ, "PYTHONPATH": str(self.folder / "src")}
        environment.pop("GITHUB_STEP_SUMMARY", None)
        return subprocess.run(
            [sys.executable, "-c", code, "bench", *words],
            cwd=self.folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip


def copied(folder: Path) -> Copy:
    for name in ("src", "models", "instances"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("sources"))
    return Copy(folder)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return copied(tmp_path)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the rows of the small case on the clean tree."""
    return copied(tmp_path_factory.mktemp("clean")).ran(SPEC, "--repeats", "1")


def blocking(report: str) -> str:
    """Return the part of a report that says what blocks."""
    return report.split("### ")[0]


@pytest.mark.slow
def test_the_same_code_is_not_flagged(copy: Copy) -> None:
    code, report = copy.compared(SPEC)
    assert (code, report.split("\n")[0]) == (0, "## Benchmarks: no regression in 1 case")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "before", "planted", "said"),
    [
        pytest.param(
            "formulation/shortage.py", "    return np.asarray(profession[:, None, None]",
            "    profession = 0.97 * profession\n",
            ("one of the two is wrong", "| deterministic | objective |"),
            id="a wrong objective that its own certificate believes",
        ),
        pytest.param(
            "formulation/objectives/shortfall.py", "    return total + float(targeted.priced(",
            "    total *= 1.02\n", ("→ uncertified", "| wrong | certificate |"),
            id="a wrong objective that its certificate catches",
        ),
        pytest.param(
            "solvers/highs.py", "    for name, value in limits.options.items():",
            '    option(highs, "presolve", "off")\n',
            ("| deterministic | solver options |", "presolve=off"), id="another solver option",
        ),
        pytest.param(
            "formulation/assemble.py", "    program = restricted(",
            "    raise RuntimeError('bang')\n", ("optimal → crash", "bang"), id="a crash",
        ),
    ],
)  # fmt: skip
def test_an_error_blocks(
    copy: Copy, base: Path, file: str, before: str, planted: str, said: tuple[str, ...]
) -> None:
    copy.plant(file, before, planted)
    code, report = copy.held_to(base)
    assert code == 1
    assert all(text in blocking(report) for text in said)


@pytest.mark.slow
def test_a_worse_gap(copy: Copy) -> None:
    copy.plant(
        "allocation/stage.py", "        task = Task(own, self.relaxation, limits",
        "        watch.target = 1.5 * self.relaxation.bound\n",
    )  # fmt: skip
    code, report = copy.compared(ENGLAND, "--fail-on", "gap,status")
    assert code == 1
    assert "| gap | gap |" in blocking(report)
    assert "optimal → feasible" in blocking(report)


@pytest.mark.slow
def test_a_slow_down_in_assembly(copy: Copy) -> None:
    copy.plant(*SLEEP)
    code, report = copy.compared(SPEC, "--fail-on", "ratio", repeats=6)
    assert code == 1
    assert "| ratio | seconds of assemble |" in blocking(report)
