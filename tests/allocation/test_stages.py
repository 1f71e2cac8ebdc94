"""Stages against every plan there is."""

import numpy as np
import pytest

import naive
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.solvers.status import Limits
from enumeration import NAMES, ORDERS, Stages, Tiny, best, every_plan, tiny
from samples import as_amounts, policy
from some import diagonal, some

TOLERANCES = (0.0, 0.05, 0.2)
EXACT = Limits(gap=0.0)


def check(known: Tiny, plans: tuple[dict[str, float], ...], stages: Stages) -> Allocation:
    """Every stage finds its optimum, proves no more, and is not undone by a later one."""
    text = known.text(stages)
    found = allocate(known.instance, policy(text), EXACT)
    certificate = found.certificate
    assert certificate.valid
    expected = best(plans, stages)
    places = as_amounts(known.instance, found.amounts)
    again = naive.load_policy(text)
    assert naive.kept(known.case, again, places)
    final = naive.values(known.case, again, places)
    for stage, optimum, (name, tolerance) in zip(certificate.stages, expected, stages, strict=True):
        assert stage.minimise == name
        assert stage.objective == pytest.approx(optimum, rel=1e-6, abs=1e-9)
        assert stage.bound <= optimum + 1e-6 * max(1.0, abs(optimum))
        assert stage.limit == pytest.approx(stage.objective * (1 + tolerance))
        assert stage.final == pytest.approx(final[name], rel=1e-9, abs=1e-12)
        assert final[name] <= stage.limit + 1e-6 * max(1.0, abs(stage.limit))
    last = certificate.stages[-1]
    assert last.final == last.objective
    return found


def orders(name: str, tolerance: float) -> list[tuple[str, ...]]:
    """Two of the orders of the objectives, which together begin with each of them."""
    case = NAMES.index(name) * len(TOLERANCES) + TOLERANCES.index(tolerance)
    return [ORDERS[(case * 10 + more) % len(ORDERS)] for more in (0, 65)]


@pytest.mark.each(3)
@pytest.mark.parametrize(("name", "tolerance"), diagonal(NAMES, TOLERANCES, every=3))
def test_every_stage_is_the_best_there_is(name: str, tolerance: float) -> None:
    plans = every_plan(name)
    assert len(plans) > 15
    for order in orders(name, tolerance):
        check(tiny(name), plans, [(objective, tolerance) for objective in order])


@pytest.mark.each(4)
@pytest.mark.parametrize("seed", some(range(12), 3))
def test_tolerances_that_differ(seed: int) -> None:
    rng = np.random.default_rng(seed)
    name = NAMES[seed % len(NAMES)]
    order = rng.permutation(naive.OBJECTIVES)
    stages = [(str(o), float(rng.choice([0.0, 0.01, 0.1, 0.4]))) for o in order]
    check(tiny(name), every_plan(name), stages)


@pytest.mark.slow
@pytest.mark.parametrize("tolerance", TOLERANCES)
@pytest.mark.parametrize("name", NAMES)
def test_all_orders_of_the_objectives(name: str, tolerance: float) -> None:
    for order in ORDERS:
        check(tiny(name), every_plan(name), [(objective, tolerance) for objective in order])


@pytest.mark.parametrize("name", NAMES)
def test_the_problems_have_stages_that_matter(name: str) -> None:
    """Otherwise the tests above would prove nothing."""
    plans = every_plan(name)
    least = {objective: min(plan[objective] for plan in plans) for objective in naive.OBJECTIVES}
    # No plan is best in everything: what is best in one objective costs another.
    assert not any(all(plan[o] <= least[o] + 1e-9 for o in least) for plan in plans)
    alone = best(plans, [("cost", 0.0)])[0]
    after = best(plans, [("shortfall", 0.0), ("cost", 0.0)])[1]
    within = best(plans, [("shortfall", 0.05), ("cost", 0.0)])[1]
    assert alone < within < after
    orderings = {tuple(best(plans, [(o, 0.0) for o in order])) for order in ORDERS}
    assert len(orderings) > 10
