"""What if, at once: warm sessions that solve an instance in fractions of places again and again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commission_opt.errors import CommissionOptError
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.objectives import BELOW
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.policy_file import read_policy_for_one
from commission_opt.reading.read import read_instance
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Scenario, read_changes
from commission_opt.solvers.status import Limits
from commission_opt.sweep.engine import Session
from commission_opt.sweep.row import Row
from commission_opt.views import words
from commission_opt.workbench.bracketed import Brackets
from commission_opt.workbench.commands import at_once, in_fractions, shown
from commission_opt.workbench.controls import Controls, controls_of

_LIMITS = Limits(seconds=60.0)
_WARM = 3  # sessions that are kept
_LARGE = 20_000  # numbers of places: 28,380 of them take far more than the limit
_TOO_LARGE = (
    "This instance is too large to be solved at once: in fractions of places it takes more than "
    f"{_LIMITS.seconds:g} s. Make a whole plan as given, on the page of the instance: between "
    "which ends changes lead is then said at once, from the places and prices of that plan. Or "
    "make a whole plan with the changes: the button is below."
)
_FOUND = ("optimal", "feasible")


@dataclass(frozen=True, eq=False)
class Warm:
    """An instance under a model, solved and ready to be solved again.

    Parameters
    ----------
    base : Row
        Without any change.
    lock : Lock
        Held while the session solves.
    """

    instance: Instance
    base: Row
    session: Session
    lock: threading.Lock


class WhatIf:
    """Answers at once what a plan in fractions of places would be, for a few instances.

    Parameters
    ----------
    root : Path
        Of the workspace, to which names of files are relative.
    """

    def __init__(self, root: Path) -> None:
        self._root, self._brackets = root, Brackets(root)
        self._warm: OrderedDict[tuple[str, str], Warm] = OrderedDict()
        self._read: OrderedDict[str, Instance] = OrderedDict()
        self._making: dict[tuple[str, str], threading.Lock] = {}
        self._lock, self._reading = threading.Lock(), threading.Lock()

    def warm(self, source: str, model: str) -> Warm:
        """Return an instance under a model that is ready; the first time it is read and solved.

        Raises
        ------
        CommissionOptError
            If either cannot be read.
        """
        key = source, model
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:  # whoever comes second waits for the first
            with self._lock:
                if key in self._warm:
                    self._warm.move_to_end(key)
                    return self._warm[key]
            made = self._made(source, model)
            with self._lock:
                self._warm[key] = made
                while len(self._warm) > _WARM:
                    self._warm.popitem(last=False)
            return made

    def folder(self, source: str) -> Path:
        """Return where an instance is: a workbook of the workspace, or one of the program."""
        mine = _inside("instances", source) or _inside("workbooks", source)
        return self._root / source if mine else find_instance(source)

    def instance(self, source: str) -> Instance:
        """Return an instance, which is read once; an InputError says what is wrong with it."""
        with self._reading:
            if source not in self._read:
                self._read[source] = read_instance(self.folder(source))
                if len(self._read) > _WARM:
                    self._read.popitem(last=False)
            self._read.move_to_end(source)
            return self._read[source]

    def controls(self, source: str, model: str) -> tuple[Controls, ...]:
        """Return what can be turned; an InputError or UsageError says what cannot be read."""
        return controls_of(self.instance(source), self._policy(model))

    def check(self, source: str, model: str, changes: Sequence[str]) -> None:
        """Raise a UsageError or InputError of changes that name or make what cannot be."""
        Ground(self.instance(source), self._policy(model)).apply(read_changes(changes))

    def model(self, model: str) -> Path:
        """Return the file of a model: one of the workspace, or one of the program."""
        return self._root / model if _inside("models", model) else find_model(model)

    def _policy(self, model: str) -> Policy:
        return read_policy_for_one(self.model(model), "what-if")

    def _made(self, source: str, model: str) -> Warm:
        instance = self.instance(source)
        session = Session(instance, self._policy(model).relaxed(), _LIMITS)
        return Warm(instance, session.run(Scenario("as given")), session, threading.Lock())

    def too_large(self, source: str, model: str) -> bool:
        """Say whether an instance under a model takes too long to be solved at once."""
        years = self._policy(model).commissioning_years
        return len(self.instance(source).courses) * years > _LARGE

    def answer(
        self, source: str, model: str, changes: Sequence[str], plan: str | None = None
    ) -> dict[str, Any]:
        """Solve with some changes made, and say what comes of it.

        Parameters
        ----------
        plan : str, optional
            A plan of the instance as it is, which tells of it where it takes too long to be solved.

        Returns
        -------
        dict
            For a page: see ``told``; ``command`` is what does the same in a terminal.
        """
        command = shown(in_fractions(source, model, changes))
        warm = None if self.too_large(source, model) else self.warm(source, model)
        if warm is None or warm.base.status == "no_plan_found":
            if plan is not None:
                return self._bracketed(plan, changes)
            said = {"status": "too_large", "sentences": [], "reason": _TOO_LARGE}
            return {**said, "command": command}
        try:
            scenario = Scenario("changed", read_changes(changes))
            with warm.lock:
                touched = [
                    f"“{one.setting}” changes {one}." for one in warm.session.touched(scenario)
                ]
                row = warm.session.run(scenario)
        except CommissionOptError as error:
            found = _invalid(error)
        else:
            found = told(warm, row)
            found["sentences"] += map(_seen, touched)
        return {**found, "command": command}

    def _bracketed(self, plan: str, changes: Sequence[str]) -> dict[str, Any]:
        """Say between which ends the best plan lies, from a plan without the changes."""
        try:
            found = self._brackets.answer(plan, changes)
        except CommissionOptError as error:
            found = _invalid(error)
        found["sentences"] = [*map(_seen, found["sentences"])]
        return {**found, "command": shown(at_once(plan, changes))}


def _invalid(error: CommissionOptError) -> dict[str, Any]:
    return {"status": "invalid", "sentences": [], "reason": _seen(str(error))}


def _inside(kind: str, named: str) -> bool:
    """Say whether a file is one of the workspace, whether or not it is still there."""
    return named.startswith(f"{kind}/")


def _seen(text: str) -> str:
    """Show hidden characters of a text of several lines."""
    return "\n".join(map(words.clean, text.split("\n")))


def told(warm: Warm, row: Row) -> dict[str, Any]:
    """Say for a page what a scenario leads to, beside the instance as given.

    Returns
    -------
    dict
        ``status``, ``sentences``, ``reason`` where there is no plan, and else ``years``,
        ``shortfall`` and ``base`` by year (FTE), and ``tables``: rows of name, figure as given,
        figure, and change, as texts.
    """
    if row.status not in _FOUND:
        return {"status": row.status, "sentences": [], "reason": _seen(row.reason)}
    new, old = row.measures, warm.base.measures
    years = list(warm.instance.years)
    keys = [f"shortfall:year:{year}" for year in years]
    return {
        "status": row.status,
        "sentences": [_headline(warm, new, old)],
        "years": [words.year(year) for year in years],
        "shortfall": [new[key] for key in keys],
        "base": [old[key] for key in keys] if old else None,
        "tables": _tables(new, old),
    }


def _headline(warm: Warm, new: dict[str, float], old: dict[str, float]) -> str:
    last = words.year(warm.instance.years[-1])
    said = (
        f"In fractions of places, the shortfall is {words.count(new['shortfall'])} FTE-years over "
        f"all years to {last}"
    )
    if not old:
        return f"{said}; as given there is no plan."
    change = new["shortfall"] - old["shortfall"]
    if words.change(change) == "±0":
        return f"{said}, as it is without the changes."
    way = "more" if change > 0 else "less"
    return f"{said}: {words.count(abs(change))} {way} than as given."


_PARTS = (
    ("Over all years", "", ("shortfall", "places", "units", "spend", BELOW)),
    ("Money by fund, £m", "spend:fund:", ()),
    ("Places by group", "places:group:", ()),
    ("Places by region", "places:region:", ()),
    ("Units of measures", "units:kind:", ()),
    ("Shortfall by group, FTE-years", "shortfall:group:", ()),
    ("Shortfall by region, FTE-years", "shortfall:region:", ()),
)
_NAMES = {
    "shortfall": "Shortfall, FTE-years", "places": "Places commissioned", "units": "Units bought",
    "spend": "Money, £m", BELOW: "Service below floors, FTE-years",
}  # fmt: skip


def _tables(new: dict[str, float], old: dict[str, float]) -> list[dict[str, Any]]:
    found = []
    for title, prefix, names in _PARTS:
        keys = [key for key in new if key.startswith(prefix)] if prefix else list(names)
        rows = [_line(key, prefix, new, old) for key in keys if key in new]
        if rows:
            found.append({"title": title, "rows": rows})
    return found


def _line(key: str, prefix: str, new: dict[str, float], old: dict[str, float]) -> list[str]:
    show = words.millions if key.startswith("spend") else words.count
    value, before = new[key], old.get(key, float("nan"))
    name = words.clean(key.removeprefix(prefix)) if prefix else _NAMES[key]
    if before != before:
        return [name, words.NOTHING, show(value), words.NOTHING]
    moved = show(value - before)
    sign = "" if moved.startswith("−") or not any(d in moved for d in "123456789") else "+"
    return [name, show(before), show(value), sign + moved if sign else moved]
