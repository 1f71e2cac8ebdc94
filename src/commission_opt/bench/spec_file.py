"""Specifications read from TOML, with every wrong key found in one pass."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

from commission_opt.bench.spec import (
    ENGINES,
    METHODS,
    PEER,
    Case,
    Generated,
    Limited,
    Options,
    Spec,
)
from commission_opt.errors import InputError, Problem
from commission_opt.shipped import find_instance, find_model

T = TypeVar("T")
_TOP = ("name", "title", "defaults", "case")
_LISTS = ("model", "engine", "solver", "method", "options", "seeds")
_LIMITS = ("repeats", "time_limit", "kill_after", "memory_limit_mib")
_CASE = ("instance", "generate", *_LISTS, *_LIMITS)
_KINDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def read_spec(path: Path | str) -> Spec:
    """Read a specification.

    Raises
    ------
    InputError
        If it is missing, is not TOML, has a wrong key or names what is not there; carries every
        problem found.
    """
    path = Path(path)
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        message = f"the specification cannot be read: {error.strerror}"
        raise InputError([Problem("error", str(path), None, None, message)]) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"is not valid TOML: {error}"
        raise InputError([Problem("error", path.name, None, None, message)]) from error
    reader = _Reader(path)
    spec = reader.spec(values)
    if reader.problems:
        raise InputError(reader.problems)
    return spec


class _Reader:
    """Takes checked values out of a specification and collects what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.path, self.where = path, ""
        self.problems: list[Problem] = []

    def error(self, key: str, message: str) -> None:
        column = f"{self.where}{key}"
        self.problems.append(Problem("error", self.path.name, None, column, message))

    def spec(self, values: Mapping[str, Any]) -> Spec:
        self.known(values, _TOP, "a specification")
        defaults, cases = values.get("defaults", {}), values.get("case", [])
        if not isinstance(defaults, dict):
            self.error("defaults", "is not a table; write [defaults]")
            defaults = {}
        self.where = "defaults, "
        self.known(defaults, (*_LISTS, *_LIMITS), "[defaults]")
        self.where = ""
        if not isinstance(cases, list) or not cases:
            self.error("case", "is missing; write at least one table [[case]]")
            cases = []
        found: list[Case] = []
        for k, case in enumerate(cases):
            self.where = f"case {k + 1}, "
            if isinstance(case, dict):
                self.known(case, _CASE, "[[case]]")
                found += self.cells({**defaults, **case})
            else:
                self.error("case", "is not a table; write [[case]]")
        self.where = ""
        for key, count in Counter(case.key for case in found).items():
            if count > 1:
                self.error("case", f"{count} cells have the key {key}; leave out all but one")
        name, title = self.take(values, "name", str, ""), self.take(values, "title", str, "")
        return Spec(name, title, tuple(found))

    def known(self, values: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
        for key in values:
            if key not in keys:
                self.error(key, f"is not a key of {where}; the keys are {', '.join(keys)}")

    def take(
        self,
        values: Mapping[str, Any],
        key: str,
        kind: type[T],
        default: T | None = None,
        check: Callable[[T], str | None] = lambda _: None,
    ) -> Any:
        """Return a value of the right type; on a mistake, note it and return the default."""
        if key not in values:
            if default is None or default == "":
                self.error(key, "is missing; give it")
            return default
        value = _number(values[key]) if kind is float else values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.error(key, f"{values[key]!r} is not {_KINDS[kind]}; change it")
            return default
        if message := check(value):
            self.error(key, f"{values[key]!r} {message}")
            return default
        return value

    def several(
        self,
        values: Mapping[str, Any],
        key: str,
        kind: type[T],
        default: T,
        check: Callable[[T], str | None] = lambda _: None,
    ) -> list[Any]:
        """Return the values of a key that may hold one or a list."""
        value = values.get(key, default)
        items = value if isinstance(value, list) else [value]
        if not items:
            self.error(key, "is empty; give at least one value or leave it out")
        return [self.take({key: item}, key, kind, default, check) for item in items]

    def cells(self, values: Mapping[str, Any]) -> list[Case]:
        """Return the cross product of a table's lists."""
        instance, limits = self.instance(values), self.limits(values)
        own = isinstance(instance, Generated)
        models = [self.model(m, instance) for m in self.several(
            values, "model", str, "own" if own else "annual"
        )]  # fmt: skip
        engines = self.several(values, "engine", str, "arrays", self.engine)
        solvers = self.several(values, "solver", str, "highs")
        methods = self.several(values, "method", str, "auto", _one_of(METHODS))
        seeds = self.several(values, "seeds", int, 0, _not_negative)
        options = [self.options(o) for o in _listed(values.get("options", {}))]
        if instance is None:
            return []
        if "method" in values and not {"arrays"} & set(engines):
            self.error("method", "goes with engine 'arrays'; leave it out")
        found = {}
        for model, engine, solver, method, option, seed in product(
            models, engines, solvers, methods, options, seeds
        ):
            if engine == "arrays" and solver != "highs":
                self.error("solver", "goes with engine 'pyomo'; write a [[case]] of its own")
            if engine != "arrays" and option.highs:
                self.error("options, highs", "goes with engine 'arrays'; leave it out")
            case = Case(
                instance, model, engine,
                "" if engine.startswith(PEER) else solver,
                method if engine == "arrays" else "",
                option, seed, limits, (self.path.parent / "../peers").resolve(),
            )  # fmt: skip
            found[case.key] = case  # methods make no difference to other engines
        return list(found.values())

    def instance(self, values: Mapping[str, Any]) -> Path | Generated | None:
        if ("instance" in values) == ("generate" in values):
            self.error("instance", "give either instance or generate, and not both")
            return None
        if "generate" in values:
            return self.generated(values["generate"])
        name = self.take(values, "instance", str)
        return None if name is None else self.found(name, find_instance, "instance")

    def generated(self, table: object) -> Generated | None:
        if not isinstance(table, dict):
            self.error("generate", "is not a table { professions, regions, years, seed }")
            return None
        before, self.where = self.where, f"{self.where}generate, "
        self.known(table, ("professions", "regions", "years", "seed"), "generate")
        sizes = [
            self.take(table, key, int, None, _at_least_one)
            for key in ("professions", "regions", "years")
        ]
        seed = self.take(table, "seed", int, 0, _not_negative)
        self.where = before
        if None in sizes:
            return None
        professions, regions, years = sizes
        return Generated(professions, regions, years, seed)

    def model(self, name: str, instance: Path | Generated | None) -> Path | None:
        if name != "own":
            return self.found(name, find_model, "model")
        if isinstance(instance, Path) and not (instance / "model.toml").is_file():
            self.error("model", f"the instance {instance.name} has no model.toml of its own")
        return None

    def found(self, name: str, find: Callable[[str], Path], key: str) -> Path | None:
        """Return what is at a path relative to the specification, or is shipped under a name."""
        beside = self.path.parent / name
        try:
            return (beside if beside.exists() else find(name)).resolve()
        except InputError as error:
            self.error(key, f"{name!r}: {error.problems[0].message}")
            return None

    def engine(self, name: str) -> str | None:
        if name.startswith(PEER):
            driver = self.path.parent / "../peers/driver.py"
            return None if driver.is_file() else "needs ../peers/driver.py beside the specification"
        return None if name in ENGINES else f"is not one of {', '.join(ENGINES)}, peer:NAME"

    def options(self, table: object) -> Options:
        if not isinstance(table, dict):
            self.error("options", f"{table!r} is not a table such as {{ gap = 0.001 }}")
            return Options()
        before, self.where = self.where, f"{self.where}options, "
        self.known(table, ("gap", "threads", "relaxed", "highs"), "options")
        gap = self.take(table, "gap", float, Options.gap, _share)
        threads = self.take(table, "threads", int, Options.threads, _at_least_one)
        relaxed = self.take(table, "relaxed", bool, Options.relaxed)
        highs = table.get("highs", {})
        if not isinstance(highs, dict) or not all(
            isinstance(value, bool | int | float | str) for value in highs.values()
        ):
            self.error("highs", 'is not a table of options such as { presolve = "off" }')
            highs = {}
        self.where = before
        return Options(gap, threads, relaxed, highs)

    def limits(self, values: Mapping[str, Any]) -> Limited:
        seconds = self.take(values, "time_limit", float, Limited.time_limit, _positive)
        kill = self.take(values, "kill_after", float, seconds + 60.0, _positive)
        memory = None
        if "memory_limit_mib" in values:
            memory = self.take(values, "memory_limit_mib", float, None, _positive)
        repeats = self.take(values, "repeats", int, Limited.repeats, _at_least_one)
        return Limited(repeats, seconds, kill, memory)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _number(value: object) -> object:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if whole else value  # type: ignore[arg-type]


def _at_least_one(value: int) -> str | None:
    return None if value >= 1 else "is not 1 or more"


def _not_negative(value: int) -> str | None:
    return None if value >= 0 else "is not 0 or more"


def _positive(value: float) -> str | None:
    return None if math.isfinite(value) and value > 0 else "is not a number above 0"


def _share(value: float) -> str | None:
    return None if 0 <= value <= 1 else "is not between 0 and 1"


def _one_of(names: tuple[str, ...]) -> Callable[[str], str | None]:
    return lambda value: None if value in names else f"is not one of {', '.join(names)}"
