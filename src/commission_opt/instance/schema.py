"""The tables of an instance, declared once: columns, types, ranges, keys, references and help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

ColumnKind = Literal["code", "text", "number", "whole"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Header of the column.
    help : str
        What the column holds, with its unit.
    kind : {"code", "text", "number", "whole"}
        ``code`` is compared as written, ``whole`` is an integer.
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
    names : str
        What a code must be the code of, "" if it is not that of anything.
    """

    name: str
    help: str
    kind: ColumnKind
    required: bool = False
    wildcard: bool = False
    low: float | None = None
    high: float | None = None
    default: float | None = None
    choices: tuple[str, ...] = ()
    also: str = ""
    names: str = ""

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers, besides ``*``."""
        return self.kind in ("number", "whole")

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
    required : bool
        Whether an instance must have the table.
    key : tuple of str
        Columns that identify a row; () where duplicates are judged elsewhere.
    help : str
        What one row says.
    also : str
        What else a row says where there are measures.
    columns : tuple of Column
        In the order in which they are written.
    """

    name: str
    required: bool
    key: tuple[str, ...]
    help: str
    also: str
    columns: tuple[Column, ...]

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


_code = partial(Column, kind="code", required=True)
_filter = partial(Column, kind="code", wildcard=True)
_text = partial(Column, kind="text")
_title = partial(_text, required=True)
_rating = partial(_title, choices=("red", "amber", "green"))
_number = partial(Column, kind="number", required=True, low=0.0)
_rate = partial(_number, high=1.0)
_weight = partial(Column, kind="number", low=0.0, default=1.0)
_optional = partial(Column, kind="number", low=0.0)
_count = partial(Column, kind="whole", required=True, low=0.0)
_whole = partial(Column, kind="whole", low=0.0)
_year = partial(
    Column,
    help="financial year, the calendar year in which it starts (2026 is 2026/27)",
    kind="whole",
    required=True,
    low=1900,
    high=2300,
)

_PROFESSION = _code("profession", "code of the profession", names="profession")
_LEAF = _code("region", "code of a leaf region", names="leaf")
_PROFESSION_OR_GROUP = _filter("profession", "a profession or a group", names="profession or group")
_LINE = _code(
    "course",
    "code of the course",
    wildcard=True,
    also="or of a measure, which leaves profession empty",
    names="course or measure",
)
_STUDY_YEAR = _count(
    "study_year",
    "study year, 1 to the duration of the course",
    wildcard=True,
    low=1,
    also="or 1 to paid_years of the measure",
)
_PER_UNIT = "or per unit of the measure"
_UNITS = "or units of the measure"

ROLES = ("feeds", "draws")
"""What a course may do to a pool of people."""

_COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "professions": (
        _code("profession", "code of the profession"),
        _title("title", "name of the profession"),
        _code("group", "code of the group of professions, such as nursing"),
        _weight("weight", "priority of the profession in the shortfall"),
    ),
    "regions": (
        _code("region", "code of the region"),
        _title("title", "name of the region"),
        _code("parent", "code of the region that contains this one", required=False),
        _optional("population", "people living in the region"),
        _weight("weight", "priority of the region in the shortfall"),
    ),
    "workforce": (
        _PROFESSION,
        _LEAF,
        _number("fte", "FTE in post, without anyone who enters in the first year"),
        _rate("leaver_rate", "share of FTE that leaves in a year"),
        _optional("early_leaver_rate", "share that leaves in each early year", high=1.0),
        _whole("early_years", "years after qualifying in which the early rate holds"),
    ),
    "demand": (_PROFESSION, _LEAF, _year("year"), _number("fte", "FTE needed")),
    "posts": (
        _PROFESSION,
        _LEAF,
        _year("year", wildcard=True),
        _number("posts", "FTE that can be employed; staff beyond them do no work"),
    ),
    "courses": (
        _code("course", "code of the course"),
        _code("profession", "profession that it trains", names="profession"),
        _code("region", "leaf region in which it is taught", names="leaf"),
        _code("provider", "code or name of the provider", required=False),
        _text("title", "name of the course"),
        _count("duration_years", "length of the course, years", low=1, high=100),
        _count("last_intake", "places in the year before the first year"),
        _count("max_intake", "most places in a year"),
        _whole("min_cohort", "fewest places if it runs", default=0),
        _whole("cohort_step", "places come in multiples of this", low=1, default=1),
        _rate("fill_rate", "share of places that are filled"),
        _rate("completion_rate", "share of starters who qualify"),
        _rate("join_rate", "share of those qualified who join the workforce"),
        _number("fte_per_joiner", "FTE worked by one joiner"),
        _code(
            "from_profession",
            "profession from which it takes staff",
            required=False,
            names="profession",
        ),
        _optional("fte_from", "FTE that a student worked there"),
        _optional("release_rate", "share of it given up while on the course", high=1.0),
    ),
    "measures": (
        _code("measure", "code of the measure, which no course has"),
        _code("kind", "kind of measure, such as recruit"),
        _code(
            "profession",
            "profession whose staff it adds to, or whose work it takes away",
            names="profession",
        ),
        _code("region", "leaf region in which it works", names="leaf"),
        _text("title", "name of the measure"),
        _count("lead_years", "years from buying a unit to its effect", high=100),
        _number("fte_per_unit", "FTE that one unit brings, keeps or takes off demand"),
        _optional("success_rate", "share of units that succeed", high=1.0, default=1.0),
        _optional(
            "leaver_rate",
            "share of those it brings who leave in a year; of kind recruit alone",
            high=1.0,
        ),
        _whole("lasts_years", "years for which a unit works; not of kind recruit", low=1, high=100),
        _whole("paid_years", "years in which a unit is paid for", low=1, high=100, default=1),
        _count("last_amount", "units in the year before the first year"),
        _count("max_amount", "most units in a year"),
        _whole("min_amount", "fewest units if any are bought", default=0),
        _whole("step", "units come in multiples of this", low=1, default=1),
    ),
    "pathways": (
        _code("pool", "code of a pool of people who may go on to a course"),
        _code("course", "course that feeds the pool or draws from it", names="course"),
        _title("role", "whether the course feeds the pool or draws from it", choices=ROLES),
        _rate("share", "share of those qualified who enter the pool, or of students drawn from it"),
        _whole("lag_years", "years from qualifying to entering the pool; feeds only", high=100),
    ),
    "eligible": (
        _code("pool", "code of the pool"),
        _filter("region", "a region, with all courses in it", required=True, names="region"),
        _year("year", wildcard=True),
        _number("entrants", "people who enter the pool from outside in the year"),
        _optional(
            "stay_rate",
            "share of those not drawn who stay for the next year",
            high=1.0,
            default=0.0,
        ),
        _optional(
            "offer_rate",
            "share of those eligible who must be offered a place",
            high=1.0,
            default=0.0,
        ),
    ),
    "substitution": (
        _code("needed", "profession whose work is done", names="profession"),
        _code("by", "profession whose staff do it", names="profession"),
        _code(
            "region",
            "a region, with all regions in it; the row of the smallest holds",
            wildcard=True,
            names="region",
        ),
        _number("ratio", "FTE of needed that one FTE of by does the work of, above 0"),
        _rate("max_share", "most of the demand for needed that is met so, a share"),
    ),
    "costs": (
        _LINE,
        _PROFESSION_OR_GROUP,
        _STUDY_YEAR,
        _code("fund", "fund that pays"),
        _number("cost", "£ per student on course in that study year", also=_PER_UNIT),
    ),
    "budgets": (
        _code("fund", "code of the fund"),
        _code("region", "a region, with all regions in it", wildcard=True, names="region"),
        _year("year"),
        _number("amount", "£ available, undiscounted"),
    ),
    "pay": (
        _code("fund", "code of the fund that pays"),
        replace(_PROFESSION_OR_GROUP, required=True),
        _code("region", "a region, with all regions in it", wildcard=True, names="region"),
        _year("year", wildcard=True),
        _number("pay", "£ per FTE-year, undiscounted"),
    ),
    "placements": (
        _code("pool", "code of the placement pool"),
        _LEAF,
        _year("year", wildcard=True),
        _number("capacity", "placement weeks in a year"),
    ),
    "placement_use": (
        replace(_LINE, required=False),
        _PROFESSION_OR_GROUP,
        _STUDY_YEAR,
        _code("pool", "code of the placement pool"),
        _number("weeks", "placement weeks per student on course", also=_PER_UNIT),
    ),
    "destinations": (
        replace(_PROFESSION_OR_GROUP, required=True),
        _code("from_region", "leaf region of the course", names="leaf"),
        _code("to_region", "leaf region of work", names="leaf"),
        _rate("share", "share of the joiners"),
    ),
    "pipeline": (
        _code("course", "code of the course", names="course"),
        _year("start_year"),
        _number("started", "students who started"),
    ),
    "joiners": (
        _PROFESSION,
        _LEAF,
        _year("year"),
        _number("fte", "FTE that joins in the year; may be negative", low=None),
    ),
    "commitments": (
        _code("commitment", "name of the commitment"),
        _filter("profession", "filter: a profession", names="profession"),
        _filter("group", "filter: a group of professions", names="group"),
        _filter("region", "filter: a region, with all in it", names="region"),
        _filter("provider", "filter: a provider", names="provider"),
        _filter("course", "filter: a course", names="course"),
        _year("first_year"),
        _year("last_year"),
        _whole("min_places", "fewest places in each year", also=_UNITS),
        _whole("max_places", "most places in each year", also=_UNITS),
        _title("owner", "who gave the commitment"),
        _title("reason", "why it was given"),
        _code(
            "measure",
            "a measure whose units count, not places; all other filters stay empty",
            required=False,
            names="measure",
        ),
    ),
    "floors": (
        _code("floor", "name of the floor"),
        replace(_PROFESSION_OR_GROUP, required=True, wildcard=False),
        _code(
            "region",
            "a leaf region, or one whose leaf regions each have this floor",
            wildcard=True,
            names="region",
        ),
        _year("year", wildcard=True),
        _optional("min_fte", "least FTE of service"),
        _optional("min_demand_share", "least service as a share of demand, before reshaping"),
        _optional("min_mix_share", "least service as a share of that of the professions in “of”"),
        _code(
            "of",
            "a profession or a group, of whose service min_mix_share is a share",
            required=False,
            names="profession or group",
        ),
    ),
    "assumptions": (
        _code("assumption", "name of the assumption"),
        _title("table", "table that it concerns"),
        _title("column", "column that it concerns"),
        _text("value", "value assumed"),
        _title("source", "where it comes from"),
        _text("owner", "who answers for it"),
        _rating("quality", "quality of the evidence"),
        _rating("impact", "effect on the plan"),
    ),
}

_TABLES = (  # name, whether it is required, its key, what a row says, and what of measures
    ("professions", True, "profession", "A kind of staff that is trained.", ""),
    ("regions", True, "region", "A place where staff work and courses run.", ""),
    ("workforce", True, "profession region",
     "Staff in post at the start of the first year, by profession and leaf region.", ""),
    ("demand", True, "profession region year",
     "FTE needed, by profession, leaf region and year.", ""),
    ("posts", False, "profession region year",
     "FTE that can be employed, by profession, leaf region and year; without a row there is no end "
     "of posts.", ""),
    ("courses", True, "course",
     "A line that can be commissioned: a profession taught in a region.", ""),
    ("measures", False, "measure",
     "What can be bought beside places, such as recruitment from abroad.", ""),
    ("pathways", False, "pool course role",
     "A course whose students come from a pool of people, or who go on to one.", ""),
    ("eligible", False, "pool region year",
     "People whom the courses of a region may draw from a pool, by year.", ""),
    ("substitution", False, "needed by region",
     "Whose staff can be deployed to do the work of another profession, and how well.", ""),
    ("costs", True, "", "What a student on course costs a fund in a study year.",
     "Or what a unit of a measure costs in a year that it is paid for."),
    ("budgets", True, "fund region year",
     "Most that a fund may spend in a region and year; every row is a limit of its own.", ""),
    ("pay", False, "fund profession region year",
     "What a fund pays for a FTE of staff for a year; the most specific row holds.", ""),
    ("placements", False, "pool region year",
     "Capacity for clinical placements, by pool, leaf region and year.", ""),
    ("placement_use", False, "", "Placement weeks that a student on course needs in a study year.",
     "Or weeks that a unit of a measure needs in a year that it is paid for."),
    ("destinations", False, "profession from_region to_region",
     "Where those who qualify in a region go to work.", ""),
    ("pipeline", False, "course start_year",
     "A cohort already on its course when the plan starts.", ""),
    ("joiners", False, "profession region year",
     "Joiners by other routes, such as recruitment from abroad or return to practice.", ""),
    ("commitments", False, "commitment",
     "A promise about the places of all courses that match its filters.",
     "Or about the units of one measure."),
    ("floors", False, "floor",
     "Service that should be there whatever else is: a floor in FTE, as a share of demand, or as a "
     "share of the service of others.", ""),
    ("assumptions", True, "assumption table column", "What the figures rest on.", ""),
)  # fmt: skip

TAKING = ("from_profession", "fte_from", "release_rate")
"""Columns of courses that take staff, which other instances do without."""

TABLES: Mapping[str, Table] = {
    name: Table(name, required, tuple(key.split()), help_, also, _COLUMNS[name])
    for name, required, key, help_, also in _TABLES
}

SETTINGS: Mapping[str, tuple[type, str]] = {
    "name": (str, "short name, used in file names"),
    "title": (str, "name in full"),
    "first_year": (int, "first financial year of the plan"),
    "horizon": (int, "years that the plan looks ahead"),
    "price_base": (str, "price base of all money"),
    "description": (str, "description of the instance"),
}
