"""Many futures taken together, against the same futures side by side."""

from dataclasses import replace

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate, allocate_problem
from commission_opt.allocation.alone import with_least
from commission_opt.allocation.methods import METHODS, Method
from commission_opt.allocation.relaxation import Relaxation
from commission_opt.certificate.certify import keeps_rules
from commission_opt.errors import InfeasibleError
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.futures import in_futures
from commission_opt.formulation.goals import (
    EXPECTED,
    REGRET,
    RISKS,
    allowed,
    future_values,
    goal_value,
    goals,
    without_new_places,
    worst_weights,
)
from commission_opt.formulation.problem import Planning, planning
from commission_opt.futures.futures import futures as drawn_futures
from commission_opt.futures.reach import Reach
from commission_opt.futures.uncertainty_file import parse_uncertainty
from commission_opt.plan.uncertain import possible, problem_in
from commission_opt.policy import RiskMeasure, UnderUncertainty
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty import together
from commission_opt.uncertainty.sampled import sampled
from commission_opt.uncertainty.together import _from_last, allocate_together
from commission_opt.uncertainty.worth import worth
from drawn_together import TEXT, drawn
from some import some


def side_by_side(problem: Planning, futures: object) -> Planning:
    return in_futures(problem, possible(futures))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", some(range(12), 4, 3))
def test_reach_is_that_of_the_instance_of_each_future(seed: int) -> None:
    problem, futures = drawn(seed, integer=False)
    reach = Reach(problem, futures)
    missing = reach.missing(slice(None))
    x = np.random.default_rng(seed).uniform(0, 20, problem.layout.size)
    amounts = problem.layout.to_amounts(x)
    left = missing.gap.copy()
    np.subtract.at(left, reach.pair, missing.stays * (reach.supplies @ x)[:, None, None])
    for w, future in enumerate(side_by_side(problem, futures).futures):
        expected = future.problem.outcome(amounts).shortfall.reshape(reach.pairs, -1)
        assert np.maximum(left[:, :, w], 0.0) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_columns_are_one_stream_where_no_future_tells_them_apart() -> None:
    problem, futures = drawn(0, integer=False)  # one region: a column for each course
    by_course = Reach(problem, futures)
    assert len(by_course.pair) == problem.layout.size
    text = TEXT.replace('each = "course"', 'each = "profession"').format(draws=8, seed=0)
    file = parse_uncertainty(text.encode())
    alike = Reach(problem, drawn_futures(problem.instance, problem.policy, file))
    durations = problem.instance.courses.groupby("profession")["duration_years"].nunique()
    assert len(alike.pair) == durations.sum()


@pytest.mark.parametrize("about", [False, True])
@pytest.mark.parametrize("seed", some(range(12), 4, 1))
def test_groups_are_nowhere_above_the_expectation_and_near_it_where_they_are_made(
    seed: int, about: bool
) -> None:
    problem, futures = drawn(seed, integer=False)
    rng = np.random.default_rng(seed)
    known = sampled(problem, futures)
    lower, upper = known.box
    points = [rng.uniform(lower, upper) for _ in range(4)]
    if about:
        known = known.about(points[0])
    aim = known.aim("shortfall")
    assert aim.hinges is not None
    for k, x in enumerate(points):
        value = float(known.probability @ known.values("shortfall", problem.layout.to_amounts(x)))
        under = aim.hinges.value(x)
        assert under <= value * (1 + 1e-9)
        if known.reach.alone.all() or (about and k == 0):
            assert under == pytest.approx(value, rel=1e-3)
        filled = np.concatenate([x, aim.parts[0].columns[0].fill(x)])
        costs = np.concatenate([aim.cost["places"], aim.cost["shortage"]])
        assert costs @ filled + aim.offset == pytest.approx(under)  # as a program has it


@pytest.mark.parametrize("seed", some(range(12), 6, 1))
def test_values_and_rules_are_those_of_every_future(seed: int) -> None:
    problem, futures = drawn(seed, integer=False)
    apart = side_by_side(problem, futures)
    together = replace(problem, drawn=sampled(problem, futures))
    goal = goals(together)[0]
    amounts = np.random.default_rng(seed).uniform(0, 15, (problem.layout.n_lines, _years(problem)))
    result = problem.outcome(amounts)
    values = [future_values(one, goal.objective, result) for one in (together, apart)]
    assert values[0] == pytest.approx(values[1], rel=1e-12)
    assert goal_value(together, goal, result) == pytest.approx(goal_value(apart, goal, result))
    assert keeps_rules(together, result) == keeps_rules(apart, result)
    nothing = without_new_places(together)
    assert nothing == pytest.approx(without_new_places(apart), rel=1e-12)


@pytest.mark.parametrize("risk", ["cvar", "worst", "regret"])
def test_weights_that_count_most_are_allowed_and_no_others_count_more(risk: RiskMeasure) -> None:
    problem, futures = drawn(1, integer=False)
    how = UnderUncertainty("drawn", risk, *((0.7, 0.5) if risk == "cvar" else ()))
    problem = replace(problem, policy=replace(problem.policy, uncertainty=how))
    least = 10.0 * np.arange(len(futures.names)) / len(futures.names)
    own = replace(problem, drawn=sampled(problem, futures).measured_from(least))
    rng, p = np.random.default_rng(2), futures.probability
    for _ in range(50):
        values = rng.uniform(0, 100, len(p))
        most = worst_weights(own, risk, values)
        assert allowed(own, risk, most)
        other = worst_weights(own, risk, rng.uniform(0, 100, len(p)))
        counted = values - least if risk == REGRET else values
        assert other @ counted <= most @ counted * (1 + 1e-12)
        assert allowed(own, risk, (most + other) / 2)
    beyond = most.copy()
    beyond[np.argmax(most)] += 0.01
    assert not allowed(own, risk, beyond)
    assert not allowed(own, risk, np.roll(most, 1) - np.eye(len(p))[0] * 0.01)


def _years(problem: Planning) -> int:
    return problem.policy.commissioning_years


@pytest.mark.parametrize("risk", RISKS)
@pytest.mark.parametrize("integer", [False, True])
@pytest.mark.parametrize("seed", some(range(12), 6, 1))
def test_plans_and_bounds_fit_those_of_futures_side_by_side(
    seed: int, integer: bool, risk: RiskMeasure
) -> None:
    problem, futures = drawn(seed, integer=integer)
    how = UnderUncertainty("drawn", risk, *((0.7, 0.5) if risk == "cvar" else ()))
    problem = replace(problem, policy=replace(problem.policy, uncertainty=how))
    limits = Limits(gap=1e-3 if integer else 1e-6, seconds=20)
    apart = side_by_side(problem, futures)
    try:
        if risk == REGRET:
            apart, _ = with_least(apart, limits, Watch())
        best = allocate_problem(apart, limits, Watch(), METHODS[Method.AUTO])
    except InfeasibleError:
        with pytest.raises(InfeasibleError):
            allocate_together(problem, futures, limits, Watch())
        return
    found = allocate_together(problem, futures, limits, Watch())
    mine, other = found.certificate.stages[0], best.certificate.stages[0]
    assert found.certificate.valid
    values = future_values(apart, goals(apart)[0].objective, best.outcome)
    small = 1e-9 * values.max()  # a regret is a difference of such
    assert mine.bound <= other.objective + (small if risk == REGRET else 1e-9 * other.objective)
    assert mine.objective >= other.bound - (small if risk == REGRET else 1e-9 * other.bound)
    assert mine.gap <= (5e-3 if integer else 1e-3) or risk != EXPECTED
    assert keeps_rules(apart, found.outcome)
    assert goal_value(apart, goals(apart)[0], found.outcome) == pytest.approx(mine.final)


@pytest.mark.parametrize("seed", some(range(12), 6, 2))
def test_bounds_of_futures_are_below_every_plan_for_them(seed: int) -> None:
    problem, futures = drawn(seed, integer=False)
    problem = replace(
        problem, policy=replace(problem.policy, uncertainty=UnderUncertainty("drawn"))
    )
    try:
        plan = allocate_together(problem, futures, Limits(seconds=20), Watch())
    except InfeasibleError:
        return
    found = worth(plan, futures.mean(), Limits(seconds=20), Watch())
    assert found.bounds is not None
    assert found.wait_and_see is not None
    policy = replace(problem.policy, uncertainty=None)
    alone = [
        allocate(futures.in_future(w), policy, Limits(gap=1e-9)).certificate.objective
        for w in range(len(futures.names))
    ]
    near = 1 + 1e-9  # the gap to which each alone is solved
    assert (found.bounds <= np.array(alone) * near).all()
    mean = float(futures.probability @ alone)
    assert found.wait_and_see.low <= mean * near
    assert mean <= found.wait_and_see.high * near


def test_what_no_decision_reaches_is_counted_too() -> None:
    problem, futures = drawn(1, integer=False, idle=True)
    problem = replace(
        problem, policy=replace(problem.policy, uncertainty=UnderUncertainty("drawn"))
    )
    known = sampled(problem, futures)
    reached = set(known.reach.pair.tolist())
    assert len(reached) < known.reach.pairs
    x = known.box[1]
    value = float(known.probability @ known.values("shortfall", problem.layout.to_amounts(x)))
    aim = known.about(x).aim("shortfall")
    assert aim.hinges is not None
    assert aim.hinges.value(x) == pytest.approx(value, rel=1e-4)
    found = allocate_together(problem, futures, Limits(gap=1e-6, seconds=20), Watch())
    assert found.certificate.valid
    assert found.certificate.gap <= 1e-3


def test_deployment_is_decided_in_each_of_futures_side_by_side() -> None:
    instance = read_instance(find_instance("england-levers-2026"))
    problem = planning(instance, read_policy(find_model("annual")))
    text = TEXT.split("[[uncertain]]")[0] + "[[uncertain]]" + TEXT.split("[[uncertain]]")[1]

    def several(draws: int) -> Planning:
        read = parse_uncertainty(text.format(draws=draws, seed=1).encode())
        return problem_in(problem, drawn_futures(instance, problem.policy, read))

    pairs, years = instance.deployments.shape
    assert several(4).deployments == (4 * pairs, years)


def test_what_settles_a_risk_is_not_relaxed_by_the_prices_of_that_risk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem, futures = drawn(1, integer=True)
    how = UnderUncertainty("drawn", "worst")
    problem = replace(problem, policy=replace(problem.policy, uncertainty=how))
    known = sampled(problem, futures).weighing(np.full(len(futures.names), 1 / len(futures.names)))
    own = replace(problem, drawn=known)
    found = allocate_problem(own, Limits(gap=0.01), Watch(), METHODS[Method.FAST])
    anew: list[str] = []
    solve = together._relaxed_nearly

    def told(formulation: Formulation, limits: Limits, watch: Watch, seconds: float) -> Relaxation:
        anew.append(formulation.aim.risk)
        return solve(formulation, limits, watch, seconds)

    monkeypatch.setattr(together, "_relaxed_nearly", told)
    relax = _from_last(found)
    for aim in aims(own):
        relax(formulate(own, aim), Limits(), Watch(), 10.0)
    assert anew == [""]
