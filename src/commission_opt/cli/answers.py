"""Answers on the screen, as Markdown or as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table as Grid

from commission_opt.cli.arguments import Format
from commission_opt.cli.screen import Console, Text, print_json, put_out, result_console
from commission_opt.explain.answer import Answer, AnswerTable, to_json, to_markdown


def print_answers(answers: Sequence[Answer], form: Format) -> None:
    """Print answers on stdout."""
    if form == "json":
        print_json(to_json(answers))
    elif form == "md":
        put_out(to_markdown(answers), end="")
    else:
        screen = result_console()
        for answer in answers:
            _print(answer, screen)


def _print(answer: Answer, screen: Console) -> None:
    screen.print(Text(f"\n{answer.title}", style="bold"))
    for sentence in answer.sentences:
        screen.print(Text(sentence))
    for table in answer.tables:
        screen.print(Text(f"\n{table.title}", style="bold"))
        if table.shown():
            screen.print(_grid(table))
        for line in table.remarks():
            screen.print(Text(line, style="dim"))


def _grid(table: AnswerTable) -> Grid:
    grid = Grid(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, collapse_padding=True)
    for column in table.columns:
        side = "left" if column.is_text else "right"
        grid.add_column(Text(column.heading), justify=side, overflow="fold")  # type: ignore[arg-type]
    for row in table.shown():
        grid.add_row(*map(Text, row))
    return grid
