"""What cells may hold, offered and checked while a user types.

Lists of codes that stand on one sheet are drawn from that sheet, so they grow with it. Lists of
several kinds (``*``, groups and professions) or of codes that repeat (funds, pools, providers)
are written on the hidden sheet ``_lists``, as they are when the workbook is made. A list warns and
does not forbid: ``check`` has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from commission_opt.activities import KINDS
from commission_opt.files.spreadsheet.cells import LAST_ROW
from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES, Column
from commission_opt.instance.typed import ANY
from commission_opt.workbook.layout import LISTS, column_of

_ROWS_AHEAD, _FEWEST_ROWS = 1_000, 5_000  # rows below the last that are still looked after
_STUDY_YEARS = 7  # offered where no course says more
_LONGEST_MESSAGE = 255
_MOST_INLINE = 255  # characters of a list that stands in the validation itself

_ANY_OF = {
    tuple(place.split(".")): name
    for name, places in {
        "who": "costs.profession placement_use.profession destinations.profession pay.profession",
        "professions": "commitments.profession",
        "group": "professions.group",
        "groups": "commitments.group",
        "whom": "floors.profession floors.of",
        "regions": "eligible.region budgets.region commitments.region pay.region floors.region",
        "lines": "costs.course placement_use.course",
        "courses": "commitments.course",
        "providers": "commitments.provider",
        "funds": "costs.fund budgets.fund pay.fund",
        "pools": "placements.pool placement_use.pool",
        "people": "pathways.pool eligible.pool",
    }.items()
    for place in places.split()
}
_HOME = {
    "from_profession": ("professions", "profession"),
    "profession": ("professions", "profession"),
    "region": ("regions", "region"),
    "parent": ("regions", "region"),
    "from_region": ("regions", "region"),
    "to_region": ("regions", "region"),
    "course": ("courses", "course"),
    "measure": ("measures", "measure"),
}
_FALLBACK = {"who": "profession", "professions": "profession", "regions": "region"}
_FALLBACK |= {"courses": "course", "lines": "course", "whom": "profession"}


@dataclass(frozen=True)
class DropDowns:
    """The lists of a workbook.

    Parameters
    ----------
    lists : mapping of str to tuple of str
        What stands on the hidden sheet, by heading.
    columns : mapping of str to sequence of str
        Columns of each sheet.
    last_row : mapping of str to int
        Row of each sheet down to which cells are looked after.
    years : range
        Years of the horizon; empty if they are not known.
    study_years : int
        Longest duration of a course, or for which a measure is paid.
    """

    lists: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, Sequence[str]]
    last_row: Mapping[str, int]
    years: range
    study_years: int

    def validation(self, table: str, column: Column) -> dict[str, object] | None:
        """Return the validation of a column as XlsxWriter takes it; None if anything goes."""
        rule = self._rule(table, column)
        if rule is None:
            return None
        said = {
            "error_type": "warning",
            "error_title": "Is this meant?",
            "error_message": f"{column.name}: {rule_text(column)}"[:_LONGEST_MESSAGE],
        }
        return {**said, **rule}

    def _rule(self, table: str, column: Column) -> dict[str, object] | None:
        if column.choices:
            return _list(column.choices)
        if (table, column.name) == ("assumptions", "table"):
            return _list(TABLES)
        if (table, column.name) == ("measures", "kind"):
            return _list(KINDS)
        if column.name == "study_year":
            return _list([ANY, *map(str, range(1, self.study_years + 1))])
        if column.kind in ("number", "whole"):
            if not column.wildcard:
                return _range(column)
            return _list([ANY, *map(str, self.years)]) if self.years else None
        if column.kind != "code":
            return None
        return self._codes(table, column.name)

    def _codes(self, table: str, column: str) -> dict[str, object] | None:
        """Return the rule that offers the codes which a column may name."""
        name = _ANY_OF.get((table, column))
        if name in self.lists:
            at, count = list(self.lists).index(name or ""), len(self.lists[name or ""])
            letter = xl_col_to_name(at)
            message = (
                f"{column}: not among the codes that there were when this workbook was made. A "
                "new code is right if it stands on its own sheet too."
            )
            source = f"='{LISTS}'!${letter}$2:${letter}${count + 1}"
            return {"validate": "list", "source": source, "error_message": message}
        home = _HOME.get(_FALLBACK.get(name or "", "") if name else column)
        if home is None or home == (table, column):
            return None
        sheet, of = home
        letter = xl_col_to_name(self.columns[sheet].index(of))
        source = f"={sheet}!${letter}$2:${letter}${self.last_row[sheet]}"
        # The list of a new workbook lacks * and groups, which are right too.
        return {"validate": "list", "source": source, "show_error": name is None}


def drop_downs(
    tables: Mapping[str, RawTable], columns: Mapping[str, Sequence[str]], years: range
) -> DropDowns:
    """Return the lists for tables as they are, given the columns of each sheet.

    ``years`` are those of the horizon; empty if they are not known.
    """
    last_row = {
        name: min(max(len(tables[name].rows) + _ROWS_AHEAD, _FEWEST_ROWS), LAST_ROW)
        for name in tables
    }

    def codes(*places: tuple[str, str]) -> list[str]:
        found = (code for table, column in places for code in column_of(tables[table], column))
        return [code for code in dict.fromkeys(found) if code not in ("", ANY)]

    groups, professions = codes(("professions", "group")), codes(("professions", "profession"))
    lists = {
        "who": [ANY, *groups, *professions],
        "whom": [*groups, *professions],
        "professions": [ANY, *professions],
        "group": groups,
        "groups": [ANY, *groups],
        "regions": [ANY, *codes(("regions", "region"))],
        "courses": [ANY, *codes(("courses", "course"))],
        "lines": [ANY, *codes(("courses", "course"), ("measures", "measure"))],
        "providers": [ANY, *codes(("courses", "provider"))],
        "funds": codes(("budgets", "fund"), ("costs", "fund"), ("pay", "fund")),
        "pools": codes(("placements", "pool"), ("placement_use", "pool")),
        "people": codes(("eligible", "pool"), ("pathways", "pool")),
    }
    years_of = (("courses", "duration_years"), ("measures", "paid_years"))
    durations = [
        int(d) for table, of in years_of for d in column_of(tables[table], of) if d.isdecimal()
    ]
    return DropDowns(
        {name: tuple(items) for name, items in lists.items() if set(items) - {ANY}},
        columns,
        last_row,
        years,
        max([_STUDY_YEARS, *(d for d in durations if d <= 100)]),
    )


def _list(items: Iterable[str]) -> dict[str, object] | None:
    texts = list(items)
    fits = len(",".join(texts)) <= _MOST_INLINE
    return {"validate": "list", "source": texts} if fits else None


def _range(column: Column) -> dict[str, object] | None:
    kind = "integer" if column.kind == "whole" else "decimal"
    if column.low is not None and column.high is not None:
        limits = {"criteria": "between", "minimum": column.low, "maximum": column.high}
    elif column.low is not None:
        limits = {"criteria": ">=", "value": column.low}
    else:
        return None
    return {"validate": kind, **limits}


def must_be_filled(column: Column) -> bool:
    """Say whether every row needs something in a column; where ``*`` may stand, empty means it."""
    return column.required and not column.wildcard


def rule_text(column: Column) -> str:
    """Say in words what a column may hold."""
    parts = ["required" if must_be_filled(column) else "may be empty"]
    if column.default is not None:
        parts = [f"empty means {column.default:g}"]
    if column.wildcard:
        parts = [f"{ANY} or empty for all"]
    if column.choices:
        parts.append(" / ".join(column.choices))
    if column.kind == "whole":
        parts.append("whole number")
    if column.kind == "code":
        parts.append("a code, compared as written")
    if column.low is not None and column.high is not None:
        parts.append(f"{column.low:g} to {column.high:g}")
    elif column.low is not None:
        parts.append(f"at least {column.low:g}")
    text = "; ".join(parts)
    return text[0].upper() + text[1:]
