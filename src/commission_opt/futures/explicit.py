"""Explicit scenarios on the figures of an instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.errors import InputError, Problem, UsageError
from commission_opt.futures.columns import Key
from commission_opt.futures.lines import problem_at
from commission_opt.futures.uncertainty import Uncertainty
from commission_opt.instance.instance import Instance
from commission_opt.instance.schema import TABLES
from commission_opt.scenario.chosen import chosen
from commission_opt.scenario.fields import FIELDS
from commission_opt.scenario.ranges import allowed, new_figures, why_not
from commission_opt.scenario.scenario import Setting
from commission_opt.scenario.sheets import VariedRows


@dataclass(frozen=True, eq=False)
class Written:
    """E scenarios that are written out.

    Parameters
    ----------
    columns : mapping of (str, str) to array, shape (E, N)
        Figures by table and column, of the columns that some of them names.
    named : tuple of mapping of (str, str) to array of int
        Positions of the figures that each of them names.
    """

    columns: Mapping[Key, Floats]
    named: tuple[Mapping[Key, Ints], ...]


def written_out(
    instance: Instance, uncertainty: Uncertainty, sheet: Callable[[str], VariedRows]
) -> Written:
    """Do the settings of all explicit scenarios.

    Whole numbers that are multiplied are not rounded: places that follow from them are.

    Raises
    ------
    InputError
        If one names what the instance does not have, or takes a figure out of its range; names
        scenario, setting and figure.
    """
    scenarios = uncertainty.scenarios
    columns: dict[Key, Floats] = {}
    named: list[dict[Key, Ints]] = []
    problems: list[Problem] = []
    for e, scenario in enumerate(scenarios):
        cells_of: dict[Key, Ints] = {}
        for i, setting in enumerate(scenario.settings):
            table = FIELDS[setting.axis.field].table
            try:
                cells = chosen(setting.axis, instance, sheet(table))
            except UsageError as error:
                problems.append(problem_at(uncertainty, "scenario", e, "settings", str(error), i))
                continue
            for name, rows in cells.items():
                base, key = sheet(table).columns[name], (table, name)
                column = columns.setdefault(key, np.tile(base, (len(scenarios), 1)))
                old = column[e, rows]
                column[e, rows] = new_figures(setting, old)
                cells_of[key] = np.union1d(cells_of.get(key, rows), rows)
                wrong = _wrong(setting, key, rows, old, column[e, rows], sheet(table))
                if wrong:
                    said = f"scenario {scenario.name!r}: {wrong}"
                    problems.append(problem_at(uncertainty, "scenario", e, "settings", said, i))
        named.append(cells_of)
    if problems:
        raise InputError(problems)
    return Written(columns, tuple(named))


def _wrong(
    setting: Setting, key: Key, rows: Ints, old: Floats, new: Floats, sheet: VariedRows
) -> str:
    """Say which figure a setting takes out of its range; empty if none."""
    table, name = key
    declared = TABLES[table].column(name)
    outside = np.flatnonzero(~allowed(declared, new, fractions=True))
    if not len(outside):
        return ""
    i = outside[0]
    why = why_not(declared, new[i], fractions=True)
    place = f"{TABLES[table].file} row {sheet.lines[rows[i]]}, {name}"
    return f"“{setting}” makes {new[i]:g} of {old[i]:g} in {place}, {why}"
