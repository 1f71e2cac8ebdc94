"""Answers of commands, printed as Markdown by this program, read back for pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_CELL = re.compile(r"(?<!\\)\|")
_UNESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("<br>", "\n"), ("\\|", "|"))


@dataclass
class AnswerPart:
    """A piece of an answer.

    Parameters
    ----------
    kind : {"title", "heading", "text", "table"}
    header : list of str
        Of a table.
    texts : list of int
        Which columns hold words; the others hold figures.
    """

    kind: str
    text: str = ""
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)


def parts_of(markdown: str) -> Iterator[AnswerPart]:
    """Take an answer apart, as ``text.markdown`` and ``explain.answer.to_markdown`` write it."""
    for block in re.split(r"\n{2,}", markdown.strip()):
        if block.startswith("### "):
            yield AnswerPart("heading", _plain(block[4:]))
        elif block.startswith("## "):
            yield AnswerPart("title", _plain(block[3:]))
        elif block.startswith("| "):
            header, rule, *rows = [_cells(line) for line in block.splitlines()]
            yield AnswerPart("table", "", header, rows, _texts(rule))
        elif block:
            yield AnswerPart("text", _plain(block))


def _texts(rule: list[str]) -> list[int]:
    return [i for i, cell in enumerate(rule) if not cell.endswith(":")]


def _cells(line: str) -> list[str]:
    return [_plain(cell.strip()) for cell in _CELL.split(line)[1:-1]]


def _plain(text: str) -> str:
    for written, meant in _UNESCAPED:
        text = text.replace(written, meant)
    return text
