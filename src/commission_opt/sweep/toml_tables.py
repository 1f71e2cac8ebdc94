"""Tables of a TOML file, read with every wrong key found in one pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from commission_opt.errors import Problem, UsageError

T = TypeVar("T")
_KINDS = {
    bool: "true or false",
    int: "a whole number",
    str: "text",
    list: "a list",
    dict: "a table",
}


class TableReader:
    """Takes values out of the tables of a TOML file and collects what is wrong with them.

    Parameters
    ----------
    file : str
        Its name, for messages.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def error(self, key: str, message: str) -> None:
        """Note what is wrong with a key."""
        self.problems.append(Problem("error", self.file, None, key, message))

    def take(self, table: dict[str, Any], key: str, kind: type, default: Any, at: str = "") -> Any:
        """Return a value of the right type; on a mistake, note it and return the default."""
        value = table.get(key, default)
        if value is default or (type(value) is kind):
            return value
        self.error(at + key, f"{value!r} is not {_KINDS[kind]}")
        return default

    def known(self, table: dict[str, Any], keys: tuple[str, ...], at: str = "") -> None:
        """Note every key that is not one of those known; ``at`` says where the table stands."""
        for key in sorted(table.keys() - {*keys}):
            self.error(at + key, f"is not a key here; there are {', '.join(keys)}")

    def tables(self, values: dict[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
        """Return the tables of a name, each with what to call it."""
        found = self.take(values, key, list, [])
        if not all(isinstance(table, dict) for table in found):
            self.error(key, f"must be written as [[{key}]] tables")
            return []
        return [(f"{key} {i}, ", table) for i, table in enumerate(found, start=1)]

    def trying(self, key: str, make: Callable[[], T]) -> T | None:
        """Return what is made, or None where that is refused, which is noted."""
        try:
            return make()
        except UsageError as error:
            self.error(key, str(error))
            return None
