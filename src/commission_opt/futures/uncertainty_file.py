"""Uncertainty files read from TOML, with everything that is wrong found in one pass."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

from commission_opt.checked import Seed, refusal
from commission_opt.errors import UsageError
from commission_opt.files.shipped import found
from commission_opt.files.toml.read import parse_toml, read_bytes
from commission_opt.files.toml.table import TomlTable, between, one_of
from commission_opt.futures.distribution_keys import KEYS, distribution
from commission_opt.futures.uncertainty import EACH, OVER_TIME, Explicit, Uncertain, Uncertainty
from commission_opt.instance.raw import is_plain_name
from commission_opt.scenario.axis import Axis, parse_axis, parse_figures
from commission_opt.scenario.fields import MODEL
from commission_opt.scenario.scenario import Setting
from commission_opt.text.near_names import did_you_mean
from commission_opt.text.plain import unseen_in

FOLDER = "uncertainty"  # of an instance
MOST_DRAWS = 100_000
WITHIN = 1e-9  # by which probabilities may miss 1
_HOW = ("*=", "+=")
_TOP = ("name", "title", "draws", "seed", "uncertain", "scenario")
_UNCERTAIN = ("name", "figures", "how", *KEYS, "each", "correlation", "over_time")
_SCENARIO = ("name", "probability", "settings")


def find_uncertainty(name_or_path: str, folder: Path | None) -> Path:
    """Return an uncertainty file given by path, or by the name of one in an instance's folder.

    Raises
    ------
    InputError
        If there is neither.
    """
    if Path(name_or_path).is_file():
        return Path(name_or_path)
    names = [] if folder is None else uncertainty_names(folder)
    place = (folder or Path()) / FOLDER / f"{name_or_path}.toml"
    return found(name_or_path, "uncertainty file", names, place, "one of the instance")


def uncertainty_names(folder: Path) -> list[str]:
    """Return the names of the uncertainty files in an instance's folder."""
    return sorted(path.stem for path in (folder / FOLDER).glob("*.toml"))


def read_uncertainty(path: Path) -> Uncertainty:
    """Read an uncertainty file.

    Raises
    ------
    InputError
        If it is missing, is not TOML, or anything in it is unknown or wrong; lists all of it.
    """
    return parse_uncertainty(read_bytes(path, "uncertainty file"), path.name)


def parse_uncertainty(content: bytes, file: str = "uncertainty.toml") -> Uncertainty:
    """Read an uncertainty file from its content; see ``read_uncertainty``."""
    return parse_toml(content, file, partial(_uncertainty, content=content, file=file))


def _uncertainty(table: TomlTable, content: bytes, file: str) -> Uncertainty:
    _known(table, _TOP, "an uncertainty file")
    name = table.take("name", str, "")
    if not is_plain_name(name):
        message = "is missing or has signs that file names should not have"
        table.error("name", f"{message}; write letters, digits, “-”, “_” and “.”")
    rows = table.tables("uncertain", "[[uncertain]]")
    explicit = table.tables("scenario", "[[scenario]]")
    draws = table.take("draws", int, 0, _count_of_draws)
    made = [_uncertain(each) for each in rows]
    scenarios = [_explicit(each) for each in explicit]
    if not rows and not explicit:
        table.error("uncertain", "nothing is uncertain; write [[uncertain]] or [[scenario]] tables")
    elif rows and "draws" not in table.values:
        table.error("draws", "is missing; say how many scenarios are drawn, such as draws = 1000")
    elif "draws" in table.values and not rows:
        table.error("draws", "draws nothing without [[uncertain]] tables; leave it out")
    _unique(rows)
    _unique(explicit)
    _probabilities(explicit, bool(rows))
    return Uncertainty(
        name=name,
        title=table.take("title", str, name, _plain),
        draws=draws,
        seed=table.take("seed", int, 0, partial(refusal, Seed)),
        rows=tuple(row for row in made if row is not None),
        scenarios=tuple(scenario for scenario in scenarios if scenario is not None),
        content=content,
        file=file,
    )


def _uncertain(table: TomlTable) -> Uncertain | None:
    before = len(table.findings)
    _known(table, _UNCERTAIN, "[[uncertain]]")
    name = _name(table)
    figures = table.need("figures", str)
    how = table.need("how", str, one_of(_HOW))
    axis = None if figures is None or how is None else _figures(table, figures, how, name)
    drawn = distribution(table, how or "+=")
    each = _each(table)
    correlation = table.take("correlation", float, 0.0, between(0, 1))
    over_time = table.take("over_time", str, "level", one_of(OVER_TIME))
    if axis is None or drawn is None or len(table.findings) > before:
        return None
    over = next(o for o in OVER_TIME if o == over_time)
    return Uncertain(name, axis, drawn, each, correlation, over)


def _figures(table: TomlTable, text: str, how: str, name: str) -> Axis | None:
    try:
        axis = parse_figures(text, how, name)
    except UsageError as error:
        table.error("figures", str(error))
        return None
    if axis.field.startswith(MODEL):
        table.error("figures", f"{text!r} is a key of the model, and no figure of an instance")
        return None
    return axis


def _each(table: TomlTable) -> tuple[str, ...]:
    if "each" not in table.values:
        return ()
    keys: list[str] = []
    listed = isinstance(table.values["each"], list)
    for i, key in enumerate(table.several("each", str, "")):
        item = i if listed else None
        if key and key not in EACH:
            hint = did_you_mean(key, EACH, 0.6) or f"; write one or some of {', '.join(EACH)}"
            table.error("each", f"{key!r} is nothing that a draw can be for{hint}", item)
        elif key and key in keys:
            table.error("each", f"{key!r} is there twice; write it once", item)
        keys.append(key)
    return tuple(keys)


def _explicit(table: TomlTable) -> Explicit | None:
    before = len(table.findings)
    _known(table, _SCENARIO, "[[scenario]]")
    name = _name(table)
    if name.startswith("draw-"):
        table.error("name", f"{name!r} is how draws are called; give it another name")
    probability = table.need("probability", float, _probability)
    texts = table.need("settings", list)
    settings = [_setting(table, text, i) for i, text in enumerate(texts or ())]
    if probability is None or len(table.findings) > before:
        return None
    return Explicit(name, probability, tuple(each for each in settings if each is not None))


def _setting(table: TomlTable, text: object, item: int) -> Setting | None:
    if not isinstance(text, str):
        message = f"{text!r} is not text such as 'leavers*=1.2'"
        table.error("settings", message, item)
        return None
    try:
        axis = parse_axis(text)
    except UsageError as error:
        table.error("settings", str(error), item)
        return None
    if axis.field.startswith(MODEL):
        table.error("settings", f"{text!r} varies the model, which is the same in all", item)
    elif len(axis.values) > 1:
        table.error("settings", f"{text!r} has several values; a scenario takes one", item)
    else:
        return Setting(axis, axis.values[0])
    return None


def _known(table: TomlTable, keys: tuple[str, ...], what: str) -> None:
    """Note every key that is not one of those known, with what is likely meant."""
    for key in table.values:
        if key not in keys:
            hint = did_you_mean(key, keys, 0.6) or f"; the keys are {', '.join(keys)}"
            table.error(key, f"is not a key of {what}{hint}")


def _name(table: TomlTable) -> str:
    name = table.need("name", str, _plain) or ""
    if "name" in table.values and name != name.strip():
        table.error("name", f"{name!r} begins or ends with a space; take it away")
    return name


def _plain(text: str) -> str | None:
    if not text.strip():
        return "is empty; say what it is called"
    unseen = next(unseen_in(text), None)
    return None if unseen is None else f"has {unseen}; write letters that show themselves"


def _unique(tables: list[TomlTable]) -> None:
    """Note names that several tables of a list have."""
    seen: dict[str, int] = {}
    for i, table in enumerate(tables, start=1):
        name = table.values.get("name")
        if isinstance(name, str) and name in seen:
            table.error("name", f"{name!r} is the name of number {seen[name]} too; give it another")
        elif isinstance(name, str):
            seen[name] = i


def _probabilities(tables: list[TomlTable], drawn: bool) -> None:
    """Note probabilities that do not come to 1, or leave the draws nothing."""
    given = [table.values.get("probability") for table in tables]
    numbers = [p for p in given if isinstance(p, int | float) and not isinstance(p, bool)]
    if not tables or len(numbers) < len(given) or not all(0 < p <= 1 for p in numbers):
        return
    total = math.fsum(numbers)
    if drawn and total >= 1 - WITHIN:
        message = f"the probabilities come to {total:.12g}, which leaves the draws nothing; "
        tables[-1].error("probability", message + "make them less than 1 together")
    elif not drawn and abs(total - 1) > WITHIN:
        message = f"the probabilities come to {total:.12g}; without draws they must come to 1"
        tables[-1].error("probability", message)


def _count_of_draws(value: int) -> str | None:
    if value < 1:
        return "is not 1 or more; leave it out if nothing is drawn"
    return None if value <= MOST_DRAWS else f"is more than {MOST_DRAWS:,}; draw fewer"


def _probability(value: float) -> str | None:
    return None if 0 < value <= 1 else "is not above 0 and at most 1"
