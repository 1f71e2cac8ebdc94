from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import samples
from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.methods import Effort, Method, fast
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats
from commission_opt.cli.curve_tables import curve_table, verdict
from commission_opt.errors import StoppedError, UsageError
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.frontier import whole as curve_whole
from commission_opt.frontier.curve import figures, trace_frontier
from commission_opt.frontier.over import BUDGET, Over, over_of
from commission_opt.frontier.whole import WholePlan, spread, whole_plans
from commission_opt.policy import Objective
from commission_opt.solvers.status import Limits, Result, Status, Watch
from small_frontiers import CHANGE, INSTANCE, LIMITS, OVERS, POLICY, WORST, traced

NATIONAL = (INSTANCE.budgets["region"] == "*").to_numpy()  # one budget of each fund and year


@cache
def whole(over: Over) -> tuple[WholePlan, ...]:
    return whole_plans(traced(over), POLICY, 3, LIMITS)


def test_a_point_at_the_budgets_given_is_what_solve_finds() -> None:
    instance, policy = (INSTANCE, POLICY)
    found = allocate(instance, policy.relaxed(), LIMITS)
    curve = trace_frontier(instance, policy, BUDGET.name, scales=(1.0, 1.1), limits=LIMITS)
    first = curve.points.iloc[0]
    assert first["t"] == 1.0
    assert first.objective == pytest.approx(found.certificate.objective, rel=1e-6)
    assert first["spend"] <= instance.budgets["amount"][NATIONAL].sum() * (1 + 1e-6)
    assert curve.range.proved is None


def test_money_is_counted_once_whatever_budgets_stand_above_others() -> None:
    found = allocate(INSTANCE, POLICY.relaxed(), LIMITS)
    spent = found.outcome.spend.planned + found.outcome.spend.continued
    assert len(spent) > NATIONAL.sum()
    money = figures(found.problem, found.outcome)["spend"]
    assert money == pytest.approx(spent[NATIONAL].sum(), rel=1e-9)


@pytest.mark.parametrize("over", OVERS)
def test_points_stand_in_order_between_their_bound_and_their_neighbours(over: Over) -> None:
    curve = traced(over)
    points = curve.points
    assert points["t"].is_monotonic_increasing
    assert (points["objective"].diff()[1:] <= 1e-6).all()
    assert (points["bound"] <= points["objective"]).all()
    assert (points["marginal"] >= 0).all()


@pytest.mark.parametrize("over", [WORST, CHANGE])
def test_plans_keep_the_cap(over: Over) -> None:
    points = traced(over).points
    for t, found in zip(points["t"], points[over.name], strict=True):
        assert found <= t + 1e-6 * max(1.0, t)
    assert points["saved_per_million"].isna().all()


def test_what_a_million_saves_is_worked_out_between_neighbours() -> None:
    points = traced(BUDGET).points
    told = np.flatnonzero(points["saved_per_million"].notna())
    assert len(told)
    assert told[0] > 0
    for k in told:
        before, after = points.iloc[k - 1], points.iloc[k]
        more = (after["spend"] - before["spend"]) / 1e6
        assert more > 0
        saved = before["objective"] - after["objective"]
        assert after["saved_per_million"] == pytest.approx(saved / more)


@pytest.mark.each(2)
@pytest.mark.parametrize("over", OVERS)
def test_whole_plans_lie_above_the_curve_and_their_bounds(over: Over) -> None:
    curve, plans = traced(over), whole(over)
    assert [plan.t for plan in plans] == spread(curve.points["t"].tolist(), 3)
    if over != WORST:  # small whole plans may leave it worse than fractions do
        assert plans[-1].status in ("optimal", "feasible")
    last = np.inf
    for plan in plans:
        if plan.places is None:
            assert plan.reason
            continue
        assert plan.objective is not None
        assert plan.bound is not None
        assert curve.frontier.bound(plan.t) - 1e-6 <= plan.bound <= plan.objective
        assert plan.objective <= last + 1e-6  # falls back on the plan before
        assert np.array_equal(plan.places, plan.places.round())
        last = plan.objective
        if over == CHANGE:
            assert plan.figures is not None
            assert plan.figures["change"] <= plan.t + 1e-5


def test_a_whole_plan_keeps_the_budgets_of_its_point() -> None:
    plan = whole(BUDGET)[-1]
    assert plan.places is not None
    problem = traced(BUDGET).family.planned(plan.t)
    assert np.all(samples.result_of(problem, plan.places).spend.headroom >= -1e-3)


def test_no_plan_is_below_the_bound_of_a_whole_plan() -> None:
    plan = whole(BUDGET)[-1]
    instance, policy = (INSTANCE, POLICY)
    budgets = instance.budgets.assign(amount=instance.budgets["amount"] * plan.t)
    found = allocate(replace(instance, budgets=budgets), policy, Limits(20, gap=1e-5))
    assert plan.bound is not None
    assert plan.bound <= found.certificate.objective + 1e-6


@pytest.mark.slow
def test_a_search_that_finds_nothing_falls_back_on_the_plan_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = []

    def once(task: Task) -> tuple[Result, Floats | None]:
        calls.append(task)
        return fast(task) if len(calls) == 1 else (Result(Status.LIMIT), None)

    monkeypatch.setattr(curve_whole, "METHODS", {Method.FAST: Effort(once)})
    curve = trace_frontier(INSTANCE, POLICY, BUDGET.name, scales=(1.0, 1.2), limits=LIMITS)
    first, *rest = whole_plans(curve, POLICY, 3, LIMITS)
    assert first.places is not None
    assert len(rest) == 2
    for plan in rest:
        assert plan.places is not None
        np.testing.assert_array_equal(plan.places, first.places)


def test_points_are_spread_over_t_with_both_ends() -> None:
    ts = [0.0, 0.1, 0.15, 0.2, 0.6, 1.0]
    assert spread(ts, 3) == [0.0, 0.6, 1.0]
    assert spread(ts, 2) == [0.0, 1.0]
    assert spread(ts, 1) == [1.0]
    assert spread(ts, 9) == ts
    assert len(set(spread(ts, 5))) == 5


def test_stopping_keeps_nothing() -> None:
    watch = Watch()
    watch.stop()
    with pytest.raises(StoppedError):
        trace_frontier(INSTANCE, POLICY, BUDGET.name, limits=LIMITS, watch=watch)
    with pytest.raises(StoppedError):
        whole_plans(traced(BUDGET), POLICY, 2, LIMITS, Method.FAST, watch)


def test_frontiers_that_are_none_are_refused() -> None:
    instance, policy = (INSTANCE, POLICY)
    first = samples.policy(samples.model(2, stages=[("change", 0.0)]))
    with pytest.raises(UsageError, match="is change itself"):
        trace_frontier(instance, first, CHANGE.name)
    free = samples.policy(samples.model(2, budgets=False))
    with pytest.raises(UsageError, match="does not keep budgets"):
        trace_frontier(instance, free, BUDGET.name)
    with pytest.raises(UsageError, match="did you mean"):
        trace_frontier(
            instance, policy, BUDGET.name, funds=[instance.budgets["fund"].iloc[0] + "s"]
        )
    with pytest.raises(UsageError, match="--fund goes with"):
        trace_frontier(instance, policy, CHANGE.name, funds=["tuition"])
    for asked in ((1.2, 0.8), (-0.1, 1.0), (1.0, 1.0), (0.5, np.inf)):
        with pytest.raises(UsageError, match="--from"):
            trace_frontier(instance, policy, BUDGET.name, scales=asked)
    with pytest.raises(UsageError, match="--distance"):
        trace_frontier(instance, policy, BUDGET.name, distance=0.0)


def test_a_cap_on_change_is_one_on_the_first_year_whatever_the_model_counts() -> None:
    later = Objective("change", basis="year-on-year")
    asked = replace(POLICY, objectives=(*POLICY.objectives[:1], later))
    curve = trace_frontier(INSTANCE, asked, CHANGE.name, limits=LIMITS)
    for t, change in zip(curve.points["t"], curve.points["change"], strict=True):
        assert change <= t + 1e-6 * max(1.0, t)
    alike = traced(CHANGE)
    assert curve.range == alike.range
    heads = [str(column.header).replace("\n", " ") for column in curve_table(curve).columns]
    assert heads[0] == "places moved in the first year, at most"
    assert "places moved in the first year" in heads
    assert alike.range.proved
    assert any("first year" in text for text in verdict(curve, 0.001))


@pytest.mark.parametrize("name", ["surplus", "cost"])
def test_an_objective_of_any_kind_can_be_capped(name: str) -> None:
    over = over_of(name)
    curve = trace_frontier(INSTANCE, POLICY, over.name, distance=0.05, limits=LIMITS)
    for t in curve.points["t"]:
        problem = curve.family.problem
        found = allocate(problem.instance, problem.policy, LIMITS)
        free = OBJECTIVES[name].value(problem, found.outcome)
        assert curve.range.least <= t <= free * (1 + 1e-6)
    head, *_ = (str(column.header).replace("\n", " ") for column in curve_table(curve).columns)
    assert head == f"{OBJECTIVES[name].title}, at most"
    with pytest.raises(UsageError, match="there are budget, below_floor, change, cost"):
        over_of("joy")
