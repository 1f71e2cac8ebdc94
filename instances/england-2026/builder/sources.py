"""The source tables, and how a figure is looked up in them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from builder.shares import Split

Record = dict[str, str]
Row = dict[str, str | int | float]

ALL = "*"

# Tables that know nothing of regions, but for the columns of `professions` that name them.
NATIONAL = (
    "assumptions",
    "costs",
    "deflators",
    "figure_columns",
    "past_intakes",
    "practice_hours",
    "professions",
)
# Tables with rows for England and rows for single regions.
MIXED = ("budget_growth", "capacity", "commitments", "figures")
# Tables about regions only.
REGIONAL = ("mobility", "population_mid2019", "regional_splits", "regions", "staff_by_region")
# Tables of an instance whose regions lie within those of another: tables of its own, and tables
# whose rows are added to the other's and replace those with the same key.
INNER = ("areas", "local_mobility", "regions", "staff_by_region")
ADDED = {
    "assumptions": ("assumption",),
    "budget_growth": ("fund", "region"),
    "capacity": ("pool", "region"),
    "commitments": ("commitment",),
    "figure_columns": ("figure",),
    "figures": ("figure", "scope", "region"),
}
# Tables whose rows are added so where an instance has the regions of the other.
EXTENDED = ADDED | {
    "deflators": ("price_year",),
    "mobility": ("profession", "from_region"),
    "past_intakes": ("series", "year"),
    "professions": ("profession",),
    "staff_by_region": ("staff_group", "region"),
}


@dataclass(frozen=True)
class Sources:
    """The source tables, and the few things that are read from them everywhere.

    Parameters
    ----------
    tables
        Source tables by name, each a list of records of text.
    first_year, horizon
        First financial year of the plan and number of years.
    outer
        Sources of the regions that contain these regions, if there are any.
    """

    tables: Mapping[str, list[Record]]
    first_year: int
    horizon: int
    outer: Sources | None = None

    @property
    def years(self) -> range:
        """Years of the horizon."""
        return range(self.first_year, self.first_year + self.horizon)

    @property
    def professions(self) -> list[Record]:
        """Professions in the order of the source table."""
        return self.tables["professions"]

    @property
    def regions(self) -> list[str]:
        """Codes of the regions in the order of the source table."""
        return [row["region"] for row in self.tables["regions"]]

    @property
    def national(self) -> Sources:
        """The sources with the largest regions, from which England's totals are taken."""
        return self if self.outer is None else self.outer.national

    @cached_property
    def parents(self) -> dict[str, str]:
        """The region that contains each region; empty text if there is none."""
        return {row["region"]: row.get("parent", "") for row in self.tables["regions"]}

    def within(self, region: str) -> list[str]:
        """Return the regions in a region: itself, those that it contains, or all in England."""
        return [r for r in self.regions if region in (r, self.parents[r], ALL)]

    def population(self) -> Split:
        """Return the population of each region."""
        people: Split = dict.fromkeys(self.regions, 0.0)
        for row in self.tables["population_mid2019"]:
            people[row["region"]] += float(row["population"])
        return people

    def staff(self, group: str, column: str) -> Split:
        """Return a column of the regional figures of one staff group."""
        rows = [r for r in self.tables["staff_by_region"] if r["staff_group"] == group]
        return {r["region"]: float(r[column]) for r in rows}

    def scopes(self, profession: str) -> list[str]:
        """Return what a profession answers to, most specific first."""
        group = next(r["group"] for r in self.professions if r["profession"] == profession)
        return [profession, group, ALL]

    def find(self, figure: str, profession: str = ALL, region: str = "") -> float | None:
        """Look up a figure: the profession's own, else its group's, else the default.

        Parameters
        ----------
        figure
            Name of the figure.
        profession
            Code of a profession; by default only figures for all professions count.
        region
            Code of a region, whose own figure counts before the one for the region that
            contains it, and that before the one for England.

        Returns
        -------
        float or None
            None if there is no such figure.
        """
        return self.first(figure, [ALL] if profession == ALL else self.scopes(profession), region)

    def first(self, figure: str, scopes: Sequence[str], region: str = "") -> float | None:
        """Look up a figure in the first of several scopes that has one; see `find`."""
        for scope in scopes:
            for place in (region, self.parents.get(region, ""), ""):
                value = self._figures.get((figure, scope, place))
                if value is not None:
                    return value
        return None

    def figure(self, figure: str, profession: str = ALL, region: str = "") -> float:
        """Look up a figure that must exist; see `find`.

        Raises
        ------
        LookupError
            If there is no such figure.
        """
        value = self.find(figure, profession, region)
        if value is None:
            raise LookupError(f"figures.csv has no {figure} for {profession} {region}")
        return value

    @cached_property
    def _figures(self) -> dict[tuple[str, str, str], float]:
        """Figures by name, scope and region."""
        rows = self.tables["figures"]
        return {(r["figure"], r["scope"], r["region"]): float(r["value"]) for r in rows}


def load_sources(folder: Path, national: Path | None = None) -> Sources:
    """Read ``instance.toml`` and every source table of an instance.

    Parameters
    ----------
    folder
        Folder of the instance, with its tables in ``sources/``.
    national
        Folder of another instance for England, with other regions. What it knows of England
        as a whole is taken from there: its national tables where the instance has none of its
        own, and those rows of the mixed tables that name no region. If the regions of the
        instance lie within those of the other (``regions.csv`` has a column ``parent``), or are
        those of the other (there is no ``regions.csv``), all is taken from there that the instance
        does not say otherwise.

    Returns
    -------
    Sources
    """
    with (folder / "instance.toml").open("rb") as file:
        settings = tomllib.load(file)
    years = (int(settings["first_year"]), int(settings["horizon"]))
    if national is not None and not _file(folder, "regions").is_file():
        return Sources(_extended_tables(folder, load_sources(national)), *years)
    if national is not None and "parent" in _records(folder, "regions")[0]:
        outer = load_sources(national)
        return Sources(_inner_tables(folder, outer), *years, outer)
    tables = {name: _records(folder, name) for name in REGIONAL}
    for name in NATIONAL:
        own = folder if national is None or _file(folder, name).is_file() else national
        tables[name] = _records(own, name)
    for name in MIXED:
        tables[name] = _mixed(folder, national, name)
    return Sources(tables, *years)


def _inner_tables(folder: Path, outer: Sources) -> dict[str, list[Record]]:
    """Return the tables of regions within other regions."""
    tables = {**outer.tables, **{name: _records(folder, name) for name in INNER}}
    region_of = {row["area"]: row["region"] for row in tables["areas"]}
    tables["population_mid2019"] = [
        {**row, "region": region_of[row["area"]]} for row in outer.tables["population_mid2019"]
    ]
    for name, keys in ADDED.items():
        if _file(folder, name).is_file():
            tables[name] = _added(tables[name], _records(folder, name), keys)
    return tables


def _extended_tables(folder: Path, other: Sources) -> dict[str, list[Record]]:
    """Return the tables of an instance with the same regions, with rows and tables of its own."""
    tables = dict(other.tables)
    for file in sorted((folder / "sources").glob("*.csv")):
        own = _records(folder, file.stem)
        keys = EXTENDED.get(file.stem)
        tables[file.stem] = _added(tables[file.stem], own, keys) if keys else own
    return tables


def _added(shared: Sequence[Record], own: Sequence[Record], keys: Sequence[str]) -> list[Record]:
    """Return the shared rows, each replaced by an own row with the same key, then the others."""
    left = {tuple(row[key] for key in keys): row for row in own}
    replaced = [left.pop(tuple(row[key] for key in keys), row) for row in shared]
    return replaced + list(left.values())


def _file(folder: Path, name: str) -> Path:
    return folder / "sources" / f"{name}.csv"


def _records(folder: Path, name: str) -> list[Record]:
    frame = pd.read_csv(_file(folder, name), dtype=str, keep_default_na=False)
    return [{str(k): str(v) for k, v in r.items()} for r in frame.to_dict("records")]


def _mixed(folder: Path, national: Path | None, name: str) -> list[Record]:
    """Return England's rows of the other instance, then the instance's own."""
    if national is None:
        return _records(folder, name)
    shared = [row for row in _records(national, name) if row["region"] in ("", ALL)]
    return shared + (_records(folder, name) if _file(folder, name).is_file() else [])
