"""The source tables, and how a figure is looked up in them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Sources:
    """The source tables, and the few things that are read from them everywhere.

    Parameters
    ----------
    tables
        Source tables by name, each a list of records of text.
    first_year, horizon
        First financial year of the plan and number of years.
    """

    tables: Mapping[str, list[Record]]
    first_year: int
    horizon: int

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
            Code of a region, whose own figure counts before the one for England.

        Returns
        -------
        float or None
            None if there is no such figure.
        """
        scopes = [ALL] if profession == ALL else self.scopes(profession)
        for scope in scopes:
            for place in (region, "") if region else ("",):
                for row in self.tables["figures"]:
                    if (row["figure"], row["scope"], row["region"]) == (figure, scope, place):
                        return float(row["value"])
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


def load_sources(folder: Path, national: Path | None = None) -> Sources:
    """Read ``instance.toml`` and every source table of an instance.

    Parameters
    ----------
    folder
        Folder of the instance, with its tables in ``sources/``.
    national
        Folder of another instance for England, with other regions. What it knows of England
        as a whole is taken from there: its national tables where the instance has none of its
        own, and those rows of the mixed tables that name no region.

    Returns
    -------
    Sources
    """
    with (folder / "instance.toml").open("rb") as file:
        settings = tomllib.load(file)
    tables = {name: _records(folder, name) for name in REGIONAL}
    for name in NATIONAL:
        own = folder if national is None or _file(folder, name).is_file() else national
        tables[name] = _records(own, name)
    for name in MIXED:
        tables[name] = _mixed(folder, national, name)
    return Sources(tables, int(settings["first_year"]), int(settings["horizon"]))


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
