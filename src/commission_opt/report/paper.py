"""What only its author can say of a paper: title, author, date, version, status, what is asked."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from commission_opt.errors import UsageError
from commission_opt.files.toml.read import parse_toml, read_bytes
from commission_opt.files.toml.table import TomlTable
from commission_opt.text.plain import escaped
from commission_opt.views import words

NOT_GIVEN = "not given"
_TABLE = "paper"
_LONGEST = 200  # characters
_LONGEST_OF = {"asked": 1000}


@dataclass(frozen=True)
class Paper:
    """What is said of a paper; empty where nothing is.

    Parameters
    ----------
    title : str
        In place of that of the instance.
    status : str
        Beside what the signatures say.
    asked : str
        What the board is asked to decide, in the author's words.
    """

    title: str = ""
    author: str = ""
    date: str = ""
    version: str = ""
    status: str = ""
    asked: str = ""

    @property
    def given(self) -> bool:
        """Whether anything is said."""
        return self != Paper()

    def over(self, given: Mapping[str, str | None]) -> Paper:
        """Return the paper with what is given by option in the place of what a file says.

        Raises
        ------
        UsageError
            If a text cannot be shown on a line.
        """
        said = {name: text.strip() for name, text in given.items() if text is not None}
        for name, text in said.items():
            if wrong := _wrong(name, text):
                option = {"version": "paper-version"}.get(name, name)
                raise UsageError(f"--{option} {wrong}")
        return replace(self, **said)

    def about(self, signed: str) -> tuple[tuple[str, str], ...]:
        """Return date, version, author and status; ``signed`` is what the signatures say."""
        status = f"{self.status}; {signed[0].lower()}{signed[1:]}" if self.status else signed
        said = (("Date", self.date), ("Version", self.version), ("Author", self.author))
        return (*((name, text or NOT_GIVEN) for name, text in said), ("Status", status))


def read_paper(path: Path) -> Paper:
    """Return what the table ``[paper]`` of a TOML file says.

    Raises
    ------
    InputError
        If the file cannot be read or something in it is wrong, by line.
    """
    return parse_toml(read_bytes(path, "paper file"), str(path), _paper)


def _paper(top: TomlTable) -> Paper:
    top.known((_TABLE,), "a paper file")
    if _TABLE not in top.values:
        top.error(_TABLE, "is missing; write what is to be said of the paper below [paper]")
        return Paper()
    table = top.table(_TABLE, "is not a table; write [paper] on a line of its own")
    if table is None:
        return Paper()
    names = tuple(field.name for field in fields(Paper))
    table.known(names, "[paper]")
    said = {name: _taken(table, name) for name in names}
    return Paper(**said)


def _taken(table: TomlTable, name: str) -> str:
    value = table.values.get(name)
    if name == "date" and isinstance(value, datetime.date):
        return f"{value.day} {value:%B %Y}"
    text = table.take(name, str, "", lambda found: _wrong(name, found.strip()))
    return text.strip()


def _wrong(name: str, text: str) -> str | None:
    """Say what is wrong with a text; None if nothing is."""
    most = _LONGEST_OF.get(name, _LONGEST)
    if not text:
        return "is empty; leave it out if there is nothing to say"
    if len(text) > most:
        return f"has more than {most:,} characters"
    if escaped(text) != text or words.clean(text) != text:
        return "has characters that do not show; write it on one line"
    return None
