"""One change to the tiny instance, and all that the program says about it."""

from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from builders import Edit, Tiny
from command_line import Run


def case(name: str, edit: Edit, *problems: str) -> ParameterSet:
    """A case: its name, the change, and every problem that must be reported, in order."""
    return pytest.param(edit, problems, id=name)


def check_refused(run: Run, folder: Path, edit: Edit, errors: tuple[str, ...]) -> None:
    """Solving must report exactly these errors, and leave no plan and no traceback behind."""
    tiny = Tiny()
    edit(tiny)
    answer = run("solve", tiny.write(folder / "tiny"), "--out", folder / "plan")
    found = [text for text in answer.problems if text.startswith("error: ")]
    assert found == [f"error: {error}" for error in errors]
    assert answer.code == 1
    assert answer.out == ""
    assert sorted(path.name for path in folder.iterdir()) == ["tiny"]


def check_accepted(run: Run, folder: Path, edit: Edit, warnings: tuple[str, ...] = ()) -> None:
    """Checking must give exactly these warnings, and no error."""
    tiny = Tiny()
    edit(tiny)
    answer = run("check", tiny.write(folder / "tiny"))
    assert answer.problems == [f"warning: {warning}" for warning in warnings]
    count = f"{len(warnings)} warning" + ("" if len(warnings) == 1 else "s")
    assert answer.err.endswith(f"0 errors, {count}\ntiny is valid\n")
    assert answer.code == 0
