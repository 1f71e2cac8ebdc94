"""The arrays and the readable model are the same problem, coefficient by coefficient.

``common_form`` and ``readable_form`` read both into one form, in which stocks and shortfalls are
substituted out and everything is an affine function of places and of the columns that objectives
add. Affine functions are equal if and only if all their coefficients are, and those are compared
one by one, with both ends of every row, the boxes, and the numbers of places that are admitted.

What is left is what the arrays work out in other ways: the columns that ``point`` fills, the
values and the verdicts of the certificate. These are compared at points: at no places, at full
capacity, and at places drawn at random. An affine function that agrees with another at a point
drawn from a continuous distribution agrees everywhere, except with probability 0; the objectives
are convex and piecewise affine, and each point tells that of its own piece.

That the comparison is strict is shown by planting errors (``mutations_rules``,
``mutations_objectives``, ``mutations_algebra``): each must be found, and found where it is.

Both sides read the same ``Instance`` and ``Policy``, so what those say is not compared here.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import equality_cases as cases
from commission_opt.activities import KINDS
from commission_opt.errors import InfeasibleError
from commission_opt.files.shipped import find_instance, find_model, instance_names, model_names
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.rules import RULES
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from equality import MismatchError, check_equal, check_optima, compare
from mutations import Mutation
from mutations_algebra import ALGEBRA_MUTATIONS
from mutations_objectives import OBJECTIVE_MUTATIONS
from mutations_rules import RULE_MUTATIONS
from readable_side import ReadableSide, read_model
from samples import sample
from some import some

ARRAY_MUTATIONS = [*RULE_MUTATIONS, *OBJECTIVE_MUTATIONS]
LARGE = "england-2026"
# One model only: they differ from the large one in size and parents, and in what can be bought.
LARGER = ("england-icb-2026", "england-levers-2026", "england-medical-2026")


@cache
def shipped(name: str) -> Instance:
    return read_instance(find_instance(name))


def own_model(instance: str) -> Path:
    return find_instance(instance) / "model.toml"


def combinations() -> list[Any]:
    """Every shipped instance but the larger ones, with every shipped model and with its own."""
    found = []
    for instance in sorted(set(instance_names()) - {*LARGER}):
        own = ["own"] if own_model(instance).is_file() else []
        for model in [*model_names(), *own]:
            marks = [pytest.mark.slow] if instance == LARGE else []
            found.append(pytest.param(instance, model, marks=marks, id=f"{instance}-{model}"))
    return found


def problem(instance: str, model: str) -> tuple[Instance, Policy]:
    path = own_model(instance) if model == "own" else find_model(model)
    policy, read = read_policy(path), shipped(instance)
    if policy.commissioning_years > read.horizon:
        years = f"{policy.commissioning_years} commissioning years, a horizon of {read.horizon}"
        pytest.skip(f"{model} is too long for {instance}: {years}")
    return read, policy


@pytest.mark.each(3)
@pytest.mark.parametrize(("instance", "model"), combinations())
def test_shipped(instance: str, model: str) -> None:
    check_equal(*problem(instance, model), points=1 if instance == LARGE else 4)


@pytest.mark.slow
@pytest.mark.parametrize("instance", LARGER)
def test_the_larger_ones_shipped(instance: str) -> None:
    check_equal(*problem(instance, "five-year"), points=1)


@pytest.mark.each(3)
@pytest.mark.parametrize(("instance", "model"), combinations())
def test_shipped_relaxations_have_the_same_optima(instance: str, model: str) -> None:
    read, policy = problem(instance, model)
    assert len(check_optima(read, policy, seconds=600)) == len(policy.objectives)


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", some(cases.SEEDS, 3))
def test_random(seed: int) -> None:
    check_equal(cases.odd_instance(seed), cases.random_policy(seed), seed, points=4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 200))
def test_more_random_ones(seed: int) -> None:
    try:
        check_equal(cases.odd_instance(seed), cases.random_policy(seed), seed, points=6)
    except InfeasibleError as error:  # the readable model has no row without places
        pytest.skip(str(error))


@pytest.mark.parametrize("seeds", some([cases.SEEDS[::5], cases.SEEDS], 2))
def test_random_relaxations_have_the_same_optima(seeds: range) -> None:
    solved = 0
    for seed in seeds:
        policy = cases.random_policy(seed)
        size = 2, 2 + seed % 3, policy.commissioning_years, seed, 8
        instance = sample(*size, measures=seed % 4).instance
        solved += len(check_optima(instance, policy)) == len(policy.objectives)
    assert solved >= 0.7 * len(seeds)  # in the others no places satisfy every rule, as both say


def test_random_models_use_everything() -> None:
    policies = [cases.random_policy(seed) for seed in cases.SEEDS]
    rules = [policy.rules for policy in policies]
    named = [objective for policy in policies for objective in policy.objectives]
    assert {objective.minimise for objective in named} == set(OBJECTIVES)
    assert {each.pay for each in named if each.minimise == "cost"} == {True, False}
    assert {len(objective.tiers) for objective in named} == {1, 2, 3}
    assert {policy.integer for policy in policies} == {True, False}
    assert {policy.commissioning_years for policy in policies} == {1, 2, 3}
    assert max(policy.discount_rate for policy in policies) > 0.0
    assert {rule.continuation for rule in rules} == set(cases.CONTINUATIONS)
    assert {rule.fair_share.basis if rule.fair_share else None for rule in rules} == set(
        cases.BASES
    )
    for switch in ("minimum_cohorts", "budgets", "placements", "level_intake"):
        assert {getattr(rule, switch) for rule in rules} == {True, False}
    assert {rule.pace_of_change is None for rule in rules} == {True, False}
    assert {rule.commitments for rule in rules} == {"hard", "soft"}


@pytest.mark.each(4)
@pytest.mark.parametrize("model", some(cases.MODELS, 3))
def test_nothing_is_found_where_nothing_is_planted(model: str) -> None:
    compare(rich(model))


@cache
def rich(model: str) -> ReadableSide:
    return read_model(cases.rich_instance(), cases.rich_policy(model), seed=0, count=2)


def named(mutations: list[Mutation], every: int = 1) -> list[Any]:
    """The first planted error of each (so many-th) rule and objective; others are slow."""
    first = {m.breaks: m for m in reversed(mutations)}
    first = {name: first[name] for name in list(first)[::every]}
    return [
        pytest.param(
            m,
            id=f"{m.breaks}: {m.name}",
            marks=[] if m is first.get(m.breaks) else [pytest.mark.slow],
        )
        for m in mutations
    ]


@pytest.mark.each(4)
@pytest.mark.parametrize("mutation", named(ARRAY_MUTATIONS))
def test_an_error_in_the_arrays_is_found(
    mutation: Mutation, monkeypatch: pytest.MonkeyPatch
) -> None:
    algebra = rich(mutation.model)
    mutation.plant(monkeypatch)
    with pytest.raises(MismatchError) as error:
        compare(algebra)
    assert any(re.search(mutation.shows, found) for found in error.value.found), str(error.value)


@pytest.mark.each(4)
@pytest.mark.parametrize("mutation", named(ALGEBRA_MUTATIONS, every=2))
def test_an_error_in_the_readable_model_is_found(
    mutation: Mutation, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutation.plant(monkeypatch)
    with pytest.raises(MismatchError) as error:
        check_equal(cases.rich_instance(), cases.rich_policy(mutation.model), points=0)
    assert any(re.search(mutation.shows, found) for found in error.value.found), str(error.value)


@pytest.mark.parametrize(
    "mutations", [ARRAY_MUTATIONS, ALGEBRA_MUTATIONS], ids=["arrays", "algebra"]
)
def test_every_rule_objective_and_kind_of_measure_has_a_planted_error(
    mutations: list[Mutation],
) -> None:
    planted = {mutation.breaks for mutation in mutations}
    assert planted >= set(RULES) | set(OBJECTIVES) | set(KINDS)
