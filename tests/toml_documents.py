"""TOML documents of nested tables in which the line of every number is known."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

KEYS = ("name", "values", "a", "b", '"a"', '"x.y"', "'# name = 1'", '"\\u00e9"', "1")
ODD = (
    '"name = 1 # [a]"', "'a = 2'", '"""\nname = 1\n[b]\n\\"""a = 3"""', "'''\n# values = [\n'''",
    "true", "1979-05-27", '""',
)  # fmt: skip
NOISE = ("", "# name = 1", "  # [a]", "#[[b]] a = { name = 1 }")
GAPS = ("", " ", "\n", "\n# name = 2, ]\n  ")


@dataclass
class Writer:
    """Writes a document from the front to the back; no number is written twice."""

    draw: st.DrawFn
    text: str = ""
    lines: dict[int, int] = field(default_factory=dict)
    count: int = 1000

    def block(self) -> None:
        """Write a pair, a header or a comment; nothing where it would make the document invalid."""
        before = self.text, dict(self.lines)
        kind = self.draw(st.sampled_from(["pair", "pair", "pair", "table", "tables", "comment"]))
        if kind == "pair":
            self.text += self.draw(st.sampled_from(["", "  "])) + self.key() + " = "
            self.value(3)
        else:
            header = {"table": "[{}] # [b]", "tables": "[[{}]]"}.get(kind)
            self.text += header.format(self.key()) if header else self.draw(st.sampled_from(NOISE))
        self.text += "\n"
        try:
            tomllib.loads(self.text)
        except tomllib.TOMLDecodeError:
            self.text, self.lines = before

    def key(self) -> str:
        dot = self.draw(st.sampled_from([".", " . "]))
        return dot.join(self.draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3)))

    def value(self, depth: int) -> None:
        kinds = ["number", "odd", "table", "list"] if depth else ["number", "odd"]
        kind = self.draw(st.sampled_from(["number", *kinds]))
        if kind == "number":
            self.count += 1
            self.lines[self.count] = self.text.count("\n") + 1
            self.text += str(self.count)
        elif kind == "odd":
            self.text += self.draw(st.sampled_from(ODD))
        elif kind == "table":
            self.items("{}", depth, [f" {key} = " for key in self.keys()], " ")
        else:
            gaps = self.draw(st.lists(st.sampled_from(GAPS), max_size=3))
            self.items("[]", depth, gaps, self.draw(st.sampled_from(GAPS)))

    def keys(self) -> list[str]:
        return self.draw(st.lists(st.sampled_from(KEYS), max_size=3, unique=True))

    def items(self, around: str, depth: int, starts: list[str], end: str) -> None:
        self.text += around[0]
        for i, start in enumerate(starts):
            self.text += ("," if i else "") + start
            self.value(depth - 1)
        self.text += end + around[1]


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[int, int]]:
    """A document, and the line of each number in it."""
    writer = Writer(draw)
    for _ in range(draw(st.integers(1, 12))):
        writer.block()
    return writer.text, writer.lines


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, Any]]:
    """Every value that is no table and no list, with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from leaves(inner, (*path, i))
    else:
        yield path, value
