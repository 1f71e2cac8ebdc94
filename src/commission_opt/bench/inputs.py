"""Hashes of what runs were given, by values and not by text, and whether two are the same."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from typing import Any

from commission_opt.bench.results import Row
from commission_opt.formulation.rules import COUNTED
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy

_WORDS = ("name", "title", "content")  # of a model: they change no plan
_NOTES = ("title", "source", "owner", "reason")  # columns of tables that change no plan
_ABOUT = ("assumptions",)  # tables about the others
INPUTS = ("instance", "model")


def meanings(instance: Instance, policy: Policy) -> dict[str, str]:
    """Return hashes of the instance and the model, and of the measure of the first objective."""
    return {
        "instance": instance_meaning(instance),
        "model": policy_meaning(policy),
        "measure": measure(policy),
    }


def policy_meaning(policy: Policy) -> str:
    """Return a hash of a model that comments, the order of keys and its names leave alone.

    A key at its default is as one that is left out, so that a new key changes no hash.
    """
    plain = _plain(policy)
    return _digest({key: value for key, value in plain.items() if key not in _WORDS})


def measure(policy: Policy) -> str:
    """Return a hash of how the first objective counts, whatever the rules allow.

    Values of two models with the same hash may be compared on the same instance.
    """
    first = policy.objectives[0]
    return _digest(
        {
            "minimise": first.minimise,
            "tiers": _plain(first.tiers),
            "discount_rate": _plain(policy.discount_rate),
            **{key: _plain(getattr(policy.rules, key)) for key in COUNTED},
        }
    )


def instance_meaning(instance: Instance) -> str:
    """Return a hash of the years and tables of an instance, without titles, notes and sources.

    The order of rows counts: it is the order of the columns that the solver is given.
    """
    digest = hashlib.sha256(f"{instance.first_year},{instance.horizon}".encode())
    for name, table in sorted(instance.tables.items()):
        kept = [c for c in sorted(map(str, table)) if c not in _NOTES and not c.startswith("note")]
        if name not in _ABOUT and len(table):
            text = table[kept].to_csv(index=False, lineterminator="\n")
            digest.update(f"\n{name}\n{text}".encode())
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: numbers as floats, fields that are not at their default."""
    if is_dataclass(value):
        own = {f.name: (getattr(value, f.name), f.default) for f in fields(value)}
        return {
            name: _plain(kept)
            for name, (kept, default) in own.items()
            if default is MISSING or kept != default
        }
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, float | int) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) else str(value)
    return value


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


class Same(StrEnum):
    """How alike the inputs of two runs are."""

    TEXT = "text"  # the same files
    MEANING = "meaning"  # other text with the same meaning, such as another comment
    OTHER = "other"
    UNKNOWN = "unknown"  # a run that ended too early to say


def alike(one: Row, other: Row, what: str) -> Same:
    """Compare the instance, or the model, of two runs.

    Rows of older versions say nothing of what their files mean; they are held to their text.
    """
    texts = [(row.get("hashes") or {}).get(what) for row in (one, other)]
    meanings = [(row.get("means") or {}).get(what) for row in (one, other)]
    if None in texts:
        return Same.UNKNOWN
    if texts[0] == texts[1]:
        return Same.TEXT
    return Same.MEANING if None not in meanings and meanings[0] == meanings[1] else Same.OTHER


def changed(one: Row, other: Row) -> list[str]:
    """Return which of instance and model mean something else."""
    return [what for what in INPUTS if alike(one, other, what) is Same.OTHER]


def identities(rows: Sequence[Row]) -> Callable[[Row], tuple[str, ...] | None]:
    """Return a function that gives runs of the same inputs the same key, None if it is unknown.

    Where any row says what a file means, all rows with that file are known by its meaning.
    """
    known = {
        (what, (row.get("hashes") or {}).get(what)): means[what]
        for row in rows if (means := row.get("means"))
        for what in INPUTS
    }  # fmt: skip

    def key(row: Row) -> tuple[str, ...] | None:
        texts = [(row.get("hashes") or {}).get(what) for what in INPUTS]
        if None in texts or row.get("relaxed") is None:
            return None
        pairs = zip(INPUTS, texts, strict=True)
        return (*(str(known.get(pair, pair[1])) for pair in pairs), str(row["relaxed"]))

    return key
