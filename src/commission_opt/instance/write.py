"""Instances as files: tables, settings and the descriptor that other tools read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from commission_opt.instance.files import DESCRIPTOR_FILE, SETTINGS_FILE
from commission_opt.instance.schema import TABLES, Column, Table

_TYPES = {"code": "string", "text": "string", "number": "number", "whole": "integer"}


def write_instance(
    folder: Path, settings: Mapping[str, object], tables: Mapping[str, pd.DataFrame]
) -> None:
    """Write an instance into an existing folder.

    Parameters
    ----------
    folder : Path
        Where the files go.
    settings : mapping
        Keys of ``instance.toml``.
    tables : mapping of str to pandas.DataFrame
        Tables by name, with the columns of the contract; "" for an empty cell.
    """
    (folder / SETTINGS_FILE).write_bytes(settings_text(settings).encode())
    for name, frame in tables.items():
        text = frame.to_csv(index=False, lineterminator="\n")
        (folder / TABLES[name].file).write_bytes(text.encode())
    descriptor = describe(settings, {name: list(frame.columns) for name, frame in tables.items()})
    (folder / DESCRIPTOR_FILE).write_bytes(descriptor.encode())


def settings_text(settings: Mapping[str, object]) -> str:
    """Return the text of ``instance.toml``."""
    # A JSON string or integer is a TOML one too, but for the DEL character.
    lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in settings.items()]
    return "\n".join(lines).replace("\x7f", "\\u007f") + "\n"


def describe(settings: Mapping[str, object], columns: Mapping[str, list[str]]) -> str:
    """Return a Frictionless Data Package descriptor of an instance, as JSON.

    Parameters
    ----------
    settings : mapping
        Keys of ``instance.toml``.
    columns : mapping of str to list of str
        The columns that each table has.
    """
    measures = "measures" in columns
    resources = [
        _resource(TABLES[name], columns[name], measures=measures)
        for name in TABLES
        if name in columns
    ]
    package = {
        "name": str(settings["name"]).lower(),
        "title": settings["title"],
        "description": settings["description"],
        "profile": "tabular-data-package",
        "resources": resources,
    }
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def _resource(table: Table, columns: list[str], *, measures: bool) -> dict[str, object]:
    declared = {c.name: c for c in table.columns}
    schema: dict[str, object] = {
        "fields": [
            _field(declared[c], declared[c].said(measures=measures))
            if c in declared
            else {"name": c, "type": "string"}
            for c in columns
        ]
    }
    if table.key:
        schema["primaryKey"] = [k for k in table.key if k in columns]
    return {
        "name": table.name,
        "path": table.file,
        "profile": "tabular-data-resource",
        "description": table.said(measures=measures),
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(column: Column, said: str) -> dict[str, object]:
    constraints: dict[str, object] = {}
    if column.required and not column.wildcard:
        constraints["required"] = True
    if not column.wildcard:
        if column.low is not None:
            constraints["minimum"] = column.low if column.kind == "number" else int(column.low)
        if column.high is not None:
            constraints["maximum"] = column.high if column.kind == "number" else int(column.high)
    if column.choices:
        constraints["enum"] = list(column.choices)
    kind = "string" if column.wildcard else _TYPES[column.kind]
    field: dict[str, object] = {"name": column.name, "type": kind, "description": said}
    if constraints:
        field["constraints"] = constraints
    return field
