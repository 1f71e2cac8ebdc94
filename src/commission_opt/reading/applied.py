"""Changes written into the files of an instance and a model, so that they read back changed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from commission_opt.errors import InputError, UsageError
from commission_opt.instance.cells import with_cell, written
from commission_opt.instance.files import DESCRIPTOR_FILE, SETTINGS_FILE
from commission_opt.instance.instance import Instance
from commission_opt.instance.raw import parse_settings
from commission_opt.instance.schema import TABLES
from commission_opt.instance.write import describe, settings_text
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.scenario.fields import FIELDS, MODEL
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.model_keys import vary_key
from commission_opt.scenario.scenario import Setting, Touched
from commission_opt.scenario.sheets import sheet
from commission_opt.workbook.layout import ORIGINAL_FILE


@dataclass(frozen=True)
class Applied:
    """What changes make of an instance and a model.

    Parameters
    ----------
    files : mapping of str to bytes
        The files of the instance, by name; ``[sources]`` of ``instance.toml`` names the changes.
    model : bytes
        The commissioning model; a comment at its end names the changes.
    touched : tuple of Touched
        What each change touches.
    anew : tuple of str
        Tables that are written anew, row by row as they apply, since a change reaches a part of
        what one of their rows stands for.
    """

    files: Mapping[str, bytes]
    model: bytes
    touched: tuple[Touched, ...]
    anew: tuple[str, ...]


def applied(instance: Instance, policy: Policy, settings: Sequence[Setting]) -> Applied:
    """Write changes into the files of an instance and a model.

    Cells of tables are changed where they stand, and no other byte; read back, the files give what
    ``Ground.apply`` gives.

    Parameters
    ----------
    settings : sequence of Setting
        Done one after the other.

    Raises
    ------
    UsageError
        If a change names what is not there, or a key that the model does not write down.
    InputError
        If a figure leaves its range.
    """
    ground = Ground(instance, policy)
    ground.check([setting.axis for setting in settings])
    touched = tuple(ground.touched(settings))
    changed, _ = ground.apply(settings)
    files, anew = dict(instance.files), list[str]()
    files.pop(ORIGINAL_FILE, None)  # the workbook as it was says something else now
    for name, table in TABLES.items():
        if changed.tables.get(name) is not instance.tables.get(name):
            found = _in_place(files[table.file], instance, changed, name)
            if found is None:
                anew.append(name)
                rows = changed.tables[name].map(_cell)
                found = rows.to_csv(index=False, lineterminator="\n").encode()
            files[table.file] = found
    of_tables = [t for t, s in zip(touched, settings, strict=True) if s.axis.field in FIELDS]
    if of_tables:
        files[SETTINGS_FILE] = _with_sources(files[SETTINGS_FILE], instance.name, of_tables)
    if DESCRIPTOR_FILE in files:
        files[DESCRIPTOR_FILE] = _described(files)
    model = _changed_model(instance, policy, settings)
    return Applied(files, model, touched, tuple(anew))


def read_again(made: Applied) -> Instance:
    """Return the instance with its changes, read from its files.

    Raises
    ------
    InputError
        If it is no longer valid; carries every problem.
    """
    reading = read_contents(made.files)
    if reading.instance is None:
        raise InputError(reading.problems)
    return reading.instance


def said(made: Applied) -> list[str]:
    """Say what each change touches, and which tables are written anew."""
    lines = [f"“{each.setting}” changes {each}" for each in made.touched]
    files = ", ".join(TABLES[name].file for name in made.anew)
    if files:
        lines.append(f"written anew, row by row as it applies: {files}")
    return lines


def _in_place(content: bytes, instance: Instance, changed: Instance, name: str) -> bytes | None:
    """Return a table with other figures in some cells; None where a row would have several."""
    before, after = sheet(instance, name), sheet(changed, name)
    for column, old in before.columns.items():
        new = pd.Series(after.columns[column])
        moved = ~((new == old) | (new.isna() & np.isnan(old)))
        by_line = new.groupby(before.lines)
        lines = np.unique(before.lines[moved]).tolist()
        if (by_line.nunique(dropna=False).loc[lines] > 1).any():
            return None
        for line, value in by_line.first().loc[lines].items():
            try:
                content = with_cell(content, int(str(line)), column, written(float(value)))
            except ValueError:  # a column that the file leaves out
                return None
    return content


def _cell(value: object) -> object:
    """Return what a table as typed writes in a cell."""
    if isinstance(value, float):
        return "" if np.isnan(value) else written(value)
    return value


def _with_sources(content: bytes, name: str, touched: Sequence[Touched]) -> bytes:
    """Name changes among the sources of an instance, after what is written there."""
    text, settings = content.decode(), parse_settings(content)[0]
    sources = dict(settings.get("sources", {}))  # type: ignore[call-overload]
    first = 1 + sum(str(key).startswith("change-") for key in sources)
    new = {
        f"change-{i}": f"{each.setting} of {name}: {each}"
        for i, each in enumerate(touched, start=first)
    }
    lines = [f"{key} = {json.dumps(said, ensure_ascii=False)}" for key, said in new.items()]
    head = [] if "sources" in settings else ["", "[sources]"]
    added = "\n".join([text.rstrip("\r\n"), *head, *lines, ""]).encode()
    wanted = {**settings, "sources": {**sources, **new}}
    read, problems = parse_settings(added)
    if problems or read != wanted:  # sources that are written in another way
        plain = {key: value for key, value in settings.items() if key != "sources"}
        every = [
            f"{json.dumps(k)} = {json.dumps(v, ensure_ascii=False)}"
            for k, v in {**sources, **new}.items()
        ]
        return "\n".join([settings_text(plain), "[sources]", *every, ""]).encode()
    return added


def _described(files: Mapping[str, bytes]) -> bytes:
    """Describe the tables anew, whose columns may be others."""
    settings, _ = parse_settings(files[SETTINGS_FILE])
    columns = {
        name: files[table.file].decode("utf-8-sig").splitlines()[0].split(",")
        for name, table in TABLES.items()
        if table.file in files
    }
    return describe(settings, columns).encode()


def _changed_model(instance: Instance, policy: Policy, settings: Sequence[Setting]) -> bytes:
    """Write changes of keys into a model, each where its number stands."""
    for setting in settings:
        if setting.axis.field not in FIELDS and not setting.neutral:
            _, wanted = Ground(instance, policy).apply([setting])
            policy = _with_key(policy, wanted, setting.axis.field.removeprefix(MODEL))
            text = policy.content.decode().rstrip() + f"\n# changed: {setting.axis.target}"
            policy = replace(policy, content=f"{text}{setting.value:.12g}\n".encode())
    return policy.content


def _with_key(policy: Policy, wanted: Policy, key: str) -> Policy:
    """Return a model with the number of a key as another model has it.

    Raises
    ------
    UsageError
        If it is not written down, and so is what it is by default.
    """
    found: list[float] = []
    vary_key(wanted, key, lambda number: found.append(number) or number)  # type: ignore[func-returns-value]
    text, name = policy.content.decode(), re.escape(key.rpartition(".")[2])
    for place in re.finditer(rf"""\b{name}["']?\s*=\s*([-+0-9_.eE]+)""", text):
        tried = text[: place.start(1)] + written(found[0]) + text[place.end(1) :]
        try:
            read = parse_policy(tried.encode())
        except InputError:
            continue  # a key of the same name elsewhere
        if replace(read, content=b"", integer=wanted.integer) == replace(wanted, content=b""):
            return read
    raise UsageError(
        f"the model {policy.name!r} does not write {MODEL}{key} down, and leaves it at its "
        "default; write it there first"
    )
