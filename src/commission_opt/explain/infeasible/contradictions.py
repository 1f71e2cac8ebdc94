"""An instance after some edits, and the edits that contradictory figures need in any case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.errors import Problem
from commission_opt.explain.infeasible.edits import Edit, edited, edited_model
from commission_opt.explain.infeasible.elastic import MONEY
from commission_opt.formulation.problem import Planning, planning
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import budget_use, placement_use
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents, read_regardless


@dataclass(frozen=True, eq=False)
class Reached:
    """What some edits lead to.

    Parameters
    ----------
    files : mapping of str to bytes
    problem : Planning
        The instance that they hold, contradictions and all, under the model.
    errors : tuple of Problem
        What is wrong with it; all of it contradictions.
    """

    files: Mapping[str, bytes]
    problem: Planning
    errors: tuple[Problem, ...]

    @classmethod
    def at(cls, files: Mapping[str, bytes], policy: Policy) -> Reached:
        """Read files, whether or not their figures contradict each other."""
        reading = read_contents(files)
        instance = reading.instance or read_regardless(files)
        errors = tuple(p for p in reading.problems if p.severity == "error")
        return cls(files, planning(instance, policy), errors)

    def after(self, edits: Sequence[Edit]) -> Reached:
        """Return what edits lead to from here."""
        return Reached.at(edited(self.files, edits), edited_policy(self.problem.policy, edits))


def edited_policy(policy: Policy, edits: Sequence[Edit]) -> Policy:
    """Return a commissioning model with the numbers of some keys edited."""
    content = edited_model(policy.content, edits)
    if content == policy.content:
        return policy
    return replace(parse_policy(content), integer=policy.integer)


def contradictions(reached: Reached, bends: Sequence[str], only: str = "") -> list[Edit]:
    """Return the edits that contradictory figures need whatever the model says."""
    return [
        edit
        for problem in reached.errors
        if problem.file == only or not only
        for edit in _needed(reached.problem.instance, problem, bends)
    ]


def _needed(instance: Instance, problem: Problem, bends: Sequence[str]) -> Iterator[Edit]:
    """Yield the edit that one contradiction needs, if its kind of rule may give way."""
    row = problem.row
    assert row is not None
    if problem.file == "courses.csv":
        course = instance.courses.iloc[int(np.flatnonzero(instance.courses.index == row)[0])]
        least, most = float(course["min_cohort"]), float(course["max_intake"])
        code = course["course"]
        if "cohorts" in bends:
            name = f"min_cohort of course {code!r}"
            yield Edit(problem.file, row, "min_cohort", least, most, name)
        elif "capacity" in bends:
            name = f"max_intake of course {code!r}"
            yield Edit(problem.file, row, "max_intake", most, least, name)
    elif problem.file == "commitments.csv" and "commitments" in bends:
        at = int(np.flatnonzero(instance.commitments.index == row)[0])
        said = instance.commitments.iloc[at]
        intakes = instance.courses["max_intake"].to_numpy(float)
        reach = float(intakes[instance.commitment_courses[at]].sum())
        new = float(np.nanmin([reach, said["max_places"]]))
        name = f"commitment {said['commitment']!r}"
        yield Edit(problem.file, row, "min_places", float(said["min_places"]), new, name)
    elif problem.file == "budgets.csv" and "budgets" in bends:
        at = int(np.flatnonzero(instance.budgets.index == row)[0])
        said = instance.budgets.iloc[at]
        new = float(np.ceil(budget_use(instance).committed[at] / MONEY) * MONEY)
        name = f"budget of fund {said['fund']!r} in {said['year']}"
        yield Edit(problem.file, row, "amount", float(said["amount"]), new, name)
    elif problem.file == "placements.csv" and "placements" in bends:
        table = instance.tables["placements"]
        said = table.iloc[int(np.flatnonzero(table.index == row)[0])]
        pools = instance.placements
        own = ((pools["pool"] == said["pool"]) & (pools["region"] == said["region"])).to_numpy()
        own &= (pools["capacity"] == said["capacity"]).to_numpy()
        new = float(np.ceil(placement_use(instance).committed[own].max()))
        name = f"capacity of pool {said['pool']!r} in {said['region']!r}"
        yield Edit(problem.file, row, "capacity", float(said["capacity"]), new, name)
