"""A frontier on disk: tables, a record, charts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.allocation.methods import Method
from commission_opt.files.folder import whole_folder
from commission_opt.frontier.chart import draw_curve
from commission_opt.frontier.curve import Curve
from commission_opt.frontier.view import FORMAT, RECORD, view_of
from commission_opt.frontier.whole import WholePlan
from commission_opt.plan.copies import MODEL
from commission_opt.plan.write import code_hash, versions, work_limit
from commission_opt.solvers.status import Limits
from commission_opt.views.charts import available


def write_curve(
    curve: Curve,
    plans: Sequence[WholePlan],
    limits: Limits,
    asked: float,
    target: Path,
    *,
    method: Method = Method.FAST,
    force: bool = False,
    command: str = "",
) -> dict[str, Any]:
    """Write a frontier as a folder that appears whole or not at all.

    Parameters
    ----------
    curve : Curve
    plans : sequence of WholePlan
    limits, asked
        The limits of each solve and the distance that were asked for.
    target : Path
    method : Method
        How whole places were found.
    force : bool
        Whether an existing folder may be replaced.
    command : str
        That made the frontier.

    Returns
    -------
    dict
        What ``frontier.json`` holds. Charts are left out if matplotlib is not installed.

    Raises
    ------
    UsageError
        If the folder may not be replaced or cannot be written.
    """
    record = curve_record(curve, plans, limits, asked, command, method)
    problem = curve.family.problem
    with whole_folder(target, force=force) as folder:
        for name, table in _tables(curve, plans).items():
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        (folder / "instance").mkdir()
        for name, content in problem.instance.files.items():
            (folder / "instance" / name).write_bytes(content)
        (folder / MODEL).write_bytes(problem.policy.content)
        text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
        (folder / RECORD).write_text(text + "\n", encoding="utf-8", newline="\n")
        if available():
            draw_curve(view_of(record), folder)
    return record


def _tables(curve: Curve, plans: Sequence[WholePlan]) -> dict[str, pd.DataFrame]:
    """Return the points, and plans in whole places with what they buy of every line."""
    tables = curve.frames()
    if plans:
        rows = [plan.flat | {**(plan.figures or {})} for plan in plans]  # also where there is none
        tables["whole"] = pd.DataFrame(rows)
        instance = curve.family.problem.instance
        courses = len(instance.courses)
        tables["whole_places"] = _amounts(curve, plans, "course", "places", slice(courses))
        if len(instance.measures):
            tables["whole_units"] = _amounts(curve, plans, "measure", "units", slice(courses, None))
    return tables


def _amounts(
    curve: Curve, plans: Sequence[WholePlan], line: str, amount: str, which: slice
) -> pd.DataFrame:
    problem = curve.family.problem
    codes = problem.instance.lines["line"].to_numpy()[which]
    years = problem.instance.first_year + np.arange(problem.policy.commissioning_years)
    cells = pd.MultiIndex.from_product([codes, years], names=[line, "year"])
    found = {
        plan.t: pd.Series(plan.places[which].ravel().round().astype(int), cells, name=amount)
        for plan in plans
        if plan.places is not None
    }
    empty = pd.DataFrame(columns=["t", line, "year", amount])
    return pd.concat(found, names=["t"]).reset_index() if found else empty


def curve_record(
    curve: Curve,
    plans: Sequence[WholePlan],
    limits: Limits,
    asked: float,
    command: str,
    method: Method = Method.FAST,
) -> dict[str, Any]:
    """Return what ``frontier.json`` holds."""
    family, problem = curve.family, curve.family.problem
    instance, caps = problem.instance, family.over.caps
    points = curve.points.astype(object)
    return {
        "format": FORMAT,
        "instance": instance.name,
        "title": instance.title or instance.name,
        "description": instance.description,
        "years": [instance.years[0], instance.years[-1]],
        "price_base": instance.price_base,
        "model": problem.policy.name,
        "over": family.over.name,
        "funds": [] if caps else [*dict.fromkeys(instance.budgets["fund"][family.scaled])],
        "objective": curve.objective,
        "unit": curve.unit,
        "range": {
            "asked": None if caps else list(curve.asked),
            "from": curve.range.least,
            "to": curve.range.greatest,
            "no_plan_below": curve.range.proved,
        },
        "guarantee": {"asked": asked, "distance": curve.frontier.distance},
        "solves": curve.frontier.solves,
        "repeated_cold": curve.cold,
        "points": points.where(points.notna(), None).to_dict("records"),
        "whole": [
            plan.flat
            | {"figures": plan.figures, "work": plan.work}
            | {"ends": [None if end is None else asdict(end) for end in plan.ends]}
            for plan in plans
        ],
        "options": {
            "method": method.value,
            "time_limit": limits.seconds,
            **work_limit(limits),
            "gap": limits.gap,
            "seed": limits.seed,
            "threads": limits.threads,
        },
        "versions": versions(),
        "hashes": {"inputs": instance.hashes(), "model": problem.policy.hash, "code": code_hash()},
        "command": command,
    }
