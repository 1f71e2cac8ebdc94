"""The commands of the program, taken from the program, and the least that each needs to run."""

from collections.abc import Iterator
from enum import EnumType
from typing import Any

import typer

from commission_opt.cli.app import Later, app


def commands() -> dict[str, Any]:
    """Every command by its words, such as ``sweep summary``, however deep it stands."""
    return dict(_under("", typer.main.get_command(app)))


def _under(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(command, Later):
        command = command.load()
    if hasattr(command, "commands"):
        for word, inner in command.commands.items():
            yield from _under(f"{name} {word}".strip(), inner)
    else:
        yield name, command


def kind_of(parameter: Any) -> Any:
    """The type of an option or argument, as the program declares it."""
    return parameter.type_descriptor.annotation


def needed(command: Any) -> list[str]:
    """Arguments and options that the command cannot do without, each with a value of its kind."""
    words: list[str] = []
    for parameter in command.params:
        if parameter.required:
            kind = kind_of(parameter)
            value = str(next(iter(kind))) if isinstance(kind, EnumType) else "1"
            option = parameter.param_type_name == "option"
            words += [parameter.opts[0], value] if option else [value]
    return words
