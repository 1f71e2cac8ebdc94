"""Sheets of notes that people added to their workbooks, carried into the merged one.

What their cells say is kept: texts, numbers and dates, and of a formula that there is one. Formats,
comments and pictures are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from commission_opt.workbook.keyed import Side
from commission_opt.workbook.note_sheet import KeptNote

_LONGEST_NAME, _LONGEST_OWNER = 31, 16  # characters; Excel's limit, and ours within it
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


def kept_notes(national: Side, returns: Sequence[Side], used: Sequence[str]) -> Iterator[KeptNote]:
    """Yield the sheets of notes of all workbooks that are merged, each under a name of its own.

    Those of the national workbook keep their names, and copies of them are not kept twice; those
    of a return have its file in their name.

    Parameters
    ----------
    national : Side
    returns : sequence of Side
    used : sequence of str
        Names that other sheets have.
    """
    names = {name.casefold() for name in used}
    sent = {note.name: note.rows for note in national.notes}
    for side in (national, *returns):
        for note in side.notes:
            if not note.rows or (side is not national and sent.get(note.name) == note.rows):
                continue
            name = note.name
            if side is not national or name.casefold() in names:
                name = _owned(name, side.name, names)
            names.add(name.casefold())
            yield KeptNote(name, side.name, note)


def _owned(name: str, file: str, names: set[str]) -> str:
    """Return a name for a sheet that says whose it is, and that no other sheet has."""
    owner = _NOT_IN_NAMES.sub("_", PurePath(file).stem)[:_LONGEST_OWNER]
    count = 1
    while True:
        end = f" ({owner})" if count == 1 else f" ({owner} {count})"
        owned = name[: _LONGEST_NAME - len(end)].rstrip() + end
        if owned.casefold() not in names:
            return owned
        count += 1
