"""Problems on screen and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from commission_opt.errors import Problem


def console() -> Console:
    """Return the console for all that is not the result: stderr, wide where it is no screen."""
    screen = Console(stderr=True)
    return screen if screen.is_terminal else Console(stderr=True, width=120)


def print_problems(problems: Sequence[Problem]) -> None:
    """Print a table of problems, errors first, and how many there are."""
    screen = console()
    table = Table(show_header=True, header_style="bold")
    for column in ("", "file", "row", "column"):
        table.add_column(column, no_wrap=True)
    table.add_column("problem", overflow="fold")
    for problem in problems:
        style = "red" if problem.severity == "error" else "yellow"
        table.add_row(
            Text(problem.severity, style=style),
            Text(problem.cell or problem.file),
            "" if problem.row is None or problem.cell else str(problem.row),
            Text(problem.column or ""),
            Text(problem.message),
        )
    if problems:
        screen.print(table)
    screen.print(Text(count(problems)))


def count(problems: Sequence[Problem]) -> str:
    """Say how many errors and warnings there are."""
    errors = sum(p.severity == "error" for p in problems)
    warnings = len(problems) - errors
    return f"{_plural(errors, 'error')}, {_plural(warnings, 'warning')}"


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def as_records(problems: Sequence[Problem]) -> list[dict[str, object]]:
    """Return problems for JSON, each with its text in full."""
    return [{**asdict(p), "text": str(p)} for p in problems]
