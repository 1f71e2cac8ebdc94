from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

import independent
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.methods import Method
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import violations
from commission_opt.errors import InfeasibleError, InputError, NoPlanError, StoppedError
from commission_opt.formulation.objectives import shortfall
from commission_opt.instance.instance import Instance
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.status import Limits, Result, Status, Watch
from fake_solver import answering
from handworked import hand
from samples import Sample, as_amounts, model, policy, problem_of, result_of, sample, variants
from some import some

SIZES = [(2, 2, 1), (3, 2, 2), (2, 3, 2), (4, 2, 1), (1, 4, 3), (3, 3, 2)]
SAMPLES = [(*size, seed) for seed, size in enumerate(SIZES * 2)]
COMMITMENTS = (
    "commitment,course,profession,first_year,last_year,min_places,max_places,owner,reason\n"
)


def relaxation_agrees(known: Sample, text: str) -> None:
    found = allocate(known.instance, policy(text))
    best, _, _ = independent.solve(known.case, independent.load_policy(text))
    assert found.certificate.objective == pytest.approx(best, rel=1e-6)
    assert found.certificate.bound == pytest.approx(best, rel=1e-6)
    keeps_every_rule(known, text, found)
    assert found.status == "optimal"


def keeps_every_rule(known: Sample, text: str, found: Allocation) -> None:
    again = independent.load_policy(text)
    places = as_amounts(known.instance, found.amounts)
    assert independent.violations(known.case, again, places) == []
    simulated = independent.simulate(known.case, again, places)
    assert found.certificate.objective == pytest.approx(simulated.objective, rel=1e-9)
    assert found.certificate.without_new_places == pytest.approx(
        simulated.without_new_places, rel=1e-9
    )
    assert found.certificate.valid


@pytest.mark.each(4)
@pytest.mark.parametrize(
    "every", [10, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"]
)
@pytest.mark.parametrize("size", SAMPLES, ids=str)
def test_relaxations_agree_with_the_independent_model(
    size: tuple[int, int, int, int], every: int
) -> None:
    """Every combination of rules is met by one size or more; by all in the slow set."""
    for text in list(variants(size[2], integer=False))[size[3] % every :: every]:
        relaxation_agrees(sample(*size), text)


def whole_agrees(known: Sample, text: str) -> None:
    found = allocate(known.instance, policy(text), Limits(gap=0.0))
    again = independent.load_policy(text)
    best, _, _ = independent.solve(known.case, again, gap=0.0)
    keeps_every_rule(known, text, found)
    assert found.certificate.objective == pytest.approx(best, rel=1e-6)
    assert found.certificate.bound <= best * (1 + 1e-9)


@pytest.mark.each(4)
@pytest.mark.parametrize("size", [(2, 2, 1, 0), (2, 2, 2, 1), (1, 3, 2, 2), (3, 1, 2, 3)], ids=str)
def test_whole_plans_are_the_independent_optimum(size: tuple[int, int, int, int]) -> None:
    for text in list(variants(size[2], integer=True))[size[3] % 4 :: 4]:
        whole_agrees(sample(*size), text)


@pytest.mark.slow
@pytest.mark.parametrize("size", SAMPLES[:6], ids=str)
def test_all_whole_plans_are_the_independent_optimum(size: tuple[int, int, int, int]) -> None:
    for text in variants(size[2], integer=True):
        whole_agrees(sample(*size), text)


@pytest.mark.parametrize("seed", [0, *(pytest.param(s, marks=pytest.mark.slow) for s in (1, 2))])
def test_whole_plans_are_never_better_than_the_independent_bound(seed: int) -> None:
    known, text = sample(3, 3, 2, seed), model(2)
    found = allocate(known.instance, policy(text), Limits(gap=0.01))
    keeps_every_rule(known, text, found)
    try:
        bound = independent.solve(known.case, independent.load_policy(text), 1.0, gap=1e-3)[2]
    except RuntimeError:  # no plan of its own yet: the relaxation is a bound as well
        whole = independent.load_policy(model(2, integer=False))
        bound = independent.solve(known.case, whole)[2]
    assert found.certificate.objective >= bound * (1 - 1e-6)


def every_plan(instance: Instance) -> Iterator[Floats]:
    """All admissible numbers of the courses A, B and C in one year."""
    assert list(instance.courses["course"]) == ["A", "B", "C"]
    for numbers in product([0, *range(10, 41, 5)], range(13), range(7)):
        yield np.array(numbers, dtype=float)[:, None]


@pytest.mark.slow
@pytest.mark.parametrize("continuation", some(["repeat", "last_intake", "none"], 3))
def test_the_best_of_all_plans_by_enumeration(continuation: str) -> None:
    instance = hand(
        budgets="fund,region,year,amount\ntuition,*,2027,40000\ngrant,*,2028,100000\n",
        placements="pool,region,year,capacity\nward,south,2026,90\n",
        placement_use="profession,study_year,pool,weeks\nnurse,1,ward,10\nmedic,1,ward,7\n",
        commitments=COMMITMENTS + "some,,nurse,2026,2026,16,40,Board,Because\n",
        need={("medic", "south"): 14},
    )
    problem = problem_of(instance, model(continuation=continuation))
    results = [result_of(problem, places) for places in every_plan(instance)]
    kept = [
        shortfall.value(problem, result)
        for result in results
        if all(v.size <= 1e-6 for v in violations(problem, result))
    ]
    assert 10 < len(kept) < len(results) / 2
    found = allocate(instance, problem.policy, Limits(gap=0.0))
    assert found.certificate.objective == pytest.approx(min(kept), rel=1e-9)


def test_status_says_whether_the_gap_asked_for_is_reached() -> None:
    instance = sample(4, 3, 2, 3).instance
    loose = allocate(instance, policy(model(2)), Limits(gap=0.2))
    assert (loose.status, loose.interrupted) == ("optimal", False)
    assert loose.certificate.gap <= 0.2
    # Rows that tie blocks of courses together are only priced, which leaves a gap.
    strict = allocate(instance, policy(model(2)), Limits(gap=0.0, seconds=5), method=Method.FAST)
    assert strict.status == "feasible"
    assert strict.certificate.objective <= loose.certificate.objective
    phases = {"supply", "assemble", "relaxation", "bound", "integer", "certify"}
    assert set(strict.seconds) == phases
    assert strict.places.shape == (12, 2)


def test_an_impossible_problem_names_what_is_in_conflict() -> None:
    instance = hand(
        budgets="fund,region,year,amount\ntuition,*,2026,14900\n",
        commitments=COMMITMENTS + "more nurses,,nurse,2026,2026,30,,Board,Because\n",
    )
    for integer in (True, False):
        with pytest.raises(InfeasibleError) as raised:
            allocate(instance, policy(model(integer=integer)))
        assert "commitment 'more nurses' (Board) in 2026" in str(raised.value)
        assert "budget of fund 'tuition' in 2026 (budgets.csv row 2)" in str(raised.value)
        assert raised.value.exit_code == 3


def test_impossible_in_whole_places_only() -> None:
    # At most 9 places of A, which runs with 10 or not at all, and at least 1.
    instance = hand(commitments=COMMITMENTS + "few,A,,2026,2026,1,9,Board,Because\n")
    chosen = policy(model(pace="false"))
    assert allocate(instance, chosen.relaxed()).certificate.valid
    with pytest.raises(InfeasibleError, match="no allocation in whole places"):
        allocate(instance, chosen)


def test_more_years_than_the_horizon() -> None:
    message = r"test\.toml, commissioning_years: 6 commissioning years do not fit"
    with pytest.raises(InputError, match=message):
        allocate(hand(), policy(model(6)))
    assert allocate(hand(), policy(model(5))).places.shape == (3, 5)


def test_no_time() -> None:
    instance = sample(4, 3, 2, 0).instance
    for integer in (True, False):
        with pytest.raises(NoPlanError, match="give more with --time-limit") as raised:
            allocate(instance, policy(model(2, integer=integer)), Limits(seconds=0))
        assert raised.value.exit_code == 4


def test_stopped_before_anything_was_found() -> None:
    watch = Watch()
    watch.stop()
    with pytest.raises(StoppedError) as raised:
        allocate(sample(4, 3, 2, 0).instance, policy(model(2)), watch=watch)
    assert raised.value.exit_code == 130


class StopsAtTheFirstPlan(Watch):
    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "best" and value != float("inf"):
            self.stop()


def test_stopped_on_the_way_keeps_the_best_plan() -> None:
    known, text = sample(8, 7, 4, 1), model(4)
    found = allocate(known.instance, policy(text), Limits(gap=0.0), StopsAtTheFirstPlan())
    assert found.interrupted
    assert found.status == "feasible"
    keeps_every_rule(known, text, found)


@pytest.mark.slow
def test_the_time_limit_keeps_the_best_plan() -> None:
    known, text = sample(8, 7, 4, 1), model(4)
    found = allocate(known.instance, policy(text), Limits(gap=0.0, seconds=3))
    assert not found.interrupted
    assert found.status == "feasible"
    keeps_every_rule(known, text, found)


def test_same_seed_same_plan() -> None:
    instance = sample(4, 4, 2, 1).instance
    runs = [allocate(instance, policy(model(2)), Limits(seed=3, gap=5e-3)) for _ in range(2)]
    assert (runs[0].places == runs[1].places).all()
    timeless = [
        replace(
            run.certificate,
            stages=tuple(replace(stage, seconds=0.0) for stage in run.certificate.stages),
        )
        for run in runs
    ]
    assert timeless[0] == timeless[1]


@pytest.mark.parametrize(
    ("status", "error", "message"),
    [
        (Status.STOPPED, StoppedError, "stopped before any plan was found"),
        (Status.LIMIT, NoPlanError, "no plan was found within the time limit of 60 s"),
        (Status.INFEASIBLE, NoPlanError, "says that there is none .* could not be proved"),
        (Status.ERROR, NoPlanError, "the solver found no plan: out of luck"),
    ],
)
def test_a_method_that_finds_nothing(status: Status, error: type[Exception], message: str) -> None:
    def method(_: Task) -> tuple[Result, None]:
        return Result(status, message="out of luck"), None

    with pytest.raises(error, match=message):
        allocate(hand(), policy(model()), method=method)


def test_a_method_that_breaks_a_rule_is_found_out() -> None:
    def method(task: Task) -> tuple[Result, Floats]:
        return Result(Status.OPTIMAL), task.formulation.largest + task.formulation.step

    found = allocate(hand(), policy(model()), method=method)
    assert not found.certificate.feasible
    assert not found.certificate.valid
    assert found.certificate.where


def test_a_solver_that_lies_about_its_duals_only_worsens_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known, text = sample(3, 2, 2, 1), model(2, integer=False)
    honest = allocate(known.instance, policy(text))

    def lie(result: Result, _: Algorithm) -> Result:
        assert result.multipliers is not None
        return replace(result, multipliers=result.multipliers * 1.5)

    answering(monkeypatch, lie)
    found = allocate(known.instance, policy(text))
    assert found.certificate.bound < honest.certificate.bound
    assert found.certificate.valid
    assert found.status == "feasible"
