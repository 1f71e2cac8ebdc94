"""Plans whose room to move is known, and the independent model with a course held."""

from dataclasses import replace
from pathlib import Path

import independent
from commission_opt.allocation.allocate import allocate
from commission_opt.instance.instance import Instance
from commission_opt.plan.read import StoredPlan
from commission_opt.plan.write import plan_record
from commission_opt.solvers.status import Limits
from samples import policy


def solved(instance: Instance, text: str, gap: float = 1e-6) -> StoredPlan:
    """The plan of a model on an instance, as if it had been read back."""
    allocation = allocate(instance, policy(text), Limits(seconds=20.0, gap=gap))
    assert allocation.certificate.valid
    record = plan_record(allocation, "")
    return StoredPlan(allocation.problem, allocation.outcome, Path("plan"), record)


def held(case: independent.Case, course: str, year: int, places: float) -> independent.Case:
    """The same problem with a promise that holds a course in a year."""
    number = repr(float(places))
    promise = {
        "commitment": "held", "course": course, "first_year": str(year), "last_year": str(year),
        "min_places": number, "max_places": number,
    }  # fmt: skip
    return replace(case, commitments=[*case.commitments, promise])


def forced(case: independent.Case, text: str, course: str, year: int, places: float) -> float:
    """The least shortfall with a course held, by the independent model; infinite if none."""
    try:
        return independent.solve(held(case, course, year, places), independent.load_policy(text))[2]
    except independent.Infeasible:
        return float("inf")
