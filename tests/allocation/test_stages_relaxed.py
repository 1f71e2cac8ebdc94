"""Stages in fractions of places, against one dense program for all of them."""

import pytest

import independent
import naive
from commission_opt.allocation.allocate import Allocation, allocate
from enumeration import NAMES, ORDERS, Stages, tiny
from naive_relaxation import Relaxation
from samples import Sample, as_amounts, model, policy, sample
from some import diagonal


def check(known: Sample, text: str, stages: Stages) -> Allocation:
    """Every stage finds its optimum and proves it, and none is undone by a later one."""
    again = naive.load_policy(text)
    found = allocate(known.instance, policy(text))
    certificate = found.certificate
    assert certificate.valid
    assert found.status == "optimal"
    places = as_amounts(known.instance, found.amounts)
    assert naive.kept(known.case, again, places)
    final = naive.values(known.case, again, places)
    assert [stage.minimise for stage in certificate.stages] == [name for name, _ in stages]
    held = {stage.minimise: stage.limit for stage in certificate.stages}
    # A stage may use what rounding leaves of the earlier ones, up to a millionth of their limits;
    # where that is worth much, solvers differ by a part of it.
    program = Relaxation(known.case, again)
    least, most = program.best(held, 1e-6), program.best(held, 1e-7)
    for stage, low, high, (name, tolerance) in zip(
        certificate.stages, least, most, stages, strict=True
    ):
        near = 1e-6 * max(1.0, abs(high)) + 0.3 * (high - low)
        assert near < 0.01 * max(1.0, abs(high))
        assert low - near <= stage.objective <= high + near
        assert stage.bound <= stage.objective
        assert stage.bound >= stage.objective - 5e-4 * abs(stage.objective) - 1e-9
        assert stage.limit == pytest.approx(stage.objective * (1 + tolerance))
        assert stage.final == pytest.approx(final[name], rel=1e-9, abs=1e-12)
        assert final[name] <= stage.limit + 1e-6 * max(1.0, abs(stage.limit))
    return found


@pytest.mark.each(3)
@pytest.mark.parametrize(("name", "tolerance"), diagonal(NAMES, (0.0, 0.05, 0.2), every=3))
def test_tiny_problems(name: str, tolerance: float) -> None:
    known = tiny(name)
    for order in ORDERS[NAMES.index(name) * 11 :: 60]:
        stages = [(objective, tolerance) for objective in order]
        text = known.text(stages).replace("integer = true", "integer = false")
        check(Sample(known.instance, known.case), text, stages)


@pytest.mark.each(3)
@pytest.mark.parametrize(("seed", "tolerance"), diagonal(range(3), (0.0, 0.01), every=2))
def test_generated_problems(seed: int, tolerance: float) -> None:
    known = sample(3, 3, 2, seed, floors=6)
    for order in ORDERS[seed * 13 :: 40]:
        stages = [(objective, tolerance) for objective in order]
        check(known, model(2, integer=False, stages=stages), stages)


def test_the_first_stage_is_what_it_would_be_alone() -> None:
    known = sample(3, 3, 2, 1)
    text = model(2, integer=False)
    alone = independent.solve(known.case, independent.load_policy(text))[0]
    stages = [("shortfall", 0.01), ("cost", 0.0)]
    found = check(known, model(2, integer=False, stages=stages), stages)
    first, second = found.certificate.stages
    assert first.objective == pytest.approx(alone, rel=1e-6)
    assert first.final == pytest.approx(1.01 * alone, rel=1e-6)  # savings use all of the tolerance
    strict = [("shortfall", 0.0), ("cost", 0.0)]
    dear = check(known, model(2, integer=False, stages=strict), strict).certificate.stages[1]
    assert second.objective < 0.999 * dear.objective
