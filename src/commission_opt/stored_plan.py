"""A plan read back from its folder, for those who were sent one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.allocation.allocate import check_years
from commission_opt.certificate import TOLERANCE
from commission_opt.errors import InputError, Problem, UsageError
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning, planning
from commission_opt.instance.instance import Instance
from commission_opt.instance.read import read_contents
from commission_opt.linear_program import Floats
from commission_opt.outcome import Outcome, outcome
from commission_opt.plan import FORMAT
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy

RECORD, PLACES, MODEL = "plan.json", "allocation.csv", "model.toml"
_KEYS = (
    "format", "integer", "status", "asked_gap", "stages", "certificate", "options", "versions",
    "hashes",
)  # fmt: skip


@dataclass(frozen=True)
class StoredPlan:
    """What was decided, on what, and what was said of it.

    Parameters
    ----------
    folder : Path
    record : mapping
        What ``plan.json`` holds.
    problem : Planning
        The instance under its commissioning model, from the copies in the plan.
    places : array, shape (C, K)
        From ``allocation.csv``.
    """

    folder: Path
    record: Mapping[str, Any]
    problem: Planning
    places: Floats

    @property
    def instance(self) -> Instance:
        """The instance that was solved."""
        return self.problem.instance

    @property
    def policy(self) -> Policy:
        """The commissioning model, in whole places or not as it was solved."""
        return self.problem.policy

    @cached_property
    def outcome(self) -> Outcome:
        """What the places lead to, worked out again."""
        problem = self.problem
        return outcome(problem.instance, problem.policy, problem.effects, self.places)


def is_plan(path: Path | str) -> bool:
    """Say whether a folder looks like a plan."""
    return (Path(path) / RECORD).is_file()


def read_plan(folder: Path | str) -> StoredPlan:
    """Read a plan back.

    Parameters
    ----------
    folder : path

    Returns
    -------
    StoredPlan

    Raises
    ------
    UsageError
        If the folder is no plan, or one of another format.
    InputError
        If files are missing, are not those that were solved, or do not fit each other; names
        them all.
    """
    folder = Path(folder)
    record = _record(folder)
    files = _inputs(folder, record)
    policy = parse_policy((folder / MODEL).read_bytes(), MODEL)
    if not record["integer"]:
        policy = policy.relaxed()
    reading = read_contents(files)
    if reading.instance is None:
        raise InputError(reading.problems)
    instance = reading.instance
    check_years(instance, policy)
    problem = planning(instance, policy)
    plan = StoredPlan(folder, record, problem, _places(folder, instance, policy))
    _check_objective(plan)
    return plan


def _record(folder: Path) -> Mapping[str, Any]:
    if not is_plan(folder):
        raise UsageError(f"{folder} is no plan: it has no {RECORD}; give the folder of a plan")
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        missing = [key for key in _KEYS if key not in record]
        hashes = record["hashes"]["inputs"], record["hashes"]["model"]
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise _wrong(RECORD, f"is not the record of a plan: {error}") from error
    if missing or not isinstance(hashes[0], dict):
        raise _wrong(RECORD, f"is not the record of a plan: no {', '.join(missing) or 'hashes'}")
    if record["format"] != FORMAT:
        raise UsageError(
            f"{folder} is a plan of format {record['format']}, and this version reads {FORMAT}; "
            "solve it again"
        )
    return dict(record)


def _inputs(folder: Path, record: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the copies of the instance's files, each what was solved."""
    said = {**record["hashes"]["inputs"]}
    here = {p.name for p in (folder / "instance").glob("*") if p.is_file()}
    problems = [
        Problem("error", f"instance/{name}", None, None, "was not there when the plan was made")
        for name in sorted(here - said.keys())
    ]
    files: dict[str, bytes] = {}
    for name, path, expected in (
        *((f"instance/{name}", folder / "instance" / name, said[name]) for name in sorted(said)),
        (MODEL, folder / MODEL, record["hashes"]["model"]),
    ):
        if not path.is_file():
            problems.append(Problem("error", name, None, None, "is missing from the plan"))
            continue
        files[path.name] = path.read_bytes()
        if hashlib.sha256(files[path.name]).hexdigest() != expected:
            message = "was changed after the plan was made: its hash is not that in plan.json"
            problems.append(Problem("error", name, None, None, message))
    if problems:
        raise InputError(problems)
    return {name: files[name] for name in said}


def _places(folder: Path, instance: Instance, policy: Policy) -> Floats:
    try:
        table = pd.read_csv(folder / PLACES, dtype=str, keep_default_na=False)
        places = np.array([float(text) for text in table["places"]])
        keys = list(zip(table["course"], table["year"].astype(int), strict=True))
    except (OSError, ValueError, KeyError) as error:
        raise _wrong(PLACES, f"cannot be read: {error}") from error
    years = range(instance.first_year, instance.first_year + policy.commissioning_years)
    expected = [(course, year) for course in instance.courses["course"] for year in years]
    if keys != expected:
        row = next(
            (i for i, (a, b) in enumerate(zip(keys, expected, strict=False)) if a != b), None
        )
        line = None if row is None else row + 2
        message = "rows are not the courses of the instance by commissioning year, in order"
        raise InputError([Problem("error", PLACES, line, "course", message)])
    return places.reshape(len(instance.courses), len(years))


def _check_objective(plan: StoredPlan) -> None:
    """Refuse places that do not lead to what the record says."""
    problems = list(_differences(plan))
    if problems:
        raise InputError(problems)


def _differences(plan: StoredPlan) -> Iterator[Problem]:
    for said in plan.record.get("stages", ()):
        value = OBJECTIVES[said["minimise"]].value(plan.problem, plan.outcome)
        if not np.isclose(value, said["final"], rtol=TOLERANCE, atol=TOLERANCE):
            message = (
                f"the places lead to {value:,.6g} {said['unit']} of {said['minimise']}, but "
                f"{RECORD} says {said['final']:,.6g}: one of them was changed"
            )
            yield Problem("error", PLACES, None, "places", message)


def _wrong(file: str, message: str) -> InputError:
    return InputError([Problem("error", file, None, None, message)])
