"""The one place where text goes to the screen: what could harm or mislead is shown as escapes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Self

from rich import text as rich_text
from rich.box import SIMPLE_HEAD
from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.style import StyleType
from rich.table import Table

from commission_opt.text.plain import escaped, escaped_json

WIDTH = 120  # where there is no screen
_LAYOUT = "\n\t"


class Text(rich_text.Text):
    """A text of rich's that shows what does not show itself as escapes."""

    def __init__(self, text: str = "", *arguments: Any, **options: Any) -> None:
        super().__init__(escaped(text, keep=_LAYOUT), *arguments, **options)

    def append(self, text: rich_text.Text | str, style: StyleType | None = None) -> Self:
        """Append a text, escaped too."""
        super().append(escaped(text, keep=_LAYOUT) if isinstance(text, str) else text, style)
        return self


class Console(RichConsole):
    """A console of rich's through which no control character of a text reaches the terminal."""

    def tell(self, text: str, *, soft_wrap: bool = False) -> None:
        """Print a text as it is, in one colour and without markup."""
        self.print(text, highlight=False, markup=False, soft_wrap=soft_wrap)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render, with every text escaped whoever made it."""
        if isinstance(renderable, rich_text.Text):
            plain = renderable.plain
            if escaped(plain, keep=_LAYOUT) != plain:
                renderable = Text(plain, style=renderable.style, justify=renderable.justify)
        return super().render(renderable, options)

    def render_str(self, text: str, **options: Any) -> rich_text.Text:
        """Make a text of a string, escaped."""
        return super().render_str(escaped(text, keep=_LAYOUT), **options)


def console() -> Console:
    """Return the console for all that is not the result: stderr, wide where it is no screen."""
    return _wide_enough(stderr=True)


def result_console() -> Console:
    """Return the console for the result: stdout, wide where it is no screen."""
    return _wide_enough(stderr=False)


def _wide_enough(*, stderr: bool) -> Console:
    # The stream of now: while it captures, a solver puts another in its place, and then closes it.
    file = sys.stderr if stderr else sys.stdout
    screen = Console(file=file)
    return screen if screen.is_terminal else Console(file=file, width=WIDTH)


def grid(
    title: str, columns: Sequence[str], caption: str | None = None, *, words: int = 1
) -> Table:
    """Return a table of figures to fill; so many of its columns, the first ones, are words."""
    table = Table(
        title=title, title_justify="left", title_style="bold", header_style="bold",
        box=SIMPLE_HEAD, pad_edge=False, caption=caption, caption_justify="left",
    )  # fmt: skip
    for column in columns[:words]:
        table.add_column(column)
    for column in columns[words:]:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def say(text: str) -> None:
    """Print a text of one or more lines on stderr."""
    print(escaped(text, keep=_LAYOUT), file=sys.stderr)


def put_out(text: str, end: str = "\n") -> None:
    """Print a text of one or more lines, a result, on stdout."""
    print(escaped(text, keep=_LAYOUT), end=end)


def put_out_json(record: object) -> None:
    """Print a result on stdout as JSON."""
    print_json(json.dumps(record, indent=2, ensure_ascii=False))


def print_json(text: str, end: str = "\n") -> None:
    """Print JSON on stdout, as text that shows itself and says the same."""
    print(escaped_json(text), end=end)
