"""What an instance is read from, a folder or a workbook, as tables of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from commission_opt.errors import Problem
from commission_opt.instance.files import SETTINGS_FILE
from commission_opt.instance.raw import RawTable, parse_csv, parse_settings
from commission_opt.instance.schema import TABLES


@dataclass(frozen=True)
class Source:
    """An instance as text.

    Parameters
    ----------
    files : mapping of str to bytes
        The files of the instance by name, as they were read or as a workbook says them.
    settings : mapping
        Keys of ``instance.toml``.
    settings_valid : bool
        Whether nothing is wrong with them.
    tables : mapping of str to RawTable
        The tables that there are, by name.
    problems : tuple of Problem
        What is wrong with the settings, or with files and sheets as a whole.
    place : callable
        Says of a problem where it is in the words of the source: file and row, or cell.
    """

    files: Mapping[str, bytes]
    settings: Mapping[str, object]
    settings_valid: bool
    tables: Mapping[str, RawTable]
    problems: tuple[Problem, ...]
    place: Callable[[Problem], Problem] = lambda problem: problem


def source_of(files: Mapping[str, bytes], known: Iterable[Problem] = ()) -> Source:
    """Return the source whose files are at hand.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by the name of the file.
    known : iterable of Problem
        What is known to be wrong already.
    """
    settings, problems = parse_settings(files[SETTINGS_FILE])
    tables = {n: parse_csv(n, files[t.file]) for n, t in TABLES.items() if t.file in files}
    return Source(files, settings, not problems, tables, (*problems, *known))
