"""Which options are set side by side, and what is recommended: a file in TOML, or plan folders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from commission_opt.errors import InputError, UsageError
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.files.toml.read import parse_toml, read_bytes
from commission_opt.files.toml.table import TomlTable, at_least
from commission_opt.plan.read import is_plan
from commission_opt.scenario.scenario import read_changes
from commission_opt.text.counts import plural

MOST = 6  # options besides the two that are always there
NOTHING, LAST = "no new places", "last year repeated"
_KEYS = ("title", "uncertainty", "draws", "seed", "time_limit", "option", "recommendation")
_SOLVED = ("instance", "model", "change", "relaxed")
_RECOMMENDED = {
    "option": "the option that is recommended",
    "decision": "the decision that is asked for",
    "owner": "who owns it",
    "why": "why",
    "risks": "risks",
    "dates": "dates",
}


@dataclass(frozen=True)
class Wanted:
    """An option: a plan that is there, or one to be made.

    Parameters
    ----------
    plan : Path or None
        Folder of a plan; None where it is to be made.
    instance, model : Path or None
        What to solve.
    change : tuple of str
        Changes to make first, as ``solve --change`` takes them.
    relaxed : bool
        Whether fractions of places are allowed.
    """

    name: str
    plan: Path | None = None
    instance: Path | None = None
    model: Path | None = None
    change: tuple[str, ...] = ()
    relaxed: bool = False


@dataclass(frozen=True)
class Recommendation:
    """What a board is asked for, as its author wrote it; empty where nothing is said."""

    option: str = ""
    decision: str = ""
    owner: str = ""
    why: str = ""
    risks: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """What is not said."""
        return [words for key, words in _RECOMMENDED.items() if not getattr(self, key)]


@dataclass(frozen=True)
class Options:
    """What is asked for.

    Parameters
    ----------
    options : tuple of Wanted
        One to ``MOST``, no two of one name.
    uncertainty : Path or None
        Uncertainty file in whose draws every option is audited.
    draws, seed : int or None
        Instead of those of that file.
    time_limit : float
        Seconds for each plan that is made.
    """

    title: str
    options: tuple[Wanted, ...]
    recommendation: Recommendation | None = None
    uncertainty: Path | None = None
    draws: int | None = None
    seed: int | None = None
    time_limit: float = 60.0


def of_plans(folders: Sequence[str], title: str = "") -> Options:
    """Return the options that some plans are, each by the name of its folder.

    Raises
    ------
    UsageError
        If there are too many, one is no plan, or two have one name.
    """
    if not 1 <= len(folders) <= MOST:
        raise UsageError(f"give 1 to {MOST} plans, or one file of options, not {len(folders)}")
    found = []
    for folder in folders:
        if not is_plan(folder):
            raise UsageError(
                f"{folder} is no plan (it has no plan.json), and no file of options (its name does "
                "not end in .toml)"
            )
        found.append(Wanted(Path(folder).resolve().name, Path(folder)))
    names = [each.name for each in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(
            f"two plans are called {twice!r}; write a file of options, which gives each a name"
        )
    return Options(title, tuple(found))


def read_options(path: Path | str) -> Options:
    """Read a file of options; paths in it are from its own folder.

    Raises
    ------
    InputError
        If it is missing, is no TOML, or has an unknown or wrong key; lists all of them by line.
    """
    path = Path(path)
    return parse_options(read_bytes(path, "file of options"), path.name, path.parent)


def parse_options(content: bytes, file: str, folder: Path) -> Options:
    """Read a file of options from its content and the folder that it is for."""
    return parse_toml(content, file, partial(_options, folder=folder))


def _options(table: TomlTable, folder: Path) -> Options:
    table.known(_KEYS, "a file of options")
    tables = table.tables("option", "[[option]]")
    asked = tuple(_asked(each, folder) for each in tables)
    if "option" not in table.values:
        table.error("option", f"is missing; write 1 to {MOST} [[option]] tables")
    elif not 1 <= len(asked) <= MOST:
        table.error("option", f"there are {plural(len(asked), 'option')}; write 1 to {MOST}")
    names = [NOTHING, LAST]
    for each, own in zip(asked, tables, strict=True):
        if each.name.casefold() in (name.casefold() for name in names):
            own.error("name", f"{each.name!r} is the name of another option; give each its own")
        names += [each.name] * bool(each.name)  # that it has none is said already
    uncertainty = _path(table, "uncertainty", folder)
    for key in ("draws", "seed"):
        if key in table.values and "uncertainty" not in table.values:
            table.error(key, "goes with uncertainty, a file in whose draws options are audited")
    return Options(
        title=table.take("title", str, ""),
        options=asked,
        recommendation=_recommendation(table, names),
        uncertainty=uncertainty,
        draws=table.take("draws", int, None, at_least(1)),
        seed=table.take("seed", int, None, at_least(0)),
        time_limit=table.take("time_limit", float, 60.0, _positive),
    )


def _asked(table: TomlTable, folder: Path) -> Wanted:
    table.known(("name", "plan", *_SOLVED), "an option")
    name = (table.need("name", str, _filled) or "").strip()
    if "plan" in table.values:
        for key in _SOLVED:
            if key in table.values:
                table.error(key, "is for an option that is to be solved; leave it or plan out")
        plan = _path(table, "plan", folder)
        if plan is not None and plan.exists() and not is_plan(plan):
            table.error("plan", f"{str(plan)!r} is no plan (it has no plan.json)")
        return Wanted(name, plan)
    if "instance" not in table.values:
        table.error("instance", "is missing; name an instance to solve, or a plan")
    return Wanted(
        name,
        instance=_place(table, "instance", folder),
        model=_place(table, "model", folder, "annual"),
        change=_changes(table),
        relaxed=table.take("relaxed", bool, False),
    )


def _place(table: TomlTable, key: str, folder: Path, default: str = "") -> Path | None:
    """Return an instance or a model: a path from the folder of the file, or a shipped one."""
    text = table.take(key, str, default)
    is_instance, beside = key == "instance", folder / text
    find = find_instance if is_instance else find_model
    if not text:
        return None
    try:
        there = beside.exists() if is_instance else beside.is_file()
        return find(str(beside)) if there else find(text)
    except InputError as error:
        table.error(key, f"{text!r}: {error.problems[0].message}")
        return None


def _path(table: TomlTable, key: str, folder: Path) -> Path | None:
    text = table.take(key, str, "", _filled)
    if not text:
        return None
    path = folder / text
    if not path.exists():
        table.error(key, f"there is no {str(path)!r}")
    return path


def _changes(table: TomlTable) -> tuple[str, ...]:
    """Return the changes of an option, each checked by itself."""
    found = []
    for item, text in enumerate(table.take("change", list, [])):
        try:
            read_changes([str(text)])
        except UsageError as error:
            table.error("change", str(error), item)
        found.append(str(text))
    return tuple(found)


def _recommendation(table: TomlTable, names: Sequence[str]) -> Recommendation | None:
    if "recommendation" not in table.values:
        return None
    own = table.table("recommendation", "is not a table; write [recommendation]")
    if own is None:
        return None
    own.known(tuple(_RECOMMENDED), "a recommendation")
    option = own.take("option", str, "")
    if option and option not in names:
        own.error("option", f"{option!r} is none of the options; they are {', '.join(names)}")
    return Recommendation(
        option=option,
        decision=own.take("decision", str, "").strip(),
        owner=own.take("owner", str, "").strip(),
        why=own.take("why", str, "").strip(),
        risks=_texts(own, "risks"),
        dates=_texts(own, "dates"),
    )


def _texts(table: TomlTable, key: str) -> tuple[str, ...]:
    """Return the texts of a key that holds one or a list; nothing if it is missing."""
    if key not in table.values:
        return ()
    return tuple(text.strip() for text in table.several(key, str, "") if text.strip())


def _filled(value: str) -> str | None:
    return None if value.strip() else "is empty"


def _positive(value: float) -> str | None:
    return None if 0 < value < float("inf") else "is not above 0"
