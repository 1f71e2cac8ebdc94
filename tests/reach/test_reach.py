"""What it takes to reach a target, solved again from both sides by the independent model."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

import independent
from commission_opt.errors import UsageError
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy, Target
from commission_opt.policy_file import parse_policy, read_policy
from commission_opt.policy_target import written_target
from commission_opt.reach.fractions import FINEST, nearest
from commission_opt.reach.goal import parse_target
from commission_opt.reach.reach import GoalAnswer, reach
from commission_opt.reading.applied import applied
from commission_opt.reading.read import read_instance
from commission_opt.scenario.scenario import read_changes
from commission_opt.solvers.status import Limits
from samples import as_amounts, model, sample
from some import some

MODEL = model(1)
LIMITS = Limits(seconds=20)
FIELD = {"budget": "budget", "placements": "placement_capacity", "retention": "leavers"}


def two_by_two() -> Instance:
    return read_instance(find_instance("two-by-two"))


def case_at(instance: Instance, by: str, factor: float) -> independent.Case:
    """The instance with figures multiplied, from its files, as the independent model reads it."""
    change = read_changes([f"{FIELD[by]}*={factor!r}"])
    return case_of(applied(instance, parse_policy(MODEL.encode()), change).files)


def case_of(files: Mapping[str, bytes]) -> independent.Case:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return independent.load(folder)


def judge(target: Target, *, relaxed: bool) -> independent.Policy:
    policy = independent.load_policy(f"{MODEL}\n{written_target(target)}")
    return policy | {"integer": not relaxed}


def asked(target: str, by: str, instance: Instance, *, relaxed: bool = False) -> GoalAnswer:
    policy = parse_policy(MODEL.encode())
    policy = policy.relaxed() if relaxed else policy
    return reach(instance, policy, parse_target(target), by, LIMITS)


def check_both_sides(found: GoalAnswer, by: str, instance: Instance, *, relaxed: bool) -> None:
    """The plan keeps every rule and the target; a little on the other side nothing does."""
    at, target = found.found, found.question.target
    assert at is not None
    assert at.at is not None
    assert at.allocation is not None
    own = judge(target, relaxed=relaxed)
    places = as_amounts(at.allocation.instance, at.allocation.amounts)
    assert independent.violations(case_at(instance, by, at.at), own, places) == []
    assert at.allocation.certificate.valid
    if at.none is not None:
        side = -1e-6 if by != "retention" else 1e-6
        with pytest.raises(independent.Infeasible):
            independent.solve(case_at(instance, by, at.none + side), own, time_limit=60.0)


@pytest.mark.parametrize(
    ("by", "target"),
    some(
        [
            ("budget", "shortfall[year=2028-]<=30"),
            ("budget", "share_met[profession=nurse,year=2029]>=0.97"),
            ("retention", "shortfall[year=2028-]<=30"),
            ("budget", "places[profession=nurse]>=60"),
            ("retention", "shortfall[region=north,year=2029]<=8"),
        ],
        3,
    ),
)
@pytest.mark.parametrize("relaxed", [True, False])
def test_both_sides_are_those_of_the_independent_model(by: str, target: str, relaxed: bool) -> None:
    instance = two_by_two()
    found = asked(target, by, instance, relaxed=relaxed)
    check_both_sides(found, by, instance, relaxed=relaxed)
    if relaxed:
        assert found.width <= (2e-6 if by == "budget" else 1.5 * FINEST)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("by", ["budget", "placements", "retention"])
def test_both_sides_of_generated_instances(seed: int, by: str) -> None:
    instance = sample(2, 2, 1, seed, 8).instance
    best = nearest(
        asked("shortfall<=0", "time", instance, relaxed=True).question,
        instance,
        Target("shortfall", at_most=0.0, first_year=2032),
    )
    for factor in (0.9, 0.98):
        target = f"shortfall[year=2032-]<={factor * best.missed:.3f}"
        for relaxed in (True, False):
            found = asked(target, by, instance, relaxed=relaxed)
            if found.found is not None and found.found.at is not None:
                check_both_sides(found, by, instance, relaxed=relaxed)


def test_what_is_reached_already_may_take_less() -> None:
    instance = two_by_two()
    found = asked("shortfall[year=2028-]<=60", "budget", instance, relaxed=True)
    assert found.as_given.reached
    assert found.found is not None
    assert found.found.at is not None
    assert found.found.at < 1.0
    check_both_sides(found, "budget", instance, relaxed=True)


def test_it_is_said_where_the_other_rules_ask_for_as_much() -> None:
    found = asked("shortfall[year=2028-]<=500", "budget", two_by_two(), relaxed=True)
    assert found.ends is not None
    assert not found.ends.asks_more
    assert found.ends.none is not None
    case = case_at(two_by_two(), "budget", found.ends.none - 1e-6)
    with pytest.raises(independent.Infeasible):
        independent.solve(case, independent.load_policy(MODEL) | {"integer": False})


def test_what_more_money_cannot_reach_is_proved_with_how_near_one_comes() -> None:
    instance = two_by_two()
    found = asked("shortfall[year=2027]<=20", "budget", instance)
    assert found.ends is None
    assert found.most is not None
    assert "target" in found.why
    many = case_at(instance, "budget", 1000.0)
    for relaxed in (True, False):
        with pytest.raises(independent.Infeasible):
            independent.solve(many, judge(found.question.target, relaxed=relaxed))
    near = found.most.missed
    for more, reached in ((1e-5, True), (-1e-3, False)):
        target = replace(found.question.target, at_most=20 + near + more)
        if reached:
            independent.solve(many, judge(target, relaxed=True))
        else:
            with pytest.raises(independent.Infeasible):
                independent.solve(many, judge(target, relaxed=True))
    assert found.plan is not None
    own = independent.load_policy(MODEL)
    places = as_amounts(found.plan.instance, found.plan.amounts)
    assert independent.violations(many, own, places) == []


@pytest.mark.parametrize("relaxed", [True, False])
def test_the_first_year_is_the_first(relaxed: bool) -> None:
    instance = two_by_two()
    found = asked("shortfall<=37", "time", instance, relaxed=relaxed)
    at = found.found
    assert at is not None
    assert at.at == 2029.0
    assert at.none == 2028.0
    case = independent.load(find_instance("two-by-two"))
    assert at.allocation is not None
    target = replace(found.question.target, first_year=2029)
    places = as_amounts(instance, at.allocation.amounts)
    assert independent.violations(case, judge(target, relaxed=relaxed), places) == []
    with pytest.raises(independent.Infeasible):
        independent.solve(case, judge(replace(target, first_year=2028), relaxed=relaxed))


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("money", "'money' is not what a target is reached by"),
        ("demand", "'demand' is not what a target is reached by"),
        ("budget[fund=nothing]", "no fund 'nothing'"),
    ],
)
def test_what_nothing_is_reached_by_is_said(by: str, says: str) -> None:
    with pytest.raises(UsageError) as error:
        asked("shortfall<=30", by, two_by_two())
    assert says in str(error.value)


def test_a_target_of_what_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match=r"there is no profession 'nurze'.*did you mean 'nurse'"):
        asked("shortfall[profession=nurze]<=30", "budget", two_by_two())


def test_limits_that_the_model_does_not_keep_are_refused() -> None:
    policy: Policy = read_policy(find_model("annual"))
    free = replace(policy, rules=replace(policy.rules, budgets=False))
    with pytest.raises(UsageError, match="does not keep budgets"):
        reach(two_by_two(), free, parse_target("shortfall<=30"), "budget", LIMITS)
