"""The tables of an instance, declared once: columns, types, ranges, keys and help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ColumnKind = Literal["code", "text", "number", "whole"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Header of the column.
    kind : {"code", "text", "number", "whole"}
        ``code`` is compared as written, ``whole`` is an integer.
    help : str
        What the column holds, with its unit.
    required : bool
        Whether the header and every cell must be there.
    wildcard : bool
        Whether ``*`` stands for every value (an empty cell means the same).
    low, high : float or None
        Smallest and largest value allowed.
    default : float or None
        Value of an empty cell of an optional number; None leaves it missing.
    choices : tuple of str
        The only values allowed, if any are given.
    also : str
        What else it holds where there are measures.
    """

    name: str
    kind: ColumnKind
    help: str
    required: bool = False
    wildcard: bool = False
    low: float | None = None
    high: float | None = None
    default: float | None = None
    choices: tuple[str, ...] = ()
    also: str = ""

    def said(self, *, measures: bool) -> str:
        """Return the help, with what else the column holds where there are measures."""
        return f"{self.help}, {self.also}" if measures and self.also else self.help


@dataclass(frozen=True)
class Table:
    """One table of an instance.

    Parameters
    ----------
    name : str
        Name of the file without ``.csv``.
    help : str
        What one row says.
    columns : tuple of Column
        In the order in which they are written.
    key : tuple of str
        Columns that identify a row; () where duplicates are judged elsewhere.
    required : bool
        Whether an instance must have the table.
    also : str
        What else a row says where there are measures.
    """

    name: str
    help: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False
    also: str = ""

    def said(self, *, measures: bool) -> str:
        """Return the help, with what else a row says where there are measures."""
        return f"{self.help} {self.also}" if measures and self.also else self.help

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.csv"

    def column(self, name: str) -> Column:
        """Return the declaration of a column."""
        return next(c for c in self.columns if c.name == name)


def _code(
    name: str, help_: str, *, required: bool = True, wildcard: bool = False, also: str = ""
) -> Column:
    return Column(name, "code", help_, required=required, wildcard=wildcard, also=also)


def _text(name: str, help_: str, *, required: bool = False) -> Column:
    return Column(name, "text", help_, required=required)


def _number(
    name: str,
    help_: str,
    low: float | None = 0.0,
    *,
    default: float | None = None,
    also: str = "",
) -> Column:
    required = default is None
    return Column(name, "number", help_, required=required, low=low, default=default, also=also)


def _optional(
    name: str, help_: str, high: float | None = None, default: float | None = None
) -> Column:
    return Column(name, "number", help_, low=0.0, high=high, default=default)


def _rate(name: str, help_: str) -> Column:
    return Column(name, "number", help_, required=True, low=0.0, high=1.0)


def _whole(
    name: str,
    help_: str,
    low: float = 0.0,
    *,
    high: float | None = None,
    required: bool = True,
    default: float | None = None,
) -> Column:
    return Column(name, "whole", help_, required=required, low=low, high=high, default=default)


def _year(name: str = "year", *, wildcard: bool = False) -> Column:
    return Column(
        name,
        "whole",
        "financial year, the calendar year in which it starts (2026 is 2026/27)",
        required=True,
        wildcard=wildcard,
        low=1900,
        high=2300,
    )


def _places(name: str, word: str) -> Column:
    help_, also = f"{word} places in each year", "or units of the measure"
    return Column(name, "whole", help_, low=0.0, also=also)


_STUDY_YEAR = Column(
    "study_year",
    "whole",
    "study year, 1 to the duration of the course",
    required=True,
    wildcard=True,
    low=1,
    also="or 1 to paid_years of the measure",
)
_COURSE_OR_MEASURE = "or of a measure, which leaves profession empty"
_PER_UNIT = "or per unit of the measure"
_RATINGS = ("red", "amber", "green")

_TABLES = (
    Table(
        "professions",
        "A kind of staff that is trained.",
        (
            _code("profession", "code of the profession"),
            _text("title", "name of the profession", required=True),
            _code("group", "code of the group of professions, such as nursing"),
            _number("weight", "priority of the profession in the shortfall", default=1.0),
        ),
        key=("profession",),
        required=True,
    ),
    Table(
        "regions",
        "A place where staff work and courses run.",
        (
            _code("region", "code of the region"),
            _text("title", "name of the region", required=True),
            _code("parent", "code of the region that contains this one", required=False),
            _optional("population", "people living in the region"),
            _number("weight", "priority of the region in the shortfall", default=1.0),
        ),
        key=("region",),
        required=True,
    ),
    Table(
        "workforce",
        "Staff in post at the start of the first year, by profession and leaf region.",
        (
            _code("profession", "code of the profession"),
            _code("region", "code of a leaf region"),
            _number("fte", "FTE in post, without anyone who enters in the first year"),
            _rate("leaver_rate", "share of FTE that leaves in a year"),
            _optional("early_leaver_rate", "share that leaves in each early year", high=1.0),
            _whole(
                "early_years",
                "years after qualifying in which the early rate holds",
                required=False,
            ),
        ),
        key=("profession", "region"),
        required=True,
    ),
    Table(
        "demand",
        "FTE needed, by profession, leaf region and year.",
        (
            _code("profession", "code of the profession"),
            _code("region", "code of a leaf region"),
            _year(),
            _number("fte", "FTE needed"),
        ),
        key=("profession", "region", "year"),
        required=True,
    ),
    Table(
        "courses",
        "A line that can be commissioned: a profession taught in a region.",
        (
            _code("course", "code of the course"),
            _code("profession", "profession that it trains"),
            _code("region", "leaf region in which it is taught"),
            _code("provider", "code or name of the provider", required=False),
            _text("title", "name of the course"),
            _whole("duration_years", "length of the course, years", 1, high=100),
            _whole("last_intake", "places in the year before the first year"),
            _whole("max_intake", "most places in a year"),
            _whole("min_cohort", "fewest places if it runs", required=False, default=0),
            _whole("cohort_step", "places come in multiples of this", 1, required=False, default=1),
            _rate("fill_rate", "share of places that are filled"),
            _rate("completion_rate", "share of starters who qualify"),
            _rate("join_rate", "share of those qualified who join the workforce"),
            _number("fte_per_joiner", "FTE worked by one joiner"),
            _code("from_profession", "profession from which it takes staff", required=False),
            _optional("fte_from", "FTE that a student worked there"),
            _optional("release_rate", "share of it given up while on the course", high=1.0),
        ),
        key=("course",),
        required=True,
    ),
    Table(
        "measures",
        "What can be bought beside places, such as recruitment from abroad.",
        (
            _code("measure", "code of the measure, which no course has"),
            _code("kind", "kind of measure, such as recruit"),
            _code("profession", "profession whose staff it adds to, or whose work it takes away"),
            _code("region", "leaf region in which it works"),
            _text("title", "name of the measure"),
            _whole("lead_years", "years from buying a unit to its effect", high=100),
            _number("fte_per_unit", "FTE that one unit brings, keeps or takes off demand"),
            _optional("success_rate", "share of units that succeed", high=1.0, default=1.0),
            _optional(
                "leaver_rate",
                "share of those it brings who leave in a year; of kind recruit alone",
                high=1.0,
            ),
            _whole(
                "lasts_years",
                "years for which a unit works; not of kind recruit",
                1,
                high=100,
                required=False,
            ),
            _whole(
                "paid_years",
                "years in which a unit is paid for",
                1,
                high=100,
                required=False,
                default=1,
            ),
            _whole("last_amount", "units in the year before the first year"),
            _whole("max_amount", "most units in a year"),
            _whole("min_amount", "fewest units if any are bought", required=False, default=0),
            _whole("step", "units come in multiples of this", 1, required=False, default=1),
        ),
        key=("measure",),
    ),
    Table(
        "costs",
        "What a student on course costs a fund in a study year.",
        (
            _code("course", "code of the course", wildcard=True, also=_COURSE_OR_MEASURE),
            _code("profession", "a profession or a group", required=False, wildcard=True),
            _STUDY_YEAR,
            _code("fund", "fund that pays"),
            _number("cost", "£ per student on course in that study year", also=_PER_UNIT),
        ),
        required=True,
        also="Or what a unit of a measure costs in a year that it is paid for.",
    ),
    Table(
        "budgets",
        "Most that a fund may spend in a region and year; every row is a limit of its own.",
        (
            _code("fund", "code of the fund"),
            _code("region", "a region, with all regions in it", wildcard=True),
            _year(),
            _number("amount", "£ available, undiscounted"),
        ),
        key=("fund", "region", "year"),
        required=True,
    ),
    Table(
        "placements",
        "Capacity for clinical placements, by pool, leaf region and year.",
        (
            _code("pool", "code of the placement pool"),
            _code("region", "code of a leaf region"),
            _year(wildcard=True),
            _number("capacity", "placement weeks in a year"),
        ),
        key=("pool", "region", "year"),
    ),
    Table(
        "placement_use",
        "Placement weeks that a student on course needs in a study year.",
        (
            _code(
                "course",
                "code of the course",
                required=False,
                wildcard=True,
                also=_COURSE_OR_MEASURE,
            ),
            _code("profession", "a profession or a group", required=False, wildcard=True),
            _STUDY_YEAR,
            _code("pool", "code of the placement pool"),
            _number("weeks", "placement weeks per student on course", also=_PER_UNIT),
        ),
        also="Or weeks that a unit of a measure needs in a year that it is paid for.",
    ),
    Table(
        "destinations",
        "Where those who qualify in a region go to work.",
        (
            _code("profession", "a profession or a group", wildcard=True),
            _code("from_region", "leaf region of the course"),
            _code("to_region", "leaf region of work"),
            _rate("share", "share of the joiners"),
        ),
        key=("profession", "from_region", "to_region"),
    ),
    Table(
        "pipeline",
        "A cohort already on its course when the plan starts.",
        (
            _code("course", "code of the course"),
            _year("start_year"),
            _number("started", "students who started"),
        ),
        key=("course", "start_year"),
    ),
    Table(
        "joiners",
        "Joiners by other routes, such as recruitment from abroad or return to practice.",
        (
            _code("profession", "code of the profession"),
            _code("region", "code of a leaf region"),
            _year(),
            _number("fte", "FTE that joins in the year; may be negative", low=None),
        ),
        key=("profession", "region", "year"),
    ),
    Table(
        "commitments",
        "A promise about the places of all courses that match its filters.",
        (
            _code("commitment", "name of the commitment"),
            _code("profession", "filter: a profession", required=False, wildcard=True),
            _code("group", "filter: a group of professions", required=False, wildcard=True),
            _code("region", "filter: a region, with all in it", required=False, wildcard=True),
            _code("provider", "filter: a provider", required=False, wildcard=True),
            _code("course", "filter: a course", required=False, wildcard=True),
            _year("first_year"),
            _year("last_year"),
            _places("min_places", "fewest"),
            _places("max_places", "most"),
            _text("owner", "who gave the commitment", required=True),
            _text("reason", "why it was given", required=True),
            _code(
                "measure",
                "a measure whose units count, not places; all other filters stay empty",
                required=False,
            ),
        ),
        key=("commitment",),
        also="Or about the units of one measure.",
    ),
    Table(
        "assumptions",
        "What the figures rest on.",
        (
            _code("assumption", "name of the assumption"),
            _text("table", "table that it concerns", required=True),
            _text("column", "column that it concerns", required=True),
            _text("value", "value assumed"),
            _text("source", "where it comes from", required=True),
            _text("owner", "who answers for it"),
            Column("quality", "text", "quality of the evidence", required=True, choices=_RATINGS),
            Column("impact", "text", "effect on the plan", required=True, choices=_RATINGS),
        ),
        key=("assumption", "table", "column"),
        required=True,
    ),
)

TAKING = ("from_profession", "fte_from", "release_rate")
"""Columns of courses that take staff, which other instances do without."""

TABLES: Mapping[str, Table] = {table.name: table for table in _TABLES}

SETTINGS: Mapping[str, tuple[type, str]] = {
    "name": (str, "short name, used in file names"),
    "title": (str, "name in full"),
    "first_year": (int, "first financial year of the plan"),
    "horizon": (int, "years that the plan looks ahead"),
    "price_base": (str, "price base of all money"),
    "description": (str, "description of the instance"),
}
