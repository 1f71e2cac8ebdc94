"""The worked examples of CONTRIBUTING.md, applied to a copy of the tree."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


def patches() -> list[str]:
    """Return the patches: the rule, the objective, and the kind of measure."""
    return re.findall("(?s)```diff\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"))


def touched(patch: str) -> tuple[str, ...]:
    """Return the files that a patch adds or changes."""
    return tuple(line.split(" b/")[1] for line in patch.splitlines() if line.startswith("diff "))


@dataclass(frozen=True)
class Tree:
    """A copy of the tree.

    Parameters
    ----------
    folder : Path
    changed : tuple of tuple of str
        The files that each patch touches.
    """

    folder: Path
    changed: tuple[tuple[str, ...], ...]

    def passes(self, *tests: str) -> None:
        """Run tests of the copy, and say what fails."""
        paths = os.pathsep.join([str(self.folder / "src"), str(self.folder / "tests")])
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *tests],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-3000:]


def with_examples(folder: Path) -> Tree:
    """Copy the tree into a folder, and apply the patches one after the other."""
    for name in ("src", "tests", "models", "instances"):
        ignored = shutil.ignore_patterns("*.pyc.*")  # being written by another process
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    changed = []
    for patch in patches():
        subprocess.run(["git", "apply", "-"], cwd=folder, input=patch.encode(), check=True)
        changed.append(touched(patch))
    return Tree(folder, tuple(changed))
