"""A program put together from two is the one written anew from the changed figures."""

import numpy as np
import pytest

from commission_opt.explain.margins.consequences import Leading
from commission_opt.explain.margins.mixture import Mixture, alike
from commission_opt.explain.margins.prices import first_stage
from commission_opt.explain.margins.rates import COMPLETION, JOIN, LEAVERS, better
from commission_opt.explain.what_if.replan import Variants
from samples import model, problem_of, sample
from some import some

CASES = [
    (COMPLETION, 2, "last_intake", True),
    *((rate, years, continuation, False)
      for rate in (COMPLETION, JOIN, LEAVERS)
      for years, continuation in ((1, "repeat"), (2, "last_intake"))),
    *((rate, 1, "repeat", True) for rate in (COMPLETION, JOIN, LEAVERS)),
]  # fmt: skip


@pytest.mark.each(4)
@pytest.mark.parametrize(("rate", "years", "continuation", "pools"), some(CASES, 3))
def test_one_profession_of_a_mixture(
    rate: str, years: int, continuation: str, *, pools: bool
) -> None:
    text = model(years, integer=False, continuation=continuation)
    seed = 3 if pools else 2  # with offers
    problem = problem_of(sample(4, 3, years, seed, pools=pools).instance, text)
    stage = first_stage(problem)
    steady = stage.problem
    variants = Variants(steady)
    every = variants.stage(better(problem.instance, rate, None))
    assert alike(stage, every)
    mix = Mixture(stage, every)
    rng = np.random.default_rng(0)
    columns = rng.uniform(0, 20, steady.layout.size)
    for p, code in enumerate(problem.instance.professions["profession"]):
        settings = better(problem.instance, rate, code)
        if not settings:  # whom no course trains
            continue
        anew = variants.stage(settings)
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
