"""Sweeps written as files: what varies, by which design, and storylines with a name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from commission_opt.errors import UsageError
from commission_opt.files.shipped import found
from commission_opt.files.toml.read import parse_toml, read_bytes
from commission_opt.files.toml.table import TomlTable
from commission_opt.instance.instance import Instance
from commission_opt.instance.raw import is_plain_name
from commission_opt.policy import Policy
from commission_opt.scenario.axis import Axis, make_axis, parse_axis, parse_values
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import AS_GIVEN, Scenario, Setting, in_words
from commission_opt.sweep.design import DESIGNS, scenarios

T = TypeVar("T")
FOLDER = "sweeps"  # of an instance


@dataclass(frozen=True)
class SweepFile:
    """A sweep as it is written.

    Parameters
    ----------
    name, title
    model : str
        Name or path of a commissioning model; empty if the file names none.
    relaxed : bool
        Fractions of places, with prices.
    design : str
        One of ``DESIGNS``; empty if there are storylines only.
    samples, seed
        For designs that draw values.
    axes
    storylines : tuple of Scenario
        With names of their own.
    titles : dict of str to str
        Titles of the storylines, by name.
    """

    name: str = ""
    title: str = ""
    model: str = ""
    relaxed: bool = False
    design: str = ""
    samples: int | None = None
    seed: int = 0
    axes: tuple[Axis, ...] = ()
    storylines: tuple[Scenario, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)

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

    def about(self, instance: Instance, policy: Policy) -> dict[str, str]:
        """Return what a store keeps of how its scenarios were made, by name.

        Raises
        ------
        UsageError
            If an axis names what is not there.
        """
        ground = Ground(instance, policy)
        ground.check(self.all_axes())
        told = {axis.target: ground.touched_by(axis, axis.values) for axis in self.axes}
        for one in (setting for line in self.storylines for setting in line.settings):
            told[f"{one.axis.target}{one.value:.12g}"] = ground.touched_by(one.axis, [one.value])
        kept = {
            "axes": [{"name": a.name, "target": a.target, "values": a.values} for a in self.axes],
            "changes": [
                f"{what} changes {in_words(found)}" for what, found in told.items() if found
            ],
            "storylines": self.titles,
            "samples": self.samples,
            "seed": self.seed,
        }
        return {
            "name": self.name,
            "title": self.title,
            "design": self.design,
            **{key: json.dumps(value, ensure_ascii=False) for key, value in kept.items()},
        }


def asked_for(vary: Iterable[str], design: str, samples: int | None, seed: int) -> SweepFile:
    """Return a sweep that is asked for by its axes as if it were a file; see ``parse_axis``."""
    axes = tuple(parse_axis(text) for text in vary)
    return SweepFile(design=design, samples=samples, seed=seed, axes=axes)


def find_sweep(text: str, instance: Path) -> Path:
    """Return the file of a sweep given by path, or by the name of one in an instance's folder.

    Raises
    ------
    InputError
        If there is neither.
    """
    if Path(text).is_file():
        return Path(text)
    place = instance / FOLDER / f"{text}.toml"
    return found(text, "sweep", sweep_names(instance), place, "one of the instance")


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
    return parse_sweep(read_bytes(path, "sweep"), path.name)


def parse_sweep(content: bytes, file: str = "sweep.toml") -> SweepFile:
    """Read a sweep from the content of its file; see ``read_sweep``."""
    return parse_toml(content, file, _sweep)


def _sweep(table: TomlTable) -> SweepFile:
    keys = (
        "name", "title", "model", "relaxed", "design", "samples", "seed", "axis", "storyline",
    )  # fmt: skip
    table.known(keys, "a sweep")
    name = table.take("name", str, "")
    if not is_plain_name(name):
        message = "is missing or has signs that file names should not have"
        table.error("name", f"{message}; write letters, digits, “-”, “_” and “.”")
    made = [_axis(each) for each in table.tables("axis", "[[axis]]")]
    stories = table.tables("storyline", "[[storyline]]")
    lines = [_storyline(each) for each in stories]
    sweep = SweepFile(
        name=name,
        title=table.take("title", str, name),
        model=table.take("model", str, ""),
        relaxed=table.take("relaxed", bool, False),
        design=table.take("design", str, ""),
        samples=table.take("samples", int, None),
        seed=table.take("seed", int, 0),
        axes=tuple(axis for axis in made if axis is not None),
        storylines=tuple(line for line, _ in lines),
        titles={line.name: title for line, title in lines},
    )
    if not made and not lines:
        table.error("axis", "nothing varies; write [[axis]] or [[storyline]] tables")
    if made and sweep.design not in DESIGNS:
        table.error("design", f"must be one of {', '.join(DESIGNS)}, not {sweep.design!r}")
    if sweep.design and not made:
        table.error("design", "goes with [[axis]] tables only")
    if not table.findings:
        _check_storylines(stories, sweep.storylines)
    return sweep


def _axis(table: TomlTable) -> Axis | None:
    """Read an axis from its text, ``vary``, or from its parts."""
    name = table.take("name", str, "")
    before = len(table.findings)
    if "vary" in table.values:
        table.known(("name", "vary"), "an axis with vary")
        text = table.take("vary", str, "")
        if len(table.findings) > before:
            return None
        return _trying(partial(table.error, "vary"), lambda: parse_axis(text, name))
    table.known(("name", "field", "operator", "values", "filter"), "an axis")
    field = table.take("field", str, "")
    operator = table.take("operator", str, "*=")
    values = _values(table)
    filters = table.table("filter", 'is not a table such as { region = "north" }')
    if filters is None or len(table.findings) > before:
        return None
    codes = {
        key: [str(code) for code in each] if isinstance(each, list) else [str(each)]
        for key, each in filters.values.items()
    }
    return _trying(table.refuse, lambda: make_axis(field, operator, values, codes, name))


def _values(table: TomlTable) -> Iterable[float]:
    written = table.values.get("values", [])
    if isinstance(written, str):
        return _trying(partial(table.error, "values"), lambda: parse_values(written)) or ()
    if isinstance(written, list) and all(type(value) in (int, float) for value in written):
        return [float(value) for value in written]
    table.error("values", "must be a list of numbers, or text such as '0.8:1.2:0.1'")
    return ()


def _storyline(table: TomlTable) -> tuple[Scenario, str]:
    table.known(("name", "title", "settings"), "a storyline")
    name = table.take("name", str, "")
    if not name.strip():
        table.error("name", "is missing")
    settings = []
    texts = table.take("settings", list, [])
    if not texts:
        table.error("settings", "is empty; write a list such as ['demand*=1.05']")
    for i, text in enumerate(texts):
        wrong = partial(table.error, "settings", item=i)
        axis = _trying(wrong, partial(parse_axis, str(text)))
        if axis is not None and len(axis.values) > 1:
            wrong(f"{text!r} has several values; a storyline takes one")
        elif axis is not None:
            settings.append(Setting(axis, axis.values[0]))
    return Scenario(name, tuple(settings)), table.take("title", str, name)


def _trying(wrong: Callable[[str], None], make: Callable[[], T]) -> T | None:
    """Return what is made, or None where that is refused, which is noted."""
    try:
        return make()
    except UsageError as error:
        wrong(str(error))
        return None


def _check_storylines(tables: list[TomlTable], storylines: tuple[Scenario, ...]) -> None:
    base = Scenario(AS_GIVEN)
    seen = {base.name: f"“{base.name}”", base.key: f"“{base.name}”"}
    for i, (table, line) in enumerate(zip(tables, storylines, strict=True), start=1):
        if line.name in seen:
            table.refuse(f"has the name of {seen[line.name]}; give it another")
        if line.key in seen:
            table.refuse(f"does the same as {seen[line.key]}; leave it out")
        seen = {line.name: f"storyline {i}", line.key: f"storyline {i}", **seen}
