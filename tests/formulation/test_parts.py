"""Hinges against the value from the consequences, for every objective that is a sum of them."""

import numpy as np
import pytest
from scipy import sparse

from commission_opt.formulation.assemble import aims
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import Hinges, stacked
from samples import model, problem_of, result_of, sample, variants

SUMS = ("shortfall", "cost", "change", "surplus", "below_floor", "unemployed")


def test_by_hand() -> None:
    reach = sparse.csr_array(np.array([[1.0, 2.0]]))
    knots, slopes = np.array([[10.0], [4.0]]), np.array([[1.0], [3.0]])
    hinges = Hinges(reach, knots, slopes, np.array([0.5, 0.0]), 7.0)
    assert hinges.value(np.array([2.0, 0.0])) == 8 + 3 * 2 + 1 + 7
    assert hinges.value(np.array([2.0, 3.0])) == 2 + 0 + 1 + 7


def test_stacked_hinges_add_up() -> None:
    rng = np.random.default_rng(0)

    def some(levels: int, cells: int) -> Hinges:
        reach = sparse.csr_array(rng.uniform(-1, 1, (cells, 3)))
        knots, slopes = rng.uniform(-1, 1, (levels, cells)), rng.uniform(0, 1, (levels, cells))
        return Hinges(reach, knots, slopes, rng.uniform(size=3), float(rng.uniform()))

    one, other = some(3, 5), some(1, 2)
    x = rng.uniform(-2, 2, 3)
    assert stacked(one, other).value(x) == pytest.approx(one.value(x) + other.value(x))
    assert stacked(other, one).value(x) == pytest.approx(one.value(x) + other.value(x))


@pytest.mark.parametrize("name", list(OBJECTIVES))
def test_every_sum_of_hinges_has_them(name: str) -> None:
    (aim,) = aims(problem_of(sample(3, 2, 2, 0).instance, model(2, stages=((name, 0.0),))))
    assert (aim.hinges is not None) == (name in SUMS)


@pytest.mark.each(5)
@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("text", list(variants(2, integer=True)))
def test_hinges_have_the_value_of_the_objective(name: str, text: str) -> None:
    text = text.replace('minimise = "shortfall"', f'minimise = "{name}"')
    if name != "shortfall":
        text = text[: text.index("tiers")]
    check(text, name)


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", range(4))
def test_soft_commitments_count(seed: int) -> None:
    check(model(2, rules='commitments = "soft"\ncommitment_price = 3.5'), "shortfall", seed)


def check(text: str, name: str, seed: int = 0) -> None:
    problem = problem_of(sample(5, 3, 2, seed, floors=6).instance, text)
    (aim,) = aims(problem)
    assert aim.hinges is not None
    assert (aim.hinges.slopes >= 0).all()
    rng = np.random.default_rng(seed)
    for _ in range(5):
        x = rng.uniform(0, 1, problem.layout.size)
        x *= problem.cohorts.capacity[problem.layout.line]
        x[rng.uniform(size=len(x)) < 0.3] = 0.0
        result = result_of(problem, problem.layout.to_amounts(x))
        assert aim.hinges.value(x) == pytest.approx(OBJECTIVES[name].value(problem, result))
