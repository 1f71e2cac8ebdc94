"""What is done next is settled by work, never by the clock: else no run could be repeated."""

import ast
from pathlib import Path

import pytest

import commission_opt

ROOT = Path(commission_opt.__file__).parent
CLOCKS = {"perf_counter", "monotonic", "time", "process_time", "thread_time"}
SHOWN = {  # functions that read the clock only to say how long something took, or end all
    "allocation/algebraic.py": {"allocate_algebraically"},
    "allocation/allocate.py": {"certified"},
    "allocation/clock.py": {"__init__", "of", "total"},
    "allocation/stage.py": {"run_stage"},
    "solvers/believed.py": {"believed"},  # where there is no watch, as in explanations
    "solvers/first_order.py": {"solve_first_order"},
    "solvers/highs.py": {"_run", "solve_linear"},
    "solvers/persistent.py": {"_run"},
    "solvers/status.py": {"", "seconds"},
    "explain/what_if/no_plan.py": {"no_plan"},  # a diagnosis has so many seconds
    "solvers/work.py": {"", "begin", "grant", "left", "within"},
}


def readers(path: Path) -> set[str]:
    """The innermost functions of a file that read a clock."""
    found, tree = set(), ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in CLOCKS
            and isinstance(node.value, ast.Name)
            and node.value.id == "time"
        ):
            around = [f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)]
            found.add(max(around, key=lambda f: f.lineno).name if around else "")
    return found


@pytest.mark.parametrize(
    "folder",
    ["allocation", "solvers", "certificate", "uncertainty", "explain/what_if", "explain/ledger"],
)
def test_only_what_is_shown_reads_the_clock(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        assert readers(path) <= SHOWN.get(name, set()), name


def test_a_reader_of_the_clock_is_found(tmp_path: Path) -> None:
    path = tmp_path / "late.py"
    path.write_text("import time\n\ndef late(end):\n    return time.perf_counter() > end\n")
    assert readers(path) == {"late"}
