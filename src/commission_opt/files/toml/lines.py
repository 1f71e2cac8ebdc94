"""Where each key and each item of a TOML file stands."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from commission_opt.files.toml.table import Path


def lines_of(text: str) -> dict[Path, int]:
    """Return the line of every key and every item of a list, the first line being 1.

    Parameters
    ----------
    text : str
        Valid TOML. What stands in several places, as a table can, has the line of the first.
    """
    root = Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node
    lines: dict[Path, int] = {}
    for path, node in _places(root, (), Counter()):
        lines.setdefault(path, node.start_point.row + 1)
    return lines


def _places(node: Node, at: Path, counts: Counter[Path]) -> Iterator[tuple[Path, Node]]:
    """Walk a tree in the order of the file; ``counts`` says how many ``[[tables]]`` came so far."""
    parts = [part for part in node.named_children if part.type != "comment"]
    if node.type == "array":
        for i, item in enumerate(parts):
            yield (*at, i), item
            yield from _places(item, (*at, i), counts)
        return
    if node.type in ("pair", "table", "table_array_element"):
        key, *parts = parts
        for name, last in _names(key):
            at = (*at, name)
            yield at, node
            counts[at] += last and node.type == "table_array_element"
            if counts[at]:  # the name of a list of tables stands for the last of them
                at = (*at, counts[at] - 1)
                yield at, node
    for part in parts:
        yield from _places(part, at, counts)


def _names(key: Node) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a dotted key, quotes and escapes undone, each with whether it is last."""
    table = tomllib.loads(f"{(key.text or b'').decode()} = 0")
    while isinstance(table, dict):
        ((name, table),) = table.items()
        yield name, not isinstance(table, dict)
