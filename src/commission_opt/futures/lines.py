"""Where in an uncertainty file something stands that an instance shows to be wrong."""

from __future__ import annotations

from commission_opt.errors import Problem
from commission_opt.files.toml.lines import lines_of
from commission_opt.futures.uncertainty import Uncertainty


def problem_at(
    uncertainty: Uncertainty, table: str, position: int, key: str, message: str, item: int = -1
) -> Problem:
    """Return the error of a key of a table of a list, or of an item of its list.

    Parameters
    ----------
    uncertainty : Uncertainty
    table : {"uncertain", "scenario"}
    position : int
        Of the table in its list.
    key, message : str
    item : int
        Of the list that the key holds; −1 for the key.
    """
    lines = lines_of(uncertainty.content.decode("utf-8-sig"))
    path = (table, position, key)
    line = lines.get((*path, item), lines.get(path, lines.get(path[:2])))
    where = f"{table} {position + 1}, {key}"
    return Problem("error", uncertainty.file, line, where, message)
