"""No option takes a number that makes no sense: it is refused before anything is done."""

from pathlib import Path
from typing import Any

import pytest

from command_line import Run
from command_tree import commands, kind_of, needed

COMMANDS = commands()


def _options(kind: type) -> list[tuple[str, str]]:
    return [
        (name, parameter.opts[-1])
        for name, command in COMMANDS.items()
        for parameter in command.params
        if parameter.param_type_name == "option" and kind_of(parameter) is kind
    ]


def test_there_are_options_of_both_kinds() -> None:
    assert ("solve", "--gap") in _options(float)
    assert ("bench compare", "--ratio") in _options(float)
    assert ("sweep run", "--processes") in _options(int)


def _refused(ran: Any, option: str) -> None:
    assert ran.code == 2
    said = " ".join(ran.err.replace("│", " ").split())
    assert f"{option} " in said.replace("'", " ").replace(":", " ")


@pytest.mark.each(4)
@pytest.mark.parametrize(("name", "option"), _options(float))
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-1", "1e400", "two"])
def test_no_number_is_taken_that_is_none(
    name: str, option: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(*name.split(), *needed(COMMANDS[name]), option, value)
    _refused(ran, option)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.each(4)
@pytest.mark.parametrize(("name", "option"), _options(int))
@pytest.mark.parametrize("value", ["-1", "1.5", "many"])
def test_counts_are_whole_and_not_negative(
    name: str, option: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    if option == "--year":  # of the instance, which says so
        pytest.skip("a year is looked up")
    monkeypatch.chdir(tmp_path)
    _refused(run(*name.split(), *needed(COMMANDS[name]), option, value), option)


@pytest.mark.parametrize(
    ("name", "option"), [pair for pair in _options(float) if pair[1] == "--time-limit"]
)
def test_no_time_is_refused(name: str, option: str, run: Run) -> None:
    _refused(run(*name.split(), *needed(COMMANDS[name]), option, "0"), option)
