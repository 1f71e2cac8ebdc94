import re

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.explain.limits import of_first, standing
from commission_opt.explain.scarce import binding
from commission_opt.files.shipped import find_model
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.problem import planning
from commission_opt.formulation.rules import LIMITS
from commission_opt.policy_file import parse_policy, read_policy
from handworked import hand
from samples import model, problem_of, sample


@pytest.mark.each(2)
@pytest.mark.parametrize("years", [1, 2])
def test_limits_are_told_by_their_place_in_the_table_and_the_dearest_first(years: int) -> None:
    instance = sample(4, 3, years, 1).instance
    found = allocate(instance, parse_policy(model(years=years).encode()))
    proof = found.proofs[0]
    for kind in LIMITS.values():
        held = binding(kind, proof.formulation.program, proof.multipliers)
        assert held is not None
        rows, worth = held
        assert (np.diff(worth) <= 0).all()
        prices = np.abs(proof.multipliers[proof.formulation.program.rows[kind.table]])
        assert worth == pytest.approx(prices[rows] * kind.price_step / kind.origin.scale)
        assert np.delete(prices, rows) == pytest.approx(0.0, abs=1e-9 * (1 + prices.max()))


def test_a_kind_that_the_model_leaves_out_has_none() -> None:
    instance = sample(4, 3, 1, 1).instance
    text = model(years=1, budgets=False)
    proof = allocate(instance, parse_policy(text.encode())).proofs[0]
    assert binding(LIMITS["budgets"], proof.formulation.program, proof.multipliers) is None


@pytest.mark.slow
def test_decisions_are_counted_where_they_stand() -> None:
    instance = sample(4, 3, 2, 1).instance
    found = allocate(instance, parse_policy(model(years=2).encode()))
    said = standing(found.problem, found.proofs[0].formulation.program, found.outcome)
    numbers = [int(n) for n in re.findall(r"(?<!\S)\d+", said)]
    count, full, _, _, *none = numbers
    assert said.startswith(f"of {count} pairs of a course and a year, ")
    assert count == found.places.size
    assert sum(none) == int((found.places < 0.5).sum())
    capacity = instance.courses["max_intake"].to_numpy(float)[:, None]
    assert full == int(((found.places == capacity) & (capacity > 0)).sum())


MEASURES = (
    "measure,kind,profession,region,lead_years,fte_per_unit,last_amount,max_amount\n"
    "stay,retain,nurse,north,0,1.5,0,60\nskill mix,reshape,medic,south,0,4,0,60\n"
)


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("stay", "mix", "held"),
    [
        # A tenth of 100 nurses leave: six units keep nine of them, and seven would keep 10.5.
        (6, 0, ["no more staff can be retained in 1 profession, region and year"]),
        (5, 0, []),
        # Twelve medics are needed in each of the years that three units last.
        (0, 3, ["no more demand can be taken away in 5 professions, regions and years"]),
        (0, 2, []),
    ],
)
def test_rules_on_staff_are_named_where_they_leave_no_room(
    stay: int, mix: int, held: list[str]
) -> None:
    problem = problem_of(hand(measures=MEASURES), model(continuation="none"))
    program = formulate(problem, aims(problem)[0]).program
    amounts = np.array([[0.0], [0.0], [0.0], [stay], [mix]])
    said = standing(problem, program, problem.outcome(amounts)).split("; ")
    assert [clause for clause in said if "no more" in clause] == held


@pytest.mark.parametrize(("waiting", "held"), [(5.5, 1), (5.0, 1), (6.0, 0)])
def test_people_left_may_be_too_few_for_another_place(waiting: float, held: int) -> None:
    pathways = "pool,course,role,share\nhouse,C,draws,1\n"
    eligible = f"pool,region,year,entrants\nhouse,*,*,{waiting}\n"
    instance = hand(pathways=pathways, eligible=eligible)
    problem = problem_of(instance, model(continuation="none"))
    program = formulate(problem, aims(problem)[0]).program
    said = standing(problem, program, problem.outcome(np.array([[0.0], [0.0], [5.0]])))
    clause = "too few people are left for one more place in 1 pool, region and year"
    assert said.split("; ")[1:] == [clause] * held


@pytest.mark.parametrize("steady", [False, True])
@pytest.mark.parametrize(
    ("fte", "held"),
    [(10.0, ["no more staff can be deployed in 5 professions, regions and years"]), (9.9, [])],
)
def test_staff_are_all_deployed_or_some_are_left(
    fte: float, held: list[str], *, steady: bool
) -> None:
    text = "needed,by,region,ratio,max_share\nnurse,medic,south,1,1\n"
    known = hand(substitution=text)
    problem = planning(known, parse_policy(model(continuation="none").encode()), steady=steady)
    program = formulate(problem, aims(problem)[0]).program
    result = problem.outcome(np.zeros((3, 1)), np.full((1, 5), fte))
    said = standing(problem, program, result).split("; ")
    assert [clause for clause in said if "no more" in clause] == held


def test_only_a_model_with_later_objectives_says_whose_limits_they_are() -> None:
    assert of_first(parse_policy(model().encode())) is None
    said = of_first(read_policy(find_model("value-for-money")))
    assert said is not None
    assert "the weighted shortfall" in said
