"""From typed tables to an instance: positions, wildcards and rows within the horizon."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from commission_opt.arrays import Bools, Floats
from commission_opt.errors import Problem
from commission_opt.instance import hierarchy, overrides, pools, rates
from commission_opt.instance.floors import spelled_out
from commission_opt.instance.instance import Instance
from commission_opt.instance.pay import pay_by_cell
from commission_opt.instance.schema import TABLES
from commission_opt.instance.typed import ANY


def build_instance(
    settings: Mapping[str, object], tables: Mapping[str, pd.DataFrame], files: Mapping[str, bytes]
) -> tuple[Instance, list[Problem]]:
    """Resolve typed tables into an instance.

    Parameters
    ----------
    settings : mapping
        Keys of ``instance.toml``, checked.
    tables : mapping of str to pandas.DataFrame
        Every table, typed, with codes that exist and keys that do not repeat.
    files : mapping of str to bytes
        What the tables were read from.

    Returns
    -------
    instance : Instance
    problems : list of Problem
        Rows that contradict each other when wildcards are resolved.
    """
    first_year, horizon = int(str(settings["first_year"])), int(str(settings["horizon"]))
    years = range(first_year, first_year + horizon)
    parent_of = hierarchy.parents(tables["regions"])
    professions = tables["professions"]
    leaf = tables["regions"]["region"].isin(hierarchy.leaves(parent_of))
    regions = tables["regions"][leaf]
    p, q = _positions(professions["profession"]), _positions(regions["region"])
    scopes = _scopes(q, parent_of)
    courses, measures = (_placed(name, tables[name], p, q) for name in ("courses", "measures"))
    courses = courses.assign(
        from_p=courses["from_profession"].map(p).fillna(-1).astype(int),
        release_rate=courses["release_rate"].fillna(1.0),
    )
    costs, cost_problems = rates.rates_per_student(tables, "costs")
    uses, use_problems = rates.rates_per_student(tables, "placement_use")
    shares = overrides.destination_shares(tables)
    eligible = pools.eligible_by_year(tables, years)
    pay, pay_problems = pay_by_cell(tables, professions, regions, parent_of, years)
    workforce = tables["workforce"]
    pair = (workforce["profession"].map(p).to_numpy(), workforce["region"].map(q).to_numpy())

    def by_pair(column: pd.Series) -> Floats:
        grid = np.zeros((len(professions), len(regions)))
        grid[pair] = column
        return grid

    posts, codes = tables["posts"], (professions["profession"], regions["region"])
    early = workforce["early_leaver_rate"].fillna(workforce["leaver_rate"])
    commitments = tables["commitments"]
    return Instance(
        name=str(settings["name"]),
        title=_one_line(settings["title"]),
        price_base=_one_line(settings["price_base"]),
        description=str(settings["description"]),
        first_year=first_year,
        horizon=horizon,
        professions=professions,
        regions=regions,
        scopes=scopes,
        fte=by_pair(workforce["fte"]),
        leaver_rate=by_pair(workforce["leaver_rate"]),
        early_leaver_rate=by_pair(early),
        early_years=by_pair(workforce["early_years"].fillna(0)).astype(np.int64),
        demand=_by_year(tables["demand"], p, q, years),
        joiners=_by_year(tables["joiners"], p, q, years),
        posts=overrides.by_cell(posts, posts["posts"].to_numpy(float), *codes, years),
        courses=courses,
        measures=measures,
        eligible=eligible.drop(columns="row"),
        pathways=pools.links(tables, courses, eligible, scopes),
        substitution=overrides.substitutes(tables, p, q, parent_of),
        costs=costs,
        placement_use=uses,
        budgets=_within(tables["budgets"], years),
        pay=pay,
        placements=overrides.capacities(tables, years).drop(columns="row"),
        destinations=pd.DataFrame(
            {
                "p": shares["profession"].map(p).astype(int),
                "from_q": shares["from_region"].map(q).astype(int),
                "to_q": shares["to_region"].map(q).astype(int),
                "share": shares["share"],
            }
        ),
        pipeline=_pipeline(tables["pipeline"], courses, first_year),
        commitments=commitments,
        commitment_lines=_matches(commitments, courses, measures, professions, scopes),
        floors=spelled_out(tables["floors"], regions["region"], scopes, years),
        tables=tables,
        files=files,
    ), [*cost_problems, *use_problems, *pay_problems]


def _one_line(text: object) -> str:
    """Return a heading on one line, so that what follows a break cannot pass for a line of ours."""
    return " ".join(str(text).splitlines())


def _positions(codes: pd.Series) -> dict[str, int]:
    return {code: i for i, code in enumerate(codes)}


def _placed(name: str, frame: pd.DataFrame, p: dict[str, int], q: dict[str, int]) -> pd.DataFrame:
    """Add positions of profession and region, and integers where no number is left out."""
    whole = {
        column.name: int
        for column in TABLES[name].columns
        if column.kind == "whole" and (column.required or column.default is not None)
    }
    where = {"p": frame["profession"].map(p), "q": frame["region"].map(q)}
    return frame.assign(**where).astype({**whole, "p": int, "q": int})


def _scopes(q: Mapping[str, int], parent_of: Mapping[str, str]) -> dict[str, Bools]:
    scopes = {ANY: np.ones(len(q), dtype=bool)}
    for leaf, i in q.items():
        for region in hierarchy.ancestors(leaf, parent_of):
            scopes.setdefault(region, np.zeros(len(q), dtype=bool))[i] = True
    return scopes


def _within(frame: pd.DataFrame, years: range) -> pd.DataFrame:
    kept = frame[frame["year"].isin(years)]
    return kept.assign(year=kept["year"].astype(int))


def _by_year(frame: pd.DataFrame, p: dict[str, int], q: dict[str, int], years: range) -> Floats:
    grid = np.zeros((len(p), len(q), len(years)))
    kept = _within(frame, years)
    grid[kept["profession"].map(p), kept["region"].map(q), kept["year"] - years[0]] = kept["fte"]
    return grid


def _pipeline(frame: pd.DataFrame, courses: pd.DataFrame, first_year: int) -> pd.DataFrame:
    """Keep the cohorts that have not entered the workforce yet."""
    cohorts = frame.assign(course=frame["course"].map(_positions(courses["course"])))
    cohorts = cohorts.astype({"course": int, "start_year": int})
    duration = courses["duration_years"].to_numpy()[cohorts["course"]]
    kept: pd.DataFrame = cohorts[cohorts["start_year"] + duration >= first_year]
    return kept


def _matches(
    commitments: pd.DataFrame,
    courses: pd.DataFrame,
    measures: pd.DataFrame,
    professions: pd.DataFrame,
    scopes: Mapping[str, Bools],
) -> Bools:
    group_of = dict(zip(professions["profession"], professions["group"], strict=True))
    own = courses.assign(group=courses["profession"].map(group_of))
    named = commitments["measure"].to_numpy(object)[:, None]
    matches = np.repeat(named == "", len(courses), axis=1)
    for column in ("profession", "group", "provider", "course"):
        asked = commitments[column].to_numpy(object)[:, None]
        matches &= (asked == ANY) | (asked == own[column].to_numpy(object))
    for i, region in enumerate(commitments["region"]):
        matches[i] &= scopes[region][courses["q"]]
    return np.hstack([matches, named == measures["measure"].to_numpy(object)])
