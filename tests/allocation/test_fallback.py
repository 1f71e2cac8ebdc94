"""The plan of a stage is the fallback of the next: no later stage loses or spoils it."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import pytest

from commission_opt.allocation.allocate import Allocation, allocate, allocate_problem
from commission_opt.allocation.methods import Effort, branch_and_bound
from commission_opt.allocation.relaxation import Relaxation, solve_relaxation
from commission_opt.allocation.task import IntegerMethod, Task
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import violations
from commission_opt.errors import InfeasibleError, NoPlanError, StoppedError
from commission_opt.files.shipped import find_instance
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.objectives import cost, shortfall, surplus
from commission_opt.formulation.problem import planning
from commission_opt.instance.instance import Instance
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits, Result, Status, Watch
from enumeration import tiny
from samples import model, policy, result_of, sample
from some import some

STAGES = (("shortfall", 0.0), ("cost", 0.1), ("surplus", 0.0))
EXACT = Limits(gap=0.0)
KNOWN = tiny("one year")
Columns = Callable[[Formulation, Floats | None], Floats | None]


def whole() -> str:
    return KNOWN.text(STAGES)


def relaxed() -> str:
    return whole().replace("integer = true", "integer = false")


def first_alone(text: str) -> Allocation:
    return allocate(KNOWN.instance, policy(text).first_stages(1), EXACT)


def in_stage(name: str, columns: Columns, status: Status = Status.LIMIT) -> IntegerMethod:
    """Branch and bound, but for one stage, in which other columns are returned."""

    def method(task: Task) -> tuple[Result, Floats | None]:
        if task.formulation.aim.name == name:
            return Result(status), columns(task.formulation, task.start)
        return branch_and_bound(task)

    return method


@pytest.mark.each(2)
@pytest.mark.parametrize("status", [Status.LIMIT, Status.STOPPED, Status.INFEASIBLE, Status.ERROR])
def test_a_stage_that_finds_nothing_keeps_the_plan(status: Status) -> None:
    alone = first_alone(whole())
    method = in_stage("cost", lambda *_: None, status)
    found = allocate(KNOWN.instance, policy(whole()), EXACT, method=method)
    kept_by_the_second(found, alone)


def kept_by_the_second(found: Allocation, alone: Allocation) -> None:
    assert found.certificate.valid
    first, second, third = found.certificate.stages
    assert first.objective == first.final == alone.certificate.objective
    assert second.objective == pytest.approx(cost_of(alone), rel=1e-12)
    assert second.bound <= second.objective
    assert second.final <= second.limit * (1 + 1e-6)
    assert third.final == third.objective


def cost_of(plan: Allocation) -> float:
    return cost.value(plan.problem, plan.outcome)


def test_the_second_stage_would_have_found_something() -> None:
    """Otherwise the tests above would prove nothing."""
    for text in (whole(), relaxed()):
        loose = text.replace("tolerance = 0.0", "tolerance = 0.2", 1)
        found = allocate(KNOWN.instance, policy(loose), EXACT)
        assert found.certificate.stages[1].objective < 0.95 * cost_of(first_alone(loose))


LOOSE = KNOWN.text((("shortfall", 0.2), ("surplus", 0.0)))


def last_of(columns: Columns) -> tuple[Allocation, Allocation]:
    """The first stage alone, and both with other columns in the second, without trees."""
    effort = Effort(in_stage("surplus", columns), nodes_after=0)
    problem = planning(KNOWN.instance, policy(LOOSE))
    return first_alone(LOOSE), allocate_problem(problem, EXACT, Watch(), effort)


def surplus_of(plan: Allocation) -> float:
    return surplus.value(plan.problem, plan.outcome)


def other(*, within: bool, better: bool) -> Floats:
    """A plan that keeps every rule, perhaps the limit of the first stage, and is better or not."""
    alone = first_alone(LOOSE)
    problem, most = alone.problem, 1.2 * alone.certificate.objective
    for numbers in product((0, 10, 15, 20, 25, 30), range(8), range(4)):
        columns = np.array(numbers, dtype=float)
        result = result_of(problem, columns[:, None])
        if (
            all(v.size == 0 for v in violations(problem, result))
            and (shortfall.value(problem, result) <= most) == within
            and (surplus.value(problem, result) < surplus_of(alone)) == better
            and surplus.value(problem, result) != surplus_of(alone)
        ):
            return columns
    raise AssertionError("there is no such plan")


@pytest.mark.each(2)
@pytest.mark.parametrize(
    "columns",
    some(
        [
            pytest.param(lambda *_: None, id="nothing"),
            pytest.param(lambda *_: np.zeros(3), id="a commitment is missed"),
            pytest.param(lambda *_: other(within=False, better=True), id="beyond the limit"),
            pytest.param(lambda *_: other(within=True, better=False), id="worse"),
            pytest.param(
                lambda _, start: start[:, 0] - np.array([0.5, 0, 0]), id="no whole number"
            ),
            pytest.param(lambda _, start: start[:, 0] - np.array([1.0, 0, 0]), id="not in steps"),
            pytest.param(lambda _, start: start[:, 0] - 100.0, id="below zero"),
            pytest.param(lambda formulation, _: formulation.largest, id="beyond a budget"),
            pytest.param(lambda *_: np.full(3, np.nan), id="no numbers"),
        ],
        2,
    ),
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_worse_or_forbidden_plan_is_not_taken(columns: Columns) -> None:
    alone, found = last_of(columns)
    assert (found.places == alone.places).all()
    assert found.certificate.valid
    assert found.certificate.stages[1].objective == surplus_of(alone)


def test_any_better_plan_is_taken() -> None:
    columns = other(within=True, better=True)
    alone, found = last_of(lambda *_: columns)
    assert (found.places[:, 0] == columns).all()
    assert found.certificate.stages[1].objective < surplus_of(alone)


def test_the_best_plan_is_taken() -> None:
    best = allocate(KNOWN.instance, policy(LOOSE), EXACT)
    alone, found = last_of(lambda *_: best.places[:, 0])
    assert (found.places == best.places).all()
    assert not (found.places == alone.places).all()


class StopsIn(Watch):
    """Stopped by the user when a phase begins."""

    def __init__(self, phase: str) -> None:
        super().__init__()
        self.stop_in = phase

    def begin(self, phase: str, unit: float = 1.0) -> None:
        super().begin(phase, unit)
        if phase == self.stop_in:
            self.stop()


@pytest.mark.each(3)
@pytest.mark.parametrize(
    ("text", "phase"),
    [
        (LOOSE, "surplus: relaxation"),
        (LOOSE, "surplus: whole places"),
        (LOOSE.replace("integer = true", "integer = false"), "surplus: relaxation"),
    ],
)
def test_stopped_in_a_later_stage(text: str, phase: str) -> None:
    alone = first_alone(text)
    found = allocate(KNOWN.instance, policy(text), EXACT, StopsIn(phase))
    assert found.interrupted
    assert found.certificate.valid
    assert found.places == pytest.approx(alone.places)
    assert found.certificate.stages[0].objective == alone.certificate.objective
    assert found.certificate.stages[1].bound <= found.certificate.stages[1].objective
    if phase == "surplus: relaxation":
        assert found.status == "feasible"


def test_stopped_in_the_first_stage_there_is_no_plan() -> None:
    with pytest.raises(StoppedError):
        allocate(KNOWN.instance, policy(LOOSE), EXACT, StopsIn("shortfall: relaxation"))


@pytest.mark.each(3)
@pytest.mark.parametrize("integer", [True, False])
@pytest.mark.parametrize("error", [InfeasibleError, NoPlanError, StoppedError])
def test_a_relaxation_that_fails_keeps_the_plan(
    error: type[Exception], integer: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = LOOSE if integer else LOOSE.replace("integer = true", "integer = false")
    alone = first_alone(text)

    def fails(formulation: Formulation, limits: Limits, watch: Watch, seconds: float) -> Relaxation:
        if formulation.aim.name == "surplus":
            raise error("bad luck")
        return solve_relaxation(formulation, limits, watch, seconds)

    effort = partial(Effort, relax=fails, nodes_after=0)  # trees could close the stage
    monkeypatch.setattr("commission_opt.allocation.allocate.Effort", effort)
    method = in_stage("surplus", lambda *_: None) if integer else branch_and_bound
    found = allocate(KNOWN.instance, policy(text), EXACT, method=method)
    assert found.certificate.valid
    assert found.status == "feasible"
    assert found.places == pytest.approx(alone.places)
    # Without duals, the bound is what the box alone proves.
    assert found.certificate.stages[1].bound <= found.certificate.stages[1].objective


@pytest.mark.slow
def test_no_time_is_left_for_a_later_stage() -> None:
    """A first stage that takes all the time leaves the others nothing but its plan."""

    def slow(task: Task) -> tuple[Result, Floats | None]:
        if task.formulation.aim.name == "shortfall":
            found = branch_and_bound(replace(task, seconds=60.0))
            time.sleep(1.1)
            return found
        return branch_and_bound(task)

    alone = first_alone(LOOSE)
    limits = Limits(gap=0.0, seconds=1.0)
    found = allocate(KNOWN.instance, policy(LOOSE), limits, method=slow)
    assert found.certificate.valid
    assert (found.places == alone.places).all()


def too_late(*_: object) -> Relaxation:
    raise NoPlanError("the time limit came before the relaxation was solved")


def test_where_no_time_is_left_for_a_relaxation_last_year_is_a_plan_if_it_keeps_the_rules() -> None:
    effort = Effort(lambda _: (Result(Status.LIMIT), None), 0, 0, relax=too_late)

    def found(instance: Instance) -> Allocation:
        return allocate_problem(planning(instance, policy(model())), Limits(), Watch(), effort)

    known = sample(3, 2, 1, 3).instance
    plan = found(known)
    assert plan.certificate.valid
    assert plan.status == "feasible"
    assert plan.amounts[:, 0].tolist() == known.lines["last_amount"].tolist()
    with pytest.raises(NoPlanError):  # more placement weeks than there are
        found(sample(3, 2, 1, 1).instance)
    small = found(read_instance(find_instance("two-by-two")))  # and here the least keeps them
    assert small.certificate.valid
    assert small.amounts.sum() < small.instance.lines["last_amount"].sum()
