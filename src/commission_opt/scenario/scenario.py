"""A scenario: the figures of an instance and a model, with some of them changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from commission_opt.errors import UsageError
from commission_opt.scenario.axis import Axis, parse_axis
from commission_opt.scenario.fields import FIELDS, POLICY
from commission_opt.text.counts import plural

AS_GIVEN = "as given"
_NOTHING = 1e-9  # of a change in all


@dataclass(frozen=True)
class Setting:
    """An axis at a value, which need not be one of its own: some designs draw between them."""

    axis: Axis
    value: float

    @property
    def neutral(self) -> bool:
        """Whether it leaves all figures as they are."""
        return self.axis.is_neutral(self.value)

    def __str__(self) -> str:
        return self.axis.says(self.value)


def read_changes(texts: Sequence[str]) -> tuple[Setting, ...]:
    """Read changes as they stand on a command line: axes with one value each.

    Raises
    ------
    UsageError
        If one cannot be read, or has several values.
    """
    settings = []
    for text in texts:
        axis = parse_axis(text)
        first, *others = tuple(axis.values)
        if others:
            raise UsageError(f"{text!r} has {1 + len(others)} values; a change has one")
        settings.append(Setting(axis, first))
    return tuple(settings)


def settings_json(settings: Iterable[Setting]) -> str:
    """Write settings as canonical JSON, a list of objects; two texts are equal if they do the same.

    Names are left out, and so are settings that change nothing.
    """
    kept = [
        {
            "field": setting.axis.field,
            "filters": {key: list(codes) for key, codes in setting.axis.filters},
            "operator": setting.axis.operator,
            "value": setting.value,
        }
        for setting in settings
        if not setting.neutral
    ]
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Scenario:
    """Settings that hold together.

    Parameters
    ----------
    name : str
        What it is called; ``as given`` for the one that changes nothing.
    settings : tuple of Setting
        Done one after the other.
    """

    name: str
    settings: tuple[Setting, ...] = ()

    @cached_property
    def key(self) -> str:
        """SHA-256 of what the settings do: equal for scenarios that differ in names only."""
        return hashlib.sha256(settings_json(self.settings).encode()).hexdigest()

    @property
    def is_base(self) -> bool:
        """Whether it leaves every figure as it is."""
        return all(setting.neutral for setting in self.settings)


def settings_by_part(scenario: Scenario) -> dict[str, tuple[Setting, ...]]:
    """Say what a scenario may change, and which of its settings do.

    Returns
    -------
    dict of str to tuple of Setting
        By part: those of ``Field``, and ``policy``. Parts that stay as they are given are left out.
    """
    found: dict[str, tuple[Setting, ...]] = {}
    for setting in scenario.settings:
        field = FIELDS.get(setting.axis.field)
        parts = field.parts if field else {POLICY}
        found |= {} if setting.neutral else {p: (*found.get(p, ()), setting) for p in parts}
    return found


@dataclass(frozen=True)
class Touched:
    """What a setting changes.

    Parameters
    ----------
    setting : str
        As it is written.
    rows : int
        Rows of the file, or 1 for a key of the model.
    figures : int
        Figures that follow from them: a row that stands for several courses or years has several.
    total : float or None
        By how much they change in all; None where they do not add up, such as rates.
    unit : str
        Of the total.
    """

    setting: str
    rows: int
    figures: int
    total: float | None
    unit: str

    def __str__(self) -> str:
        return in_words([self])


def in_words(found: Sequence[Touched]) -> str:
    """Say how many rows one axis changes and by how much in all: ``7 rows, +3,500 FTE in all``."""
    first = found[0]
    said = plural(first.rows, "row")
    if first.figures > first.rows:
        said += f" ({first.figures:,} figures)"
    totals = [one.total for one in found if one.total is not None]
    if not totals:
        return said
    least, most = min(totals), max(totals)
    ends = [least] if least == most else [least, most]
    return f"{said}, {' to '.join(_signed(end, first.unit) for end in ends)} in all"


def _signed(value: float, unit: str) -> str:
    """Write a change with its sign and unit."""
    size = abs(value)
    sign = "±" if size < _NOTHING else "+" if value > 0 else "−"
    if unit == "£":
        return f"{sign}£{size / 1e6:,.2f}m" if size >= 1e6 else f"{sign}£{size:,.0f}"
    return f"{sign}{size:,.0f} {unit}" if size >= 1000 else f"{sign}{size:.6g} {unit}"
