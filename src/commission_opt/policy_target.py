"""The targets of a commissioning model, read from its ``[[target]]`` tables."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import partial
from typing import get_args

from commission_opt.checked import NotNegative, refusal
from commission_opt.files.toml.table import TomlTable, one_of
from commission_opt.policy import Target, TargetKind, wrong_end

KEYS = tuple(f.name for f in fields(Target))
_NOT_NEGATIVE = partial(refusal, NotNegative)


def read_targets(policy: TomlTable, *, priced: bool, payer: str) -> tuple[Target, ...]:
    """Read every ``[[target]]``; what is wrong is noted.

    Parameters
    ----------
    policy : TomlTable
        The model.
    priced : bool
        Whether an objective pays what soft targets miss.
    payer : str
        What such an objective is called in messages.
    """
    found = []
    for table in policy.tables("target", "[[target]]"):
        target = _target(table)
        if "price" in table.values and not priced:
            table.error("price", f"is paid in {payer}, which the model does not have")
        if target is not None:
            found.append(target)
    return tuple(found)


def written_target(target: Target) -> str:
    """Write a target as a ``[[target]]`` of a model, with the keys that say anything."""
    lines = ["[[target]]"]
    for key in KEYS:
        value = getattr(target, key)
        if value not in (None, (), ""):
            shown = list(value) if isinstance(value, tuple) else value
            lines.append(f"{key} = {json.dumps(shown, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def _target(table: TomlTable) -> Target | None:
    before = len(table.findings)
    table.known(KEYS, "[[target]]")
    of = table.need("of", str, one_of(get_args(TargetKind)))
    ends = {key: table.take(key, float, None, _NOT_NEGATIVE) for key in ("at_most", "at_least")}
    if of and len(table.findings) == before and (wrong := wrong_end(of, **ends)):
        table.error(*wrong)
    codes = {key: _codes(table, key) for key in ("profession", "group", "region")}
    years = {key: table.take(key, int, None) for key in ("first_year", "last_year")}
    first, last = years.values()
    if first is not None and last is not None and first > last:
        table.error("last_year", f"{last} is before first_year, {first}")
    price = table.take("price", float, None, _NOT_NEGATIVE)
    name = table.take("name", str, "")
    if of is None or len(table.findings) > before:
        return None
    return Target(of, **ends, **codes, **years, price=price, name=name)  # type: ignore[arg-type]


def _codes(table: TomlTable, key: str) -> tuple[str, ...]:
    """Return the codes of a key that holds one or a list; ``*`` and none stand for all."""
    if key not in table.values:
        return ()
    found = table.several(key, str, "", lambda code: None if code.strip() else "is empty")
    return () if "*" in found else tuple(dict.fromkeys(found))
