"""Cases whose answers were published, or worked out on paper."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from commission_opt.accounts.outcome import outcome
from commission_opt.allocation.allocate import allocate
from commission_opt.certificate.certify import violations
from commission_opt.files.shipped import find_instance
from commission_opt.formulation.objectives import shortfall
from commission_opt.formulation.problem import planning
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits


def _case(name: str) -> tuple[Instance, Policy]:
    folder = find_instance(name)
    return read_instance(folder), read_policy(folder / "model.toml")


def test_two_by_two_is_solved_as_on_paper() -> None:
    instance, policy = _case("two-by-two")
    plan = allocate(instance, policy, Limits(gap=0.0))
    places = dict(zip(instance.courses["course"], plan.places[:, 0], strict=True))
    assert places == {
        "nurse-north": 20,
        "nurse-south": 15,
        "paramedic-north": 40,
        "paramedic-south": 0,
    }
    assert plan.certificate.without_new_places == pytest.approx(589.8, abs=1e-9)
    assert plan.certificate.objective == pytest.approx(380.696, abs=1e-9)
    assert plan.certificate.bound == pytest.approx(380.696, rel=1e-6)
    assert plan.certificate.achieved == pytest.approx(1, rel=1e-6)


def test_two_by_two_relaxation_is_as_on_paper() -> None:
    instance, policy = _case("two-by-two")
    plan = allocate(instance, policy.relaxed())
    assert plan.places[:, 0] == pytest.approx([20, 10, 40, 10], abs=1e-7)
    assert plan.certificate.objective == pytest.approx(373.936, abs=1e-9)


@pytest.mark.slow
def test_two_by_two_has_no_better_plan() -> None:
    instance, policy = _case("two-by-two")
    problem = planning(instance, policy)
    nurse_north = [0, *range(10, 61, 5)]
    nurse_south = [0, *range(10, 31, 5)]
    south = [0, *range(20, 41)]
    best = np.inf
    for numbers in product(nurse_north, nurse_south, range(41), south):
        # Only plans that could be better: within the budget, which also saves the work.
        if np.dot(numbers, [10_000, 10_000, 6_000, 6_000]) <= 600_000:
            places = np.array(numbers, dtype=float)[:, None]
            weeks_north = 10 * numbers[0] + 5 * numbers[2]
            weeks_south = 10 * numbers[1] + 5 * numbers[3]
            if max(weeks_north, weeks_south) <= 400:
                result = outcome(instance, policy, problem.effects, places)
                best = min(best, shortfall.value(problem, result))
    assert best == pytest.approx(380.696, abs=1e-9)


def _with_intake(instance: Instance, places: int) -> Instance:
    """Close the courses above an intake, so that the plan takes exactly that or less."""
    return replace(instance, courses=instance.courses.assign(max_intake=places))


def _shortage(instance: Instance, policy: Policy) -> np.ndarray:
    """Return the certified shortage in 2019 of the base variant and of scenarios 1 and 2."""
    plan = allocate(instance, policy)
    assert plan.certificate.valid
    assert plan.certificate.gap <= 1e-9
    shortage: np.ndarray = plan.outcome.shortfall[:, 0, -1]
    return shortage


def test_dutch_general_practitioners_2009() -> None:
    instance, policy = _case("dutch-gp-2009")
    none = _shortage(_with_intake(instance, 0), policy)
    hundred = _shortage(_with_intake(instance, 100), policy)
    per_place = (none - hundred) / 100
    assert per_place == pytest.approx([2.7583, 2.7583], abs=1e-4)
    assert np.round(none / per_place).tolist() == [476, 929]
    # The nearest whole intake leaves less than half an annual place uncovered; one less does not.
    for which, places in enumerate((476, 929)):
        assert _shortage(_with_intake(instance, places), policy)[which] < per_place[which] / 2
        assert _shortage(_with_intake(instance, places - 1), policy)[which] > per_place[which] / 2


def test_dutch_supply_in_2019_is_the_published_one() -> None:
    instance, policy = _case("dutch-gp-2009")
    problem = planning(instance, policy)
    result = outcome(instance, policy, problem.effects, np.full((2, 5), 614.0))
    assert result.supply[:, 0, -1] == pytest.approx([8187.0, 8187.0], abs=0.01)
    assert not any(v.size > 1e-6 for v in violations(problem, result))
