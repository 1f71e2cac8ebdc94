"""Edits to single figures of files, which leave every other byte as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commission_opt.explain.figures import places, pounds
from commission_opt.formulation.origin import MODEL_FILE
from commission_opt.instance.cells import with_cell, written


@dataclass(frozen=True)
class Edit:
    """Another figure in one cell of a table, or under one key of the model.

    Parameters
    ----------
    file : str
        Name of the file; ``model.toml`` for the model.
    row : int or None
        Line of the file on which the row starts; None for the model.
    column : str
        Column of the table, or key of the model.
    name, words : str
        What the figure is called, and the change in a commissioner's words as in ``Elastic``.
    unit : str
        Of the figure; ``places`` or ``units`` for one that counts either.
    """

    file: str
    row: int | None
    column: str
    old: float
    new: float
    name: str
    words: str = "{name} {old} → {new}"
    unit: str = "places"

    @property
    def cell(self) -> tuple[str, int | None, str]:
        """Where the figure stands."""
        return self.file, self.row, self.column

    @property
    def what(self) -> str:
        """The change in a commissioner's words."""
        by = abs(self.new - self.old)
        return self.words.format(
            name=self.name, old=_shown(self.old), new=_shown(self.new),
            pounds=pounds(by), weeks=f"{by:,.6g}", number=f"{by:,.6g}",
            amount=counted(by, self.unit),
        )  # fmt: skip

    @property
    def where(self) -> str:
        """The edit as one makes it by hand."""
        line = "line" if self.file == MODEL_FILE else "row"
        place = self.file if self.row is None else f"{self.file} {line} {self.row}"
        return f"{place}, {self.column}: {_shown(self.old)} -> {_shown(self.new)}"


def counted(number: float, unit: str) -> str:
    """Write a number of ``places`` or ``units``: one of them as one."""
    return f"{places(number)} {unit.removesuffix('s') if number == 1 else unit}"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.12g}"


def edited(files: Mapping[str, bytes], edits: Sequence[Edit]) -> dict[str, bytes]:
    """Return all files, with the cells of some tables edited; edits of the model are left out."""
    changed = dict(files)
    for edit in edits:
        if edit.row is not None and edit.file != MODEL_FILE:
            changed[edit.file] = with_cell(
                changed[edit.file], edit.row, edit.column, written(edit.new)
            )
    return changed


def edited_model(content: bytes, edits: Sequence[Edit]) -> bytes:
    """Return a model with the numbers of some keys edited."""
    text = content.decode()
    for edit in edits:
        if edit.file == MODEL_FILE:
            key = re.escape(edit.column.rpartition(".")[2])
            number = re.compile(rf"(?m)^([^#\n]*?\b{key}\"?\s*=\s*)[+\-0-9_.eE]+")
            before, rest = _before(text, edit.row)
            rest = number.sub(lambda m, new=edit.new: m[1] + written(new), rest, count=1)  # type: ignore[misc]
            text = before + rest
    return text.encode()


def _before(text: str, row: int | None) -> tuple[str, str]:
    """Split a text before a line, the first being 1; before all of it if there is none."""
    lines = text.splitlines(keepends=True)
    at = 0 if row is None else row - 1
    return "".join(lines[:at]), "".join(lines[at:])
