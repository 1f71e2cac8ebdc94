"""The worked example of CONTRIBUTING.md is a patch that applies and passes its tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_worked_example_applies_and_passes(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("src", "tests", "models", "instances"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    patch = text.split("```diff\n")[1].split("```")[0]
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=patch.encode(), check=True)
    changed = [line.split(" b/")[1] for line in patch.splitlines() if line.startswith("diff ")]
    assert sum(name.startswith("src/commission_opt/formulation/") for name in changed) == 1
    assert len(changed) == 6  # rule, key, twin, test, golden, and the golden's switch
    tests = ["tests/formulation/test_largest_region.py", "tests/formulation/test_goldens.py"]
    paths = os.pathsep.join([str(tmp_path / "src"), str(tmp_path / "tests")])
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *tests],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
