"""Programs by a factor on a cost or a weight are those written anew with it."""

from dataclasses import replace

import numpy as np
import pytest

from commission_opt.explain.margins.prices import first_stage, prices
from commission_opt.explain.what_if.replan import Variants
from commission_opt.explain.why.break_even import cost_factor, weight_factor
from commission_opt.solvers.status import Limits, Watch
from margin_cases import settings_of
from samples import model, problem_of, sample


@pytest.mark.parametrize(("years", "continuation"), [(1, "repeat"), (2, "last_intake")])
def test_programs_by_a_factor(years: int, continuation: str) -> None:
    text = model(years, integer=False, continuation=continuation)
    problem = problem_of(sample(4, 3, years, 2).instance, text)
    places = np.zeros((len(problem.instance.courses), years))
    near, _ = prices(problem, places, Limits(), Watch())
    variants = Variants(near.formulation.problem)
    for c in range(0, len(places), 3):
        code = problem.instance.courses["course"].iloc[c]
        theirs = variants.stage(settings_of([f"cost[course={code}]*=1.3"])).program
        ours = cost_factor(near, c)(1.3)
        assert abs(ours.matrix - theirs.matrix).max() <= 1e-12
        np.testing.assert_allclose(ours.row_upper, theirs.row_upper, atol=1e-9)
    for p in range(4):
        professions = problem.instance.professions
        weight = professions["weight"].to_numpy(float).copy()
        weight[p] *= 0.7
        instance = replace(problem.instance, professions=professions.assign(weight=weight))
        stage = first_stage(replace(problem, instance=instance))
        ours = weight_factor(near, p)(0.7)
        np.testing.assert_allclose(ours.cost, stage.program.cost, atol=1e-12)
