"""Checked values out of the tables of a TOML file, with all that is wrong found in one pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
D = TypeVar("D")
Path = tuple[str | int, ...]  # keys of tables and indices of lists, from the top of the file
Check = Callable[[T], str | None]  # says what is wrong with a value, such as “is not 1 or more”
_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    list: "a list in [ ]",
}


class Finding(NamedTuple):
    """What is wrong at a path: a key within tables, as messages call them."""

    path: Path
    within: str
    key: str
    message: str


@dataclass(frozen=True)
class TomlTable:
    """A table of a TOML file, its values as they were parsed.

    Parameters
    ----------
    findings : list of Finding
        What is wrong so far, anywhere in the file.
    path : tuple of str and int
        Where the table stands.
    within : str
        What messages put before its keys, such as ``case 1, options, ``.
    elsewhere : mapping of str to tuple
        Where keys stand that come from another table.
    """

    values: Mapping[str, Any]
    findings: list[Finding]
    path: Path = ()
    within: str = ""
    elsewhere: Mapping[str, Path] = field(default_factory=dict)

    def error(self, key: str, message: str, item: int | None = None) -> None:
        """Note what is wrong with a key, or with an item of its list."""
        self.findings.append(Finding(self._path(key, item), self.within, key, message))

    def refuse(self, message: str) -> None:
        """Note what is wrong with the table as a whole."""
        self.findings.append(Finding(self.path, "", self.within.removesuffix(", "), message))

    def known(self, keys: tuple[str, ...], what: str) -> None:
        """Note every key that is not one of those known; ``what`` says what the table is."""
        for key in self.values:
            if key not in keys:
                self.error(key, f"is not a key of {what}; the keys are {', '.join(keys)}")

    def take(
        self,
        key: str,
        kind: type[T],
        default: D,
        check: Check[T] | None = None,
        item: int | None = None,
    ) -> T | D:
        """Return a value, or an item of a list; the default if missing, or wrong, which is noted.

        A whole number may stand for a float; true and false are no numbers.
        """
        if key not in self.values:
            return default
        value = taken = self._value(key, item)
        if kind is float and type(value) is int:
            with suppress(OverflowError):
                taken = float(value)
        if not isinstance(taken, kind) or (isinstance(taken, bool) and kind is not bool):
            self.error(key, f"{written(value)} is not {_KINDS[kind]}", item)
        elif check and (message := check(taken)):
            self.error(key, f"{written(value)} {message}", item)
        else:
            return taken
        return default

    def need(self, key: str, kind: type[T], check: Check[T] | None = None) -> T | None:
        """Return a value; None if it is missing or wrong, which is noted."""
        if key not in self.values:
            self.error(key, "is missing")
        return self.take(key, kind, None, check)

    def several(
        self, key: str, kind: type[T], default: T, check: Check[T] | None = None
    ) -> list[T]:
        """Return the values of a key that may hold one or a list; wrong ones are the default."""
        found = self.values.get(key)
        if not isinstance(found, list):
            return [self.take(key, kind, default, check)]
        if not found:
            self.error(key, "is empty; give at least one value or leave it out")
        return [self.take(key, kind, default, check, item) for item in range(len(found))]

    def table(self, key: str, otherwise: str, item: int | None = None) -> TomlTable | None:
        """Return the table of a key, or of an item of its list; an empty one if it is missing.

        None where there is something else, which is noted; ``otherwise`` is what to say of it.
        """
        value = self._value(key, item) if key in self.values else {}
        if isinstance(value, dict):
            name = key if item is None else f"{key} {item + 1}"
            return TomlTable(value, self.findings, self._path(key, item), f"{self.within}{name}, ")
        self.error(key, f"{written(value)} {otherwise}", item)
        return None

    def tables(self, key: str, such_as: str) -> list[TomlTable]:
        """Return the tables of a list, without what else is there, which is noted.

        ``such_as`` is how to write one.
        """
        found = self.values.get(key, [])
        if not isinstance(found, list):
            self.error(key, f"{written(found)} is not a list of tables such as {such_as}")
            return []
        otherwise = f"is not a table such as {such_as}"
        tables = [self.table(key, otherwise, item) for item in range(len(found))]
        return [table for table in tables if table is not None]

    def over(self, defaults: TomlTable) -> TomlTable:
        """Return this table with the keys of another where it has none of its own."""
        theirs = {key: defaults.path for key in defaults.values if key not in self.values}
        return replace(self, values={**defaults.values, **self.values}, elsewhere=theirs)

    def _value(self, key: str, item: int | None) -> Any:
        return self.values[key] if item is None else self.values[key][item]

    def _path(self, key: str, item: int | None) -> Path:
        path = (*self.elsewhere.get(key, self.path), key)
        return path if item is None else (*path, item)


def written(value: object) -> str:
    """Return a value as messages show it: true and false as in TOML, text in quotes."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def one_of(names: tuple[str, ...]) -> Check[str]:
    """Return the check that a value is one of some names."""
    return lambda value: None if value in names else f"is not one of {', '.join(names)}"


def between(low: float, high: float) -> Check[float]:
    """Return the check that a value is in a range, ends included."""
    return lambda value: None if low <= value <= high else f"is not between {low} and {high}"


def at_least(low: int) -> Check[int]:
    """Return the check that a value is not below a number."""
    return lambda value: None if value >= low else f"is not {low} or more"
