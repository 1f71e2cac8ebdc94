"""Sweeps written as files: what varies, by which design, and storylines with a name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from commission_opt.errors import InputError, Problem, UsageError
from commission_opt.instance.raw import is_plain_name
from commission_opt.sweep.axis import Axis, make_axis, parse_axis
from commission_opt.sweep.design import DESIGNS, scenarios
from commission_opt.sweep.scenario import AS_GIVEN, Scenario
from commission_opt.sweep.setting import Setting
from commission_opt.sweep.toml_tables import TableReader
from commission_opt.sweep.values import parse_values

FOLDER = "sweeps"  # of an instance


@dataclass(frozen=True)
class SweepFile:
    """A sweep as it is written.

    Parameters
    ----------
    name, title : str
    model : str
        Name or path of a commissioning model; empty if the file names none.
    relaxed : bool
        Fractions of places, with prices.
    design : str
        One of ``DESIGNS``; empty if there are storylines only.
    samples : int or None
        For designs that draw values.
    seed : int
    axes : tuple of Axis
    storylines : tuple of Scenario
        With names of their own.
    titles : dict of str to str
        Titles of the storylines, by name.
    """

    name: str
    title: str
    model: str
    relaxed: bool
    design: str
    samples: int | None
    seed: int
    axes: tuple[Axis, ...]
    storylines: tuple[Scenario, ...]
    titles: dict[str, str]

    def scenarios(self) -> list[Scenario]:
        """Return all scenarios: ``as given`` or those of the design, then the storylines.

        Raises
        ------
        UsageError
            If the design cannot be made of the axes, or has a scenario that does what a storyline
            does.
        """
        planned = [Scenario(AS_GIVEN)]
        if self.axes:
            planned = scenarios(self.design, self.axes, self.samples, self.seed)
        names = {scenario.key: scenario.name for scenario in planned}
        for line in self.storylines:
            if line.key in names:
                raise UsageError(
                    f"the storyline {line.name!r} does the same as {names[line.key]!r} of the "
                    "design; leave it out"
                )
        return [*planned, *self.storylines]

    def all_axes(self) -> list[Axis]:
        """Return every axis that the file names, those of storylines too."""
        return [*self.axes, *(s.axis for line in self.storylines for s in line.settings)]


def find_sweep(text: str, instance: Path) -> Path:
    """Return the file of a sweep given by path, or by the name of one in an instance's folder.

    Raises
    ------
    InputError
        If there is neither.
    """
    path, folder = Path(text), instance / FOLDER
    if path.is_file():
        return path
    names = sweep_names(instance)
    if text in names:
        return folder / f"{text}.toml"
    message = "there is no such sweep; give a path, or the name of one of the instance: "
    raise InputError([Problem("error", text, None, None, message + (", ".join(names) or "none"))])


def sweep_names(instance: Path) -> list[str]:
    """Return the names of the sweeps in an instance's folder."""
    return sorted(path.stem for path in (instance / FOLDER).glob("*.toml"))


def read_sweep(path: Path | str) -> SweepFile:
    """Read a sweep.

    Raises
    ------
    InputError
        If it is missing, is not TOML, or has an unknown or wrong key; lists all of them.
    """
    path = Path(path)
    try:
        values = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise _wrong(path, f"the sweep cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _wrong(path, "is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise _wrong(path, f"is not valid TOML: {error}") from error
    reader = TableReader(path.name)
    sweep = _sweep(reader, values)
    if reader.problems:
        raise InputError(reader.problems)
    return sweep


def _wrong(path: Path, message: str) -> InputError:
    return InputError([Problem("error", str(path), None, None, message)])


_KEYS = (
    "name", "title", "model", "relaxed", "design", "samples", "seed", "axis", "storyline",
)  # fmt: skip


def _sweep(reader: TableReader, values: dict[str, Any]) -> SweepFile:
    reader.known(values, _KEYS)
    name = reader.take(values, "name", str, "")
    if not is_plain_name(name):
        message = "is missing or has signs that file names should not have"
        reader.error("name", f"{message}; write letters, digits, “-”, “_” and “.”")
    made = [_axis(reader, at, table) for at, table in reader.tables(values, "axis")]
    axes = tuple(axis for axis in made if axis is not None)
    lines = [_storyline(reader, at, table) for at, table in reader.tables(values, "storyline")]
    sweep = SweepFile(
        name=name,
        title=reader.take(values, "title", str, name),
        model=reader.take(values, "model", str, ""),
        relaxed=reader.take(values, "relaxed", bool, False),
        design=reader.take(values, "design", str, ""),
        samples=reader.take(values, "samples", int, None),
        seed=reader.take(values, "seed", int, 0),
        axes=axes,
        storylines=tuple(line for line, _ in lines),
        titles={line.name: title for line, title in lines},
    )
    _check(reader, sweep, planned=bool(made))
    return sweep


def _axis(reader: TableReader, at: str, table: dict[str, Any]) -> Axis | None:
    """Read an axis from its text, ``vary``, or from its parts."""
    name = reader.take(table, "name", str, "", at)
    before = len(reader.problems)
    if "vary" in table:
        reader.known(table, ("name", "vary"), at)
        text = reader.take(table, "vary", str, "", at)
        if len(reader.problems) > before:
            return None
        return reader.trying(at + "vary", lambda: parse_axis(text, name))
    reader.known(table, ("name", "field", "operator", "values", "filter"), at)
    field = reader.take(table, "field", str, "", at)
    operator = reader.take(table, "operator", str, "*=", at)
    values = _values(reader, at, table.get("values", []))
    filters = {
        key: [str(code) for code in codes] if isinstance(codes, list) else [str(codes)]
        for key, codes in reader.take(table, "filter", dict, {}, at).items()
    }
    if len(reader.problems) > before:
        return None
    return reader.trying(
        at.removesuffix(", "), lambda: make_axis(field, operator, values, filters, name)
    )


def _values(reader: TableReader, at: str, written: object) -> Iterable[float]:
    if isinstance(written, str):
        return reader.trying(at + "values", lambda: parse_values(written)) or ()
    if isinstance(written, list) and all(type(value) in (int, float) for value in written):
        return [float(value) for value in written]
    reader.error(at + "values", "must be a list of numbers, or text such as '0.8:1.2:0.1'")
    return ()


def _storyline(reader: TableReader, at: str, table: dict[str, Any]) -> tuple[Scenario, str]:
    reader.known(table, ("name", "title", "settings"), at)
    name = reader.take(table, "name", str, "", at)
    if not name.strip():
        reader.error(at + "name", "is missing")
    settings = []
    texts = reader.take(table, "settings", list, [], at)
    if not texts:
        reader.error(at + "settings", "is empty; write a list such as ['demand*=1.05']")
    for text in texts:
        axis = reader.trying(at + "settings", partial(parse_axis, str(text)))
        if axis is not None and len(axis.values) > 1:
            reader.error(at + "settings", f"{text!r} has several values; a storyline takes one")
        elif axis is not None:
            settings.append(Setting(axis, axis.values[0]))
    return Scenario(name, tuple(settings)), reader.take(table, "title", str, name, at)


def _check(reader: TableReader, sweep: SweepFile, *, planned: bool) -> None:
    """Find what does not go together."""
    if not planned and not sweep.storylines:
        reader.error("axis", "nothing varies; write [[axis]] or [[storyline]] tables")
    if planned and sweep.design not in DESIGNS:
        reader.error("design", f"must be one of {', '.join(DESIGNS)}, not {sweep.design!r}")
    if sweep.design and not planned:
        reader.error("design", "goes with [[axis]] tables only")
    if not reader.problems:
        _check_storylines(reader, sweep.storylines)


def _check_storylines(reader: TableReader, storylines: tuple[Scenario, ...]) -> None:
    base = Scenario(AS_GIVEN)
    names, keys = {base.name: f"“{base.name}”"}, {base.key: f"“{base.name}”"}
    for i, line in enumerate(storylines, start=1):
        this = f"storyline {i}"
        if line.name in names:
            reader.error(this, f"has the name of {names[line.name]}; give it another")
        if line.key in keys:
            reader.error(this, f"does the same as {keys[line.key]}; leave it out")
        names.setdefault(line.name, this)
        keys.setdefault(line.key, this)
