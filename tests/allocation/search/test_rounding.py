import numpy as np
import pytest

from commission_opt.allocation.search.rounding import rounded
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.rules import pace_of_change
from samples import model, result_of, sample, written
from search_landscape import admissible, laid_out
from some import some


@pytest.mark.each(3)
@pytest.mark.parametrize("seed", some(range(10), 3))
@pytest.mark.parametrize("years", [1, 4])
def test_any_fractions_become_admissible_and_keep_the_pace(years: int, seed: int) -> None:
    formulation = written(sample(6, 3, years, seed).instance, model(years))
    land, x = laid_out(formulation)
    rng = np.random.default_rng(seed)
    places = formulation.program.columns[PLACES]
    low, high = formulation.program.lower[places], formulation.program.upper[places]
    for fractions in (x, rng.uniform(low, high), low, high):
        found = rounded(land, fractions)
        assert admissible(formulation, found)
        problem = formulation.problem
        result = result_of(problem, problem.layout.to_amounts(found))
        assert all(v.size <= 1e-6 for v in pace_of_change.violations(problem, result))


def test_a_course_runs_from_half_of_its_smallest_cohort_on() -> None:
    text = model(pace="false")
    formulation = written(sample(6, 3, 1, 0).instance, text)
    land, _ = laid_out(formulation)
    open_ended = (land.lower == 0) & (land.smallest > land.step)
    assert open_ended.any()
    half = np.where(open_ended, land.smallest / 2, 0.0)
    assert (rounded(land, half)[open_ended] == land.smallest[open_ended]).all()
    assert (rounded(land, half * 0.99)[open_ended] == 0).all()
