"""Settings written into the tables by hand and read again: what applying them must equal."""

import math
import random
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from commission_opt.instance.generate import Synthetic
from commission_opt.instance.instance import Instance
from commission_opt.instance.write import write_instance
from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import make_axis
from commission_opt.scenario.scenario import Setting

# Table, columns and filters of each field.
FIELDS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "budget": ("budgets", ("amount",), ("fund", "region", "year")),
    "demand": ("demand", ("fte",), ("profession", "group", "region", "year")),
    "workforce": ("workforce", ("fte",), ("profession", "group", "region")),
    "leavers": ("workforce", ("leaver_rate", "early_leaver_rate"), ("profession", "region")),
    "leaver_rate": ("workforce", ("leaver_rate",), ("profession", "group", "region")),
    "early_leaver_rate": ("workforce", ("early_leaver_rate",), ("profession", "group")),
    "joiners": ("joiners", ("fte",), ("profession", "group", "region", "year")),
    "fill_rate": ("courses", ("fill_rate",), ("profession", "region", "provider", "course")),
    "completion_rate": ("courses", ("completion_rate",), ("group", "region", "course")),
    "join_rate": ("courses", ("join_rate",), ("profession", "group", "region")),
    "fte_per_joiner": ("courses", ("fte_per_joiner",), ("profession", "group", "region")),
    "max_intake": ("courses", ("max_intake",), ("profession", "group", "region", "provider")),
    "min_cohort": ("courses", ("min_cohort",), ("profession", "group", "region", "provider")),
    "fte_per_unit": ("measures", ("fte_per_unit",), ("profession", "group", "kind")),
    "success_rate": ("measures", ("success_rate",), ("region", "measure")),
    "measure_leaver_rate": ("measures", ("leaver_rate",), ("profession", "measure")),
    "max_amount": ("measures", ("max_amount",), ("group", "region", "measure")),
    "min_amount": ("measures", ("min_amount",), ("kind", "region")),
    "cost": ("costs", ("cost",), ("profession", "group", "region", "course", "measure", "fund")),
    "placement_capacity": ("placements", ("capacity",), ("pool", "region", "year")),
    "commitment_min": ("commitments", ("min_places",), ("commitment", "measure")),
    "commitment_max": ("commitments", ("max_places",), ("commitment", "measure")),
}
WHOLE = {"max_intake", "min_cohort", "max_amount", "min_amount", "commitment_min", "commitment_max"}
_DEFAULTS = {"min_cohort": "0", "min_amount": "0", "success_rate": "1"}
# What could leave no room for the pipeline or the commitments is not replaced, and not tightened.
_OPERATORS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("budget", "placement_capacity", "completion_rate"), ("*=", "+=")),
    **dict.fromkeys(WHOLE, ("*=",)),
}
Cells = dict[str, list[dict[Any, Any]]]


def by_hand(synthetic: Synthetic, base: Instance, settings: list[Setting]) -> Instance:
    """Write the figures that follow from settings into the tables and read these."""
    with tempfile.TemporaryDirectory() as folder:
        write_by_hand(Path(folder), synthetic, base, settings)
        return read_instance(folder)


def write_by_hand(
    folder: Path, synthetic: Synthetic, base: Instance, settings: list[Setting]
) -> None:
    """Write an instance with the figures that follow from settings."""
    tables: Cells = {n: list(map(dict, f.to_dict("records"))) for n, f in synthetic.tables.items()}
    about = _About(tables)
    for setting in settings:
        table, columns, _ = FIELDS[setting.axis.field]
        if table == "costs":
            tables["costs"] = _costs(base, tables["costs"])
        if table == "placements":
            tables["placements"] = _capacities(base, tables["placements"])
        for row in tables[table]:
            if about.chooses(setting, row):
                for column in columns:
                    _write(row, column, setting)
    frames = {
        n: pd.DataFrame(rows, columns=synthetic.tables[n].columns) for n, rows in tables.items()
    }
    write_instance(folder, synthetic.settings, frames)


def _write(row: dict[str, Any], column: str, setting: Setting) -> None:
    cell = _DEFAULTS.get(column, "") if row[column] == "" else row[column]
    if cell == "":
        return
    old, by = float(cell), setting.value
    new = {"*=": old * by, "+=": old + by, "=": by}[setting.axis.operator]
    row[column] = math.floor(new + 0.5) if setting.axis.field in WHOLE else new


class _About:
    """What the tables say of codes."""

    def __init__(self, tables: Cells) -> None:
        self.group = {row["profession"]: row["group"] for row in tables["professions"]}
        self.parent = {row["region"]: row["parent"] for row in tables["regions"]}
        measures = tables.get("measures", [])
        self.line = {row["course"]: {**row, "measure": ""} for row in tables["courses"]}
        self.line |= {row["measure"]: {**row, "course": ""} for row in measures}

    def chooses(self, setting: Setting, row: Mapping[str, Any]) -> bool:
        return all(self._has(row, key, codes) for key, codes in setting.axis.filters)

    def _has(self, row: Mapping[str, Any], key: str, codes: tuple[str, ...]) -> bool:
        if "cost" in row and key != "fund":
            row = self.line[row["course"]]
        if key == "group":
            return self.group[row["profession"]] in codes
        if key == "region":
            region = row["region"]
            while region and region not in codes:
                region = self.parent.get(region, "")
            return bool(region)
        return str(row[key]) in codes


def _costs(base: Instance, rows: list[dict[Any, Any]]) -> list[dict[Any, Any]]:
    """Costs with a row of its own for each course and study year."""
    if all(
        row["course"] != "*" and row["study_year"] != "*" and not row["profession"] for row in rows
    ):
        return rows
    names = base.lines["line"].tolist()
    return [
        {"course": names[c], "profession": "", "study_year": j, "fund": f, "cost": rate}
        for c, j, f, rate in base.costs[["line", "study_year", "code", "rate"]].itertuples(
            index=False
        )
    ]


def _capacities(base: Instance, rows: list[dict[Any, Any]]) -> list[dict[Any, Any]]:
    if all(row["year"] != "*" for row in rows):
        return rows
    return [
        {"pool": pool, "region": region, "year": year, "capacity": capacity}
        for pool, region, year, capacity in base.placements.itertuples(index=False)
    ]


def random_setting(base: Instance, draw: random.Random) -> Setting:
    """Draw a setting whose codes exist; whether any row has all of them is left to chance."""
    field = draw.choice([*FIELDS])
    table, _, filters = FIELDS[field]
    chosen = draw.sample(filters, draw.choice([0, 0, 1, 1, 2 if len(filters) > 1 else 1]))
    known = {key: codes for key in chosen if (codes := _codes(base, table, key))}
    where = {
        k: draw.sample(codes, min(len(codes), draw.randint(1, 3))) for k, codes in known.items()
    }
    operator = draw.choice(_OPERATORS.get(field, ("*=", "*=", "+=", "=")))
    up = field in ("budget", "placement_capacity", "max_intake", "max_amount", "commitment_max")
    value = {
        "*=": draw.uniform(1.0, 1.3) if up else draw.uniform(0.7, 1.0),
        "+=": draw.uniform(0.0, 9.0) if up else draw.uniform(-0.01, 0.0),
        "=": draw.random(),
    }[operator]
    return Setting(make_axis(field, operator, [value], where), value)


def _codes(base: Instance, table: str, key: str) -> list[str]:
    if key == "year":
        return [str(year) for year in base.years]
    if key in ("profession", "group"):
        return sorted(set(base.professions[key]))
    if key == "region":
        return list(base.tables["regions"]["region"])
    home = table if key in ("fund", "pool", "commitment") else "courses"
    if key in ("measure", "kind"):
        home = "measures"
    return sorted(set(base.tables[home][key]) - {""})
