"""Specifications read from TOML, with every wrong key found in one pass."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

from commission_opt.bench.spec import ENGINES, METHODS, PEER, Case, Generated, Spec
from commission_opt.errors import InputError
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.files.toml.read import parse_toml, read_bytes
from commission_opt.files.toml.table import TomlTable, at_least, between, one_of

_TOP = ("name", "title", "defaults", "case")
_LISTS = ("model", "engine", "solver", "method", "options", "seeds")
_LIMITS = ("repeats", "time_limit", "work_limit", "kill_after", "memory_limit_mib")
_CASE = ("name", "instance", "generate", *_LISTS, *_LIMITS)


def read_spec(path: Path | str) -> Spec:
    """Read a specification.

    Raises
    ------
    InputError
        If it is missing, is not TOML, has a wrong key or names what is not there; carries every
        problem found.
    """
    path = Path(path)
    content = read_bytes(path, "specification")
    return parse_toml(content, path.name, lambda table: _spec(table, path.parent))


def _spec(table: TomlTable, folder: Path) -> Spec:
    table.known(_TOP, "a specification")
    defaults = table.table("defaults", "is not a table; write [defaults]")
    if defaults is not None:
        defaults.known((*_LISTS, *_LIMITS), "[defaults]")
    if table.values.get("case", []) == []:
        table.error("case", "is missing; write at least one table [[case]]")
    found: list[Case] = []
    for case in table.tables("case", "[[case]]"):
        case.known(_CASE, "[[case]]")
        found += _cells(case if defaults is None else case.over(defaults), folder)
    for what, names in (("key", [c.key for c in found]), ("name", [c.name for c in found])):
        for one, count in Counter(filter(None, names)).items():
            if count > 1:
                table.error("case", f"{count} cells have the {what} {one}; leave out all but one")
    name, title = table.need("name", str), table.need("title", str)
    return Spec(name or "", title or "", tuple(found))


def _cells(case: TomlTable, folder: Path) -> list[Case]:
    """Return the cross product of a case's lists."""
    instance, limits = _instance(case, folder), _limits(case)
    called = case.take("name", str, "")
    models = _models(case, instance, folder)
    engines = case.several("engine", str, "arrays", _engine(folder))
    solvers = case.several("solver", str, "highs", _solver)
    methods = case.several("method", str, "auto", one_of(METHODS))
    seeds = case.several("seeds", int, 0, at_least(0))
    options = _options(case)
    if instance is None:
        return []
    if "method" in case.values and "arrays" not in engines:
        case.error("method", "goes with engine 'arrays'; leave it out")
    found = {}
    for model, engine, solver, method, option, seed in product(
        models, engines, solvers, methods, options, seeds
    ):
        if engine == "arrays" and solver != "highs":
            case.error("solver", "goes with engine 'pyomo'; write a [[case]] of its own")
        if engine != "arrays" and option["highs"]:
            case.error("options", "highs goes with engine 'arrays'; leave it out")
        cell = Case(
            instance, model, engine,
            "" if engine.startswith(PEER) else solver,
            method if engine == "arrays" else "",
            seed, (folder / "../peers").resolve(), **option, **limits, name=called,
        )  # fmt: skip
        found[cell.key] = cell  # methods make no difference to other engines
    return list(found.values())


def _solver(name: str) -> str | None:
    """Refuse a program by its path: whoever runs a specification need not know what it starts."""
    return None if re.fullmatch(r"\w[\w.-]*", name) else "is not the name of a solver"


def _instance(case: TomlTable, folder: Path) -> Path | Generated | None:
    if ("instance" in case.values) == ("generate" in case.values):
        case.error("instance", "give either instance or generate, and not both")
        return None
    if "generate" in case.values:
        return _generated(case)
    name = case.need("instance", str, lambda name: _missing(name, folder, find_instance))
    return None if name is None else _find(name, folder, find_instance)


def _generated(case: TomlTable) -> Generated | None:
    table = case.table("generate", "is not a table { professions, regions, years, seed, levers }")
    if table is None:
        return None
    table.known(("professions", "regions", "years", "seed", "levers"), "generate")
    professions, regions, years = (
        table.need(key, int, at_least(1)) for key in ("professions", "regions", "years")
    )
    seed = table.take("seed", int, 0, at_least(0))
    if professions is None or regions is None or years is None:
        return None
    levers = table.take("levers", bool, False)
    return Generated(professions, regions, years, seed, levers)


def _models(case: TomlTable, instance: Path | Generated | None, folder: Path) -> list[Path | None]:
    """Return the files of models; None for the model that the instance brings."""

    def check(name: str) -> str | None:
        if name != "own":
            return _missing(name, folder, find_model)
        if isinstance(instance, Path) and not (instance / "model.toml").is_file():
            return f"is not there: the instance {instance.name} has no model.toml of its own"
        return None

    default = "own" if isinstance(instance, Generated) else "annual"
    names = case.several("model", str, default, check)
    return [None if name == "own" else _find(name, folder, find_model) for name in names]


def _find(name: str, folder: Path, find: Callable[[str], Path]) -> Path:
    """Return what is at a path relative to the specification, or is shipped under a name."""
    beside = folder / name
    return (beside if beside.exists() else find(name)).resolve()


def _missing(name: str, folder: Path, find: Callable[[str], Path]) -> str | None:
    try:
        _find(name, folder, find)
    except InputError as error:
        return f"is not to be found: {error.problems[0].message}"
    return None


def _engine(folder: Path) -> Callable[[str], str | None]:
    def check(name: str) -> str | None:
        if name.startswith(PEER):
            there = (folder / "../peers/driver.py").is_file()
            return None if there else "needs ../peers/driver.py beside the specification"
        return None if name in ENGINES else f"is not one of {', '.join(ENGINES)}, peer:NAME"

    return check


def _options(case: TomlTable) -> list[dict[str, Any]]:
    such_as = "{ gap = 0.001 }"
    if isinstance(case.values.get("options"), list):
        return [_option(table) for table in case.tables("options", such_as)]
    table = case.table("options", f"is not a table such as {such_as}")
    return [] if table is None else [_option(table)]


def _option(table: TomlTable) -> dict[str, Any]:
    table.known(("gap", "threads", "relaxed", "highs"), "options")
    gap = table.take("gap", float, Case.gap, between(0, 1))
    threads = table.take("threads", int, Case.threads, at_least(1))
    relaxed = table.take("relaxed", bool, Case.relaxed)
    highs = table.values.get("highs", {})
    if not isinstance(highs, dict) or not all(
        isinstance(value, bool | int | float | str) for value in highs.values()
    ):
        table.error("highs", 'is not a table of options such as { presolve = "off" }')
        highs = {}
    return {"gap": gap, "threads": threads, "relaxed": relaxed, "highs": highs}


def _limits(case: TomlTable) -> dict[str, Any]:
    seconds = case.take("time_limit", float, Case.time_limit, _positive)
    kill = case.take("kill_after", float, seconds + 60.0, _positive)
    memory = case.take("memory_limit_mib", float, None, _positive)
    work = case.take("work_limit", float, None, _positive)
    repeats = case.take("repeats", int, Case.repeats, at_least(1))
    found = {"time_limit": seconds, "kill_after": kill, "memory_limit_mib": memory}
    found["work_limit"] = work
    return {"repeats": repeats, **found}


def _positive(value: float) -> str | None:
    return None if math.isfinite(value) and value > 0 else "is not a number above 0"
