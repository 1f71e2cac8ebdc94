"""The courses that feed a profession in a region bring what the waterfall says comes from them."""

import numpy as np
import pytest

from commission_opt.accounts.outcome import without_places
from commission_opt.allocation.allocate import allocate
from commission_opt.explain.why.origins import supply_of
from commission_opt.instance.use import budget_use, committed_by_line, placement_use
from commission_opt.solvers.status import Limits
from samples import model, policy, sample


@pytest.mark.each(2)
@pytest.mark.parametrize("years", [1, 2])
def test_courses_bring_all_that_new_places_bring(years: int) -> None:
    found = allocate(sample(4, 3, years, 1).instance, policy(model(years)), Limits(seconds=20.0))
    problem, result = found.problem, found.outcome
    nothing = without_places(problem.instance, problem.policy, problem.effects)
    regions = problem.instance.regions["region"].tolist()
    for p, code in enumerate(problem.instance.professions["profession"]):
        for q, region in enumerate(regions):
            frame = supply_of(found, code, region).frame("courses")
            brought = (result.supply - nothing.supply)[p, q].sum()
            assert frame["brings"].sum() == pytest.approx(brought)
            assert (np.diff(frame["brings"]) <= 0).all()
            assert (frame["per_place"] > 0).all()


def test_what_the_pipeline_uses_by_course_adds_up() -> None:
    instance = sample(4, 3, 1, 1).instance
    for rates, limits, use in (
        (instance.costs, instance.budgets, budget_use(instance)),
        (instance.placement_use, instance.placements, placement_use(instance)),
    ):
        by_course = committed_by_line(instance, rates, limits)
        assert by_course.shape == (len(limits), len(instance.courses))
        np.testing.assert_allclose(by_course.sum(axis=1), use.constant)
        assert set(np.unique(by_course.indices)) <= set(instance.pipeline["course"])
