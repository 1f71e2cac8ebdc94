"""What an axis can vary: columns of the tables, under names that fit on a command line.

They are declared in ``fields.csv`` beside this file, a row each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from commission_opt.errors import UsageError
from commission_opt.instance.schema import TABLES, beside

MODEL = "model."  # begins the name of a key of the commissioning model
_WHOLE_KEYS = (f"{MODEL}commissioning_years",)  # that hold whole numbers only
POLICY = "policy"
BROAD = ("budgets", "eligible")  # tables whose rows for all regions at once stay one row


@dataclass(frozen=True)
class Field:
    """A figure of an instance that an axis can vary.

    Parameters
    ----------
    name : str
        As it is written in an axis.
    table, columns
        Where it stands; columns are varied together.
    filters : tuple of str
        Keys by which its rows can be chosen.
    parts : frozenset of str
        What of a problem follows from it: ``supply`` (base and response), ``spend`` and ``weeks``
        (use per place and by the pipeline), ``drawn`` and ``fed`` (of pools of people), ``pools``
        (what becomes of those in them), ``limits`` (budgets, capacities, bounds, people from
        outside, who can be deployed), ``demand`` and ``posts``.
    unit : str
        What figures of several rows add up to; empty for rates and prices, which do not add up.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    filters: tuple[str, ...]
    parts: frozenset[str]
    unit: str = ""


FIELDS = {
    row["field"]: Field(
        row["field"], row["table"], tuple(row["columns"].split()), tuple(row["filters"].split()),
        frozenset(row["parts"].split()), row["unit"],
    )
    for row in beside(__file__, "fields.csv")
}  # fmt: skip

_SAME = {
    "budgets": "budget", "demands": "demand", "costs": "cost", "completion": "completion_rate",
    "salary": "pay", "salaries": "pay", "fill": "fill_rate",
    "join": "join_rate", "placements": "placement_capacity",
}  # fmt: skip
_UNCLEAR = {
    "leaver": ("leavers", "leaver_rate", "early_leaver_rate"),
    "leaver_rates": ("leavers", "leaver_rate", "early_leaver_rate"),
    "fte": ("workforce", "demand", "joiners", "fte_per_joiner", "min_fte"),
    "floor": ("min_fte", "min_demand_share", "min_mix_share"),
    "floors": ("min_fte", "min_demand_share", "min_mix_share"),
    "intake": ("max_intake",),
    "places": ("max_intake", "commitment_min", "commitment_max"),
    "commitment": ("commitment_min", "commitment_max"),
    "commitments": ("commitment_min", "commitment_max"),
    "capacity": ("placement_capacity", "max_intake"),
    "amount": ("budget", "max_amount", "min_amount"),
    "eligible": ("entrants", "stay_rate", "offer_rate"),
    "units": ("max_amount", "min_amount"),
}


def field_name(written: str) -> str:
    """Return the field that is meant by its name, another word for it, or ``model.KEY``.

    Raises
    ------
    UsageError
        If it is none; says which may be meant.
    """
    if written in FIELDS or (written.startswith(MODEL) and written != MODEL):
        return written
    if written in _SAME:
        return _SAME[written]
    meant = _UNCLEAR.get(written) or near(written, FIELDS)
    all_ = f"there are {', '.join(FIELDS)}, and model.KEY for a key of the commissioning model"
    more = f"did you mean {' or '.join(meant)}?" if written and meant else all_
    what = f"there is nothing called {written!r}" if written else "nothing is named"
    raise UsageError(f"{what} to vary; {more}")


def is_whole(name: str) -> bool:
    """Say whether a field, or a key of the model, is counted in whole numbers."""
    if name not in FIELDS:
        return name in _WHOLE_KEYS
    table = TABLES[FIELDS[name].table]
    return any(table.column(column).kind == "whole" for column in FIELDS[name].columns)


def near(written: str, known: Iterable[str]) -> list[str]:
    """Return what may be meant by a word that is not known, most likely first."""
    folded = {word.casefold(): word for word in known}
    close = get_close_matches(written.casefold(), folded, n=3)
    return [folded[word] for word in close]
