"""Results that show themselves: a title, sentences and tables that fit a screen, or a notebook."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from commission_opt.text.plain import escaped

LINES, COLUMNS = 25, 100  # of a screen
_SENTENCES = 10  # lines that sentences may take
_CELL = 40  # characters
_ROWS = 10  # of a table in a notebook
_LEAST = 4  # lines of a table: a blank one, title, heading, a row


@dataclass(frozen=True)
class Grid:
    """A table of a card; ``texts`` are its columns of words, others stand to the right."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: Collection[int] = (0,)


@dataclass(frozen=True)
class Card:
    """What a result says of itself at a glance.

    The most important stands first; what does not fit is left out, and said to be.
    """

    title: str
    sentences: Sequence[str] = ()
    grids: Sequence[Grid] = ()

    def text(self) -> str:
        """Return it in at most ``LINES`` lines of at most ``COLUMNS`` characters."""
        said = [line for sentence in self.sentences for line in wrap(escaped(sentence), COLUMNS)]
        lines = [_cut(self.title, COLUMNS), *said[:_SENTENCES]]
        if len(said) > _SENTENCES:
            lines[-1] = _cut(lines[-1], COLUMNS - 2) + " …"
        for k, grid in enumerate(self.grids):
            left = LINES - len(lines) - 1  # the last says what is left out
            if left < _LEAST:
                names = ", ".join(grid.title for grid in self.grids[k:])
                return "\n".join([*lines, _cut(f"also: {names}", COLUMNS)])
            lines += ["", *_lines(grid, left - 1)]
        return "\n".join(lines)

    def html(self) -> str:
        """Return it as HTML of which nothing in a text can be a tag."""
        parts = [f"<h4>{_safe(self.title)}</h4>", *(f"<p>{_safe(s)}</p>" for s in self.sentences)]
        return "\n".join([*parts, *map(_html, self.grids)])


class Shown:
    """A result that prints itself: in short, on a screen, and in a notebook."""

    def card(self) -> Card:
        """Return what it says of itself at a glance."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.card().text()

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"<{name}: {_cut(self.card().title, COLUMNS - len(name) - 4)}>"

    def _repr_html_(self) -> str:
        return self.card().html()


def _cut(text: str, most: int) -> str:
    text = escaped(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _lines(grid: Grid, most: int) -> list[str]:
    """Lay a table out in so many lines."""
    room = most - 2
    shown = grid.rows if len(grid.rows) <= room else grid.rows[: room - 1]
    table = [[_cut(cell, _CELL) for cell in row] for row in (grid.headings, *shown)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    while sum(widths) + 2 * len(widths) > COLUMNS:
        widths.pop()
    lines = [_cut(grid.title, COLUMNS)]
    for row in table:
        cells = [
            cell.ljust(width) if i in grid.texts else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append("  ".join(cells).rstrip() + " …" * (len(widths) < len(row)))
    if hidden := len(grid.rows) - len(shown):
        lines.append(f"and {hidden:,} more")
    return lines


def _html(grid: Grid) -> str:
    def line(row: Sequence[str], tag: str) -> str:
        cells = (
            f'<{tag} style="text-align: {"left" if i in grid.texts else "right"}">'
            f"{_safe(cell)}</{tag}>"
            for i, cell in enumerate(row)
        )
        return f"<tr>{''.join(cells)}</tr>"

    body = [line(grid.headings, "th"), *(line(row, "td") for row in grid.rows[:_ROWS])]
    hidden = len(grid.rows) - _ROWS
    more = f"<p>and {hidden:,} more</p>" if hidden > 0 else ""
    caption = f"<caption>{_safe(grid.title)}</caption>"
    return f"<table>{caption}{''.join(body)}</table>{more}"


def _safe(text: str) -> str:
    return escape(escaped(text))
