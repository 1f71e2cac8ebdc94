"""What scenarios stand on: one instance and model, in which rows are looked up once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.errors import InputError, Problem, UsageError
from commission_opt.instance.instance import Instance
from commission_opt.instance.pools import check_pathways
from commission_opt.instance.schema import TABLES
from commission_opt.instance.substitutes import check_circles, check_pairs
from commission_opt.policy import Policy
from commission_opt.scenario.axis import Axis, make_axis
from commission_opt.scenario.chosen import chosen
from commission_opt.scenario.fields import FIELDS, MODEL, Field
from commission_opt.scenario.model_keys import vary_key
from commission_opt.scenario.ranges import allowed, new_figures, why_not
from commission_opt.scenario.renewed import renewed
from commission_opt.scenario.scenario import Setting, Touched, settings_json
from commission_opt.scenario.sheets import VariedRows, sheet

_LISTED = 8  # codes that a message names
_PAIRS = (
    ("min_cohort", "max_intake"),
    ("min_amount", "max_amount"),
    ("commitment_min", "commitment_max"),
)  # fields whose figures, the least and the most, must not cross
Columns = dict[tuple[str, str], Floats]


class Ground:
    """An instance and a model to which settings are applied again and again.

    Keeps the rows that each axis varies, so that a scenario costs about a millisecond.
    """

    def __init__(self, instance: Instance, policy: Policy) -> None:
        self._instance, self._policy = instance, policy
        self._sheet: Callable[[str], VariedRows] = cache(partial(sheet, instance))
        self._cells: dict[object, Mapping[str, Ints]] = {}

    def check(self, axes: Iterable[Axis]) -> None:
        """Make sure that every axis has something to vary here.

        Raises
        ------
        UsageError
            Lists all axes that name what the instance or the model does not have, or make
            fractions of what is counted in whole numbers.
        """
        wrong: list[str] = []
        for axis in axes:
            try:
                axis.check_whole()
                if axis.field in FIELDS:
                    self._cells_of(axis)
                else:
                    vary_key(self._policy, axis.field.removeprefix(MODEL), lambda old: old)
            except UsageError as error:
                wrong.append(str(error))
        if wrong:
            raise UsageError("\n".join(dict.fromkeys(wrong)))

    def apply(self, settings: Sequence[Setting]) -> tuple[Instance, Policy]:
        """Return the instance and the model with settings done one after the other.

        They are what one gets by writing the new figures into the tables and the model and
        reading those, but for ``files`` and ``content``: these stay as they were read, with a
        note of the settings, ``scenario.json`` or a comment, so that their hashes are others.
        Costs, pay, placement capacities, pools, floors and who can do whose work stand in
        ``tables`` as they apply, one row for each course and study year, profession, region and
        year, year, or leaf region. Whole numbers of tables that are multiplied are rounded to the
        nearest, halves up. Where nothing changes, the instance or the model itself is returned.

        Whether budgets and pools still carry the pipeline, and courses the commitments, is not
        checked: that is found when a plan is sought, and there is none.

        Raises
        ------
        UsageError
            If an axis names what the instance or the model does not have.
        InputError
            If a figure leaves its range; names the setting and the first row.
        """
        columns: Columns = {}
        policy = self._policy
        effective = [setting for setting in settings if not setting.neutral]
        for setting in effective:
            if setting.axis.field in FIELDS:
                self._vary(columns, setting)
            else:
                policy = _vary_model(policy, setting)
        self._check_pairs(columns, effective)
        if policy != self._policy:
            of_model = [s for s in effective if s.axis.field not in FIELDS]
            note = f"\n# varied: {settings_json(of_model)}\n"
            policy = replace(policy, content=policy.content + note.encode())
        return self._renewed(columns, effective), policy

    def touched(self, settings: Sequence[Setting]) -> list[Touched]:
        """Say how many rows each of some settings changes, and by how much in all.

        They are done one after the other, as in ``apply``, which says what is raised.
        """
        columns: Columns = {}
        found = []
        for setting in settings:
            said = f"{setting.axis.target}{setting.value:.12g}"
            if setting.axis.field not in FIELDS:
                found.append(Touched(said, 1, 1, None, ""))
                continue
            field, cells = FIELDS[setting.axis.field], self._cells_of(setting.axis)
            before = self._sum(columns, field, cells)
            self._vary(columns, setting)
            unit = self._unit(field, cells)
            change = self._sum(columns, field, cells) - before if unit else None
            of = self._sheet(field.table).lines
            lines = np.unique(of[np.concatenate([*cells.values()])])
            figures = max(len(rows) for rows in cells.values())
            found.append(Touched(said, len(lines), figures, change, unit))
        return found

    def touched_by(self, axis: Axis, values: Iterable[float]) -> list[Touched]:
        """Say what an axis changes at each of some values, but for those that are out of range."""
        found: list[Touched] = []
        for value in values:
            with suppress(InputError):  # a row of the sweep, which says what is wrong
                found += self.touched([Setting(axis, value)])
        return found

    def _unit(self, field: Field, cells: Mapping[str, Ints]) -> str:
        """Return what the figures add up to; nothing where places stand beside units."""
        if field.table != "commitments":
            return field.unit
        codes = self._sheet(field.table).codes["measure"]
        named = codes[np.concatenate([*cells.values()])] != ""
        return field.unit if not named.any() else "units" if named.all() else ""

    def _sum(self, columns: Columns, field: Field, cells: Mapping[str, Ints]) -> float:
        base = self._sheet(field.table).columns
        return sum(
            float(columns.get((field.table, name), base[name])[rows].sum())
            for name, rows in cells.items()
        )

    def _cells_of(self, axis: Axis) -> Mapping[str, Ints]:
        key = axis.field, axis.filters
        if key not in self._cells:
            self._cells[key] = chosen(axis, self._instance, self._sheet(FIELDS[axis.field].table))
        return self._cells[key]

    def _vary(self, columns: Columns, setting: Setting) -> None:
        field = FIELDS[setting.axis.field]
        base = self._sheet(field.table)
        for name, rows in self._cells_of(setting.axis).items():
            key = field.table, name
            column = columns.setdefault(key, base.columns[name].copy())
            declared = TABLES[field.table].column(name)
            old = column[rows]
            new = new_figures(setting, old)
            if declared.kind == "whole" and setting.axis.operator == "*=":
                new = np.floor(new + 0.5)
            wrong = np.flatnonzero(~allowed(declared, new))
            if len(wrong):
                i = wrong[0]
                why = why_not(declared, new[i])
                message = f"“{setting}” makes {new[i]:g} of {old[i]:g}, {why}"
                raise _outside(field.table, base.lines[rows[i]], name, message)
            column[rows] = new

    def _check_pairs(self, columns: Columns, settings: list[Setting]) -> None:
        for pair in _PAIRS:
            given = [setting for setting in settings if setting.axis.field in pair]
            if not given:
                continue
            table, base = FIELDS[pair[0]].table, self._sheet(FIELDS[pair[0]].table)
            (low,), (high,) = (FIELDS[name].columns for name in pair)
            least, most = (columns.get((table, c), base.columns[c]) for c in (low, high))
            wrong = np.flatnonzero(least > most)
            if len(wrong):
                i = wrong[0]
                blamed = " and ".join(f"“{setting}”" for setting in given)
                more = self._second(pair, least, most, wrong, [s.axis for s in given])
                message = f"with {blamed}, {least[i]:g} is more than {high}, {most[i]:g}; {more}"
                raise _outside(table, base.lines[i], low, message)

    def _second(
        self, pair: tuple[str, str], least: Floats, most: Floats, wrong: Ints, given: list[Axis]
    ) -> str:
        """Name the setting that is needed beside others that take pairs of figures apart."""
        rows = np.unique(np.concatenate([*self._cells_of(given[-1]).values()]))
        filters = dict(given[-1].filters)
        if len(wrong) <= _LISTED and not (filters and np.array_equal(rows, wrong)):
            table = FIELDS[pair[0]].table
            key = TABLES[table].key[0]
            filters, rows = {key: tuple(map(str, self._sheet(table).codes[key][wrong]))}, wrong
        rows = np.union1d(rows, wrong)
        raised = all(axis.field == pair[0] for axis in given)
        field, value = (pair[1], least[rows].max()) if raised else (pair[0], most[rows].min())
        second = make_axis(field, "=", [value], filters)
        return f"make a second change too: '{second.target}{value:.12g}'"

    def _renewed(self, columns: Columns, settings: list[Setting]) -> Instance:
        if not columns:
            return self._instance
        note = settings_json(s for s in settings if s.axis.field in FIELDS).encode()
        new = renewed(self._instance, self._sheet, columns, note)
        _refuse(check_pathways(new.tables), settings, "share", "join_rate")
        if any(table == "substitution" for table, _ in columns):
            _refuse(check_pairs(new.tables["substitution"]), settings, "ratio")
            _refuse(check_circles(new.substitution), settings, "ratio")
        return new


def _refuse(wrong: Iterable[Problem], settings: Iterable[Setting], *fields: str) -> None:
    """Refuse settings of some fields that leave figures at odds with each other."""
    for problem in wrong:
        said = " and ".join(f"“{s}”" for s in settings if s.axis.field in fields)
        raise InputError([replace(problem, message=f"with {said}, {problem.message}")])


def _vary_model(policy: Policy, setting: Setting) -> Policy:
    key = setting.axis.field.removeprefix(MODEL)
    tried: list[float] = []

    def change(old: float) -> float:
        tried.append(float(new_figures(setting, np.array(old, dtype=float))))
        return tried[-1]

    try:
        return vary_key(policy, key, change)
    except ValueError as error:
        message = f"“{setting}” makes {tried[-1]:g}, which {error}"
        raise InputError([Problem("error", "model.toml", None, key, message)]) from None


def _outside(table: str, line: int, column: str, message: str) -> InputError:
    return InputError([Problem("error", TABLES[table].file, int(line), column, message)])
