"""Problems on screen and as JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple

from rich.cells import cell_len
from rich.table import Table

from commission_opt.cli.screen import Text, console
from commission_opt.errors import Problem
from commission_opt.text.counts import plural
from commission_opt.text.plain import escaped, shortened

_TOP = 3  # doubts that are shown before a solve
_MANY = 100  # problems beyond which fewer of a kind are shown
_OF_A_KIND, _OF_MANY = 10, 3  # problems of a kind that are shown, and of many
_KINDS = 60  # kinds that are shown
_LONGEST = 2_000  # characters of a message that are shown
_FIGURES = re.compile(r"'[^']*'|\d[\d.,]*")
_HEADINGS = ("", "file", "row", "column")
_STYLES = {"error": "red", "warning": "yellow"}


class ShownProblem(NamedTuple):
    """A problem that is shown, and how many more like it are not."""

    problem: Problem
    more: str = ""


def print_problems(problems: Sequence[Problem]) -> None:
    """Print problems, errors first, and how many there are; of many of a kind the first few.

    They stand in a table where that leaves each message half of the screen, else in a list.
    """
    screen = console()
    shown, left = first_of_each_kind(problems)
    if shown and 2 * _places_width(shown) <= screen.width:
        screen.print(_table(shown))
    elif shown:
        screen.print(_list(shown, screen.width))
    if left:
        screen.print(Text(f"… and {left:,} more of other kinds; --json lists them all"))
    screen.print(Text(count(problems)))


def first_of_each_kind(problems: Sequence[Problem]) -> tuple[list[ShownProblem], int]:
    """Return the first few problems of every kind, and how many of other kinds are left out.

    A kind is a file, a column and a message without its codes and figures.
    """
    kinds: dict[object, list[int]] = {}
    for i, p in enumerate(problems):
        said = _FIGURES.sub("…", p.message[:_LONGEST])
        kinds.setdefault((p.severity, p.file, p.column, said), []).append(i)
    most = _OF_A_KIND if len(problems) <= _MANY else _OF_MANY
    shown: dict[int, ShownProblem] = {}
    for members in list(kinds.values())[:_KINDS]:
        kept = members if len(members) <= most + 1 else members[:most]
        shown |= {i: ShownProblem(problems[i]) for i in kept}
        rest = members[len(kept) :]
        if rest:
            shown[kept[-1]] = ShownProblem(problems[kept[-1]], _more([problems[i] for i in rest]))
    left = sum(map(len, list(kinds.values())[_KINDS:]))
    return [shown[i] for i in sorted(shown)], left


def _more(rest: Sequence[Problem]) -> str:
    rows = sorted({p.row for p in rest if p.row is not None})
    where = f", rows {rows[0]} to {rows[-1]}" if len(rows) > 1 else ""
    return f"… and {len(rest):,} more like it{where}"


def _places_width(shown: Sequence[ShownProblem]) -> int:
    """Return how wide a table is beside its messages."""
    rows = [_HEADINGS, *(_cells(each.problem) for each in shown)]
    longest = (max(cell_len(row[i]) for row in rows) for i in range(len(_HEADINGS)))
    return sum(width + 3 for width in longest) + 4  # a line and two spaces for each column


def _cells(problem: Problem) -> tuple[str, str, str, str]:
    row = "" if problem.row is None or problem.cell else str(problem.row)
    file, column = escaped(problem.cell or problem.file), escaped(problem.column or "")
    return problem.severity, file, row, column


def _table(shown: Sequence[ShownProblem]) -> Table:
    table = Table(show_header=True, header_style="bold")
    for heading in _HEADINGS:
        table.add_column(heading, no_wrap=True)
    table.add_column("problem", overflow="fold")
    for problem, more in shown:
        severity, *place = _cells(problem)
        said = _message(Text(), problem, more)
        table.add_row(Text(severity, style=_STYLES[severity]), *map(Text, place), said)
    return table


def _list(shown: Sequence[ShownProblem], width: int) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for problem, more in shown:
        said = Text().append(f"{_place(problem, width)}: ", style="bold")
        severity = Text(problem.severity, style=_STYLES[problem.severity])
        grid.add_row(severity, _message(said, problem, more))
    return grid


def _place(problem: Problem, width: int) -> str:
    """Say where a problem is on one line, long names shortened."""
    most = max(width // 3, 12)
    file, column = (shortened(escaped(text or ""), most) for text in (problem.file, problem.column))
    if problem.cell:
        return shortened(escaped(problem.cell), 2 * most)
    word = "row" if problem.file.endswith(".csv") else "line"
    row = "" if problem.row is None else f" {word} {problem.row}"
    return file + row + (f", {column}" if column else "")


def _message(said: Text, problem: Problem, more: str) -> Text:
    said.append(escaped(shortened(problem.message, _LONGEST), keep="\n"))
    if more:
        said.append(f"\n{more}", style="dim")
    return said


def top_doubts(problems: Sequence[Problem]) -> list[Text]:
    """Return the first few warnings of figures that are probably not what was meant."""
    doubtful = [problem for problem in problems if problem.doubtful][:_TOP]
    return [Text(f"probably not meant: {escaped(str(p))}", style="yellow") for p in doubtful]


def count(problems: Sequence[Problem]) -> str:
    """Say how many errors and warnings there are."""
    errors = sum(p.severity == "error" for p in problems)
    warnings = len(problems) - errors
    return f"{plural(errors, 'error')}, {plural(warnings, 'warning')}"


def as_records(problems: Sequence[Problem]) -> list[dict[str, object]]:
    """Return problems for JSON, each with its text in full."""
    return [{**asdict(p), "text": str(p)} for p in problems]
