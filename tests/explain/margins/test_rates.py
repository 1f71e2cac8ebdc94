"""A program put together from two is the one written anew from the changed figures."""

from __future__ import annotations

import numpy as np
import pytest

from commission_opt.explain.margins.consequences import Leading
from commission_opt.explain.margins.prices import first_stage
from commission_opt.explain.margins.rates import COMPLETION, JOIN, LEAVERS, Mixture, better
from commission_opt.explain.what_if.variants import Variants
from samples import model, problem_of, sample
from some import some


@pytest.mark.parametrize("rate", some([COMPLETION, JOIN, LEAVERS], 3))
@pytest.mark.parametrize(("years", "continuation"), [(1, "repeat"), (2, "last_intake")])
def test_one_profession_of_a_mixture(rate: str, years: int, continuation: str) -> None:
    text = model(years, integer=False, continuation=continuation)
    problem = problem_of(sample(4, 3, years, 2).instance, text)
    stage = first_stage(problem)
    steady = stage.problem
    variants = Variants(steady)
    mix = Mixture(stage, variants.stage(better(problem.instance, rate, None)))
    rng = np.random.default_rng(0)
    columns = rng.uniform(0, 20, steady.layout.size)
    for p, code in enumerate(problem.instance.professions["profession"]):
        anew = variants.stage(better(problem.instance, rate, code))
        ours, theirs = mix.program(p), anew.program
        assert abs(ours.matrix - theirs.matrix).max() <= 1e-12
        for name in ("cost", "lower", "upper", "row_lower", "row_upper"):
            np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), atol=1e-9)
        assert ours.offset == pytest.approx(theirs.offset, rel=1e-12)
        point = anew.point(steady.layout.to_amounts(columns))
        np.testing.assert_allclose(mix.point(p, columns), point, atol=1e-9)
        mixed, led = mix.leading(p, columns), Leading(anew.problem)(columns)
        for name in ("missing", "spent", "weeks", "places"):
            np.testing.assert_allclose(getattr(mixed, name), getattr(led, name), atol=1e-9)
