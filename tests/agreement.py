"""What two ways agree on: values of objectives, optima, and whole plans between their bounds."""

from collections.abc import Callable

import pytest

import independent
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Floats
from commission_opt.errors import InfeasibleError
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.solvers.status import Limits
from samples import Sample, as_amounts, deployed_as, problem_of, result_of, written

Check = Callable[[Sample, Decided, str], None]
CONTINUATIONS = ("repeat", "last_intake", "none")


def agreed(name: str, instance: Instance, text: str, places: Floats) -> float:
    """The value of a model's first objective, which its program must agree on."""
    problem = problem_of(instance, text)
    found = OBJECTIVES[name].value(problem, result_of(problem, places))
    formulation = written(instance, text)
    point = formulation.point(places)
    assert formulation.aim.name == name
    value = formulation.program.value(point) * formulation.aim.scale
    assert value == pytest.approx(found, rel=1e-12, abs=1e-12)
    assert formulation.program.largest_violation(point) <= 1e-12
    return found


def all_decided(known: Sample, plan: Decided) -> dict[tuple[object, ...], float]:
    """Places, units and those deployed, as the independent model writes them."""
    bought = as_amounts(known.instance, plan.amounts).items()
    return dict([*bought, *deployed_as(known.instance, plan.outcome.deployed).items()])


def check_optimum(
    known: Sample, text: str, check: Check, why: str = "staff at work"
) -> Allocation | None:
    """Find the optimum in fractions of places that the independent model has.

    Where that has none, the package must say ``why``: courses take more staff than there are.
    """
    policy = parse_policy(text.encode())
    try:
        best, _, _ = independent.solve(known.case, independent.load_policy(text))
    except independent.Infeasible:
        with pytest.raises(InfeasibleError, match=why):
            allocate(known.instance, policy)
        return None
    plan = allocate(known.instance, policy, Limits(gap=1e-9))
    assert plan.certificate.valid
    assert plan.certificate.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
    check(known, plan, text)
    return plan


def check_whole(known: Sample, text: str, check: Check) -> None:
    """Find whole places that keep every rule, between the optimum in fractions and their bound.

    Where not even fractions keep every rule, the package says that staff at work are too few.
    """
    policy, limits = parse_policy(text.encode()), Limits(gap=0.01, seconds=10)
    relaxed = independent.load_policy(text.replace("integer = true", "integer = false"))
    try:
        least, _, _ = independent.solve(known.case, relaxed)
    except independent.Infeasible:
        with pytest.raises(InfeasibleError, match="staff at work"):
            allocate(known.instance, policy, limits)
        return
    plan = allocate(known.instance, policy, limits)
    assert plan.certificate.valid
    check(known, plan, text)
    first = plan.certificate.stages[0]
    assert first.objective >= least * (1 - 1e-7) - 1e-7
    assert first.bound <= first.objective * (1 + 1e-9) + 1e-9
