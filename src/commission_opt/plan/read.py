"""A plan read back from its folder, for those who were sent one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.decided import Decided, plan_card
from commission_opt.allocation.settled import as_given
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.errors import InputError, Problem, UsageError
from commission_opt.files.regular import hash_of, read_whole
from commission_opt.formulation.fits import check_fits
from commission_opt.formulation.goals import (
    goal_value,
    goals,
    measured_from,
    names_of,
    regrets,
    weighs,
)
from commission_opt.formulation.problem import Planning, planning
from commission_opt.futures.futures import futures
from commission_opt.futures.uncertainty_file import parse_uncertainty
from commission_opt.instance.instance import Instance
from commission_opt.plan.copies import LARGEST, MODEL, read_copies
from commission_opt.plan.deployment import DEPLOYMENT, read_deployment
from commission_opt.plan.later import with_later
from commission_opt.plan.record import (
    FORMATS,
    MOST_BYTES,
    UNCERTAINTY,
    WrongRecordError,
    parse_record,
)
from commission_opt.plan.supports import SUPPORTS, supported
from commission_opt.plan.table import MOST, none_of, number_in, read_table, unreadable
from commission_opt.plan.uncertain import MEAN, MENDED, problem_in, weighed
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.text.card import Card
from commission_opt.text.counts import plural
from commission_opt.uncertainty.sampled import Sampled
from commission_opt.views import words
from commission_opt.views.verdict import recorded

RECORD, PLACES = "plan.json", "allocation.csv"
MEASURES, SCENARIOS = "measures.csv", "scenarios.csv"


@dataclass(frozen=True, repr=False)
class StoredPlan(Decided):
    """What was decided, on what, and what was said of it.

    Parameters
    ----------
    problem, outcome
        As of everything ``Decided``, worked out again from the copies in the plan.
    folder : Path
    record : mapping
        What ``plan.json`` holds.
    not_pursued : tuple of str
        Later objectives of the model, for which the plan was not made.
    cut : float
        Share of drawn figures that were set to an end of their range.
    mean_amounts : array, shape (L, years decided now), or None
        What a plan for the mean of several futures buys.
    mean_deployed : array or None
        Who is then deployed in each of them; None where nobody can be.
    mended : Outcome or None
        The nearest to that plan that holds in each of them, where it does not itself.
    """

    folder: Path
    record: Mapping[str, Any]
    not_pursued: tuple[str, ...] = ()
    cut: float = 0.0
    mean_amounts: Floats | None = None
    mean_deployed: Floats | None = None
    mended: Outcome | None = None

    def card(self) -> Card:
        """Return places by profession, and how good the record says that they are."""
        said = plan_card(self.problem, self.amounts, self.record["status"], recorded(self.record))
        return replace(said, sentences=("As its record says:", *said.sentences))


def is_plan(path: Path | str) -> bool:
    """Say whether a folder looks like a plan."""
    return (Path(path) / RECORD).is_file()


def read_plan(folder: Path | str, *, judged: bool = True) -> StoredPlan:
    """Read a plan back.

    Parameters
    ----------
    folder : path
    judged : bool
        Whether places that do not lead to what the record says are refused; ``verify`` says more
        of such a plan.

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
    hashes = record["hashes"]
    files, model = read_copies(folder, hashes["inputs"], hashes["model"], "plan", RECORD)
    policy = parse_policy(model, MODEL)
    if not record["integer"]:
        policy = policy.relaxed()
    _check_stages(record, policy)
    count = len(record["stages"])
    not_pursued = tuple(objective.minimise for objective in policy.objectives[count:])
    policy = policy.first_stages(count)
    reading = read_contents(files)
    if reading.instance is None:
        raise InputError(reading.problems)
    instance = reading.instance
    check_fits(instance, policy)
    problem, beside = planning(instance, policy), dict[str, Any]()
    if "uncertainty" in record:
        problem, beside = _in_futures(folder, record, problem)
    now = with_later(folder, problem, _amounts(folder, instance, problem.now_years))
    result = problem.outcome(now, _deployed(folder, problem))
    plan = StoredPlan(problem, as_given(problem, result), folder, record, not_pursued, **beside)
    if judged and (problems := list(differences(plan))):
        raise InputError(problems)
    return plan


def _record(folder: Path) -> Mapping[str, Any]:
    if not is_plan(folder):
        raise UsageError(f"{folder} is no plan: it has no {RECORD}; give the folder of a plan")
    try:
        record = parse_record(read_whole(folder / RECORD, MOST_BYTES))
    except (WrongRecordError, OSError) as error:
        raise InputError.of_file(RECORD, f"is not the record of a plan: {error}") from error
    if record["format"] not in FORMATS:
        raise UsageError(
            f"{folder} is a plan of format {record['format']}, and this version reads "
            f"{' and '.join(map(str, FORMATS))}; solve it again"
        )
    return record


def _check_stages(record: Mapping[str, Any], policy: Policy) -> None:
    said = [stage["minimise"] for stage in record["stages"]]
    asked = [objective.minimise for objective in policy.objectives]
    if said != asked[: len(said)]:  # plans that differ are made for the first objective alone
        message = f"are {', '.join(said)}, but the objectives of {MODEL} are {', '.join(asked)}"
        raise InputError([Problem("error", RECORD, None, "stages", message)])
    if record["integer"] != policy.integer:
        message = f"is true, but {MODEL} allocates fractions of places"
        raise InputError([Problem("error", RECORD, None, "integer", message)])


def _in_futures(
    folder: Path, record: Mapping[str, Any], problem: Planning
) -> tuple[Planning, dict[str, Any]]:
    """Return what was planned in the futures of the plan's own file, and what is kept beside."""
    said, instance = record["uncertainty"], problem.instance
    try:
        content = read_whole(folder / UNCERTAINTY, LARGEST)
    except OSError as error:
        raise InputError.of_file(UNCERTAINTY, unreadable(error)) from error
    if hashlib.sha256(content).hexdigest() != said["hash"]:
        message = f"was changed after the plan was made: its hash is not that in {RECORD}"
        raise InputError.of_file(UNCERTAINTY, message)
    found = futures(instance, problem.policy, parse_uncertainty(content, UNCERTAINTY))
    apart = not (folder / f"{SUPPORTS}.csv").is_file()
    own = replace(problem, policy=weighed(problem.policy, found))
    problem = problem_in(own, found, apart=apart)
    if isinstance(problem.drawn, Sampled):
        problem = replace(problem, drawn=supported(folder, said, problem))
    if any(goal.settles for goal in goals(problem)) != ("expected" in said):
        message = "is there after a risk other than “expected”, and only then"
        raise InputError([Problem("error", RECORD, None, "uncertainty.expected", message)])
    beside: dict[str, Any] = {"cut": found.cut, "bounds": _bounds(folder, problem)}
    if (folder / f"{MEAN}{PLACES}").is_file():
        beside["mean_amounts"] = _amounts(folder, instance, problem.now_years, MEAN)
        if problem.deploys and problem.layout.times is None:
            beside["mean_deployed"] = _deployed(folder, problem, MEAN)
    if (folder / f"{MENDED}{PLACES}").is_file() and problem.layout.times is None:
        amounts = _amounts(folder, instance, problem.now_years, MENDED)
        beside["mended"] = problem.outcome(amounts, _deployed(folder, problem, MENDED))
    if regrets(problem):
        bounds = beside["bounds"]
        if bounds is None or not np.isfinite(bounds).all():
            message = "does not have what regret is measured from"
            raise InputError([Problem("error", SCENARIOS, None, "bound", message)])
        problem = measured_from(problem, bounds)
    return problem, beside


def _bounds(folder: Path, problem: Planning) -> Floats | None:
    """Read what is said that no plan for one future alone can be below; None if nothing is."""
    file, expected = SCENARIOS, names_of(problem)
    try:
        table = read_table(folder / file, len(expected))
        names = list(table["scenario"])
        cells = list(table["bound"]) if "bound" in table else None
    except OSError as error:
        raise InputError.of_file(file, unreadable(error)) from error
    except (ValueError, KeyError) as error:
        raise InputError.of_file(file, f"cannot be read: {error}") from error
    if names != expected:
        pairs = enumerate(zip_longest(names, expected), start=2)
        row, (name, right) = next((row, pair) for row, pair in pairs if len(set(pair)) > 1)
        says, follows = ("nothing" if each is None else repr(each) for each in (name, right))
        message = f"says {says}, but {follows} follows from the uncertainty file"
        raise InputError([Problem("error", file, row, "scenario", message)])
    return None if cells is None else np.array([number_in(text) for text in cells], dtype=float)


def _amounts(folder: Path, instance: Instance, count: int, of: str = "") -> Floats:
    """Read what is decided of some years, shape (L, count), from the files whose names begin so."""
    years = range(instance.first_year, instance.first_year + count)
    courses = instance.courses["course"]
    parts = [_decided(folder, f"{of}{PLACES}", "course", "places", courses, years)]
    if len(instance.measures):
        codes = instance.measures["measure"]
        parts.append(_decided(folder, f"{of}{MEASURES}", "measure", "units", codes, years))
    return np.vstack(parts)


def _deployed(folder: Path, problem: Planning, of: str = "") -> Floats | None:
    """Read who is deployed; None if nobody can be."""
    try:
        return read_deployment(folder, problem, of)
    except OSError as error:
        raise InputError.of_file(f"{of}{DEPLOYMENT}", unreadable(error)) from error
    except ValueError as error:
        raise InputError.of_file(f"{of}{DEPLOYMENT}", f"cannot be read: {error}") from error


def _decided(
    folder: Path, file: str, line: str, amount: str, codes: pd.Series, years: range
) -> Floats:
    """Read places or units, one row for each line and year, in order."""
    expected = [(code, str(year)) for code in codes for year in years]
    try:
        table = read_table(folder / file, len(expected))
        keys = list(zip(table[line], table["year"], strict=True))
        cells = list(table[amount])
    except OSError as error:
        raise InputError.of_file(file, unreadable(error)) from error
    except (ValueError, KeyError) as error:
        raise InputError.of_file(file, f"cannot be read: {error}") from error
    if keys != expected:
        row = next(
            (i for i, (a, b) in enumerate(zip(keys, expected, strict=False)) if a != b), None
        )
        number = None if row is None else row + 2
        message = f"rows are not the {line}s of the instance by commissioning year, in order"
        raise InputError([Problem("error", file, number, line, message)])
    amounts = [number_in(text) for text in cells]
    for row, (text, found) in enumerate(zip(cells, amounts, strict=True), start=2):
        if not abs(found) <= MOST:
            raise InputError([Problem("error", file, row, amount, none_of(text))])
    return np.array(amounts, dtype=float).reshape(len(codes), len(years))


def for_one_future(plan: StoredPlan, what: str) -> StoredPlan:
    """Return a plan that is made for one future; refuse another, of which answers would be untrue.

    Raises
    ------
    UsageError
        If the plan weighs several futures.
    """
    if not weighs(plan.problem):
        return plan
    count = plural(len(names_of(plan.problem)), "future")
    raise UsageError(
        f"{plan.folder} is a plan for {count}, and {what} answers for one as given: it does not "
        "weigh several yet. scenarios.csv and spread.csv of the plan say how it "
        "fares, and audit how it would in other draws"
    )


def said_values(plan: StoredPlan) -> list[float]:
    """Return what the record says that each goal reached."""
    stages = iter(plan.record["stages"])
    of_futures = plan.record.get("uncertainty", {})
    return [
        float((of_futures["expected"] if goal.settles else next(stages))["objective"])
        for goal in goals(plan.problem)
    ]


def differences(plan: StoredPlan) -> Iterator[Problem]:
    """Say where what is bought does not lead to what the record says."""
    bought = words.bought(len(plan.instance.measures) > 0)
    file, column = PLACES, "places"
    if len(plan.instance.substitution):
        bought += " and those deployed"
        if hash_of(plan.folder / DEPLOYMENT, LARGEST) != _hash(plan, DEPLOYMENT):
            file, column = DEPLOYMENT, "fte"
    wanted = [goal for goal in goals(plan.problem) if not goal.settles]
    for said, goal in zip(plan.record["stages"], wanted, strict=True):
        value = goal_value(plan.problem, goal, plan.outcome)
        if not np.isclose(value, said["final"], rtol=TOLERANCE, atol=TOLERANCE):
            message = (
                f"the {bought} lead to {value:,.6g} {said['unit']} of {said['minimise']}, but "
                f"{RECORD} says {said['final']:,.6g}: one of them was changed"
            )
            yield Problem("error", file, None, column, message)


def _hash(plan: StoredPlan, file: str) -> str | None:
    """Return the recorded hash of a table, if there is one."""
    found: str | None = plan.record["hashes"]["outputs"].get(file)
    return found
