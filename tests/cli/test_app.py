"""Commands are listed without being imported, and as they say of themselves."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import commission_opt
from command_line import Run
from command_tree import commands
from commission_opt.cli.app import COMMANDS, Later
from some import some

HEAVY = ("numpy", "pandas", "scipy", "highspy", "pyomo")
FUTURES = "commission_opt.futures."
UNNEEDED = (
    "scipy.stats", "scipy.special", "scipy.optimize", "openpyxl", "xlsxwriter", "pyomo", "plotly",
    "matplotlib", "jinja2", "distributed", "SALib",
)  # fmt: skip
CODE = (
    "import sys; from commission_opt.cli import main\n"
    "sys.argv = ['commission-opt', *sys.argv[1:]]\n"
    "try: main()\n"
    "finally: print(*sys.modules, file=sys.stderr)\n"
)


def _imported(*words: str) -> tuple[str, set[str]]:
    """Run a command, and return what it printed and the modules that it imported."""
    ran = subprocess.run(
        [sys.executable, "-c", CODE, *words], capture_output=True, text=True, check=True
    )
    return ran.stdout, set(ran.stderr.split())


def test_help_and_version_import_no_command_and_no_heavy_library() -> None:
    for option, words in (("--help", "solve"), ("--version", commission_opt.__version__)):
        said, modules = _imported(option)
        assert words in said
        assert modules.isdisjoint(HEAVY)
        assert modules.isdisjoint(f"commission_opt.cli.{name}" for name in COMMANDS)


@pytest.mark.each(3)
@pytest.mark.parametrize("name", some(COMMANDS, 4))
def test_help_of_a_command_imports_it_alone_and_no_heavy_library(name: str) -> None:
    _, modules = _imported(name, "--help")
    assert modules.isdisjoint(HEAVY)
    own = {f"commission_opt.cli.{command}" for command in COMMANDS}
    assert modules & own == {f"commission_opt.cli.{name}"}


def test_solve_imports_no_library_that_a_plan_does_not_need(tmp_path: Path) -> None:
    _, modules = _imported("solve", "two-by-two", "--out", str(tmp_path / "plan"))
    assert "highspy" in modules
    assert modules.isdisjoint(UNNEEDED)
    assert not [
        name for name in modules if name.startswith(("commission_opt.uncertainty.", FUTURES))
    ]


def test_the_package_can_be_run() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "commission_opt", "--version"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout == f"commission-opt {commission_opt.__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_short_help_is_what_the_command_says(name: str) -> None:
    command = Later(name, help=COMMANDS[name]).load()
    first = inspect.cleandoc(command.help).split("\n\n")[0]
    assert COMMANDS[name] == " ".join(first.split())


def test_every_command_is_listed_in_order(run: Run) -> None:
    assert re.findall(r"^│ (\w+) ", run("--help").out, re.MULTILINE) == list(COMMANDS)


def test_a_wrong_name_is_met_with_one_like_it(run: Run) -> None:
    ran = run("veryfy")
    assert ran.code == 2
    assert "No such command 'veryfy'. Did you mean 'verify'?" in ran.err


def test_no_words_of_a_help_are_taken_for_markup() -> None:
    unescaped = re.compile(r"(?<!\\)\[[a-z\[]")
    taken = [
        f"{name} {parameter.name}: {parameter.help}"
        for name, command in commands().items()
        for parameter in command.params
        if unescaped.search(getattr(parameter, "help", None) or "")
    ]
    assert not taken
