"""A frontier on disk: tables, a record, charts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from commission_opt.files.folder import whole_folder
from commission_opt.frontier.chart import draw_curve
from commission_opt.frontier.curve import Curve
from commission_opt.frontier.view import view_of
from commission_opt.frontier.whole import WholePlan
from commission_opt.plan.write import code_hash, versions
from commission_opt.solvers.status import Limits
from commission_opt.views.charts import available

RECORD = "frontier.json"
FORMAT = 2  # 2 names the instance by its title, years and sources


def write_curve(
    curve: Curve,
    plans: Sequence[WholePlan],
    limits: Limits,
    asked: float,
    target: Path,
    *,
    force: bool = False,
    command: str = "",
) -> dict[str, object]:
    """Write a frontier as a folder that appears whole or not at all.

    Parameters
    ----------
    curve : Curve
    plans : sequence of WholePlan
    limits : Limits
        What was asked for, for each solve.
    asked : float
        Distance that was asked for.
    target : Path
        Folder to make.
    force : bool
        Whether an existing folder may be replaced.
    command : str
        The command that made the frontier.

    Returns
    -------
    dict
        What ``frontier.json`` holds. Charts are left out if matplotlib is not installed.

    Raises
    ------
    UsageError
        If the folder may not be replaced or cannot be written.
    """
    record = curve_record(curve, plans, limits, asked, command)
    with whole_folder(target, force=force) as folder:
        tables = curve.frames()
        if plans:
            tables |= {"whole": whole_table(plans), "whole_places": _places(curve, plans)}
        for name, table in tables.items():
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
        (folder / RECORD).write_text(text + "\n", encoding="utf-8", newline="\n")
        if available():
            draw_curve(view_of(curve, plans), folder)
    return record


def whole_table(plans: Sequence[WholePlan]) -> pd.DataFrame:
    """Return the plans in whole places, one row each, also where there is none."""
    rows = []
    for plan in plans:
        row = {"t": plan.t, "status": plan.status, "reason": plan.reason}
        row |= {"objective": plan.objective, "bound": plan.bound, "gap": plan.gap}
        rows.append(row | ({} if plan.figures is None else plan.figures.flat))
    return pd.DataFrame(rows)


def _places(curve: Curve, plans: Sequence[WholePlan]) -> pd.DataFrame:
    instance = curve.family.problem.instance
    parts = []
    for plan in plans:
        if plan.places is None:
            continue
        courses, years = plan.places.shape
        columns = {
            "t": plan.t,
            "course": np.repeat(instance.courses["course"].to_numpy(), years),
            "year": np.tile(instance.first_year + np.arange(years), courses),
            "places": plan.places.ravel().round().astype(int),
        }
        parts.append(pd.DataFrame(columns))
    empty = pd.DataFrame(columns=["t", "course", "year", "places"])
    return pd.concat(parts, ignore_index=True) if parts else empty


def curve_record(
    curve: Curve, plans: Sequence[WholePlan], limits: Limits, asked: float, command: str
) -> dict[str, object]:
    """Return what ``frontier.json`` holds."""
    family, problem = curve.family, curve.family.problem
    instance, view = problem.instance, view_of(curve, plans)
    return {
        "format": FORMAT,
        "instance": instance.name,
        "title": view.title,
        "description": instance.description,
        "years": [instance.years[0], instance.years[-1]],
        "price_base": instance.price_base,
        "model": problem.policy.name,
        "over": family.over.name,
        "funds": list(view.funds),
        "objective": curve.objective,
        "unit": curve.unit,
        "range": {
            "asked": None if view.asked is None else list(view.asked),
            "from": curve.range.least,
            "to": curve.range.greatest,
            "no_plan_below": curve.range.proved,
        },
        "guarantee": {"asked": asked, "distance": curve.frontier.distance},
        "solves": curve.frontier.solves,
        "repeated_cold": curve.cold,
        "points": [point.flat for point in curve.points],
        "whole": [_record(plan) for plan in plans],
        "options": {
            "time_limit": limits.seconds,
            "gap": limits.gap,
            "seed": limits.seed,
            "threads": limits.threads,
        },
        "versions": versions(),
        "hashes": {
            "inputs": instance.hashes(),
            "model": problem.policy.hash,
            "code": code_hash(),
        },
        "command": command,
    }


def _record(plan: WholePlan) -> dict[str, object]:
    return {
        "t": plan.t,
        "status": plan.status,
        "reason": plan.reason,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "figures": None if plan.figures is None else plan.figures.flat,
    }
