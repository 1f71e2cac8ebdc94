"""What an axis can vary: columns of the tables, under names that fit on a command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from commission_opt.errors import UsageError
from commission_opt.instance.schema import TABLES

MODEL = "model."  # begins the name of a key of the commissioning model
_WHOLE_KEYS = (f"{MODEL}commissioning_years",)  # that hold whole numbers only
POLICY = "policy"
BROAD = ("budgets", "eligible")  # tables whose rows for all regions at once stay one row
_WHERE = ("profession", "group", "region")
_COURSE = (*_WHERE, "provider", "course")
_PROMISE = ("commitment", *_COURSE, "measure")
_MEASURE = (*_WHERE, "kind", "measure")
_PAIR = ("needed", "by", "region")
_POOL = ("pool", "region", "year")
_STUDENTS = ("supply", "spend", "weeks", "fed")  # what follows from how many there are


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


_UNITS = {
    "amount": "£", "fte": "FTE", "posts": "FTE", "capacity": "weeks", "max_intake": "places",
    "min_places": "places", "max_places": "places", "max_amount": "units",
    "entrants": "people", "min_fte": "FTE",
}  # fmt: skip


def _field(name: str, table: str, columns: str, filters: tuple[str, ...], *parts: str) -> Field:
    unit = _UNITS.get(columns, "")
    return Field(name, table, tuple(columns.split()), filters, frozenset(parts), unit)


_FIELDS = (
    _field("budget", "budgets", "amount", ("fund", "region", "year"), "limits"),
    _field("demand", "demand", "fte", (*_WHERE, "year"), "demand"),
    _field("posts", "posts", "posts", (*_WHERE, "year"), "posts"),
    _field("workforce", "workforce", "fte", _WHERE, "supply"),
    _field("leavers", "workforce", "leaver_rate early_leaver_rate", _WHERE, "supply"),
    _field("leaver_rate", "workforce", "leaver_rate", _WHERE, "supply"),
    _field("early_leaver_rate", "workforce", "early_leaver_rate", _WHERE, "supply"),
    _field("joiners", "joiners", "fte", (*_WHERE, "year"), "supply"),
    _field("fill_rate", "courses", "fill_rate", _COURSE, *_STUDENTS, "drawn"),
    _field("completion_rate", "courses", "completion_rate", _COURSE, *_STUDENTS),
    _field("join_rate", "courses", "join_rate", _COURSE, "supply"),
    _field("fte_per_joiner", "courses", "fte_per_joiner", _COURSE, "supply"),
    _field("max_intake", "courses", "max_intake", _COURSE, "limits"),
    _field("min_cohort", "courses", "min_cohort", _COURSE, "limits"),
    _field("fte_per_unit", "measures", "fte_per_unit", _MEASURE, "supply", "demand"),
    _field("success_rate", "measures", "success_rate", _MEASURE, "supply", "demand"),
    _field("measure_leaver_rate", "measures", "leaver_rate", _MEASURE, "supply"),
    _field("max_amount", "measures", "max_amount", _MEASURE, "limits"),
    _field("min_amount", "measures", "min_amount", _MEASURE, "limits"),
    _field("entrants", "eligible", "entrants", _POOL, "limits"),
    _field("stay_rate", "eligible", "stay_rate", _POOL, "pools"),
    _field("offer_rate", "eligible", "offer_rate", _POOL, "pools"),
    _field("share", "pathways", "share", (*_COURSE, "pool", "role"), "drawn", "fed"),
    _field("ratio", "substitution", "ratio", _PAIR, "limits"),
    _field("max_share", "substitution", "max_share", _PAIR, "limits"),
    _field("cost", "costs", "cost", (*_COURSE, "measure", "fund"), "spend"),
    _field("pay", "pay", "pay", (*_WHERE, "year", "fund"), "spend"),
    _field("placement_capacity", "placements", "capacity", _POOL, "limits"),
    _field("commitment_min", "commitments", "min_places", _PROMISE, "limits"),
    _field("commitment_max", "commitments", "max_places", _PROMISE, "limits"),
    *(
        _field(name, "floors", name, ("floor", "profession", "region", "year"), "limits")
        for name in ("min_fte", "min_demand_share", "min_mix_share")
    ),
)

FIELDS = {field.name: field for field in _FIELDS}

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
