"""The source tables of a pathway, seen by profession and seen by step."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from builder.sources import Record, Sources, load_sources
from builder.staff import regional_fte

Tables = dict[str, list[Record]]

# Tables taken over row by row: the column that says whom a row is about.
BY_SCOPE = {
    "costs": "profession",
    "figures": "scope",
    "mobility": "profession",
    "past_intakes": "series",
    "practice_hours": "profession",
}
# Tables of which all rows of the other instance are taken that are of use: key, and those kept.
BY_KEY = {
    "budget_growth": ("fund", ("medical-salaries", "gp-salaries")),
    "capacity": ("pool", ("medical-training", "gp-practice")),
    "deflators": ("price_year", ("2013", "2025")),
    "staff_by_region": ("staff_group", ("doctors",)),
}
# Figures for all professions that only registers and other mobility need.
UNUSED = ("england_share_of_uk", "register_years", "register_exit_rate", "local_retention")


@dataclass(frozen=True)
class Pathway:
    """What is known of the staff of the professions and of the steps that lead to them.

    Parameters
    ----------
    staff
        Sources in which the professions are those of the instance.
    steps
        The same sources with the steps of the pathway in the place of the professions.
    """

    staff: Sources
    steps: Sources

    @property
    def profession_of(self) -> dict[str, str]:
        """Profession of each step."""
        return {row["step"]: row["profession"] for row in self.steps.tables["steps"]}


def load_pathway(folder: Path, national: Path) -> Pathway:
    """Read the source tables of a pathway.

    Parameters
    ----------
    folder
        Folder of the instance.
    national
        Folder of the instance for England from which everything is taken that is not said here.

    Returns
    -------
    Pathway
    """
    with (folder / "instance.toml").open("rb") as file:
        settings = tomllib.load(file)
    years = (int(settings["first_year"]), int(settings["horizon"]))
    own = {path.stem: _records(path) for path in sorted((folder / "sources").glob("*.csv"))}
    tables = _merged(own, load_sources(national).tables)
    tables["regional_splits"] = [*tables["regional_splits"], *_school_split(own)]
    staff = Sources(tables, *years)
    rest = _rest_of_doctors(staff)
    tables = {**tables, "regional_splits": [*tables["regional_splits"], *rest]}
    steps = [{**row, "profession": row["step"], "taught_in": "*"} for row in own["steps"]]
    return Pathway(
        replace(staff, tables=tables), replace(staff, tables={**tables, "professions": steps})
    )


def _merged(own: Tables, national: Mapping[str, list[Record]]) -> Tables:
    """Return the own tables with those rows of the other instance that are of use here."""
    professions = {row["profession"] for row in own["professions"]}
    steps = {row["step"] for row in own["steps"]}
    groups = {row["group"] for row in own["professions"]}
    of_courses = {r["figure"] for r in national["figure_columns"] if r["table"] == "courses"}
    tables: Tables = {**national, **own}
    for name, column in BY_SCOPE.items():
        scopes = professions | steps | groups | ({"*"} if name == "figures" else set())
        shared = [row for row in national[name] if row[column] in scopes]
        tables[name] = shared + own.get(name, [])
    for name, (column, kept) in BY_KEY.items():
        tables[name] = [r for r in national[name] if r[column] in kept] + own.get(name, [])
    tables["budget_growth"] = [r for r in tables["budget_growth"] if r["region"] == "*"]
    tables["figures"] = [
        row
        for row in tables["figures"]
        if row["figure"] not in UNUSED
        and not (row["scope"] in professions - steps and row["figure"] in of_courses)
    ]
    return tables


def _school_split(own: Tables) -> list[Record]:
    """Return the places of medical schools by region, as a regional split."""
    places: dict[str, int] = {}
    for row in own["medical_schools"]:
        added = (row["places_2004"], row["added_2018_2020"], row["added_2024"])
        places[row["region"]] = places.get(row["region"], 0) + sum(map(int, added))
    return [_count("medical-schools", region, n) for region, n in sorted(places.items())]


def _rest_of_doctors(staff: Sources) -> list[Record]:
    """Return hospital doctors of no other specialty by region, as a regional split."""
    rest = staff.staff("doctors", "fte")
    for row in staff.professions:
        if row["staff_group"] == "doctors" and row["workforce_split"] != "other-doctors":
            for region, fte in regional_fte(staff, row).items():
                rest[region] -= fte
    return [_count("other-doctors", region, round(fte, 1)) for region, fte in rest.items()]


def _count(split: str, region: str, value: float) -> Record:
    return {"split": split, "region": region, "kind": "count", "value": str(value)}


def _records(path: Path) -> list[Record]:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return [{str(k): str(v) for k, v in r.items()} for r in frame.to_dict("records")]
