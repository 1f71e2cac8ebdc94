"""The models of the repository keep what they promise."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import independent
import naive
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.errors import InfeasibleError
from commission_opt.files.shipped import find_instance, find_model, model_names
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import planning
from commission_opt.futures.futures import futures
from commission_opt.futures.uncertainty_file import find_uncertainty, read_uncertainty
from commission_opt.instance.instance import Instance
from commission_opt.plan.uncertain import solve_in_futures
from commission_opt.policy import Policy
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_contents, read_instance
from commission_opt.solvers.status import Limits, Watch
from enumeration import twin
from handworked import COMMITMENTS
from samples import Sample, as_amounts, sample

NAMES = (
    "annual",
    "envelope",
    "fair-shares",
    "five-year",
    "least-change",
    "mandate",
    "relaxed",
    "value-for-money",
)
UNCERTAIN = {"annual-expected": "expected", "annual-cautious": "cvar"}
EXACT = Limits(gap=0.0, seconds=30)


def shipped(name: str) -> Policy:
    return read_policy(find_model(name))


@cache
def two_by_two() -> Sample:
    folder = find_instance("two-by-two")
    return Sample(read_instance(folder), independent.load(folder))


def with_table(name: str, text: str) -> Sample:
    """The two-by-two instance with a table written otherwise."""
    files = {**two_by_two().instance.files, f"{name}.csv": text.encode()}
    reading = read_contents(files)
    assert reading.instance is not None, "\n".join(map(str, reading.problems))
    return Sample(reading.instance, twin(reading.instance))


FLOORS = """\
floor,profession,region,year,min_demand_share,min_mix_share,of
cover,nursing,*,*,0.93,,
mix,paramedic,south,*,,0.9,nurse
"""


@cache
def known(name: str, seed: int | None = None) -> Sample:
    """The two-by-two instance or a generated one, with floors for the model that needs them."""
    if seed is None:
        return with_table("floors", FLOORS) if name == "envelope" else two_by_two()
    return sample(3, 3, 2, seed, floors=6 if name == "envelope" else 0)


@cache
def solved(name: str, seed: int | None = None) -> Allocation:
    """A model on the two-by-two instance, or on a generated one."""
    if seed is None:
        return allocate(known(name).instance, shipped(name), EXACT)
    gap = 1e-2 if name in ("five-year", "envelope") else 1e-4
    return allocate(known(name, seed).instance, shipped(name), Limits(gap=gap, seconds=20))


def twin_of(plan: Allocation, case: independent.Case) -> tuple[dict[str, float], bool]:
    """Every objective of a plan, and whether it keeps the rules, by the naive model."""
    again = naive.load_policy(plan.policy.content.decode())
    places = as_amounts(plan.instance, plan.amounts)
    return naive.values(case, again, places), naive.kept(case, again, places)


SEEDS = [None, 0, pytest.param(1, marks=pytest.mark.slow)]  # None: the instance by hand


def value(plan: Allocation, objective: str) -> float:
    return OBJECTIVES[objective].value(plan.problem, plan.outcome)


def test_every_model_is_tested_here() -> None:
    assert sorted(model_names()) == sorted([*NAMES, *UNCERTAIN])


@pytest.mark.parametrize("name", UNCERTAIN)
def test_a_model_for_many_futures_is_the_annual_one_but_for_them(name: str) -> None:
    weighed, annual = shipped(name), shipped("annual")
    how = weighed.uncertainty
    assert how is not None
    assert how.risk == UNCERTAIN[name]
    assert replace(annual, uncertainty=how) == replace(
        weighed, name="annual", title=annual.title, content=annual.content
    )
    find_uncertainty(how.file, find_instance("england-2026"))  # there is one


@pytest.mark.slow
@pytest.mark.parametrize("name", UNCERTAIN)
def test_a_model_for_many_futures_plans_for_those_of_england(name: str) -> None:
    instance, policy = read_instance(find_instance("england-2026")), shipped(name)
    file = read_uncertainty(find_uncertainty("calibrated", find_instance("england-2026")))
    drawn = futures(instance, policy, file, draws=100)
    plan, told = solve_in_futures(instance, policy, drawn, Limits(gap=1e-3, seconds=60), Watch())
    assert plan.certificate.valid
    assert plan.status == "optimal"
    low, high = told.record["value"]
    assert low <= plan.certificate.objective == high


@pytest.mark.each(5)
@pytest.mark.parametrize(
    ("name", "seed"),
    [
        pytest.param(name, seed, marks=[pytest.mark.slow] if seed else [])
        for name in NAMES
        for seed in (None, 0, 1)
        if (name, seed) != ("five-year", None)  # the horizon of two-by-two is 4 years
    ],
)
def test_it_is_solved_and_certified(name: str, seed: int | None) -> None:
    plan = solved(name, seed)
    assert plan.certificate.valid
    values, kept = twin_of(plan, known(name, seed).case)
    assert kept
    for stage, objective in zip(plan.certificate.stages, plan.policy.objectives, strict=True):
        assert stage.minimise == objective.minimise
        assert stage.final == pytest.approx(values[stage.minimise], rel=1e-9, abs=1e-9)
        assert stage.final <= stage.limit + 1e-6 * max(1.0, abs(stage.limit))
        assert stage.bound <= stage.objective
        assert stage.gap < 0.25


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", SEEDS)
def test_an_envelope_keeps_to_floors_before_all_else(seed: int | None) -> None:
    plan = solved("envelope", seed)
    alone = allocate(plan.instance, plan.policy.first_stages(1), Limits(gap=0.0, seconds=20))
    floors, shortfall, _ = plan.certificate.stages
    least = alone.certificate.stages[0]
    assert floors.bound <= least.objective * (1 + 1e-9) + 1e-9
    assert floors.final <= 1.001 * floors.objective * (1 + 1e-6) + 1e-6
    assert value(plan, "shortfall") <= 1.01 * shortfall.objective * (1 + 1e-6) + 1e-6
    assert value(plan, "below_floor") > 0  # or the stage would hold nothing


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", SEEDS)
def test_value_for_money_is_within_one_per_cent_and_cheaper(seed: int | None) -> None:
    annual, cheap = solved("annual", seed), solved("value-for-money", seed)
    least = cheap.certificate.stages[0].objective
    assert least <= annual.certificate.objective * (1 + 1e-3)
    assert value(cheap, "shortfall") <= 1.01 * least * (1 + 1e-6)
    assert value(cheap, "cost") <= value(annual, "cost")
    if seed is not None:
        assert value(cheap, "cost") < 0.999 * value(annual, "cost")
        assert value(cheap, "shortfall") > value(annual, "shortfall")


def with_budget(amount: int) -> Sample:
    """The two-by-two instance with another budget; last year's intakes need 640,000."""
    text = two_by_two().instance.files["budgets.csv"].decode()
    assert ",600000\n" in text
    return with_table("budgets", text.replace(",600000\n", f",{amount}\n"))


def test_least_change_leaves_a_plan_that_keeps_the_rules_as_it_is() -> None:
    plan = allocate(with_budget(2_000_000).instance, shipped("least-change"), EXACT)
    assert plan.places.tolist() == [[20]] * 4
    assert value(plan, "change") == 0
    annual = allocate(with_budget(2_000_000).instance, shipped("annual"), EXACT)
    assert value(annual, "change") > 0


@pytest.mark.each(2)
@pytest.mark.parametrize("amount", [600_000, 560_000])
def test_least_change_moves_no_more_places_than_it_must(amount: int) -> None:
    known = with_budget(amount)
    plan = allocate(known.instance, shipped("least-change"), EXACT)
    assert plan.certificate.valid
    least, shortfall = nearest(known, plan.policy)
    assert value(plan, "change") == least > 0
    assert value(plan, "shortfall") == pytest.approx(shortfall, rel=1e-9)
    annual = allocate(known.instance, shipped("annual"), EXACT)
    assert value(annual, "change") >= least
    assert value(annual, "shortfall") <= shortfall
    if amount == 600_000:  # the models differ
        assert value(annual, "change") > least


def nearest(known: Sample, policy: Policy) -> tuple[float, float]:
    """The fewest places moved by any plan that keeps the rules, and the least shortfall so."""
    again = naive.load_policy(policy.content.decode())
    courses = known.case.courses
    numbers = [
        [n for n in independent.admissible(course, again) if abs(n - course.last_intake) <= 20]
        for course in courses.values()
    ]
    found: list[tuple[float, float]] = []
    for choice in sorted(
        np.stack(np.meshgrid(*numbers), -1).reshape(-1, len(numbers)).tolist(),
        key=lambda each: moved(each, known.case),
    ):
        if found and moved(choice, known.case) > found[0][0]:
            break
        places = {(name, 2026): n for name, n in zip(courses, choice, strict=True)}
        if naive.kept(known.case, again, places):
            values = naive.values(known.case, again, places)
            found.append((values["change"], values["shortfall"]))
    return min(found)


def moved(choice: list[float], case: independent.Case) -> float:
    pairs = zip(choice, case.courses.values(), strict=True)
    return sum(abs(n - course.last_intake) for n, course in pairs)


def test_a_mandate_gives_a_plan_where_commitments_cannot_all_be_met() -> None:
    # Sixty nurses cost all of the budget, and the pace of change keeps some paramedics.
    known = with_table("commitments", COMMITMENTS + "more nurses,nurse,2026,2026,60,,Board,-\n")
    with pytest.raises(InfeasibleError, match="commitment 'more nurses'"):
        allocate(known.instance, shipped("annual"), EXACT)
    plan = allocate(known.instance, shipped("mandate"), EXACT)
    assert plan.certificate.valid
    again = naive.load_policy(plan.policy.content.decode())
    places = as_amounts(plan.instance, plan.amounts)
    (missed,) = naive.missed(known.case, again, places)
    nurses = plan.places[plan.instance.courses["profession"] == "nurse"].sum()
    assert missed == 60 - nurses > 0
    # The shortfall pays for every place missed; without commitments the model is the annual one.
    without = allocate(two_by_two().instance, shipped("mandate"), EXACT)
    hard = planning(plan.instance, shipped("annual"))
    paid = value(plan, "shortfall") - OBJECTIVES["shortfall"].value(hard, plan.outcome)
    assert paid == pytest.approx(20.0 * missed)
    assert value(without, "shortfall") == pytest.approx(value(solved("annual"), "shortfall"))


def test_a_mandate_misses_a_commitment_only_where_that_is_worth_its_price() -> None:
    # A promise that can be kept: at a high price it is, at none it is as good as absent.
    annual = solved("annual")
    nurse = (annual.instance.courses["profession"] == "nurse").to_numpy()
    most = int(annual.places[nurse].sum()) - 5
    known = with_table("commitments", COMMITMENTS + f"few,nurse,2026,2026,,{most},Board,-\n")
    policy = shipped("mandate")
    dear = replace(policy, rules=replace(policy.rules, commitment_price=1e4))
    free = replace(policy, rules=replace(policy.rules, commitment_price=0.0))
    kept = allocate(known.instance, dear, EXACT)
    assert kept.places[nurse].sum() <= most
    missed = allocate(known.instance, free, EXACT)
    assert value(missed, "shortfall") == pytest.approx(annual.certificate.objective)


def furthest(plan: Allocation, instance: Instance) -> float:
    """The largest deviation of a region from its fair share, as a part of it."""
    courses = instance.courses.assign(
        group=instance.professions["group"].to_numpy()[instance.courses["p"].to_numpy()],
        places=plan.places[:, 0],
    )
    worst = 0.0
    for _, group in courses.groupby("group"):
        by_region = group.groupby("region")[["last_intake", "places"]].sum()
        fair = by_region["last_intake"] / by_region["last_intake"].sum() * by_region["places"].sum()
        off = (by_region["places"] - fair).abs()
        worst = max(worst, float((off[fair > 0] / fair[fair > 0]).max()))
    return worst


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", SEEDS)
def test_fair_shares_keep_every_region_near_its_share(seed: int | None) -> None:
    fair, annual = solved("fair-shares", seed), solved("annual", seed)
    assert furthest(fair, fair.instance) <= 0.15 + 1e-6
    assert value(fair, "shortfall") <= fair.certificate.stages[0].limit * (1 + 1e-6)
    assert value(fair, "shortfall") >= annual.certificate.bound


def test_fair_shares_matter() -> None:
    """Otherwise the test above would prove nothing."""
    assert any(furthest(solved("annual", seed), solved("annual", seed).instance) > 0.15 + 1e-6
               for seed in (None, 0, 1))  # fmt: skip


def test_fair_shares_help_the_worst_region_within_the_tolerance() -> None:
    for seed in (None, 0):
        plan = solved("fair-shares", seed)
        alone = replace(plan.policy, objectives=plan.policy.objectives[:1])
        first = allocate(plan.instance, alone, Limits(gap=1e-4, seconds=20))
        assert value(plan, "worst_region") <= value(first, "worst_region") + 1e-9


@pytest.mark.parametrize("seed", SEEDS[1:])
def test_five_years_are_decided_within_the_pace(seed: int) -> None:
    plan = solved("five-year", seed)
    assert plan.places.shape == (len(plan.instance.courses), 5)
    assert (plan.places[:, 0] != plan.places[:, -1]).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_relaxed_model_bounds_the_annual_plan(seed: int | None) -> None:
    relaxed, annual = solved("relaxed", seed), solved("annual", seed)
    assert relaxed.certificate.gap <= 1e-6
    assert relaxed.certificate.objective <= annual.certificate.objective * (1 + 1e-9)
    assert relaxed.certificate.bound <= annual.certificate.bound + 1e-6
